#!/usr/bin/env bash
# Serves the FastAPI peer until SIGTERM: run.sh --database postgres://… --port 9000 [--workers 2]
#
# The one line on standard output is JSON: {"base_url": "http://127.0.0.1:9000", "token": "eyJ…"}. It comes just before the
# server starts: GET {base_url}/users/me with the token answers 200 as soon as it serves. This process becomes the server.
set -euo pipefail

database='' port='' workers=2
while [[ $# -gt 0 ]]; do
    case $1 in
        --database) database=$2 ;;
        --port) port=$2 ;;
        --workers) workers=$2 ;;
        *) echo "unknown option $1" >&2 && exit 2 ;;
    esac
    shift 2
done
if [[ -z $database || -z $port ]]; then
    echo "usage: run.sh --database postgres://… --port PORT [--workers N]" >&2
    exit 2
fi

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
home=${CARGO_TARGET_DIR:-$here/../../../../target}/peers/fastapi
mkdir -p "$home"
home=$(cd "$home" && pwd)

# What is installed is kept for as long as the requirements are the same.
if ! cmp -s "$here/requirements.txt" "$home/installed.txt"; then
    rm -rf "$home/venv"
    python3 -m venv "$home/venv"
    "$home/venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" >&2
    cp "$here/requirements.txt" "$home/installed.txt"
fi

export PEER_DATABASE_URL=$database PEER_KEYS=$home/keys PEER_BASE_URL=http://127.0.0.1:$port
export PYTHONDONTWRITEBYTECODE=1
cd "$here"
"$home/venv/bin/python" app.py
exec "$home/venv/bin/python" -m uvicorn app:app --host 127.0.0.1 --port "$port" --workers "$workers" \
    --loop uvloop --http httptools --no-access-log --log-level warning >&2

#!/usr/bin/env bash
# Runs every test of Voxgate. Installs what they need where apt-get is at hand; elsewhere says what is missing.
#   ./test.sh                 all tests
#   ./test.sh -p voxgate      those of one crate, or any other argument of cargo test
set -euo pipefail
cd "$(dirname "$0")"

have_postgres() {
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null
}

install() {
    echo "installing $*" >&2
    local sudo=()
    [ "$(id -u)" = 0 ] || sudo=(sudo)
    "${sudo[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

command -v cargo >/dev/null || { echo "Rust is missing: see https://rustup.rs" >&2; exit 1; }

missing=()
have_postgres || missing+=(postgresql)
command -v sqlite3 >/dev/null || missing+=(sqlite3)
command -v oathtool >/dev/null || missing+=(oathtool)
compgen -G '/usr/lib/*/faketime/libfaketime.so.1' >/dev/null || missing+=(faketime)
command -v chromium >/dev/null || missing+=(chromium)
command -v redis-server >/dev/null || missing+=(redis-server)
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)
command -v cc >/dev/null || missing+=(gcc libc6-dev)
if [ ${#missing[@]} -gt 0 ]; then
    if command -v apt-get >/dev/null; then
        install "${missing[@]}"
    else
        echo "missing: ${missing[*]}. Install them with the package manager of this system." >&2
        exit 1
    fi
fi

# Most tests wait most of the time: for mails, for time-outs, for servers that start.
export RUST_TEST_THREADS="${RUST_TEST_THREADS:-$((3 * $(getconf _NPROCESSORS_ONLN)))}"

# Most tests look at what is stored, and not at how it gets to a disk: those that do have servers of their own. In memory
# making databases, which is most of what the storage contract does, takes half the time.
free=$(df -k --output=avail /dev/shm 2>/dev/null | tail -n 1)
if [ -z "${TEST_DATABASE_DIR:-}" ] && [ "${free:-0}" -gt 4000000 ]; then
    export TEST_DATABASE_DIR=/dev/shm TEST_DATABASE_FSYNC=off
fi

# Services beside Voxgate are tested with the real one. Those of the whole workspace build it themselves, before the first
# runs; those of one crate do not.
if [ $# -gt 0 ]; then
    [[ " $* " == *" --workspace "* ]] || cargo build --locked --workspace --all-features --bin voxgate
    exec cargo test --locked "$@"
fi
programs=(cargo test --locked --workspace --all-features --lib --bins --tests --examples)
"${programs[@]}" --no-run

# The TypeScript client on the binary that cargo has just built, and the examples in the documentation: beside the first
# programs, which wait more than they work. What they say comes last.
said=$(mktemp)
beside() {
    clients/typescript/check.sh && cargo test --locked --workspace --all-features --doc
}
beside >"$said" 2>&1 &
others=$!
trap 'kill $others 2>/dev/null || true; rm -f "$said"' EXIT
"${programs[@]}"
passed=0
wait $others || passed=$?
cat "$said"
exit $passed

#!/usr/bin/env bash
# Checks the TypeScript client: that its types are those of the OpenAPI document, that it type-checks, and that it works
# against the binary that cargo built (or the one that VOXGATE_BINARY names), in Node and in Chromium.
set -euo pipefail
cd "$(dirname "$0")"

for tool in node npm; do
    command -v $tool >/dev/null || { echo "$tool is missing: apt-get install nodejs npm" >&2; exit 1; }
done
if ! node -e 'const [major, minor] = process.versions.node.split("."); process.exit(major > 18 || (major == 18 && minor >= 20) ? 0 : 1)'; then
    echo "node $(node --version) is too old: 18.20 or newer is needed, see https://nodejs.org" >&2
    exit 1
fi

# What is installed already is not installed again.
made_of=node_modules/.made-of
wanted=$(cat package-lock.json .npmrc | sha256sum)
if [ "$(cat $made_of 2>/dev/null)" != "$wanted" ]; then
    npm ci --silent
    echo "$wanted" >$made_of
fi

npm run --silent generated >/dev/null || { echo "src/schema.ts is not up to date: run \`just clients\`" >&2; exit 1; }
npm run --silent types
npm run --silent test

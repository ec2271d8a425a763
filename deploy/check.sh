#!/usr/bin/env bash
# Checks what is under deploy/ with the tools that know: hadolint, the schemas of compose files and of Kubernetes,
# kustomize, the model of the AWS API, parliament, promtool, systemd-analyze, shellcheck, and a run of the image's last
# stage. A tool that cannot be installed is a failure; only when its registry cannot be reached at all, it is said which
# check was not made.
#
#   deploy/check.sh [BINARY]      BINARY: target/debug/voxgate, built when it is missing
set -euo pipefail
cd "$(dirname "$0")/.."
binary=${1:-target/debug/voxgate}
tools=target/deploy-tools
built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
skipped=()

say() { printf '\n-- %s\n' "$*"; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# Says what was not checked when a registry cannot be reached; any other failure of an installation is one.
unreachable='(Temporary failure in name resolution|Network is unreachable|Connection refused|NewConnectionError|Could not resolve|Max retries exceeded|Connection timed out)'
give_up() { # what log
    if grep -qE "$unreachable" "$2"; then
        skipped+=("$1")
        echo "NOT CHECKED: $1 (the registry cannot be reached from here)" >&2
    else
        cat "$2" >&2
        echo "$1: its tool could not be installed" >&2
        exit 1
    fi
}

from_debian() { # command package what
    command -v "$1" >/dev/null && return
    command -v apt-get >/dev/null || { echo "$3 needs $1: install it with the package manager of this system" >&2; exit 1; }
    as_root apt-get update -qq >"$built/log" 2>&1 || true
    DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -qq --no-install-recommends "$2" >>"$built/log" 2>&1 ||
        { give_up "$3" "$built/log"; return 1; }
}

# promtool out of Debian's package of Prometheus, which is not installed: that would start a server.
promtool=target/deploy-promtool/usr/bin/promtool
promtool_from_debian() {
    if command -v promtool >/dev/null; then promtool=$(command -v promtool); fi
    [ ! -x "$promtool" ] || return 0
    as_root apt-get update -qq >"$built/log" 2>&1 || true
    (cd "$built" && apt-get download -qq prometheus) >>"$built/log" 2>&1 || { give_up "alert rules" "$built/log"; return 1; }
    dpkg-deb -x "$built"/prometheus_*.deb target/deploy-promtool
}

python_tools() {
    local wanted
    wanted=$(sha256sum deploy/check/requirements.txt)
    [ "$(cat $tools/made-of 2>/dev/null)" = "$wanted" ] && return
    rm -rf $tools
    python3 -m venv $tools
    if ! $tools/bin/pip install --quiet --disable-pip-version-check -r deploy/check/requirements.txt >"$built/log" 2>&1; then
        rm -rf $tools
        give_up "Dockerfile, compose, Kubernetes, AWS, scripts" "$built/log"
        return 1
    fi
    echo "$wanted" >$tools/made-of
}

if python_tools; then
    PATH=$PWD/$tools/bin:$PATH
    say "Dockerfiles (hadolint)"
    hadolint deploy/docker/Dockerfile deploy/aws/Dockerfile
    echo "no findings"

    say "compose file (its schema, its references, its resolution)"
    check-jsonschema --builtin-schema vendor.compose-spec deploy/compose.yaml
    python deploy/check/compose.py
    # It asks for podman's version before anything else, and runs nothing to resolve a file.
    podman-compose --podman-path /bin/echo -f deploy/compose.yaml config >"$built/compose.yaml"
    check-jsonschema --builtin-schema vendor.compose-spec "$built/compose.yaml"
    if docker compose version >/dev/null 2>&1; then docker compose -f deploy/compose.yaml config --quiet; fi

    say "Kubernetes (kustomize, the schemas of its oldest and newest supported version, references and hardening)"
    command -v kubectl >/dev/null || { echo "kubectl is missing: it builds the kustomizations" >&2; exit 1; }
    cp -r deploy/kubernetes "$built/kubernetes"
    # The example as it is, and as it is at the first start.
    cp -r "$built/kubernetes/overlays/example" "$built/kubernetes/overlays/first-start"
    sed -i 's/^# components:/components:/' "$built/kubernetes/overlays/first-start/kustomization.yaml"
    grep -q '^components:' "$built/kubernetes/overlays/first-start/kustomization.yaml"
    for kustomization in base overlays/example overlays/first-start; do
        manifests=$built/$(basename "$kustomization").yaml
        kubectl kustomize "$built/kubernetes/$kustomization" >"$manifests"
        for version in 1.33.0 1.37.0; do
            kubernetes-validate --strict --quiet --kubernetes-version $version "$manifests"
        done
        python deploy/check/kubernetes.py <"$manifests"
    done

    say "AWS (the model of its API in botocore, parliament)"
    python deploy/check/aws.py

    say "scripts (shellcheck)"
    mapfile -t scripts < <(git grep -lE '^#!.*\b(ba|)sh$' -- . ':!*.rs')
    shellcheck "${scripts[@]}"
    echo "${#scripts[@]} scripts, no findings"
fi

say "alerts (promtool)"
mapfile -t rules < <(git ls-files 'deploy/prometheus/*.yml' 'deploy/prometheus/*.yaml' | grep -v test)
if [ ${#rules[@]} = 0 ]; then
    skipped+=("alert rules (there are none in deploy/prometheus)")
elif promtool_from_debian; then
    "$promtool" check rules "${rules[@]}"
    mapfile -t tests < <(git ls-files 'deploy/prometheus/*test*.y*ml')
    [ ${#tests[@]} = 0 ] || "$promtool" test rules "${tests[@]}"
fi

say "systemd unit (systemd-analyze)"
if from_debian systemd-analyze systemd "systemd unit"; then
    # It insists on a program where the unit says; there is one under another name.
    sed 's|/usr/local/bin/voxgate|/bin/true|' deploy/systemd/voxgate.service >"$built/voxgate.service"
    systemd-analyze verify --man=no "$built/voxgate.service" 2>"$built/log" || true
    # Complaints about other units of this machine are not ours.
    if grep -E '^voxgate\.service|/voxgate\.service' "$built/log"; then exit 1; fi
    systemd-analyze security --offline=true --threshold=15 --no-pager "$built/voxgate.service" | tail -1
fi

say "image (its last stage, run)"
if [ "$(id -u)" = 0 ]; then
    [ -x "$binary" ] || cargo build --locked --package voxgate
    deploy/docker/check-image.sh "$binary"
else
    skipped+=("image (needs root)")
fi

say "deployment: checked"
for what in "${skipped[@]}"; do echo "NOT CHECKED: $what" >&2; done

#!/usr/bin/env bash
# Tries the last stage of the Dockerfile without an engine: lays its file system out, with the base's C library beside the
# binary and nothing else, and runs it there as the image would be run, without rights on a root that cannot be written.
#   deploy/docker/check-image.sh target/debug/voxgate
# Needs root, for the mounts and to become another user.
set -euo pipefail
binary=$(realpath "$1")
[ "$(id -u)" = 0 ] || { echo "needs root" >&2; exit 1; }

work=$(mktemp -d)
server=
cleanup() {
    [ -z "$server" ] || { kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; } || true
    rm -rf "$work"
}
trap cleanup EXIT
root=$work/root
mkdir -p "$root"/{usr/local/bin,etc,proc,dev,tmp,run/secrets} "$root/var/lib/voxgate"
chown 65532:65532 "$root/var/lib/voxgate"
chmod 0700 "$root/var/lib/voxgate"
install -m 0555 "$binary" "$root/usr/local/bin/voxgate"

# What distroless/cc has of libraries (https://github.com/GoogleContainerTools/distroless): glibc, libgcc, libstdc++,
# OpenSSL is not among them. Any other that the binary wants would be missing in the image.
allowed='^(linux-vdso|ld-linux-x86-64|ld-linux-aarch64|libc|libm|libdl|libpthread|librt|libgcc_s|libstdc\+\+)\.so'
while read -r library path; do
    [[ $(basename "$library") =~ $allowed ]] || { echo "the image has no $library, which the binary needs" >&2; exit 1; }
    if [ -n "$path" ]; then
        mkdir -p "$root$(dirname "$path")"
        cp -L "$path" "$root$path"
    fi
done < <(ldd "$binary" | sed -E 's/\(0x[0-9a-f]+\)//; s/=>//' | awk '{ print $1, (NF > 1 ? $2 : ($1 ~ /^\// ? $1 : "")) }')

port=18765
cat >"$work/env" <<END
APP_ENV=production
BIND_ADDR=0.0.0.0:$port
DATABASE_URL=sqlite:///var/lib/voxgate/var/voxgate.db
JWT_KEYS_DIR=/var/lib/voxgate/keys
MAIL_DIR=/var/lib/voxgate/mail
PUBLIC_URL=https://accounts.example.org
ENCRYPTION_KEYS_FILE=/run/secrets/encryption_keys
END
printf 'k1:%s' "$(head -c 32 /dev/urandom | base64)" >"$root/run/secrets/encryption_keys"
chmod 0444 "$root/run/secrets/encryption_keys"

# One mount namespace a run: the root read-only, the volume writable, as `docker run --read-only` has it.
inside() {
    # shellcheck disable=SC2016  # the inner shell is to expand them
    local script='
        set -e
        mount --bind "$0" "$0"
        mount --bind "$0/var/lib/voxgate" "$0/var/lib/voxgate"
        mount -o remount,bind,ro "$0"
        exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin $(tr "\n" " " <"$0/../env") setpriv --no-new-privs \
            chroot --userspec=65532:65532 --groups= "$0" /usr/local/bin/voxgate "$@"'
    exec unshare --mount --propagation private bash -c "$script" "$root" "$@"
}

(inside health) >"$work/none" 2>&1 && { echo "health says that a service is ready which does not run" >&2; exit 1; }
(inside serve) >"$work/no-keys" 2>&1 && { echo "production started without keys" >&2; exit 1; }
grep -q 'voxgate keys generate' "$work/no-keys" || { cat "$work/no-keys" >&2; exit 1; }
(inside keys generate) >/dev/null
inside serve >"$work/log" 2>&1 &
server=$!
for _ in $(seq 100); do
    if (inside health) >"$work/health" 2>&1; then ready=yes; break; fi
    kill -0 "$server" 2>/dev/null || break
    sleep 0.2
done
[ "${ready:-}" = yes ] || { cat "$work/log" "$work/health" >&2; exit 1; }
who=$(stat -c %u "/proc/$(pgrep -P "$server" voxgate || echo "$server")")
[ "$who" = 65532 ] || { echo "it runs as $who" >&2; exit 1; }
# No other place was written to than the volume.
written=$(find "$root" -newer "$work/no-keys" -type f ! -path "$root/var/lib/voxgate/*" -print -quit)
[ -z "$written" ] || { echo "it wrote $written" >&2; exit 1; }
begun=$(date +%s%N)
kill -TERM "$server"
wait "$server" || { echo "it did not stop well" >&2; cat "$work/log" >&2; exit 1; }
server=
echo "image: $(du -k "$binary" | cut -f1) kB, ready as user 65532 on a read-only root, stopped in $((($(date +%s%N) - begun) / 1000000)) ms"

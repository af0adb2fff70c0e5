#!/usr/bin/env bash
# Where no registry can be reached, makes the image that services/Dockerfile starts from:
# a minimal Debian of the same release and the Node that package.json pins, trusting the CAs that this machine trusts.
#   base-image.sh [--offline]   with --offline it does not try the registry at all
set -euo pipefail

tag=node:24-bookworm-slim
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
. "$here/debian-mirror.sh"

if docker image inspect "$tag" >/dev/null 2>&1; then exit 0; fi
if [ "${1:-}" != --offline ] && timeout 120 docker pull --quiet "$tag"; then exit 0; fi

npm=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/customize" <<HOOK
#!/usr/bin/env bash
set -euo pipefail
root=\$1
install -m 755 "\$(ls -d "$project"/node_modules/node-linux-*/bin/node)" "\$root/usr/local/bin/node"
mkdir -p "\$root/usr/local/lib/node_modules"
cp -rL "$npm" "\$root/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "\$root/usr/local/bin/npm"
ln -s ../lib/node_modules/npm/bin/npx-cli.js "\$root/usr/local/bin/npx"
install -D --mode 644 /etc/ssl/certs/ca-certificates.crt "\$root/etc/ssl/certs/ca-certificates.crt"
chroot "\$root" groupadd --gid 1000 node
chroot "\$root" useradd --uid 1000 --gid node --shell /bin/bash --create-home node
HOOK
chmod +x "$work/customize"

make_bookworm "$work" --customize-hook="$work/customize \"\$1\""

docker import --change 'CMD ["node"]' \
  --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
  "$work/root.tar" "$tag"

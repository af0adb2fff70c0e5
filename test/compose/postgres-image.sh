#!/usr/bin/env bash
# Where no registry can be reached, makes the database image that docker-compose.yml names, out of Debian's package:
# the same user, data folder and variables, as far as the Compose file needs them, and a PostgreSQL of Debian's age.
#   postgres-image.sh [--offline]   with --offline it does not try the registry at all
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/debian-mirror.sh"
tag=$(sed -n 's/^ *image: \(postgres:.*\)$/\1/p' "$here/../../docker-compose.yml")

if docker image inspect "$tag" >/dev/null 2>&1; then exit 0; fi
if [ "${1:-}" != --offline ] && timeout 120 docker pull --quiet "$tag"; then exit 0; fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/entrypoint" <<'ENTRYPOINT'
#!/usr/bin/env bash
# Makes the database in an empty data folder, while nobody can reach it yet, then is the server.
set -euo pipefail
PATH=$(ls -d /usr/lib/postgresql/*/bin):$PATH
export PGDATA=${PGDATA:-/var/lib/postgresql/data}
if [ "$(id -u)" = 0 ]; then
  install -d -o postgres -g postgres -m 700 "$PGDATA"
  install -d -o postgres -g postgres -m 3777 /var/run/postgresql
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi
user=${POSTGRES_USER:-postgres}
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  initdb --username="$user" --pwfile=<(printf '%s\n' "${POSTGRES_PASSWORD:?}") >/dev/null
  printf 'host all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"
  pg_ctl --wait --options="-c listen_addresses=''" --silent start
  [ "${POSTGRES_DB:=$user}" = postgres ] || createdb --username="$user" "$POSTGRES_DB"
  pg_ctl --wait --silent --mode=fast stop
fi
exec postgres -c listen_addresses='*' "$@"
ENTRYPOINT

cat >"$work/customize" <<HOOK
#!/usr/bin/env bash
set -euo pipefail
install -m 755 "$work/entrypoint" "\$1/usr/local/bin/docker-entrypoint.sh"
echo 'en_US.UTF-8 UTF-8' >"\$1/etc/locale.gen"
chroot "\$1" locale-gen >/dev/null
HOOK
cat >"$work/no-cluster" <<'HOOK'
#!/usr/bin/env bash
install -D -m 644 /dev/stdin "$1/etc/postgresql-common/createcluster.conf" <<<'create_main_cluster = false'
HOOK
chmod +x "$work/customize" "$work/no-cluster"

make_bookworm "$work" --include=postgresql,locales \
  --essential-hook="$work/no-cluster \"\$1\"" --customize-hook="$work/customize \"\$1\""

docker import --change 'ENTRYPOINT ["docker-entrypoint.sh"]' --change 'ENV LANG=en_US.utf8' \
  --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/postgresql/15/bin' \
  --change 'VOLUME /var/lib/postgresql/data' "$work/root.tar" "$tag"

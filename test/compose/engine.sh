#!/usr/bin/env bash
# A Docker engine of this run's own: data root, exec root, socket, pid file and client plugins in one folder.
#   engine.sh start FOLDER   prints the variables that point a client at it, in the form `eval` takes
#   engine.sh stop FOLDER    stops exactly that engine and removes the folder
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# A bridge must not promise larger packets than the machine's own way out can carry.
route_mtu() {
  local device
  device=$(ip -4 route show default | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1)
  cat "/sys/class/net/${device:-lo}/mtu"
}

wait_until_it_answers() {
  local pid=$1 socket=$2 tries
  for ((tries = 0; tries < 300; tries++)); do
    if docker --host "unix://$socket" version >/dev/null 2>&1; then return; fi
    if ! kill -0 "$pid" 2>/dev/null; then break; fi
    sleep 0.2
  done
  return 1
}

start() {
  local folder=$1 socket="$1/docker.sock"
  mkdir -p "$folder/config"
  echo '{}' >"$folder/daemon.json"
  [ -e /sys/class/net/docker0 ] || touch "$folder/bridge-is-ours"
  env -u DOCKER_HOST setsid dockerd \
    --host "unix://$socket" --pidfile "$folder/docker.pid" \
    --data-root "$folder/data" --exec-root "$folder/exec" --config-file "$folder/daemon.json" \
    --mtu "$(route_mtu)" >"$folder/dockerd.log" 2>&1 </dev/null &
  if ! wait_until_it_answers $! "$socket"; then
    tail -n 30 "$folder/dockerd.log" >&2
    echo "dockerd does not answer on $socket" >&2
    stop "$folder"
    return 1
  fi
  DOCKER_CONFIG="$folder/config" "$here/client-plugins.sh" >&2
  echo "export DOCKER_HOST=unix://$socket DOCKER_CONFIG=$folder/config"
}

stop() {
  local folder=$1 pid tries
  pid=$(cat "$folder/docker.pid" 2>/dev/null || true)
  if [ -n "$pid" ]; then
    kill -TERM "$pid" 2>/dev/null || true
    for ((tries = 0; tries < 150; tries++)); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.2
    done
    kill -KILL "$pid" 2>/dev/null || true
  fi
  if [ -e "$folder/bridge-is-ours" ]; then ip link delete docker0 2>/dev/null || true; fi
  sed -n "s#^[^ ]* \($folder/[^ ]*\) .*#\1#p" /proc/mounts | sort -r | while read -r mounted; do umount "$mounted" || true; done
  rm -rf "$folder"
}

case "${1:-} ${2:-}" in
  "start /"*) start "$2" ;;
  "stop /"*) stop "$2" ;;
  *)
    echo "usage: engine.sh start|stop ABSOLUTE-FOLDER" >&2
    exit 2
    ;;
esac

#!/usr/bin/env bash
# Gives the Docker client Compose v2 and buildx. Debian 12 has neither, so they are taken out of the
# packages of Debian 13 from the mirror that this machine already uses; nothing is installed.
set -euo pipefail

plugins="${DOCKER_CONFIG:-$HOME/.docker}/cli-plugins"
if docker compose version >/dev/null 2>&1 && docker buildx version >/dev/null 2>&1; then exit 0; fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Component: main' | grep -m 1 '/debian/*$')
mkdir -p "$work/lists/partial" "$work/archives/partial"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >"$work/sources.list"

apt_of_trixie() {
  apt-get -qq \
    -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=- \
    -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work" -o Dir::Cache::archives="$work/archives" \
    -o Acquire::Languages=none -o APT::Sandbox::User=root "$@"
}

cd "$work"
apt_of_trixie update
apt_of_trixie download docker-compose docker-buildx
for package in ./*.deb; do dpkg-deb --extract "$package" "$work/root"; done
mkdir -p "$plugins"
cp "$work"/root/usr/libexec/docker/cli-plugins/* "$plugins/"
docker compose version
docker buildx version

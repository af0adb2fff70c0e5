#!/usr/bin/env bash
# To be sourced: Debian 12 from the mirror and through the proxy that apt uses on this machine.

bookworm_sources() {
  local sources
  sources=$(apt-get indextargets --format 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(SITE) $(RELEASE) main' \
    'Created-By: Packages' 'Component: main' | grep ' bookworm' | sort -u || true)
  [ -n "$sources" ] || sources="deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(
    apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Component: main' | grep -m 1 '/debian/*$') bookworm main"
  printf '%s\n' "$sources"
}

# make_bookworm FOLDER [OPTION…]: writes FOLDER/root.tar; the options are mmdebstrap's.
make_bookworm() {
  local folder=$1
  shift
  apt-config dump | grep -iE '^Acquire::https?::.*Proxy' >"$folder/proxy" || true
  bookworm_sources | mmdebstrap --quiet --variant=minbase --aptopt="$folder/proxy" \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    "$@" bookworm "$folder/root.tar" -
}

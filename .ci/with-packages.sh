#!/usr/bin/env bash
# Run a command for which Debian packages are installed first:  .ci/with-packages.sh "postgresql" make …
#
# What is there already is not touched. Installing takes root on Debian; anywhere else the command is skipped, with a reason.
# Nothing that is installed is started.
set -euo pipefail

[ $# -gt 1 ] || { sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 2; }
read -ra packages <<<"$1"; shift

skip() { printf 'SKIPPED: %s\n' "$*"; exit 0; }

command -v dpkg-query >/dev/null || skip "this machine has no Debian packages (${packages[*]}): $*"
missing=()
for package in "${packages[@]}"; do
  dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done

install() {
  local guard=/usr/sbin/policy-rc.d ours= status=0
  # Debian starts a service as soon as it is installed, unless this file says no.
  [ -e "$guard" ] || { printf '#!/bin/sh\nexit 101\n' >"$guard"; chmod +x "$guard"; ours=1; }
  export DEBIAN_FRONTEND=noninteractive
  { apt-get -o DPkg::Lock::Timeout=300 update &&
    apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${missing[@]}"; } || status=$?
  [ -z "$ours" ] || rm -f "$guard"
  return "$status"
}

if [ ${#missing[@]} -gt 0 ]; then
  [ "$(id -u)" = 0 ] || skip "installing ${missing[*]} takes root: $*"
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  install >"$log" 2>&1 || { tail -n 20 "$log" >&2; skip "${missing[*]} could not be installed: $*"; }
fi
"$@"

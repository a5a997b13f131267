#!/usr/bin/env bash
# Run a command with a working Docker engine:  .ci/with-docker.sh make image
#
# An engine that runs already is used as it is. Otherwise, as root on Debian, one is installed, started for the time of
# the command, and given a stand-in for Airbyte's base image (Debian with Python 3.11, the same layout and user), because
# a machine without an engine often reaches no image registry either. Anywhere else the command is skipped, with a reason.
# Images and caches stay in $WORK for the next run; CLEAN=1 removes them.
set -euo pipefail

WORK=${WORK:-${TMPDIR:-/tmp}/source-xero-gl-docker}   # short: it holds unix sockets
SUITE=bookworm                                        # the Debian release with Python 3.11
STAND_IN=python-connector-base:stand-in
CGROUP=source-xero-gl-docker

skip() { printf 'SKIPPED: %s\n' "$*"; exit 0; }

quietly() {  # quietly TITLE COMMAND...: the output goes to a log, its end is shown on failure
  local title=$1 log=$WORK/log/${1// /-}.log begin=$SECONDS status; shift
  # Not `if ( … )`: that would turn errexit off inside.
  set +e; (set -e; "$@") >"$log" 2>&1; status=$?; set -e
  printf '%-36s %4d s\n' "$title" $((SECONDS - begin))
  [ "$status" = 0 ] || tail -n 20 "$log" >&2
  return "$status"
}

engine_pid() {  # the process of an engine that this script has started, if it lives
  local pid; pid=$(cat "$WORK/docker.pid" 2>/dev/null) || return 1
  tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF -- "--data-root $WORK/data " && echo "$pid"
}

stop_engine() {
  local pid
  if pid=$(engine_pid); then
    kill -TERM "$pid"
    for _ in $(seq 300); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
  fi
  umount "$WORK/exec/netns/default" 2>/dev/null || true
  rm -rf "$WORK/exec" "$WORK/docker.pid" "$WORK/docker.sock"
  find /sys/fs/cgroup -depth -type d -path "*/$CGROUP*" -exec rmdir {} + 2>/dev/null || true
}

start_engine() {
  # No bridge and no iptables: builds use the host's network, containers get none unless they ask for the host's.
  setsid /usr/sbin/dockerd --data-root "$WORK/data" --exec-root "$WORK/exec" --pidfile "$WORK/docker.pid" \
    -H "$DOCKER_HOST" --cgroup-parent "/$CGROUP" --bridge=none --iptables=false --ip6tables=false \
    --ip-forward=false --ip-masq=false </dev/null 9>&- &
  local pid=$!
  for _ in $(seq 300); do
    docker version && return 0
    kill -0 "$pid" || return 1
    sleep 0.1
  done
  return 1
}

# A virtual environment at /usr/local gives Debian's Python the layout of the official image.
stand_in_root() {
  docker image inspect "stand-in-root:$SUITE" >/dev/null && return 0
  mmdebstrap --variant=minbase --dpkgopt=force-unsafe-io --aptopt='Acquire::Check-Valid-Until "false"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --include=adduser,ca-certificates,netbase,python3-venv,tzdata \
    --customize-hook='chroot "$1" python3 -m venv /usr/local' "$SUITE" - | docker import - "stand-in-root:$SUITE"
}

# How this machine reaches its package index is a matter of the stand-in, so that the Dockerfile stays as it is.
pip_settings() {  # pip_settings FOLDER: writes pip.conf and ca-certificates.crt
  python3 - "$1" <<'PYTHON'
import ast, os, pathlib, shutil, subprocess, sys

folder = pathlib.Path(sys.argv[1])
lines = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True)
rows = [line.split("=", 1) for line in lines.stdout.splitlines() if "=" in line]
rows.sort(key=lambda row: row[0].startswith(":env:"))  # the environment wins over the files
settings = {name.rsplit(".", 1)[1]: ast.literal_eval(value) for name, value in rows}
certificates = settings.get("cert") or os.environ.get("SSL_CERT_FILE") or "/etc/ssl/certs/ca-certificates.crt"
shutil.copyfile(certificates, folder / "ca-certificates.crt")
kept = ["[global]", "cert = /etc/ssl/certs/ca-certificates.crt", "timeout = 60"]
for name in ("index-url", "extra-index-url", "trusted-host", "proxy"):
    words = [word for word in str(settings.get(name, "")).split() if not word.startswith(("file:", "/"))]
    kept += [f"{name} = {' '.join(words)}"] if words else []
(folder / "pip.conf").write_text("\n".join(kept) + "\n")
PYTHON
}

stand_in() {
  mkdir -p "$WORK/base"
  pip_settings "$WORK/base"
  printf '%s\n' "FROM stand-in-root:$SUITE" \
    'ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8' \
    'RUN adduser --uid 1000 --system --group --no-create-home airbyte && mkdir /airbyte && chown airbyte: /airbyte' \
    'COPY ca-certificates.crt /etc/ssl/certs/' 'COPY pip.conf /etc/' \
    'RUN pip install --no-cache-dir pip==24.0 setuptools==78.1.1' >"$WORK/base/Dockerfile"
  docker build --progress=plain --network=host -t "$STAND_IN" "$WORK/base"
}

# Images that a newer build has replaced, and steps of builds beyond the last few.
tidy() { docker image prune --force && docker builder prune --force --keep-storage 2gb; }

finish() { local status=$?; trap - EXIT; tidy >/dev/null 2>&1 || true; stop_engine; [ -z "${CLEAN:-}" ] || rm -rf "$WORK"; exit "$status"; }

[ $# -gt 0 ] || { sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 2; }
if docker info >/dev/null 2>&1; then  # it has its base image, or can pull it
  base=$(sed -n 's/^ARG BASE_IMAGE=//p' "$(dirname "$0")/../Dockerfile")
  [ -n "${DOCKER_BUILD_FLAGS:-}" ] || docker image inspect "$base" >/dev/null 2>&1 || docker pull --quiet "$base" >/dev/null ||
    skip "the base image can neither be found nor pulled: $*"
  exec "$@"
fi
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null ||
  skip "no Docker engine answers, and starting one takes root on Debian: $*"

mkdir -p "$WORK/log" "$WORK/bin" "$WORK/docker-config"
exec 9>"$WORK/lock"
flock -n 9 || { echo "Another run uses $WORK." >&2; exit 1; }
quietly 'installing the Docker engine' "$(dirname "$0")/with-packages.sh" "docker.io mmdebstrap" true
[ -x /usr/sbin/dockerd ] && [ -x /usr/bin/mmdebstrap ] || skip "the Docker engine could not be installed: $*"
# Debian's client brings BuildKit; another client on the PATH may lack it.
ln -sf /usr/bin/docker "$WORK/bin/docker"
export PATH=$WORK/bin:$PATH DOCKER_HOST=unix://$WORK/docker.sock DOCKER_BUILDKIT=1 DOCKER_CONFIG=$WORK/docker-config
trap finish EXIT; trap 'exit 130' INT; trap 'exit 143' TERM
stop_engine  # what a killed run has left
quietly 'starting the Docker engine' start_engine || skip "the Docker engine does not start on this machine: $*"
quietly 'stand-in: Debian and Python' stand_in_root
quietly 'stand-in: base image' stand_in
DOCKER_BUILD_FLAGS="--network=host --build-arg=BASE_IMAGE=$STAND_IN"
for name in http_proxy https_proxy no_proxy; do
  [ -z "${!name:-}" ] || DOCKER_BUILD_FLAGS+=" --build-arg=$name"
done
export DOCKER_BUILD_FLAGS
"$@" 9>&-

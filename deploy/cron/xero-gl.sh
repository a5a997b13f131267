#!/usr/bin/env bash
# One sync of one organisation in a container. For cron:
#
#   17 * * * *  IMAGE=airbyte/source-xero-gl:0.1.0 /opt/xero/deploy/cron/xero-gl.sh /srv/xero/kowhai --streams journals,invoices
#
# The folder is for one organisation, and its owner is not root. It has config.json, with mode 0600; records, state and rotated
# tokens go into data/ inside it. If another run is under way, a run ends at once with status 75, because the runner holds a lock
# (flock) on the folder. Arguments after the folder go to the runner. DOCKER_RUN_OPTIONS adds options to `docker run`.
set -euo pipefail

[ $# -gt 0 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 2; }
runner=$(cd "$(dirname "$0")/../runner" && pwd)
folder=$(cd "$1" && pwd); shift
owner=$(stat -c %u:%g "$folder")
[ "${owner%%:*}" != 0 ] || { echo "Give $folder to a user other than root: the container runs as its owner." >&2; exit 2; }
[ -f "$folder/config.json" ] || { echo "There is no config.json in $folder." >&2; exit 2; }
[ -d "$folder/data" ] || install -d -m 0750 -o "${owner%%:*}" -g "${owner##*:}" "$folder/data"

read -ra options <<<"${DOCKER_RUN_OPTIONS:-}"
exec docker run --rm --user "$owner" --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \
  --stop-timeout 60 ${options[@]+"${options[@]}"} \
  --volume "$folder/config.json:/secrets/config.json:ro" \
  --volume "$folder/data:/data" \
  --volume "$runner:/runner:ro" \
  --entrypoint python "${IMAGE:-airbyte/source-xero-gl:0.1.0}" \
  /runner/sync_to_files.py --config /secrets/config.json --data /data "$@"

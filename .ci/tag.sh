#!/usr/bin/env bash
# Ends well when a tag names the version of this tree:  .ci/tag.sh v0.1.0
set -euo pipefail
cd "$(dirname "$0")/.."

version=$(sed -n 's/^VERSION = "\(.*\)"$/\1/p' setup.py)
[ "${1:-}" = "v$version" ] || { echo "The tag ${1:-(none)} does not name version $version, which setup.py has." >&2; exit 1; }

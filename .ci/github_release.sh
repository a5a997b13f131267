#!/usr/bin/env bash
# Make a release on GitHub with the files of a folder:  .ci/github_release.sh v0.1.0 FOLDER
# Its text is the version's part of the changelog. It takes gh, and the token of the workflow in GH_TOKEN.
set -euo pipefail
cd "$(dirname "$0")/.."

tag=$1 folder=$2
notes=$(awk -v head="## [${tag#v}]" 'index($0, "## [") == 1 { on = index($0, head) == 1; next } on' CHANGELOG.md)
[ -n "$notes" ] || { echo "CHANGELOG.md has no part for $tag." >&2; exit 1; }
gh release create "$tag" --verify-tag --title "$tag" --notes "$notes" "$folder"/*

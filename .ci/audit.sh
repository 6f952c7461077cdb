#!/usr/bin/env bash
# Known weaknesses of every package that the lock files name: uv asks OSV, npm asks its registry. Needs the network, so it
# runs on the forge and not in `make test`.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# uv audits a project's lock or a script's. The lock here is a list of requirements, so it is handed over as a script
# that depends on exactly those.
{
  echo '# /// script'
  echo '# requires-python = ">=3.11"'
  echo '# dependencies = ['
  sed -nE "s/^([A-Za-z0-9][^\\\\#]*[^\\\\# ]).*/#   \"\1\",/p" requirements.lock | tr "\"'" "'\"" | sed -E "s/^#   '(.*)',$/#   '\1',/"
  echo '# ]'
  echo '# ///'
} > "$folder/locked.py"
[ "$(grep -c '==' "$folder/locked.py")" -gt 50 ] || { echo "requirements.lock was not understood" >&2; exit 2; }

status=0
echo "==> requirements.lock"
.venv/bin/uv audit --preview-features audit --script "$folder/locked.py" || status=$?
for part in web bench; do
  echo "==> $part/package-lock.json"
  (cd "$part" && PATH="$OLDPWD/.venv/bin:$PATH" npm audit --audit-level=low) || status=$?
done
exit "$status"

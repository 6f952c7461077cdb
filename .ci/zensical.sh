#!/usr/bin/env bash
# Build the public pages with the newest Zensical, in a folder of its own, and see that they are there.
#
#   zensical.sh FOLDER
set -euo pipefail
folder=$1
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check zensical
.venv/bin/shenbao render --audience public --out "$folder/docs"
printf '[project]\nsite_name = "申报台"\n[project.theme]\nfont = false\n' > "$folder/zensical.toml"
cd "$folder"
venv/bin/zensical build
test -s site/index.html

#!/usr/bin/env bash
# On a hosted runner: the typeface that prints, and the Debian packages named.
set -euo pipefail
sudo apt-get update -q
sudo apt-get install -y -q --no-install-recommends fonts-noto-cjk "$@"

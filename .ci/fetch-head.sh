#!/usr/bin/env bash
# Fetch a change as objects only: nothing of it is checked out, run, or allowed to be malformed.
#
#   SERVER  the forge, https://…      LOGIN, TOKEN  may read the repository
#   REF     where the change is       HEAD   the commit that is to be judged
set -euo pipefail
# shellcheck source=.ci/login.sh
. "$(dirname "$0")/login.sh"

git -c fetch.fsckObjects=true -c core.hooksPath=/dev/null \
  fetch --quiet --no-tags --no-recurse-submodules --no-write-fetch-head \
  origin "+${REF}:refs/shenbao/head" \
  || { echo "取不到这次改动，或者其中有损坏、不合规的内容；请重新提交，仍不行请联系办公室。" >&2; exit 1; }

git cat-file -e "${HEAD}^{commit}" 2> /dev/null \
  || { echo "这次改动已经更新，本次检查作废，以新的检查为准。" >&2; exit 1; }

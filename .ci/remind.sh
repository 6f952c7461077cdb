#!/usr/bin/env bash
# Send the day's reminders where a mail server is given (SHENBAO_SMTP_HOST, see `shenbao remind --help`).
#
# What was sent is kept in the repository as refs/shenbao/reminded, so that the next day's run, on another machine,
# sends nothing twice.
#
#   SERVER  the forge, https://…      LOGIN, TOKEN  may write to the repository
set -euo pipefail
if [ -z "${SHENBAO_SMTP_HOST-}" ]; then
  echo "没有设置邮件服务器（SHENBAO_SMTP_HOST），不发送催报邮件。"
  exit 0
fi

# shellcheck source=.ci/login.sh
. "$(dirname "$0")/login.sh"
kept=refs/shenbao/reminded record=var/remind/sent.json
mkdir -p "$(dirname "$record")"
before=$(git ls-remote origin "$kept" | cut -f1)
if [ -n "$before" ]; then
  git fetch --quiet --no-tags origin "+$kept:$kept"
  git cat-file blob "$kept:sent.json" > "$record"
fi

status=0
env -u TOKEN -u GIT_CONFIG_COUNT -u GIT_CONFIG_KEY_0 -u GIT_CONFIG_VALUE_0 \
  .venv/bin/shenbao remind --send --record "$record" || status=$?

if [ -s "$record" ]; then
  tree=$(printf '100644 blob %s\tsent.json\n' "$(git hash-object -w "$record")" | git mktree)
  now=$(git -c user.name=催报程序 -c user.email=shenbao@localhost \
    commit-tree "$tree" ${before:+-p "$before"} -m "Keep what was sent")
  git push --quiet origin "$now:$kept" \
    || { echo "催报邮件已经发出，但是没有记下来，下一次会重发；请核对令牌的权限。" >&2; exit 1; }
fi
exit "$status"

#!/usr/bin/env bash
# Judge a change that was fetched as objects, with this checkout's code, and lay down what is told about it.
#
#   judge.sh FORMAT FOLDER    FORMAT: how the log is written; FOLDER: report and preview
#
#   HEAD, BASE  commits (BASE empty: the one checked out)
#   QUEUE       "true" for a merge queue's commit, whose parts were judged one by one
#   ACTOR       otherwise: who opened the merge request, and its NUMBER
#   TIMES       the file of seen.py, if there is one
#   PRIVATE     "true" where only those who may see everything can download the preview
set -euo pipefail
format=$1 folder=$2

change=(--base "${BASE:-$(git rev-parse HEAD)}" --head "$HEAD")
if [ "$QUEUE" = true ]; then who=(--queue); else who=("--actor=$ACTOR"); fi
if [ -s "${TIMES-}" ]; then who+=(--times "$TIMES"); fi

mkdir -p "$folder"
printf '%s\n' "$NUMBER" > "$folder/number"
status=0
.venv/bin/shenbao check "${change[@]}" "${who[@]}" --format "$format" \
  --report "markdown=$folder/comment.md" --report "json=$folder/findings.json" \
  --report "gitlab=$folder/code-quality.json" || status=$?
if [ "$QUEUE" != true ] && [ "${PRIVATE-}" = true ] && [ "$status" -lt 2 ]; then
  .venv/bin/shenbao preview "${change[@]}" "${who[@]}" --out "$folder/preview" \
    || echo "没有生成预览，不影响检查的结论。"
fi
exit "$status"

#!/usr/bin/env bash
# GitLab runs the pipeline that a merge request brings, unless the project names another place for it: then nothing
# here could be believed. CI_CONFIG_PATH is that place, PATH@GROUP/PROJECT when it is another project. A pipeline
# execution policy sets SHENBAO_CONFIG_TRUSTED itself.
set -euo pipefail
case "${CI_CONFIG_PATH-}:${SHENBAO_CONFIG_TRUSTED-}" in
  *@*:* | *:yes) ;;
  *)
    echo "流水线取自合并请求自己的分支，检查结果不能作为依据；请维护人员在项目设置中把 CI/CD 配置文件改为另一个项目中的文件，办法见 docs/guide/forge.md。" >&2
    exit 1
    ;;
esac

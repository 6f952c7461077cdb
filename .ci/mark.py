"""Set the status that a merge waits for, without believing the job that ran the checks (GitHub).

GitHub takes a pull request's workflow from the pull request itself: one that changes it can make its own check
green. This runs from the default branch. A commit passes when its checks passed and the forge says that the pull
request leaves alone what checks it; whoever opened it has no right to set a status.

    mark.py         HEAD, EVENT, CONCLUSION: the run's commit, its event and how it ended; RUN_ID; BRANCH: the
                    default branch; PAGE; see forge.py for the rest
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from comment import ARCHIVE, ARTEFACT, CHECKERS, NUMBER, Refused, from_archive, number_in
from forge import NOT_AS_DOCUMENTED, UNEXPECTED, ForgeTrouble, GitHub, forge

CONTEXT = "申报台审查"
_LISTED = 3000
"""GitHub names so many changed files at most."""


def verdict(place: GitHub, environment: Mapping[str, str]) -> tuple[bool, str]:
    """Whether the commit passes, and why not; raises :class:`Refused` and :class:`ForgeTrouble`."""
    if environment["CONCLUSION"] != "success":
        return False, "未通过，见评论和检查页"
    if environment["EVENT"] == "merge_group":  # each of its pull requests had to pass by itself
        return True, "通过"
    archive = place.artefact(int(environment["RUN_ID"]), ARTEFACT, ARCHIVE)
    number = number_in(from_archive(archive)[NUMBER])
    if place.head_of(number) != environment["HEAD"] or place.base_of(number) != environment["BRANCH"]:
        return False, "检查的不是并入主分支的这个合并请求"
    changed = list(place.changed(number))
    if len(changed) >= _LISTED or any(path.startswith(CHECKERS) for path in changed):
        return False, "改动了检查程序或者改动太多，须办公室人工审阅"
    return True, "通过"


def main() -> int:
    """Run; 0 when the status was set, 1 with one sentence otherwise."""
    environment = os.environ
    try:
        place = forge(environment)
        if not isinstance(place, GitHub):
            raise ForgeTrouble("这个平台不用设状态。")
        try:
            passed, why = verdict(place, environment)
        except Refused as refused:
            passed, why = False, str(refused).rstrip("。")
        place.mark(environment["HEAD"], CONTEXT, passed=passed, why=why, page=environment["PAGE"])
    except ForgeTrouble as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except NOT_AS_DOCUMENTED:
        sys.stderr.write(f"{UNEXPECTED}\n")
        return 1
    sys.stdout.write(f"{why}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

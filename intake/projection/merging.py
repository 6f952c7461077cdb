"""What others did on the forge's main branch, joined with ours where that is plain; where it is not, the office is told.

Only the office's own files may change there. Units' files and ledgers change by what is received and decided here.
"""

from __future__ import annotations

import os

from build_tools.history import GitTrouble, Move, Writer
from build_tools.submissions import CITIES, LEDGER
from intake.current import now
from intake.projection.store import service

OVERLAP = (
    "代码仓库的主分支上有人改了这里也改过的文件：{paths}。程序不作合并，请维护人员在代码仓库上撤销那处改动。"
)
UNITS = "代码仓库的主分支上有人改了单位的材料或台账：{paths}。请维护人员在代码仓库上撤销，再在申报台办理。"
FOREIGN = "代码仓库里是另外一个活动的内容，没有推送。请维护人员核对 SHENBAO_REMOTE。"
_SHOWN = 3


def merge(writer: Writer, ours: str, theirs: str) -> str:
    """Join the branch ``theirs`` into ``ours`` by a real merge commit; says why not, and nothing when it is done.

    Raises :class:`GitTrouble`.
    """
    here, there = writer.tip(ours), writer.tip(theirs)
    base = writer.repository.run("merge_base", here, there, fails=(1,)).decode("ascii").strip()
    if not base:
        return FOREIGN
    if base == there:
        return ""
    changed = _changed(writer, base, there)
    if own := sorted(path for path in changed if path.startswith((f"{CITIES}/", f"{LEDGER}/"))):
        return UNITS.format(paths=_shown(own))
    both = changed & _changed(writer, base, here)
    if both:
        return OVERLAP.format(paths=_shown(sorted(both)))
    try:
        told = writer.repository.run("merge_tree", "--write-tree", "--no-messages", here, there)
    except GitTrouble:
        return OVERLAP.format(paths=_shown(sorted(changed)))
    who = service(now())
    tree = told.decode("ascii").split()[0]
    message = "合并代码仓库上的改动\n"
    commit = writer.commit(tree, [here, there], message, author=who, committer=who)
    writer.move([Move(ours, commit, here)])
    return ""


def _changed(writer: Writer, old: str, new: str) -> set[str]:
    told = writer.repository.run("diff_tree", "-r", "-z", "--name-only", "--no-renames", old, new)
    return {os.fsdecode(path) for path in told.split(b"\0") if path}


def _shown(paths: list[str]) -> str:
    more = f"等 {len(paths)} 个" if len(paths) > _SHOWN else ""
    return "、".join(paths[:_SHOWN]) + more

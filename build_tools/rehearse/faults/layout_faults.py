"""Files that do not belong, or are no plain files (family L)."""

from __future__ import annotations

from build_tools.rehearse.documents import pdf
from build_tools.rehearse.faults.draft import ELSEWHERE, Draft, Fault, fault
from build_tools.rehearse.write import ATTACHMENT

_STRAY = f"{ELSEWHERE}data/cities/wu-ci-danwei/beizhu.txt"
_LINK = "materials/lianjie.pdf"
_BLANK = "materials/bei zhu.pdf"
_SHARP, _DOUBLE = "materials/maß.pdf", "materials/mass.pdf"
"""The same without regard to case, and yet two files on any file system."""


def _link(draft: Draft) -> None:
    draft.links[_LINK] = ATTACHMENT.rsplit("/", 1)[-1]


def _executable(draft: Draft) -> None:
    draft.executable.add(ATTACHMENT)


def _clash(draft: Draft) -> None:
    draft.enter(_DOUBLE, pdf("Double"))
    draft.enter(_SHARP, pdf("Sharp"))


LAYOUT_FAULTS: tuple[Fault, ...] = (
    fault("L01", "单位文件夹里有一个便条", "beizhu.txt", "", lambda draft: draft.put("beizhu.txt", "演练\n")),
    fault("L02", "看图软件留下的 Thumbs.db", "Thumbs.db", "", lambda draft: draft.put("Thumbs.db", "演练\n")),
    fault("L03", "文件在没有这个单位的文件夹里", _STRAY, "", lambda draft: draft.put(_STRAY, "演练\n")),
    fault("L04", "材料是一个符号链接", _LINK, "", _link),
    fault("L05", "材料带可执行标记", ATTACHMENT, "", _executable),
    fault("L06", "文件名中有空格", _BLANK, "", lambda draft: draft.enter(_BLANK, pdf("Blank"))),
    fault("L07", "两个文件名只差大小写的写法", _SHARP, "", _clash),
)

"""Taking in what came: each file is recognised, checked and placed on its own, whatever becomes of the others."""

from __future__ import annotations

import errno
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

from build_tools.campaign import Campaign, Item, Unit
from build_tools.checks.answers import answered
from build_tools.checks.attachments import check_file
from build_tools.checks.unit import check_document
from build_tools.findings import Finding, Severity, errors
from build_tools.forms.written import written
from build_tools.handed_in.names import Refused, Target, target_of
from build_tools.handed_in.parcels import Piece, pieces
from build_tools.handed_in.shelf import Shelf
from build_tools.source import MAX_BYTES, parse
from build_tools.standing import Stage, standing
from build_tools.submissions import Document, list_submissions, read_ledger
from build_tools.tree import WorkTree

_SHOWN = 6


class State(StrEnum):
    """What became of a file."""

    NEW = "新增"
    SAME = "相同，未改动"
    REPLACED = "已替换"
    REFUSED = "未放入"
    IGNORED = "略过"


@dataclass(frozen=True)
class Outcome:
    """What became of one file. ``shown`` is what it came as, ``place`` where it belongs (from the campaign's root), if
    that is known; ``remark`` is a Chinese half-sentence, ``findings`` stand at the file that came."""

    shown: str
    state: State
    place: str = ""
    remark: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Wish:
    """What the office asked for: put another version in the place of one that is there, take what has errors."""

    replace: bool = False
    even_with_errors: bool = False


def take_in(
    root: Path, campaign: Campaign, files: Iterable[Path], wish: Wish = Wish(), unit: Unit | None = None
) -> Iterator[Outcome]:
    """Place ``files`` below ``root``, those of each archive one by one; ``unit`` is whose they are, where their names
    do not say it. A file that cannot be placed stops no other."""
    with ExitStack() as open_files:
        found: list[Piece] = []
        for file in files:
            try:
                found += pieces(file, campaign, unit, open_files)
            except Refused as refused:
                yield Outcome(str(file), State.REFUSED, remark=str(refused))
        yield from _Taking(root, campaign, wish).all(found)


_WHY = {
    errno.ENOSPC: "磁盘已满，请腾出空间后再放",
    errno.EDQUOT: "磁盘配额已用完，请腾出空间后再放",
    errno.EROFS: "磁盘只能读，不能写",
    errno.EISDIR: "原来的位置上是文件夹，请先清理",
}


def _why(error: OSError) -> str:
    """Why the disk did not take it; what stood there stands."""
    return _WHY.get(error.errno or 0, "不能写入，请核对单位文件夹和 var 文件夹的读写权限")


class _Taking:
    """One call: what is there already, and what was placed by now."""

    def __init__(self, root: Path, campaign: Campaign, wish: Wish) -> None:
        self.campaign, self.wish, self.shelf = campaign, wish, Shelf(root)
        self._tree = WorkTree(root)
        self._folders = list_submissions(self._tree, campaign).folders
        self._places = {
            _alike(entry.path): entry.path
            for folder in self._folders.values()
            for entry in folder.entries.values()
        }

    def all(self, found: list[Piece]) -> Iterator[Outcome]:
        """Place every piece whose name is that of a file, and say of each other why it is not."""
        planned = [(piece, self._planned(piece)) for piece in found]
        rivals: dict[str, list[tuple[Piece, Target]]] = {}
        for piece, plan in planned:
            if isinstance(plan, Target):
                rivals.setdefault(_alike(plan.place), []).append((piece, plan))
        for piece, plan in planned:
            if isinstance(plan, Outcome):
                yield plan
                continue
            try:
                self._one_version(piece, plan, rivals[_alike(plan.place)])
                take = self._file if plan.item is None else partial(self._document, item=plan.item)
                yield replace(take(piece, plan), shown=piece.shown, place=plan.place)
            except Refused as refused:
                yield Outcome(piece.shown, State.REFUSED, plan.place, str(refused))
            except OSError as error:
                yield Outcome(piece.shown, State.REFUSED, plan.place, _why(error))

    def _planned(self, piece: Piece) -> Target | Outcome:
        if piece.ignored:
            return Outcome(piece.shown, State.IGNORED, remark="系统自动产生的文件")
        try:
            if piece.refused:
                raise Refused(piece.refused)
            return target_of(self.campaign, piece.parts, piece.unit)
        except Refused as refused:
            return Outcome(piece.shown, State.REFUSED, remark=str(refused))

    def _one_version(self, piece: Piece, target: Target, rivals: list[tuple[Piece, Target]]) -> None:
        """Raises :class:`Refused` where the place is another's: by this call, or by what is there."""
        there = self._places.get(_alike(target.place), target.place)
        if there != target.place or any(other.place != target.place for _, other in rivals):
            raise Refused("与另一个文件只差大小写或字符的写法，请改成明显不同的名字")
        if len(rivals) > 1 and len({one.read(self._most(target)) for one, _ in rivals}) > 1:
            others = "、".join(one.shown for one, _ in rivals if one is not piece)
            raise Refused(f"同一份文件给了几个不同的版本（另有 {others}），请只留一个")

    def _most(self, target: Target) -> int:
        return self.campaign.limits["file_kib"] * 1024 if target.item is None else MAX_BYTES

    def _document(self, piece: Piece, target: Target, item: Item) -> Outcome:
        source = parse(piece.shown, piece.read(self._most(target)))
        document = Document(
            unit=target.unit.slug,
            item=item.id,
            name=item.document(target.number),
            number=target.number,
            path=piece.shown,
            digest="",
            value=source.value,
            source=source,
        )
        findings = tuple(_sorted(check_document(document, self.campaign), document))
        if not isinstance(source.value, dict):
            return Outcome("", State.REFUSED, remark="读不出内容", findings=findings)
        text = written(item, source.value)
        before = self.shelf.read(target.place)
        former = parse(target.place, before).value if before is not None else None
        if isinstance(former, dict) and written(item, former) == text:
            return Outcome("", State.SAME, findings=findings)
        if errors(findings) and not self.wish.even_with_errors:
            remark = f"有 {errors(findings)} 处错误，请改好再放；确要照放的，加 --even-with-errors"
            return Outcome("", State.REFUSED, remark=remark, findings=findings)
        remarks = ["文件中的说明文字不保留"] if _loses_remarks(source.text, text) else []
        if before is not None and self._is_accepted(target, item):
            remarks.append("台账上这份已受理，换了以后请重新受理")
        remark = "；".join(remarks)
        differs = _differing(item, former, source.value)
        return replace(self._put(target, text.encode(), before, remark, differs), findings=findings)

    def _is_accepted(self, target: Target, item: Item) -> bool:
        """Whether the office's ledger says so; a ledger that cannot be read is for ``shenbao check`` to tell."""
        file = self._folders[target.unit.slug].ledger_file
        ledger = read_ledger(self._tree, self.campaign, file)[0] if file else None
        name = item.document(target.number)
        return ledger is not None and standing(self.campaign, ledger, item, name).stage is Stage.ACCEPTED

    def _file(self, piece: Piece, target: Target) -> Outcome:
        data = piece.read(self._most(target))
        findings = tuple(check_file(piece.shown, data, self.campaign))
        before = self.shelf.read(target.place)
        if before == data:
            return Outcome("", State.SAME, findings=findings)
        if errors(findings):
            return Outcome("", State.REFUSED, remark="这样的文件不收", findings=findings)
        return replace(self._put(target, data, before), findings=findings)

    def _put(
        self, target: Target, data: bytes, before: bytes | None, remark: str = "", differs: str = ""
    ) -> Outcome:
        """Put ``data`` in the place of what was there ``before``."""
        if before is not None and not self.wish.replace:
            return Outcome("", State.REFUSED, remark=f"与已有的不同{differs}；核对后确要替换的，加 --replace")
        kept = self.shelf.keep(target.place, before) if before is not None else ""
        self.shelf.put(target.place, data)
        self._places[_alike(target.place)] = target.place
        told = [remark] if remark else []
        if kept:
            told.append(f"原来的一份没有提交过，存到 {kept}")
        return Outcome("", State.NEW if before is None else State.REPLACED, remark="；".join(told))


def _alike(path: str) -> str:
    """What no two paths may share: on some systems they would be the same file."""
    return unicodedata.normalize("NFC", path.casefold())


def _sorted(findings: list[Finding], document: Document) -> Iterator[Finding]:
    """In the order of the lines, those that a note explains marked so."""
    explained = answered(document)
    for finding in sorted(findings, key=Finding.sort_key):
        known = finding.severity is Severity.WARNING and finding.pointer.split("/")[1:2] in [
            [f] for f in explained
        ]
        yield finding.answer() if known else finding


def _loses_remarks(text: str, canonical: str) -> bool:
    lines = {line.strip() for line in text.split("\n")}
    return any(line.startswith("#") for line in lines - {line.strip() for line in canonical.split("\n")})


def _differing(item: Item, former: Any, value: dict[str, Any]) -> str:
    """The titles of the fields that differ, never their values."""
    if not isinstance(former, dict):
        return ""
    keys = [key for key in dict.fromkeys((*former, *value)) if not _same(former, value, key)]
    titles = list(dict.fromkeys(item.schema.title_at((key,)) for key in keys))
    more = f"等 {len(titles)} 栏" if len(titles) > _SHOWN else ""
    return f"（{'、'.join(titles[:_SHOWN])}{more}）"


def _same(former: dict[str, Any], value: dict[str, Any], key: str) -> bool:
    return key in former and key in value and repr(former[key]) == repr(value[key])

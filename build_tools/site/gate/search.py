"""Searching every file of a published folder for the needles."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from build_tools.site.gate.layers import base64_contents, plain_readings
from build_tools.site.gate.matcher import Hit
from build_tools.site.gate.needles import Needles
from build_tools.site.gate.readers import Member, Piece, Unreadable, kind_of, package_folder, parts
from build_tools.site.gate.spelling import SHORTEST_CLAUSE, fold

_DEPTH = 5
_PADDED_NAME = re.compile(r"(?<![\u3400-\u9fff])([\u3400-\u9fff]) +(?=[\u3400-\u9fff](?![\u3400-\u9fff]))")
"""Two single characters with blanks between them: how forms pad a short name."""

HIDDEN_NAME = "〔名称已隐去〕"


class Problem(StrEnum):
    """Why a file may not be published."""

    VALUE = "value"
    NAME = "name"
    FILE = "file"
    UNREADABLE = "unreadable"
    LINK = "link"


class Leak(NamedTuple):
    """A file that may not be published: where, why, whose. ``title`` names the field, never its value."""

    path: str
    problem: Problem
    title: str
    unit: str

    @property
    def sentence(self) -> str:
        """For people: 申报台's own words around path, field and unit."""
        if self.problem is Problem.UNREADABLE:
            return f"{self.path}：无法检查的文件（{self.title}）"
        if self.problem is Problem.LINK:
            return f"{self.path}：链接，不能发布"
        if self.problem is Problem.FILE:
            return f"{self.path}：与{self.unit}报送的文件相同"
        where = "文件名含" if self.problem is Problem.NAME else "含"
        return f"{self.path}：{where}“{self.title}”（{self.unit}）"


@cache
def shipped() -> frozenset[bytes]:
    """SHA-256 of every asset that the theme, MkDocs and this package bring along.

    They were published before any unit sent anything, so an identical file holds nothing of theirs.
    """
    theme = package_folder("material") / "templates" / "assets"
    search_page = package_folder("mkdocs") / "contrib" / "search" / "templates"
    own = Path(__file__).resolve().parents[1]
    files = [
        *theme.rglob("*"),
        *search_page.rglob("*"),
        *(own / "theme").rglob("*"),
        *(own / "assets").rglob("*"),
    ]
    return frozenset(hashlib.sha256(path.read_bytes()).digest() for path in files if path.is_file())


def search(folder: Path, needles: Needles, allowed: frozenset[bytes] | None = None) -> list[Leak]:
    """Every leak in the files below ``folder``, sorted. ``allowed``: digests of files not to be searched.

    Nothing is skipped by its name: a file of a kind that cannot be read is itself a leak.
    """
    search_of = _Search(needles, shipped() if allowed is None else allowed)
    leaks: set[Leak] = set()
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        leaks.update(search_of.named(name))
        shown = search_of.shown_name(name)
        if path.is_symlink():
            leaks.add(Leak(shown, Problem.LINK, "", ""))
        else:
            leaks.update(search_of.file(shown, name, path.read_bytes()))
    return sorted(leaks)


def _files(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders.sort()
        links = [name for name in folders if (Path(parent) / name).is_symlink()]
        yield from (Path(parent) / name for name in sorted([*files, *links]))


class _Search:
    """Remembers the lines it has seen: pages share most of theirs."""

    def __init__(self, needles: Needles, allowed: frozenset[bytes]) -> None:
        self._matcher = needles.matcher
        self._private = needles.files
        self._allowed = allowed
        self._seen: dict[str, tuple[Hit, ...]] = {}

    def named(self, name: str) -> Iterator[Leak]:
        """Leaks in a file's own name."""
        for hit in self._line(name):
            yield Leak(self.shown_name(name), Problem.NAME, *hit.secret)

    def shown_name(self, name: str) -> str:
        """``name`` with the parts hidden that hold a private value, so that a message may carry it."""
        return "/".join(HIDDEN_NAME if self._line(part) else part for part in unquote(name).split("/"))

    def file(self, shown: str, name: str, data: bytes, depth: int = 0) -> Iterator[Leak]:
        """Leaks in a file's bytes; ``shown`` is how messages call it."""
        if not data or hashlib.sha256(data).digest() in self._allowed:
            return
        owner = self._private.match(data)
        if owner:
            yield Leak(shown, Problem.FILE, *owner)
        if depth > _DEPTH:
            yield Leak(shown, Problem.UNREADABLE, "嵌套过深", "")
            return
        try:
            for part in parts(name, data):
                if isinstance(part, Member):
                    yield from self._member(shown, part, depth)
                else:
                    yield from self._piece(shown, part, depth)
        except Unreadable as reason:
            yield Leak(shown, Problem.UNREADABLE, str(reason), "")

    def _member(self, shown: str, member: Member, depth: int) -> Iterator[Leak]:
        where = f"{shown}›{self.shown_name(member.name)}"
        for hit in self._line(member.name):
            yield Leak(where, Problem.NAME, *hit.secret)
        yield from self.file(where, member.name, member.data, depth + 1)

    def _piece(self, shown: str, piece: Piece, depth: int) -> Iterator[Leak]:
        if piece.raw:
            hits = self._matcher.hits(fold(piece.text), piece.shortest)
            yield from (Leak(shown, Problem.VALUE, *hit.secret) for hit in hits)
            return
        fresh: list[str] = []
        for line in piece.text.split("\n"):
            known = self._seen.get(line)
            if known is None:
                known = self._seen[line] = tuple(self._read(line, fresh))
                yield from self._embedded(shown, line, depth)
            yield from (Leak(shown, Problem.VALUE, *hit.secret) for hit in known)
        joined = "".join(fresh)
        if len(fresh) > 1:
            for hit in self._matcher.hits(joined, SHORTEST_CLAUSE, wrapped=True):
                yield Leak(shown, Problem.VALUE, *hit.secret)

    def _line(self, line: str) -> tuple[Hit, ...]:
        return tuple(self._read(line, []))

    def _read(self, line: str, fresh: list[str]) -> Iterator[Hit]:
        """The hits in one line, however it is wrapped; its plainest reading goes to ``fresh``."""
        folded = ""
        for reading in plain_readings(line):
            folded = fold(reading)
            yield from self._matcher.hits(folded)
            padded = _PADDED_NAME.sub(r"\1", folded)
            if padded != folded:
                yield from self._matcher.hits(padded)
        fresh.append("".join(folded.split()))

    def _embedded(self, shown: str, line: str, depth: int) -> Iterator[Leak]:
        """Leaks in what base64 hides: a text, or a whole picture or document in a data address."""
        for data in base64_contents(line):
            if kind_of("", data) != "unknown" and len(data) > 64:
                yield from self.file(f"{shown}›内嵌数据", "", data, depth + 1)
                continue
            try:
                text = data.decode("utf-8")
            except UnicodeDecodeError:
                continue
            for hit in self._line(text):
                yield Leak(shown, Problem.VALUE, *hit.secret)

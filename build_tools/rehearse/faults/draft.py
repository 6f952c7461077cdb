"""A unit's files while a defect is put into them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from build_tools.rehearse.office import City

ELSEWHERE = "/"
"""Begins a path that is meant from the campaign's root and not from the unit's folder."""

LEDGER = "ledger"
"""Stands for the path of the unit's ledger."""

Entry = tuple[str, str, str]
"""One line of a career: from, to, what."""

STATISTICS: dict[str, int | str] = {
    "pledge_orgs": 200,
    "pledge_members": 4000,
    "review_orgs": 20,
    "review_lawyer_members": 300,
    "petition_cases": 120,
    "petition_backlog_settled": 12,
    "disputes_resolved": 500,
    "good_deeds": 300,
    "volunteer_members": 1000,
    "volunteer_person_times": 9000,
    "games_volunteer_members": "不适用",
    "games_volunteer_person_times": "不适用",
    "leader_contact_points": 10,
    "media_individuals": 2,
    "media_collectives": 1,
    "firms_paired_justice_offices": 40,
    "firms_village_agreements": 30,
    "duty_person_times": 800,
    "oneplusone_lawyers": 4,
    "oneplusone_party_lawyers": 2,
    "oneplusone_funds": 20000,
}
"""Round numbers far from every limit, so that one changed number breaks one rule."""


@dataclass
class Draft:
    """The files of a unit by their path below its folder. ``twin`` is the second unit of a defect in two.

    ``story`` is what the ledger tells beside the receipt of every document: (time, kind, document, more);
    ``at`` is the time each document is received at, the default for all under the empty name; a document
    with an empty time is not recorded.
    """

    city: City
    files: dict[str, bytes]
    twin: Draft | None = None
    story: list[tuple[str, str, str, dict[str, Any]]] = field(default_factory=list)
    at: dict[str, str] = field(default_factory=lambda: {"": "2012-08-20T09:00:00+08:00"})
    executable: set[str] = field(default_factory=set)
    links: dict[str, str] = field(default_factory=dict)
    ledger: Callable[[list[dict[str, Any]]], list[dict[str, Any]]] = lambda events: events

    def text(self, name: str) -> str:
        """A file as text."""
        return self.files[name].decode()

    def put(self, name: str, data: str | bytes) -> None:
        """Write a file anew."""
        self.files[name] = data.encode() if isinstance(data, str) else data

    def swap(self, name: str, old: str, new: str) -> None:
        """Replace ``old``, which must be there, everywhere."""
        text = self.text(name)
        if old not in text:
            raise ValueError(f"{name}: {old!r} is not there")
        self.put(name, text.replace(old, new))

    def line(self, name: str, key: str, value: object) -> None:
        """Write ``value`` behind the top-level ``key``, which must be there on one line."""
        changed, number = re.subn(
            rf"(?m)^{key}:.*$", f"{key}: {value}".rstrip().replace("\\", r"\\"), self.text(name)
        )
        if number != 1:
            raise ValueError(f"{name}: {key} is not there")
        self.put(name, changed)

    def add(self, name: str, text: str) -> None:
        """Append ``text``."""
        self.put(name, self.text(name) + text)

    def enter(self, file: str, data: bytes | None, *, kind: str = "study", nominee: str = "") -> None:
        """Add ``file`` with its ``data`` (none: the file is missing) to the list of materials."""
        entry = (
            f"  - kind: {kind}\n    title: 另一份材料（演练）\n    file: {file}\n    for: {nominee}".rstrip()
        )
        self.add("materials.yml", entry + "\n")
        if data is not None:
            self.put(file, data)

    def rename(self, old: str, new: str) -> None:
        """Give a file another name, at its place."""
        self.files = {new if name == old else name: data for name, data in self.files.items()}

    def drop(self, *names: str) -> None:
        """Take files away."""
        for name in names:
            del self.files[name]

    def count(self, **numbers: int | str) -> None:
        """Replace the statistics by the round ones, changed by ``numbers``."""
        lines = "".join(f"{key}: {value}\n" for key, value in {**STATISTICS, **numbers}.items())
        self.put("statistics.yml", "# 演练数据，纯属虚构。\n" + lines)

    def career(self, name: str, *entries: Entry, **months: str) -> None:
        """Replace the career, born in May 1970 unless ``months`` says otherwise, at work from its first entry."""
        born = {"birth": "1970-05", "work_start": entries[0][0], "party_joined": "1998-06", **months}
        for key, value in born.items():
            self.line(name, key, value)
        told = "".join(
            f"  - from: {begin}\n    to: {end}\n    text: {text}\n" for begin, end, text in entries
        )
        self.put(name, re.sub(r"(?m)^resume:\n(?:  .*\n)+", f"resume:\n{told}", self.text(name)))


class Planted(NamedTuple):
    """Where a check must find what was planted: path below the unit's folder, or from :data:`ELSEWHERE`, or
    :data:`LEDGER`."""

    code: str
    path: str
    pointer: str = ""
    line: int | None = None
    twin: bool = False


@dataclass(frozen=True)
class Fault:
    """One defect, in units of its own. ``found``: what checks must say, no more and no less."""

    code: str
    note: str
    change: Callable[[Draft], None]
    found: tuple[Planted, ...]
    collectives: int = 1
    individuals: int = 1
    beyond: int = 0
    games: bool = False
    twin: bool = False


def fault(
    code: str,
    note: str,
    path: str,
    pointer: str,
    change: Callable[[Draft], None],
    *,
    line: int | None = None,
    also: Sequence[Planted] = (),
    **rest: Any,
) -> Fault:
    """A defect found at one place, and ``also`` at others."""
    return Fault(code, note, change, (Planted(code, path, pointer, line), *also), **rest)

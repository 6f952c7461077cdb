"""A unit's ledger while events are added to it, in memory: nothing here writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from build_tools.campaign import BrokenCampaign, Campaign, Item, Unit, office_faults
from build_tools.ledger import Event, Kind, Ledger, append, event_of, extended_text, first_broken
from build_tools.source import OFFICE_MAX_BYTES, parse
from build_tools.standing import Standing, standing
from build_tools.submissions import LEDGER, Submissions, list_submissions, read_ledger
from build_tools.tree import Tree


class Refused(ValueError):
    """What cannot be recorded as the ledger stands; the text is a Chinese sentence with the way out."""


class Recorded(NamedTuple):
    """An event that was written, and whose it is."""

    unit: Unit
    event: Event


class Book:
    """One unit's ledger: what was ``stored``, and what is ``added`` behind it."""

    def __init__(self, campaign: Campaign, unit: Unit, ledger: Ledger) -> None:
        self.campaign, self.unit, self.ledger = campaign, unit, ledger
        self.stored: list[dict[str, Any]] = list(ledger.source.value["events"]) if ledger.source else []
        self.added: list[dict[str, Any]] = []

    def standing(self, item: Item, document: str, at: datetime) -> Standing:
        """Where ``document`` stood at the moment ``at``, by all that is written by now."""
        return standing(self.campaign, self.ledger.at(at), item, document)

    def add(self, event: dict[str, Any]) -> Recorded:
        """Link ``event`` behind what is there."""
        linked = append([*self.stored, *self.added], event)[-1]
        self.added.append(linked)
        written = event_of(linked)
        self.ledger = replace(self.ledger, written=(*self.ledger.written, written))
        return Recorded(self.unit, written)

    def data(self) -> bytes:
        """The bytes of the file with what was added; raises :class:`Refused` when they would not be a sound ledger."""
        path = f"{LEDGER}/{self.unit.slug}.yml"
        data = extended_text(self.unit.slug, self.ledger.data, self.stored, self.added)
        source = parse(path, data, OFFICE_MAX_BYTES)
        faults = source.findings or office_faults(source, self.campaign.ledger_schemas)
        if faults:
            raise Refused(f"写入后台账不合规定：{faults[0].message}{faults[0].hint}")
        whole = {"unit": self.unit.slug, "events": [*self.stored, *self.added]}
        if source.value != whole or first_broken(source.value["events"]) is not None:
            raise Refused("登记的内容写不成台账，请把 --reason 等各项改成普通的文字。")
        return data


class Books:
    """The ledgers that one command writes to, opened as they are asked for.

    Raises :class:`BrokenCampaign` for a ledger that cannot be read, and :class:`Refused` for one that nothing may
    be appended to: its chain is broken, or its last event is later than ``now``.
    """

    def __init__(self, campaign: Campaign, tree: Tree, now: datetime) -> None:
        self.campaign, self.tree, self.now = campaign, tree, now
        self.submissions: Submissions = list_submissions(tree, campaign)
        self._open: dict[str, Book] = {}

    def of(self, unit: Unit) -> Book:
        """The ledger of ``unit``, an empty one where it has none yet."""
        if unit.slug not in self._open:
            self._open[unit.slug] = self._read(unit)
        return self._open[unit.slug]

    def changed(self) -> Iterator[Book]:
        """The ledgers that something was added to, in the order they were opened."""
        return (book for book in self._open.values() if book.added)

    def stamps(self, at: datetime) -> dict[str, str]:
        """``at``, and ``recorded`` where it is written later than it happened; raises :class:`Refused`."""
        if at > self.now:
            raise Refused(f"时间 {self._text(at)} 晚于现在（{self._text(self.now)}），请核对 --at。")
        stamps = {"at": self._text(at)}
        return stamps if at == self.now else {**stamps, "recorded": self._text(self.now)}

    def _text(self, moment: datetime) -> str:
        return moment.astimezone(self.campaign.timezone).isoformat()

    def _read(self, unit: Unit) -> Book:
        entry = self.submissions.folders[unit.slug].ledger_file
        if entry is None:
            return Book(self.campaign, unit, Ledger(unit.slug))
        ledger, broken = read_ledger(self.tree, self.campaign, entry)
        if ledger is None:
            raise BrokenCampaign(broken)
        if ledger.broken is not None:
            raise Refused(
                f"{unit.name}的台账 {entry.path} 从第 {ledger.broken + 1} 项起与摘要对不上，不能追加；"
                "请先从版本记录中恢复台账。"
            )
        if ledger.written and ledger.written[-1].written_at > self.now:
            raise Refused(
                f"{unit.name}的台账最后一项登记于 {self._text(ledger.written[-1].written_at)}，晚于现在"
                f"（{self._text(self.now)}）；请核对计算机的时钟或 --now。"
            )
        return Book(self.campaign, unit, ledger)


def event(
    kind: Kind, document: str, by: tuple[str, ...], stamps: dict[str, str], **rest: Any
) -> dict[str, Any]:
    """An event as it is stored, in the order its keys are written; what is empty is left out."""
    told = {key: rest.get(key) for key in ("digest", "source")}
    more = {key: rest.get(key) for key in ("reason", "until", "copies", "seals")}
    found = {**stamps, "kind": str(kind), "document": document, **told, "by": list(by), **more}
    return {key: value for key, value in found.items() if value not in (None, "")}

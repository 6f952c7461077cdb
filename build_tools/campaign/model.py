"""What a notice consists of. Plain values; nothing here reads a file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from functools import cached_property
from typing import Any

from build_tools.schema import Schema, written_types

REMINDERS = (2, 1, 0)
"""The last three days of a campaign."""


class Late(StrEnum):
    """What lateness does to an item: it still counts as data, or the right to it is forfeited."""

    COUNTS = "counts"
    FORFEITS = "forfeits"


@dataclass(frozen=True)
class Paper:
    """Paper owed for each document: copies, and the seals the unit has to bring."""

    copies: int
    seals: tuple[str, ...]


@dataclass(frozen=True)
class MaterialKind:
    """A kind of supporting material named by the notice; ``each_nominee``: owed for every nominee."""

    id: str
    title: str
    each_nominee: bool
    clause: str


@dataclass(frozen=True)
class Item:
    """One thing a unit has to send (报送项). ``file`` is relative to the unit's folder."""

    id: str
    title: str
    form: str
    clause: str
    file: str
    late: Late
    schema: Schema = field(repr=False)
    counters: bool = False
    nominee: str = ""
    quota: str = ""
    minimum: int = 0
    paper: Paper | None = None
    identity: tuple[str, ...] = ()
    caption: str = ""
    list: tuple[str, ...] = ()
    compare: tuple[str, ...] = ()
    photo: str = ""
    attachments: str = ""
    manifest: str = ""
    kinds: tuple[MaterialKind, ...] = ()

    @property
    def is_nomination(self) -> bool:
        """Whether a unit may send several, each naming a nominee (推荐对象)."""
        return bool(self.nominee)

    @property
    def is_printed(self) -> bool:
        """Whether the notice prints a form for it, or wants it on paper: then the form must be defined."""
        return self.paper is not None or "附件" in self.clause

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(re.escape(self.file).replace(r"\{nn\}", "(?P<nn>[0-9]{2,4})") + r"\Z")

    def number_of(self, path: str) -> int | None:
        """The order of recommendation in ``path`` (relative to the unit); 0 for a single document.

        ``None`` when the file is not one of this item.
        """
        match = self._pattern.match(path)
        if match is None:
            return None
        digits = match.groupdict().get("nn")
        return int(digits) if digits else 0

    def path(self, number: int = 0) -> str:
        """The file of the document with this order of recommendation: ``nominations/individual-01.yml``."""
        return self.file.replace("{nn}", f"{number:02d}")

    def document(self, number: int = 0) -> str:
        """The document's name, as the ledger and the commands use it: ``individual-01``."""
        return self.path(number).rsplit("/", 1)[-1].removesuffix(".yml")

    @cached_property
    def counter_keys(self) -> tuple[str, ...]:
        """Keys of the numbers that are rolled up, in the form's order (empty unless ``counters``)."""
        if not self.counters:
            return ()
        return tuple(
            f.path[0]
            for f in self.schema.fields
            if len(f.path) == 1 and {"integer", "number"} & written_types(f.schema)
        )


@dataclass(frozen=True)
class Contact:
    """Whom to call. ``phone`` is text as it is dialled; ``email`` is empty where none is known."""

    name: str
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class Unit:
    """Who has to answer (报送单位), in official order."""

    slug: str
    code: str
    name: str
    bureau: str
    traits: frozenset[str] = frozenset()
    excludes: str = ""
    contact: Contact | None = None
    sample: bool = False

    @property
    def folder(self) -> str:
        """The unit's own folder; nothing outside it is the unit's."""
        return f"data/cities/{self.slug}"


@dataclass(frozen=True)
class Term:
    """One summand of a constraint's side; exactly one kind of value is set."""

    item: str = ""
    field: tuple[str | int, ...] = ()
    constant: int | None = None
    count: str = ""
    materials: str = ""


@dataclass(frozen=True)
class Constraint:
    """A rule between numbers, from ``schemas/rules.yml``: left side, operator, right side."""

    code: str
    item: str
    title: str
    severity: str
    clause: str
    left: tuple[Term, ...]
    operator: str
    right: tuple[Term, ...]
    missing: str
    at: tuple[str | int, ...]
    message: str
    hint: str
    passes: dict[str, Any]
    fails: dict[str, Any]

    @property
    def crosses_items(self) -> bool:
        """Whether it needs more than one document of the unit."""
        return any(t.count or t.materials or (t.item and t.item != self.item) for t in self.left + self.right)


@dataclass(frozen=True)
class Campaign:
    """One notice: who asks whom for what until when, and the rules that hold.

    ``reminders``: how many days before a deadline units are reminded, the earliest first; 0 is the deadline's day.
    ``forge``: what stands at ``repo_url``, where the file says it (see ``forge``).
    """

    id: str
    title: str
    short_title: str
    issuer: str
    issued: str
    receiver: str
    timezone: tzinfo
    opens: datetime
    deadline: datetime
    deadline_text: str
    closes: datetime | None
    grace: timedelta
    effect_text: str
    contact: dict[str, Any]
    notice: str
    repo_url: str
    edit_branch: str
    demo_now: datetime | None
    demo_note: str
    extension_people: int
    note: str
    items: tuple[Item, ...]
    units: tuple[Unit, ...]
    trait_titles: dict[str, str]
    quotas: dict[str, dict[str, int | None]] | None
    quota_source: str
    quota_title: str
    quota_note: str
    quota_official: bool
    owners: dict[str, tuple[str, ...]]
    offices: tuple[str, ...]
    constraints: tuple[Constraint, ...]
    forms: dict[str, dict[str, Any]] = field(repr=False)
    ledger_schemas: tuple[Schema, ...] = field(repr=False)
    limits: dict[str, int] = field(default_factory=dict)
    attachment_types: tuple[str, ...] = ()
    reminders: tuple[int, ...] = REMINDERS
    forge: str = ""

    @property
    def is_demo(self) -> bool:
        """Whether every page has to say that the data is invented."""
        return self.demo_now is not None

    @property
    def phone(self) -> str:
        """The office's number to call; empty where the notice has none, or only one of history that nobody answers."""
        return "" if self.contact.get("historical") else str(self.contact.get("phone") or "")

    @cached_property
    def unit_by_slug(self) -> dict[str, Unit]:
        """Units by slug."""
        return {unit.slug: unit for unit in self.units}

    @cached_property
    def item_by_id(self) -> dict[str, Item]:
        """Items by id."""
        return {item.id: item for item in self.items}

    @property
    def nominations(self) -> tuple[Item, ...]:
        """The items that name nominees."""
        return tuple(item for item in self.items if item.is_nomination)

    @property
    def counters(self) -> Item | None:
        """The item whose numbers are rolled up, if the notice asks for numbers."""
        return next((item for item in self.items if item.counters), None)

    @property
    def materials(self) -> Item | None:
        """The item that lists supporting files, if any."""
        return next((item for item in self.items if item.manifest), None)

    def quota(self, slug: str, item: Item) -> int | None:
        """Places for ``item``; ``None`` when the notice's table was not supplied (名额表未提供)."""
        if self.quotas is None or not item.quota:
            return None
        return self.quotas.get(slug, {}).get(item.quota)

    def item_of(self, path: str) -> tuple[Item, int] | None:
        """The item and number of a file (path relative to the unit's folder)."""
        for item in self.items:
            number = item.number_of(path)
            if number is not None:
                return item, number
        return None

    def locate(self, document: str) -> tuple[Item, int] | None:
        """The item and number of a document name such as ``individual-01``."""
        for item in self.items:
            folder = item.file.rpartition("/")[0]
            number = item.number_of(f"{folder}/{document}.yml" if folder else f"{document}.yml")
            if number is not None:
                return item, number
        return None

    def document_title(self, document: str) -> str:
        """``individual-01`` in words: 先进个人推荐表（第 1 名）."""
        found = self.locate(document)
        if found is None:
            item = self.item_by_id.get(document)
            return item.title if item else "全部报送项" if document == "*" else document
        item, number = found
        return f"{item.title}（第 {number} 名）" if number else item.title

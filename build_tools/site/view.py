"""What the pages show: plain frozen values, already cut down to one audience.

A :class:`View` is made by ``projection`` before any template runs. Templates see nothing else, so what
is not in the view cannot be published. Every text of a unit is plain text here and stays it: the
templates escape it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from markupsafe import Markup

from build_tools.site.entry_view import Entries, Link


class Audience(StrEnum):
    """Who reads the site. ``PUBLIC`` sees only what its schema marks public."""

    OFFICE = "office"
    PUBLIC = "public"

    @property
    def label(self) -> str:
        """The edition's name in the footer."""
        return "内部版" if self is Audience.OFFICE else "公开版"


@dataclass(frozen=True)
class Mark:
    """A state as a word and a shape, so that colour is never the only cue."""

    word: str
    shape: str


@dataclass(frozen=True)
class Person:
    """Whom to call about a unit (office only)."""

    name: str
    phone: str


@dataclass(frozen=True)
class DocumentView:
    """One document of a unit. ``caption``: whose it is, where that may be shown; ``committed``: its dates in git.
    ``entry``: where the office mends it on the site itself.

    ``papers`` are its printed faces (office only), ``unprinted`` says why there are none.
    """

    title: str
    caption: str
    mark: Mark
    timing: str
    received: str
    reason: str
    paper: str
    paper_complete: bool
    seals: str
    changed: bool
    blanks: int
    edit_url: str
    path: str
    entry: str = ""
    committed: str = ""
    set_aside: tuple[str, ...] = ()
    papers: tuple[Link, ...] = ()
    unprinted: str = ""


@dataclass(frozen=True)
class ItemView:
    """One item a unit owes. ``single``: it is one document, which is there.

    ``sample``: the places its ``remark`` speaks of are not official. ``form``: the page of its blank form,
    ``entry``: the page on which the unit fills it in.
    """

    id: str
    title: str
    clause: str
    mark: Mark
    timing: str
    deadline: str
    extended: bool
    needed: str
    remark: str
    sample: bool
    form: str
    entry: str
    single: bool
    documents: tuple[DocumentView, ...]


@dataclass(frozen=True)
class FindingView:
    """A finding in plain words (office only). ``line`` is 0 where it is about the file as a whole.

    ``related`` are other places that explain it; those in ``foreign`` lie in other units' files.
    """

    code: str
    mark: Mark
    message: str
    hint: str
    clause: str
    path: str
    line: int
    column: int
    document: str
    note: str
    edit_url: str
    related: tuple[str, ...]
    foreign: tuple[str, ...] = ()


@dataclass(frozen=True)
class EventView:
    """A line of the ledger. ``detail`` and ``by`` are empty for the public."""

    at: str
    unit: str
    slug: str
    kind: str
    shape: str
    document: str
    detail: str
    by: str


@dataclass(frozen=True)
class UnitRow:
    """A unit in a list."""

    slug: str
    code: str
    name: str
    bureau: str
    order: int
    mark: Mark
    share: int
    items: tuple[tuple[str, Mark], ...]
    deadline: str
    errors: int
    warnings: int
    latest: str
    next_step: str
    contact: Person | None


@dataclass(frozen=True)
class Reminder:
    """A unit the office has to telephone, and why (office only)."""

    slug: str
    name: str
    mark: Mark
    reason: str
    contact: Person | None


@dataclass(frozen=True)
class Rate:
    """How many units sent an item. ``width`` is 0 to 100."""

    title: str
    clause: str
    reported: int
    expected: int
    in_time: int
    width: float


@dataclass(frozen=True)
class UnitView:
    """A unit's own page; ``entry`` is the one before the form pages, with this unit chosen."""

    row: UnitRow
    about: tuple[str, ...]
    items: tuple[ItemView, ...]
    findings: tuple[FindingView, ...]
    more_findings: int
    events: tuple[EventView, ...]
    folder_url: str
    packet: Link | None = None
    entry: str = ""


@dataclass(frozen=True)
class Share:
    """One unit's answer to a counter; ``width`` is 0 to 100 of the largest number.

    ``number`` sorts (-1 where there is none), ``text`` is what is shown, ``state`` names what is not a number.
    """

    slug: str
    name: str
    number: str
    text: str
    width: float
    state: str
    late: bool = False


@dataclass(frozen=True)
class CounterView:
    """A counter summed over the units. ``covered`` of ``of`` units gave a number; blank is not zero."""

    key: str
    title: str
    unit: str
    clause: str
    total: str
    covered: int
    of: int
    blank: int
    not_applicable: int
    missing: int
    width: float
    shares: tuple[Share, ...]
    more: int


@dataclass(frozen=True)
class NomineeRow:
    """A nominee (office only); ``why`` says why one is left out."""

    unit: str
    slug: str
    order: int
    values: tuple[str, ...]
    mark: Mark
    timing: str
    why: str = ""


@dataclass(frozen=True)
class NomineeList:
    """The nominees of one item, in official order of units and their order of recommendation."""

    item: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[NomineeRow, ...]
    left_out: tuple[NomineeRow, ...]


@dataclass(frozen=True)
class RuleView:
    """A rule as its docstring explains it."""

    code: str
    title: str
    mark: Mark
    clause: str
    paragraphs: tuple[str, ...]
    right: str
    wrong: str
    hint: str


@dataclass(frozen=True)
class RuleFamily:
    """Rules that begin with the same letter."""

    letter: str
    title: str
    rules: tuple[RuleView, ...]


@dataclass(frozen=True)
class QuotaRow:
    """A unit's places, one per kind; an empty text where none was supplied."""

    name: str
    slug: str
    places: tuple[str, ...]


@dataclass(frozen=True)
class Quotas:
    """The table of places; ``rows`` is empty when the notice gave none."""

    annex: str
    title: str
    note: str
    official: bool
    columns: tuple[str, ...]
    rows: tuple[QuotaRow, ...]
    totals: tuple[str, ...]


@dataclass(frozen=True)
class Annex:
    """A blank form on its own page, or the table of places (no ``html``); ``path`` lacks ``.md``.

    ``remark`` says where the form comes from and what is asked of its paper; ``entry`` is the page on which it is filled in,
    ``papers`` are its empty faces.
    """

    number: str
    title: str
    path: str
    html: Markup | None
    remark: str
    entry: str = ""
    papers: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Total:
    """A number on the home page with what it counts."""

    label: str
    number: str
    of: str
    note: str


@dataclass(frozen=True)
class Clock:
    """The moment the site shows. ``fixed``: a demo's clock, which browsers must not move on.

    ``before`` the campaign opens; ``over`` after its deadline's own second.
    """

    now: datetime
    deadline: datetime
    fixed: bool
    before: bool
    now_text: str
    deadline_text: str
    deadline_time: str
    countdown: str
    over: bool


@dataclass(frozen=True)
class View:
    """Everything the site shows to one audience."""

    audience: Audience
    name: str
    title: str
    short_title: str
    issuer: str
    issued: str
    receiver: str
    effect: str
    late_words: tuple[str, ...]
    decisions: tuple[str, ...]
    contact: tuple[tuple[str, str], ...]
    contact_historical: bool
    demo: bool
    demo_note: str
    clock: Clock
    item_titles: tuple[str, ...]
    totals: tuple[Total, ...]
    legend: tuple[tuple[Mark, int], ...]
    units: tuple[UnitRow, ...]
    pages: tuple[UnitView, ...]
    events: tuple[EventView, ...]
    reminders: tuple[Reminder, ...]
    more_reminders: int
    rates: tuple[Rate, ...]
    counters: tuple[CounterView, ...]
    counters_title: str
    counters_note: tuple[str, ...]
    counted: int
    nominees: tuple[NomineeList, ...]
    quotas: Quotas | None
    annexes: tuple[Annex, ...]
    entries: Entries
    rules: tuple[RuleFamily, ...]
    notice: str
    notice_papers: tuple[Link, ...]
    repo_url: str
    edit_base: str

    @property
    def office(self) -> bool:
        """Whether this is the office's edition."""
        return self.audience is Audience.OFFICE

    @property
    def mends(self) -> bool:
        """Whether the units' pages say where a document is mended."""
        return self.office or bool(self.repo_url)

"""What the units have sent: folders as listed, documents as read, ledgers as written.

Listing and reading are apart, because reading and checking a document is the expensive part and is
spread over processes by ``checks.run``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from build_tools import ledger as ledger_room
from build_tools.campaign import BrokenCampaign, Campaign, Item, office_faults
from build_tools.campaign.rules import (
    BAD_TIME,
    STRAY_LEDGER,
    UNKNOWN_NAME,
    not_a_file,
    not_a_folder,
)
from build_tools.findings import Finding, Place, Pointer, Rule
from build_tools.ledger import Ledger
from build_tools.leftovers import is_leftover, is_marker
from build_tools.source import MAX_BYTES, OFFICE_MAX_BYTES, Source, parse, too_large
from build_tools.standing import Standing, standing
from build_tools.times import NoSuchTime, stamp
from build_tools.tree import Entry, Tree
from build_tools.wordcount import texts

CITIES = "data/cities"
LEDGER = "data/ledger"


@dataclass(slots=True)
class Document:
    """One YAML file of a unit. ``value`` is ``None`` and ``digest`` may be empty when it could not be read."""

    unit: str
    item: str
    name: str
    number: int
    path: str
    digest: str
    value: Any
    source: Source | None = field(default=None, repr=False, compare=False)
    _texts: list[str] | None = field(default=None, repr=False, compare=False)

    def texts(self) -> list[str]:
        """Every text in it, in order; gathered once for all who look at them before it is let go."""
        if self._texts is None:
            self._texts = texts(self.value)
        return self._texts

    def let_go(self) -> None:
        """Forget what only those need who look at the document by itself."""
        self.source = self._texts = None

    def place(self, tree: Tree, pointer: Pointer = (), *, key: bool = False) -> Place:
        """Where ``pointer`` stands in the file; reads it again when its positions were let go."""
        if self.source is None:
            self.source = parse(self.path, tree.read(self.path))
        return self.source.place(pointer, key=key)

    def field(self, key: str) -> Any:
        """The value of a top-level field, ``None`` when absent or when the file could not be read."""
        return self.value.get(key) if isinstance(self.value, dict) else None

    @property
    def notes(self) -> dict[str, Any]:
        """Field to explanation: the unit's answers to warnings."""
        notes = self.field("notes")
        return notes if isinstance(notes, dict) else {}


@dataclass(frozen=True)
class Listed:
    """A document known from the listing only."""

    unit: str
    item: str
    number: int
    entry: Entry


@dataclass
class UnitFolder:
    """One unit's folder: ``documents`` in the campaign's order, every file in ``entries`` by path
    relative to the folder, and the unit's ledger with the file it is read from."""

    slug: str
    entries: dict[str, Entry]
    listed: tuple[Listed, ...]
    ledger: Ledger
    documents: list[Document] = field(default_factory=list)
    ledger_file: Entry | None = None
    _standings: dict[str, Standing] = field(default_factory=dict, repr=False, compare=False)
    _by_item: dict[str, list[Document]] = field(default_factory=dict, repr=False, compare=False)
    _by_name: dict[str, Document] = field(default_factory=dict, repr=False, compare=False)
    _indexed: int = field(default=0, repr=False, compare=False)

    def standing(self, campaign: Campaign, item: Item, name: str) -> Standing:
        """Where the document called ``name`` stands by the ledger; worked out once."""
        found = self._standings.get(name)
        if found is None:
            found = self._standings[name] = standing(campaign, self.ledger, item, name)
        return found

    def former_standing(self, campaign: Campaign, item: Item, name: str) -> Standing:
        """The same without what a pull request would add."""
        return standing(campaign, self.ledger.expecting(()), item, name)

    def of(self, item: Item) -> list[Document]:
        """The documents of one item, in order of recommendation."""
        return list(self._index[0].get(item.id, ()))

    def one(self, item: Item | None) -> Document | None:
        """The document of an item that is sent once."""
        return next(iter(self._index[0].get(item.id, ())), None) if item else None

    def document(self, name: str) -> Document | None:
        """The document called ``name`` (``individual-01``)."""
        return self._index[1].get(name)

    @property
    def _index(self) -> tuple[dict[str, list[Document]], dict[str, Document]]:
        """Documents by item and by name; made anew when one was added."""
        if self._indexed != len(self.documents):
            self._by_item, self._by_name, self._indexed = {}, {}, len(self.documents)
            for document in self.documents:
                self._by_item.setdefault(document.item, []).append(document)
                self._by_name.setdefault(document.name, document)
        return self._by_item, self._by_name


@dataclass
class Submissions:
    """Everything sent, by unit slug in official order; ``stray`` and ``stray_ledgers`` hold files that
    belong to no unit."""

    tree: Tree
    folders: dict[str, UnitFolder]
    stray: tuple[Entry, ...]
    stray_ledgers: tuple[Entry, ...] = ()

    @cached_property
    def listed(self) -> int:
        """How many documents there are, read or not."""
        return sum(len(folder.listed) for folder in self.folders.values())

    def documents(self) -> list[Document]:
        """Every document of every unit, in official order."""
        return [document for folder in self.folders.values() for document in folder.documents]


def list_submissions(tree: Tree, campaign: Campaign) -> Submissions:
    """List the units' folders and the ledger files; nothing is read yet.

    Raises :class:`BrokenCampaign` when one of the two folders is a link, behind which nothing is seen.
    """
    entries: dict[str, dict[str, Entry]] = {unit.slug: {} for unit in campaign.units}
    stray: list[Entry] = []
    ledgers: dict[str, Entry] = {}
    no_folder: list[Finding] = []
    for entry in tree.files("data"):
        folder, _, name = entry.path.removeprefix("data/").partition("/")
        if entry.path in (CITIES, LEDGER):
            no_folder.append(not_a_folder(entry.path))
        elif f"data/{folder}" == LEDGER:
            ledgers[entry.path] = entry
        elif f"data/{folder}" == CITIES:
            slug, slash, rest = name.partition("/")
            if slash and slug in entries:
                entries[slug][rest] = entry
            else:
                stray.append(entry)
    if no_folder:
        raise BrokenCampaign(no_folder, tree)
    folders = {
        unit.slug: UnitFolder(
            slug=unit.slug,
            entries=entries[unit.slug],
            listed=_listed(campaign, unit.slug, entries[unit.slug]),
            ledger=Ledger(unit.slug),
            ledger_file=ledgers.pop(f"{LEDGER}/{unit.slug}.yml", None),
        )
        for unit in campaign.units
    }
    stray_ledgers = tuple(entry for entry in ledgers.values() if not _is_ignored(entry.path))
    return Submissions(tree, folders, tuple(stray), stray_ledgers)


def _is_ignored(path: str) -> bool:
    """Whether a file among the ledgers harms nobody: the office's own notes, and what nobody put there."""
    return path == f"{LEDGER}/README.md" or is_marker(path) or is_leftover(path)


def _listed(campaign: Campaign, slug: str, entries: dict[str, Entry]) -> tuple[Listed, ...]:
    order = {item.id: index for index, item in enumerate(campaign.items)}
    found = []
    for path, entry in entries.items():
        match = campaign.item_of(path) if entry.is_file else None
        if match is not None:
            found.append(Listed(slug, match[0].id, match[1], entry))
    return tuple(sorted(found, key=lambda listed: (order[listed.item], listed.number, listed.entry.path)))


def read_document(tree: Tree, listed: Listed) -> Document:
    """Read one listed document; its source is at hand until it is let go."""
    digest, source = _read(tree, listed.entry)
    return Document(
        unit=listed.unit,
        item=listed.item,
        name=listed.entry.path.rsplit("/", 1)[-1].removesuffix(".yml"),
        number=listed.number,
        path=listed.entry.path,
        digest=digest,
        value=source.value,
        source=source,
    )


class Unreadable(Rule):
    """报送文件要能打开读取。

    文件正被别的程序占用、没有读取权限，或者磁盘有坏道，都会读不出来。

    正确：文件可以正常打开。

    错误：文件设了权限，运行检查的账号不能读取。
    """

    code = "L08"
    title = "文件读不出来"
    message = "文件在，但读不出来。"
    hint = "关闭占用它的程序，核对读取权限；仍读不出来的，从别处重新复制一份。"


UNREADABLE = Unreadable()


def _read(tree: Tree, entry: Entry) -> tuple[str, Source]:
    """A submission's digest and what it says; one that is too large is not read and has no digest."""
    if entry.size > MAX_BYTES:
        return "", Source(entry.path, None, (too_large(entry.path, entry.size, MAX_BYTES),))
    try:
        data = tree.read(entry.path)
    except OSError:
        return "", Source(entry.path, None, (UNREADABLE.finding(Place(entry.path)),))
    return ledger_room.digest(data), parse(entry.path, data)


def read_ledger(tree: Tree, campaign: Campaign, entry: Entry) -> tuple[Ledger | None, list[Finding]]:
    """Read a unit's ledger file; without a ledger the findings say why the campaign is broken."""
    slug = _ledger_name(entry)
    try:
        data = tree.read(entry.path)
    except OSError as error:
        return None, [not_a_file(entry.path, error)]
    source = parse(entry.path, data, OFFICE_MAX_BYTES)
    found = list(source.findings) or list(office_faults(source, campaign.ledger_schemas))
    if not found and source.value["unit"] != slug:
        place, name = source.place(("unit",)), source.value["unit"]
        found = [UNKNOWN_NAME.finding(place, ("unit",), kind="单位", name=name, mend="")]
    found = found or _bad_times(source)
    if found:
        return None, [replace(finding, hint=_NEVER_BY_HAND) for finding in found]
    return ledger_room.build(source, data), []


_NEVER_BY_HAND = (
    "台账不手工编辑：从版本记录中恢复主分支上的这个文件，合并时冲突的也一样；少了的事项再用 "
    "shenbao ledger record 登记。"
)


def misplaced_ledger(entry: Entry) -> Finding:
    """A ledger file that is no unit's breaks the campaign."""
    if "/" in _ledger_name(entry) or not entry.path.endswith(".yml"):
        return STRAY_LEDGER.finding(Place(entry.path))
    mend = "台账文件名应为单位的 slug。"
    return UNKNOWN_NAME.finding(Place(entry.path), kind="单位", name=_ledger_name(entry), mend=mend)


def _ledger_name(entry: Entry) -> str:
    return entry.path.removeprefix(LEDGER + "/").removesuffix(".yml")


def _bad_times(source: Source) -> list[Finding]:
    found = []
    for index, event in enumerate(source.value["events"]):
        for key in ("at", "recorded", "until"):
            try:
                if key in event:
                    stamp(event[key])
            except NoSuchTime as error:
                pointer = ("events", index, key)
                place = source.place(pointer)
                found.append(BAD_TIME.finding(place, pointer, title="台账", reason=error.reason))
    return found

"""Which documents are printed: all, a unit's, or one by name, and what is left out and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from build_tools.campaign import Item, NoSuchName, Unit, split_name, unit_called
from build_tools.checks import Examination
from build_tools.checks.glyphs import undrawable
from build_tools.findings import Finding, Severity
from build_tools.forms.definition import Form, read_form
from build_tools.forms.fill import Photos, filled_sheet
from build_tools.forms.fonts import FontBook
from build_tools.forms.sheet import Picture, Sheet
from build_tools.progress import CampaignProgress, DocumentProgress, State, UnitProgress
from build_tools.submissions import Document, UnitFolder
from build_tools.tree import Tree
from build_tools.wordcount import texts


@dataclass(frozen=True)
class Chosen:
    """A document that will be printed. ``caption`` is whom it is about, private like the sheet itself.

    ``photo`` says what is wrong with its photo: missing, or of no use.
    """

    unit: Unit
    item: Item
    name: str
    caption: str
    errors: int
    photo: str
    _sheet: Callable[[], Sheet] = field(repr=False)

    def sheet(self) -> Sheet:
        """The filled form, made when it is asked for: a whole province of them need not be held."""
        return self._sheet()

    @property
    def copies_owed(self) -> int:
        """How many copies the notice wants on paper, at least one."""
        return self.item.paper.copies if self.item.paper else 1

    @property
    def seals(self) -> str:
        """Whose seals it needs before it is sent."""
        return "、".join(self.item.paper.seals) if self.item.paper else ""


@dataclass(frozen=True)
class LeftOut:
    """A document that is there and not printed; ``why`` is a Chinese half-sentence.

    ``expected``: nothing is wrong, it just is not sent on.
    """

    unit: Unit
    title: str
    name: str
    why: str
    expected: bool = False


@dataclass
class Choice:
    """What will be printed, what not, what was never sent, and the characters that stop a document."""

    documents: list[Chosen] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    absent: list[LeftOut] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def choose(
    examination: Examination,
    progress: CampaignProgress,
    names: Iterable[str] = (),
    fonts: FontBook | None = None,
) -> Choice:
    """The documents that ``names`` (``guangzhou`` or 广州, ``guangzhou/individual-01``) mean; all without one.

    A withdrawn or forfeited document is printed only when it is named itself. One that cannot be read, and with
    ``fonts`` one with a character they cannot draw, never is. Raises :class:`NoSuchName`.
    """
    wanted = _wanted(examination, names)
    chooser = _Chooser(examination, fonts)
    for unit in progress.units:
        if not wanted or unit.unit.slug in wanted:
            chooser.look_at(unit, wanted.get(unit.unit.slug, frozenset()))
    return chooser.choice


def _wanted(examination: Examination, names: Iterable[str]) -> dict[str, frozenset[str]]:
    """By unit the documents that are named, none where the whole unit is."""
    wanted: dict[str, frozenset[str]] = {}
    whole: set[str] = set()
    folders = examination.submissions.folders
    for name in names:
        given, document = split_name(name)
        slug = unit_called(examination.campaign, given).slug
        if not document:
            whole.add(slug)
        elif folders[slug].document(document) is None:
            there = "、".join(d.name for d in folders[slug].documents[:30]) or "（还没有文件）"
            raise NoSuchName(f"{slug} 没有“{document}”这份文件，已有的是：{there}")
        wanted[slug] = wanted.get(slug, frozenset()) | ({document} if document else frozenset())
    return {slug: frozenset() if slug in whole else documents for slug, documents in wanted.items()}


class _Chooser:
    """Looks at units one by one and sorts their documents."""

    def __init__(self, examination: Examination, fonts: FontBook | None) -> None:
        self.choice = Choice()
        self._campaign = examination.campaign
        self._submissions = examination.submissions
        self._fonts = fonts
        found = [f for f in examination.findings if f.severity is Severity.ERROR and f.code[0] == "M"]
        self._faulty = {f.place.path for f in found} | {(f.place.path, f.pointer) for f in found}

    def look_at(self, unit: UnitProgress, named: frozenset[str]) -> None:
        """Sort the unit's documents, or those of them that are ``named``."""
        folder = self._submissions.folders[unit.unit.slug]
        most = self._campaign.limits.get("photo_kib", 0)
        photos = photo_reader(folder, self._submissions.tree, most)
        for item in unit.items:
            form = read_form(self._campaign, item.item)
            for state in item.documents:
                document = folder.document(state.name)
                if document is None and not named:
                    self.choice.absent.append(
                        LeftOut(unit.unit, state.title, state.name, "未报送", expected=True)
                    )
                if document is None or (named and state.name not in named):
                    continue
                why = _why_not(form, state, document, asked=bool(named))
                if why or form is None:
                    self._leave_out(
                        unit.unit, state, why, expected=form is None or document.value is not None
                    )
                else:
                    sheet = partial(filled_sheet, self._campaign, form, state.name, document.value, photos)
                    self._take(unit.unit, state, document, sheet, self._photo(state, document, folder))

    def _leave_out(self, unit: Unit, state: DocumentProgress, why: str, *, expected: bool) -> None:
        self.choice.left_out.append(LeftOut(unit, state.title, state.name, why, expected))

    def _photo(self, state: DocumentProgress, document: Document, folder: UnitFolder) -> str:
        """Why the photo that the document names may be missing on paper."""
        name = document.field(state.item.photo) if state.item.photo else None
        if name is None:
            return ""
        entry = folder.entries.get(name) if isinstance(name, str) else None
        if entry is None or not entry.is_file:
            return "照片文件不存在"
        faults = {entry.path, (document.path, f"/{state.item.photo}")}
        return "照片有问题，见校验意见" if faults & self._faulty else ""

    def _take(
        self, unit: Unit, state: DocumentProgress, document: Document, sheet: Callable[[], Sheet], photo: str
    ) -> None:
        if self._fonts and self._fonts.missing("".join(texts(document.value))):
            found = list(undrawable(document, state.item, self._submissions.tree, self._fonts.missing))
            if found:
                self.choice.findings.extend(found)
                self._leave_out(unit, state, "有字体中没有的字", expected=False)
                return
        caption = document.field(state.item.caption) if state.item.caption else ""
        caption = caption if isinstance(caption, str) else ""
        self.choice.documents.append(
            Chosen(unit, state.item, state.name, caption, state.errors, photo, sheet)
        )


def _why_not(form: Form | None, state: DocumentProgress, document: Document, *, asked: bool) -> str:
    if form is None:
        return "没有表样"
    if not isinstance(document.value, dict):
        return "文件读不出来，先按校验意见改正"
    if state.state is State.WITHDRAWN and not asked:
        return state.label
    return "逾期，视为放弃" if state.standing.forfeited and not asked else ""


def photo_reader(folder: UnitFolder, tree: Tree, most_kib: int) -> Photos:
    """Reads a photo named in a document: a plain file of the unit's own folder, within the campaign's limit."""

    def read(name: str) -> Picture | None:
        entry = folder.entries.get(name)
        if entry is None or not entry.is_file or (most_kib and entry.size > most_kib * 1024):
            return None
        try:
            return Picture(tree.read(entry.path))
        except OSError:
            return None

    return read


def by_unit(documents: Iterable[Chosen]) -> Iterator[tuple[Unit, list[Chosen]]]:
    """The documents unit by unit, in the order they come in."""
    units: dict[str, list[Chosen]] = {}
    for document in documents:
        units.setdefault(document.unit.slug, []).append(document)
    yield from ((own[0].unit, own) for own in units.values())

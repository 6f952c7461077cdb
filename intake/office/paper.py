"""纸质材料: copies and seals, recorded a line at a time with the keyboard, and the list to tick off on paper."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_safe

from build_tools.ledger import Kind
from build_tools.progress import DocumentProgress, UnitProgress
from intake.answers import Refused
from intake.current import campaign
from intake.journal import acting
from intake.journal.models import Action
from intake.journal.reading import visible
from intake.office.campaign_tree import State, ledger_of, state
from intake.office.desk import leaf, show, unit_called
from intake.office.units import happened
from intake.people.access import Door, door

_DIGITS = 6
_BACK = "/desk/paper/"
_SAID = {
    "done": "已登记",
    "pending": "正在写入台账",
    "refused": "没有登记成",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One nomination's paper: what is owed, what has come (what is being ``written`` into the ledger with it), and the
    last action of its form.
    """

    unit: UnitProgress
    document: DocumentProgress
    nominee: str
    copies: int
    seals: frozenset[str]
    written: bool
    seen: int
    refused: str = ""

    @property
    def key(self) -> str:
        """Its name in an address."""
        return f"{self.unit.unit.slug}-{self.document.name}"

    @property
    def left(self) -> int:
        """How many copies are still owed."""
        return max(0, self.document.copies_owed - self.copies)

    @property
    def seals_received(self) -> list[str]:
        """The seals that are there, of those that are owed."""
        return [seal for seal in self.document.seals_owed if seal in self.seals]

    @property
    def seals_missing(self) -> list[str]:
        """The seals that are still owed."""
        return [seal for seal in self.document.seals_owed if seal not in self.seals]

    @property
    def complete(self) -> bool:
        """Whether nothing is owed any more, and all of it is in the ledger."""
        return not (self.written or self.left or self.seals_missing)


def sheets(unit: str = "", *, every: bool = False) -> list[Sheet]:
    """The nominations that owe paper, by unit in official order; ``every``: those that owe nothing any more, too.

    The journal is read before the ledger, so that what is written in between is missed by neither.
    """
    last: dict[tuple[str, str], Action] = {}
    written: dict[tuple[str, str], list[Action]] = {}
    for action in Action.objects.filter(kind=Action.Kind.PAPER).order_by("id"):
        key = (action.unit, action.document)
        last[key] = action
        if action.state == Action.State.PENDING:
            written.setdefault(key, []).append(action)
    known, found = state(), []
    for progress in known.progress.units:
        if unit not in ("", progress.unit.slug):
            continue
        for item in progress.items:
            for document in item.documents:
                key = (progress.unit.slug, document.name)
                if not (document.copies_owed or document.seals_owed):
                    continue
                nominee = _nominee(known, progress.unit.slug, document)
                sheet = _sheet_of(progress, document, nominee, written.get(key, []), last.get(key))
                if every or not sheet.complete:
                    found.append(sheet)
    return found


def _sheet_of(
    unit: UnitProgress, document: DocumentProgress, nominee: str, written: list[Action], last: Action | None
) -> Sheet:
    """The sheet as it will be once the ledger holds what is being ``written``: a correction tells what there is in all."""
    copies, seals = document.copies_received, set(document.seals_received)
    for action in written:
        if action.reason:
            copies, seals = 0, set()
        copies += action.copies or 0
        seals.update(action.seals)
    refused = last.message if last and last.state == Action.State.REFUSED else ""
    return Sheet(
        unit, document, nominee, copies, frozenset(seals), bool(written), last.pk if last else 0, refused
    )


def _nominee(known: State, unit: str, document: DocumentProgress) -> str:
    """Whose nomination it is, so that the sheet of paper is found."""
    sent = known.examination.submissions.folders[unit].document(document.name)
    name = sent.field(document.item.caption) if sent and document.item.caption else None
    return visible(name) if isinstance(name, str) else ""


@door(Door.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: HttpRequest) -> HttpResponse:
    """The register: a form a line, whose address holds the filters."""
    if request.method != "POST":
        return _register(request)
    sheet = _sheet(request.POST.get("unit", ""), request.POST.get("document", ""))
    document = sheet.document
    # What was pressed twice is known by the journal, and is not one too many.
    most = sheet.left if acting.seen_of(request) >= sheet.seen else document.copies_owed
    seals = [seal for seal in document.seals_owed if seal in request.POST.getlist("seal")]
    try:
        copies = _copies(request, most, f"还差 {most} 份，这次最多登记 {most} 份")
        if not copies and not seals:
            raise Refused(acting.UNCLEAR, "份数是 0，也没有勾选印章，没有可以登记的。")
    except Refused as refused:
        return _register(request, sheet.key, refused.message, status=refused.status)
    return _ask(request, sheet, Action(copies=copies, seals=seals))


def _register(request: HttpRequest, wrong: str = "", fault: str = "", *, status: int = 200) -> HttpResponse:
    """The page; ``fault`` is what was wrong with the line ``wrong``, which keeps what was typed."""
    chosen, every = request.GET.get("unit", ""), request.GET.get("all") == "1"
    all_of_them = sheets(chosen, every=True)
    page = leaf(request, [sheet for sheet in all_of_them if every or not sheet.complete])
    told = Action.objects.filter(kind=Action.Kind.PAPER, pk=_number(request.GET.get("told"))).first()
    context = {
        "page": page,
        "units": campaign().units,
        "unit_chosen": chosen,
        "every": every,
        "focus": wrong or (_following(all_of_them, page.rows, request.GET.get("after", "")) if told else ""),
        "wrong": wrong if any(sheet.key == wrong for sheet in page.rows) else "",
        "fault": fault,
        "given": request.POST.get("copies", ""),
        "ticked": request.POST.getlist("seal"),
        "told": told,
        "told_title": campaign().document_title(told.document) if told else "",
        "told_word": _SAID.get(told.state, "") if told else "",
        "query": _query(request, page=""),
        "here": _query(request),
    }
    return show(request, "paper", context, "paper", status=status)


def _following(every: Sequence[Sheet], shown: Sequence[Sheet], after: str) -> str:
    """The line behind ``after``, which may have gone because it is complete; else the first one."""
    keys, lines = [sheet.key for sheet in every], [sheet.key for sheet in shown]
    behind = keys[keys.index(after) + 1 :] if after in keys else keys
    return next((key for key in behind if key in lines), "")


def _query(request: HttpRequest, **more: str) -> str:
    """The filters and the page of the list, as an address has them."""
    told = {key: request.GET.get(key, "") for key in ("unit", "all", "page")} | more
    return urlencode({key: value for key, value in told.items() if value})


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 18 else 0


def _sheet(slug: str, name: str) -> Sheet:
    """The sheet of a nomination that was received; raises :class:`Refused`."""
    unit = unit_called(slug).slug
    found = next((one for one in sheets(unit, every=True) if one.document.name == name), None)
    if found is None or not found.document.present:
        raise Refused(404, "这份推荐表还没有收到，不能登记纸质材料。", back=_BACK)
    return found


def _copies(request: HttpRequest, most: int, why: str) -> int:
    """The number that was typed, ``most`` at most; raises :class:`Refused`."""
    text = unicodedata.normalize("NFKC", request.POST.get("copies", "")).strip() or "0"
    if not (text.isascii() and text.isdecimal()) or len(text) > _DIGITS:
        raise Refused(acting.UNCLEAR, "份数应是整数，请改正后再登记。")
    if int(text) > most:
        told = f"份数多了：{why}。多带来的退还单位，以前登记错了的先更正。"
        raise Refused(acting.UNCLEAR, told)
    return int(text)


def _ask(request: HttpRequest, sheet: Sheet, wanted: Action) -> HttpResponse:
    wanted.kind, wanted.unit, wanted.document = Action.Kind.PAPER, sheet.unit.unit.slug, sheet.document.name
    corrects = {"corrects": "yes"} if wanted.reason else {}
    made = acting.settled(
        acting.ask(request, wanted, copies=wanted.copies, seals=len(wanted.seals), **corrects)
    )
    return HttpResponseRedirect(f"/desk/paper/?{_query(request, told=str(made.pk), after=sheet.key)}")


@door(Door.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Put right what was recorded by mistake: what there is in all, and why. Nothing that was written is erased."""
    sheet, fault, status = _sheet(slug, name), "", 200
    document, ticked = sheet.document, sheet.seals_received
    if request.method == "POST":
        ticked = [seal for seal in document.seals_owed if seal in request.POST.getlist("seal")]
        try:
            copies = _copies(request, document.copies_owed, f"一共应交 {document.copies_owed} 份")
            reason = acting.reason_of(request.POST.get("reason", ""), what="更正的理由")
            same = (copies, ticked) == (sheet.copies, sheet.seals_received)
            if (
                same and acting.seen_of(request) >= sheet.seen
            ):  # what was pressed twice is known by the journal
                raise Refused(acting.UNCLEAR, "份数和印章都与现在登记的相同，没有可更正的。")
            return _ask(request, sheet, Action(copies=copies, seals=ticked, reason=reason))
        except Refused as refused:
            if refused.status != acting.UNCLEAR:
                raise
            fault, status = refused.message, refused.status
    context = {
        "sheet": sheet, "fault": fault, "longest": acting.LONGEST, "ticked": ticked,
        "copies": request.POST.get("copies", sheet.copies), "reason": request.POST.get("reason", ""),
        "entries": [
            happened(event) for event in reversed(ledger_of(slug).of(name)) if event.kind is Kind.PAPER
        ],
    }  # fmt: skip
    return show(request, "paper_correct", context, "paper", status=status)


@door(Door.OFFICE)
@require_safe
def checklist(request: HttpRequest) -> HttpResponse:
    """The list to print and tick off beside the pile of paper."""
    every, unit = request.GET.get("all") == "1", request.GET.get("unit", "")
    found = sheets(unit, every=every)
    context = {"sheets": found, "every": every, "units": len({sheet.unit.unit.slug for sheet in found})}
    return show(request, "checklist", context, "paper")

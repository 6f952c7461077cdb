"""纸质材料: copies and seals, recorded a line at a time with the keyboard, and the list to tick off on paper."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_safe

from build_tools.progress import DocumentProgress, UnitProgress
from intake.answers import Refused
from intake.current import campaign
from intake.journal import acting
from intake.journal.models import Action
from intake.journal.reading import visible
from intake.office.campaign_tree import State, state
from intake.office.desk import leaf, show, unit_called
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
    """One nomination's paper: what is owed and has come, what is being written, and the last action of its form."""

    unit: UnitProgress
    document: DocumentProgress
    nominee: str
    waiting: int
    seen: int
    refused: str = ""

    @property
    def key(self) -> str:
        """Its name in an address."""
        return f"{self.unit.unit.slug}-{self.document.name}"

    @property
    def left(self) -> int:
        """How many copies are still owed, those being written not counted."""
        return max(0, self.document.copies_owed - self.document.copies_received - self.waiting)


def sheets(known: State, unit: str = "", *, every: bool = False) -> list[Sheet]:
    """The nominations that owe paper, by unit in official order; ``every``: those that owe nothing any more, too."""
    waiting: dict[tuple[str, str], int] = {}
    seen: dict[tuple[str, str], int] = {}
    refused: dict[tuple[str, str], str] = {}
    for action in Action.objects.filter(kind=Action.Kind.PAPER).order_by("id"):
        key = (action.unit, action.document)
        seen[key] = action.pk
        refused[key] = action.message if action.state == Action.State.REFUSED else ""
        if action.state == Action.State.PENDING and not action.reason:
            waiting[key] = waiting.get(key, 0) + (action.copies or 0)
    found = []
    for progress in known.progress.units:
        if unit not in ("", progress.unit.slug):
            continue
        for item in progress.items:
            for document in item.documents:
                owed = document.copies_owed or document.seals_owed
                if not owed or (document.paper_complete and not every):
                    continue
                key = (progress.unit.slug, document.name)
                found.append(
                    Sheet(
                        progress, document, _nominee(known, progress.unit.slug, document),
                        waiting.get(key, 0), seen.get(key, 0), refused.get(key, ""),
                    )
                )  # fmt: skip
    return found


def _nominee(known: State, unit: str, document: DocumentProgress) -> str:
    """Whose nomination it is, so that the sheet of paper is found."""
    sent = known.examination.submissions.folders[unit].document(document.name)
    name = sent.field(document.item.caption) if sent and document.item.caption else None
    return visible(name) if isinstance(name, str) else ""


@door(Door.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: HttpRequest) -> HttpResponse:
    """The register: a form a line."""
    if request.method == "POST":
        return _record(request)
    every = request.GET.get("all") == "1"
    unit = request.GET.get("unit", "")
    found = sheets(state(), unit, every=every)
    page = leaf(request, found)
    after = request.GET.get("after", "")
    keys = [sheet.key for sheet in page.rows]
    following = keys[keys.index(after) + 1 : keys.index(after) + 2] if after in keys else keys[:1]
    told = Action.objects.filter(kind=Action.Kind.PAPER, pk=_number(request.GET.get("told"))).first()
    context = {
        "page": page,
        "units": campaign().units,
        "unit_chosen": unit,
        "every": every,
        "focus": following[0] if following and told else "",
        "told": told,
        "told_title": campaign().document_title(told.document) if told else "",
        "told_word": _SAID.get(told.state, "") if told else "",
        "query": urlencode(
            {key: value for key, value in (("unit", unit), ("all", "1" if every else "")) if value}
        ),
    }
    return show(request, "paper", context, "paper")


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 18 else 0


def _record(request: HttpRequest) -> HttpResponse:
    sheet = _sheet(request.POST.get("unit", ""), request.POST.get("document", ""))
    document = sheet.document
    # What was pressed twice is known by the journal, and is not one too many.
    most = sheet.left if acting.seen_of(request) >= sheet.seen else document.copies_owed
    copies = _copies(request, most, f"还差 {most} 份，这次最多登记 {most} 份")
    seals = [seal for seal in document.seals_owed if seal in request.POST.getlist("seal")]
    if not copies and not seals:
        raise Refused(422, "份数是 0，也没有勾选印章，没有可以登记的。", back=_BACK)
    return _ask(request, sheet, Action(copies=copies, seals=seals))


def _sheet(slug: str, name: str) -> Sheet:
    """The sheet of a nomination that was received; raises :class:`Refused`."""
    unit = unit_called(slug).slug
    found = next((one for one in sheets(state(), unit, every=True) if one.document.name == name), None)
    if found is None or not found.document.present:
        raise Refused(404, "这份推荐表还没有收到，不能登记纸质材料。", back=_BACK)
    return found


def _copies(request: HttpRequest, most: int, why: str) -> int:
    """The number that was typed, ``most`` at most; raises :class:`Refused`."""
    text = unicodedata.normalize("NFKC", request.POST.get("copies", "")).strip() or "0"
    if not (text.isascii() and text.isdecimal()) or len(text) > _DIGITS:
        raise Refused(422, "份数应是整数，请改正后再登记。", back=_BACK)
    if int(text) > most:
        raise Refused(422, f"份数多了：{why}。多带来的退还单位，以前登记错了的先更正。", back=_BACK)
    return int(text)


def _ask(request: HttpRequest, sheet: Sheet, wanted: Action) -> HttpResponse:
    wanted.kind, wanted.unit, wanted.document = Action.Kind.PAPER, sheet.unit.unit.slug, sheet.document.name
    corrects = {"corrects": "yes"} if wanted.reason else {}
    made = acting.settled(
        acting.ask(request, wanted, copies=wanted.copies, seals=len(wanted.seals), **corrects)
    )
    query = {"unit": request.POST.get("chosen", ""), "all": request.POST.get("all", ""),
             "page": request.POST.get("page", ""), "told": str(made.pk), "after": sheet.key}  # fmt: skip
    return HttpResponseRedirect(f"/desk/paper/?{urlencode({k: v for k, v in query.items() if v})}")


@door(Door.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Put right what was recorded by mistake: what there is in all, and why. Nothing that was written is erased."""
    sheet, fault, status = _sheet(slug, name), "", 200
    document = sheet.document
    if request.method == "POST":
        copies = _copies(request, document.copies_owed, f"一共应交 {document.copies_owed} 份")
        seals = [seal for seal in document.seals_owed if seal in request.POST.getlist("seal")]
        try:
            reason = acting.reason_of(request.POST.get("reason", ""), what="更正的理由")
            if acting.seen_of(request) >= sheet.seen:  # what was pressed twice is known by the journal
                _must_change(document, copies, seals)
            return _ask(request, sheet, Action(copies=copies, seals=seals, reason=reason))
        except Refused as refused:
            if refused.status != acting.UNCLEAR:
                raise
            fault, status = refused.message, refused.status
    entries = Action.objects.filter(unit=slug, document=name, kind=Action.Kind.PAPER, state=Action.State.DONE)
    context = {
        "sheet": sheet, "fault": fault, "longest": acting.LONGEST, "given": request.POST,
        "entries": entries.select_related("account").order_by("-id"),
    }  # fmt: skip
    return show(request, "paper_correct", context, "paper", status=status)


def _must_change(document: DocumentProgress, copies: int, seals: list[str]) -> None:
    """Raises :class:`Refused` for a correction that says what is recorded already."""
    if copies == document.copies_received and set(seals) == set(document.seals_received):
        raise Refused(acting.UNCLEAR, "份数和印章都与现在登记的相同，没有可更正的。")


@door(Door.OFFICE)
@require_safe
def checklist(request: HttpRequest) -> HttpResponse:
    """The list to print and tick off beside the pile of paper."""
    every, unit = request.GET.get("all") == "1", request.GET.get("unit", "")
    found = sheets(state(), unit, every=every)
    context = {"sheets": found, "every": every, "units": len({sheet.unit.unit.slug for sheet in found})}
    return show(request, "checklist", context, "paper")

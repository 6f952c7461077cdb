"""One item of the notice for one unit: what is owed, what is there, what is still needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from build_tools.campaign import Item, Late, MaterialKind
from build_tools.progress.documents import UnitRecord, nominations, single
from build_tools.progress.model import DocumentProgress, ItemProgress
from build_tools.progress.states import State
from build_tools.progress.wording import moment_text, names
from build_tools.standing import Stage, Standing, Timing
from build_tools.submissions import Document

_GOOD = (State.RECEIVED, State.ACCEPTED)
_STATE_ORDER = (State.INVALID, State.RETURNED, State.RECEIVED, State.ACCEPTED)
_TIMING_ORDER = (Timing.UNRECORDED, Timing.FORFEITED, Timing.LATE, Timing.EXTENDED, Timing.ON_TIME)


class _Parts(NamedTuple):
    """What :attr:`ItemProgress.parts_owed` counts, and the words for what is not done."""

    owed: int
    done: int
    needed: list[str]


def items_of(record: UnitRecord) -> tuple[ItemProgress, ...]:
    """Every item of the campaign for one unit, in the notice's order."""
    recorded = record.recorded()
    documents: dict[str, list[Document]] = {}
    for document in record.folder.documents:
        documents.setdefault(document.item, []).append(document)
    found: dict[str, ItemProgress] = {}
    nominees: list[DocumentProgress] = []
    for item in record.campaign.nominations:
        mine = nominations(record, item, documents.get(item.id, []), recorded.get(item.id, {}))
        beyond = _beyond(mine, record.campaign.quota(record.unit.slug, item))
        mine = tuple(
            replace(document, copies_owed=0, seals_owed=()) if document.name in beyond else document
            for document in mine
        )
        found[item.id] = _nomination(record, item, mine)
        nominees.extend(document for document in mine if document.counts and document.name not in beyond)
    for item in record.campaign.items:
        if not item.is_nomination:
            sent = next(iter(documents.get(item.id, ())), None)
            found[item.id] = _single(record, item, sent, nominees)
    return tuple(found[item.id] for item in record.campaign.items)


def _beyond(documents: tuple[DocumentProgress, ...], quota: int | None) -> set[str]:
    """Those for which there is no place, unless the office took them all the same: no paper and no material is asked for
    what is to be taken back."""
    counting = [document for document in documents if document.counts]
    over = counting[quota:] if quota is not None else []
    return {document.name for document in over if document.standing.stage is not Stage.ACCEPTED}


def _nomination(record: UnitRecord, item: Item, documents: tuple[DocumentProgress, ...]) -> ItemProgress:
    counting = [document for document in documents if document.counts]
    short = max(0, item.minimum - len(counting))
    needed = [f"至少推荐 {item.minimum} 名，还差 {short} 名"] if short else []
    parts = _Parts(short, 0, needed)
    for document in counting:
        parts = _with_document(record, parts, document)
    until, extended = record.deadline(item)
    owed = item.minimum > 0
    # What is forfeited says nothing of what was in time: it speaks for the item only where nothing else counts.
    timing = _worst([d.timing for d in counting or documents if d.present])
    if timing is None and owed:
        timing = Standing(item.id, until).timing_at(record.now, present=False)
    quota = record.campaign.quota(record.unit.slug, item)
    return ItemProgress(
        item=item,
        state=_nomination_state(documents, counting),
        timing=timing,
        documents=documents,
        owed=owed,
        complete=parts.done == parts.owed,
        deadline=until,
        extended=extended,
        quota=quota,
        quota_left=None if quota is None else quota - len(counting),
        parts_owed=parts.owed,
        parts_done=parts.done,
        needed="；".join(parts.needed),
        remark="；".join([_places(item, quota, documents), *_remarks(documents)]),
    )


def _single(
    record: UnitRecord, item: Item, document: Document | None, nominees: list[DocumentProgress]
) -> ItemProgress:
    kinds = tuple(kind for kind in item.kinds if kind.each_nominee)
    owed = not item.kinds or bool(kinds and nominees)
    progress = single(record, item, document, owed=owed)
    parts = _Parts(0, 0, [])
    if owed and not (progress.present and progress.standing.forfeited):
        parts = _with_document(record, parts, progress)
        if kinds and progress.present:
            parts = _with_materials(parts, kinds, nominees, _manifest(item, document))
        elif kinds:
            parts = _Parts(parts.owed + len(kinds) * len(nominees), parts.done, parts.needed)
    return ItemProgress(
        item=item,
        state=progress.state,
        timing=progress.timing,
        documents=(progress,),
        owed=owed,
        complete=parts.done == parts.owed,
        deadline=progress.standing.deadline,
        extended=progress.standing.extended,
        parts_owed=parts.owed,
        parts_done=parts.done,
        needed="；".join(parts.needed),
        remark="；".join(_remarks((progress,))),
    )


def _with_document(record: UnitRecord, parts: _Parts, document: DocumentProgress) -> _Parts:
    """``parts`` with one document, and the paper that goes with it."""
    owed, done, needed = parts.owed + 1, parts.done, list(parts.needed)
    prefix = f"第 {document.number} 名" if document.number else ""
    if document.state in _GOOD:
        done += 1
    else:
        needed.append(prefix + _mend(record, document))
    if document.copies_owed or document.seals_owed:
        owed += 1
        done += document.paper_complete
        needed.extend(prefix + text for text in _paper(document))
    return _Parts(owed, done, needed)


def _mend(record: UnitRecord, document: DocumentProgress) -> str:
    stand = document.standing
    if document.state is State.INVALID:
        return f"有 {document.errors} 处错误待改正"
    if document.state is State.RETURNED:
        if document.changed:
            return "已修改，待登记"
        if stand.until is None:
            return "按退回意见修改后重报"
        until = moment_text(stand.until, record.now)
        if record.now > stand.until:
            return f"修改期限（{until}）已过，按退回意见修改后立即重报"
        return f"按退回意见修改，{until}前重报"
    if document.state is State.WITHDRAWN:
        return f"{document.label}，需重新报送"
    if stand.timing is not None:
        return "台账已登记，但文件不在"
    if record.now <= stand.deadline:
        return "尚未报送"
    if record.closed:
        return "未报送"
    return "逾期未报，仍应补报" if document.item.late is Late.COUNTS else "逾期未报，视为放弃"


def _paper(document: DocumentProgress) -> Iterator[str]:
    copies = document.copies_owed - document.copies_received
    if copies > 0:
        yield f"纸质材料还差 {copies} 份"
    if document.seals_missing:
        yield f"尚缺盖章：{'、'.join(document.seals_missing)}"


def _manifest(item: Item, document: Document | None) -> set[tuple[Any, Any]]:
    """(kind, document it is for) of every file listed; nothing for a file that could not be read."""
    rows = document.field(item.manifest) if document else None
    rows = rows if isinstance(rows, list) else []
    texts = ((row.get("kind"), row.get("for")) for row in rows if isinstance(row, dict))
    return {(kind, name) for kind, name in texts if isinstance(kind, str) and isinstance(name, str)}


def _with_materials(
    parts: _Parts,
    kinds: tuple[MaterialKind, ...],
    nominees: list[DocumentProgress],
    listed: set[tuple[Any, Any]],
) -> _Parts:
    lacking: list[str] = []
    for nominee in nominees:
        missing = [kind.title for kind in kinds if (kind.id, nominee.name) not in listed]
        lacking.extend(f"{nominee.item.nominee}第 {nominee.number} 名的{title}" for title in missing)
    every = len(kinds) * len(nominees)
    needed = [*parts.needed, f"缺{names(lacking)}"] if lacking else parts.needed
    return _Parts(parts.owed + every, parts.done + every - len(lacking), needed)


def _nomination_state(documents: tuple[DocumentProgress, ...], counting: list[DocumentProgress]) -> State:
    states = {document.state for document in counting or documents if document.present}
    states = states - {State.WITHDRAWN} or states
    for state in _STATE_ORDER:
        if state in states:
            return state
    withdrawn = any(document.state is State.WITHDRAWN for document in documents)
    return State.WITHDRAWN if withdrawn else State.ABSENT


def _worst(timings: list[Timing | None]) -> Timing | None:
    return next((timing for timing in _TIMING_ORDER if timing in timings), None)


def _places(item: Item, quota: int | None, documents: tuple[DocumentProgress, ...]) -> str:
    """How many places there are and are taken: 名额表未提供，未推荐."""
    sent = sum(document.counts for document in documents)
    taken = f"已推荐 {sent} 名" if sent else "有效推荐 0 名" if documents else "未推荐"
    if not item.quota:
        return taken
    if quota is None:
        return f"名额表未提供，{taken}"
    places = f"名额 {quota} 名" if quota else "无名额"
    return f"{places}，{taken}" + (f"，超出 {sent - quota} 名" if sent > quota else "")


def _remarks(documents: tuple[DocumentProgress, ...]) -> Iterator[str]:
    there = [document for document in documents if document.present]
    blanks = sum(document.blanks for document in there)
    if blanks:
        yield f"{blanks} 栏未填报"
    timings = [document.timing for document in there if document.timing in _TIMING_REMARKS]
    for timing, text in _TIMING_REMARKS.items() if timings else ():
        if timing in timings:
            beside = (
                "另 " if timing is Timing.FORFEITED and any(document.counts for document in there) else ""
            )
            yield f"{beside}{timings.count(timing)} 份{text}" if there[0].number else text
    aside = sum(len(document.standing.set_aside) for document in there)
    if aside:
        yield f"截止后另交 {aside} 版，未采用"
    out = [document.label for document in documents if document.number and document.state is State.WITHDRAWN]
    yield from (f"{out.count(word)} 份{word}" for word in dict.fromkeys(out))


_TIMING_REMARKS = {
    Timing.FORFEITED: "逾期报送，视为放弃",
    Timing.LATE: "逾期报送，仍计入汇总",
    Timing.UNRECORDED: "未登记收文",
}

"""What to do next, in words: for the unit, for the office, and whether to telephone.

Each text names items and dates only, never a field of a submission or the reason of a return.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from build_tools.campaign import Campaign
from build_tools.progress.model import LOOSE, Call, DocumentProgress, ItemProgress
from build_tools.progress.states import Phase, State, UnitState, Urgency
from build_tools.progress.wording import moment_text, names, start_text, titles
from build_tools.standing import Timing

DAY, SOON = timedelta(hours=24), timedelta(hours=72)

Items = tuple[ItemProgress, ...]


def next_step(
    campaign: Campaign, now: datetime, phase: Phase, items: Items, state: UnitState, *, loose: int = 0
) -> str:
    """One Chinese sentence for the unit: what to do next, and by when.

    ``loose`` is the number of errors in files that are no documents.
    """
    if phase is Phase.BEFORE:
        owed = names(item.item.title for item in items if item.owed)
        until = moment_text(campaign.deadline + campaign.grace, now)
        prepare = f"；请准备{owed}，于{until}前报送" if owed else f"，{until}截止"
        return f"自{start_text(campaign.opens, now)}起报送{prepare}。"
    if phase is Phase.CLOSED and campaign.closes:
        missing = names(item.item.title for item in items if item.missing)
        complete = "，无需再报" if all(item.complete for item in items) else ""
        ending = f"，未报送：{missing}" if missing else complete
        return f"活动已于{moment_text(campaign.closes, now)}结束{ending}。"
    clauses = [
        *_returned(items, now),
        *_invalid(items, now, loose),
        *_missing(items, now),
        *_lacking(items, now),
    ]
    if not clauses:
        clauses = [*_offers(items, now)] or [*_rest(items, state)]
    return "；".join(clauses) + "。"


_NOTHING_TO_DO = {
    UnitState.DONE: "已全部受理，无需再报",
    UnitState.NOTHING: "没有必须报送的材料",
    UnitState.OVERDUE: "已逾期，视为放弃，无需再报",
}


def _rest(items: Items, state: UnitState) -> Iterator[str]:
    """Nothing is left to do; what came too late is not among what that is said of."""
    late = [document for item in items for document in item.forfeited]
    beside = bool(late) and bool(_counting(items))
    if beside:
        yield f"{titles(late)}逾期，视为放弃"
    yield ("其余" if beside else "") + _NOTHING_TO_DO.get(state, "请等待办公室审核")


def _returned(items: Items, now: datetime) -> Iterator[str]:
    waiting: dict[datetime | None, list[DocumentProgress]] = {}
    for document in _counting(items):
        if document.state is State.RETURNED and not document.changed:
            waiting.setdefault(document.standing.until, []).append(document)
    for until, returned in sorted(waiting.items(), key=lambda entry: (entry[0] is None, entry[0] or now)):
        if until is None:
            yield f"请按退回意见修改{titles(returned)}，尽快重新报送"
        elif now <= until:
            yield f"请按退回意见修改{titles(returned)}，于{moment_text(until, now)}前重新报送"
        else:
            yield f"{titles(returned)}的修改期限（{moment_text(until, now)}）已过，请立即按退回意见修改后重新报送"


def _invalid(items: Items, now: datetime, loose: int) -> Iterator[str]:
    wrong = [document for document in _counting(items) if document.state is State.INVALID]
    if wrong:
        errors = sum(document.errors for document in wrong)
        open_until = [d.standing.deadline for d in wrong if now <= d.standing.deadline]
        by_when = f"于{moment_text(min(open_until), now)}前重新报送" if open_until else "尽快重新报送"
        yield f"请按校验意见改正{titles(wrong)}中的 {errors} 处错误，{by_when}"
    if loose:
        yield f"请按校验意见改正{LOOSE}中的 {loose} 处错误"


def _missing(items: Items, now: datetime) -> Iterator[str]:
    still_open: dict[datetime, list[str]] = {}
    counting, lost = [], []
    for item in items:
        if not item.unsent:
            continue
        if now <= item.deadline:
            still_open.setdefault(item.deadline, []).append(item.item.title)
        elif item.lapsed(now):
            lost.append(item.item.title)
        else:
            counting.append(item.item.title)
    for until, unsent in sorted(still_open.items()):
        yield f"请于{moment_text(until, now)}前报送{names(unsent)}"
    if counting:
        yield f"{names(counting)}已逾期，请尽快补报"
    if lost:
        yield f"{names(lost)}逾期未报，视为放弃，如有特殊情况请与办公室联系"


def _lacking(items: Items, now: datetime) -> Iterator[str]:
    """Paper and materials that belong to what was sent; what is due at one time is asked for at once."""
    papers: dict[str, list[str]] = {}
    for item in items:
        if not item.needed or item.unsent:
            continue
        lists_materials = bool(item.item.kinds) and item.state in (State.RECEIVED, State.ACCEPTED)
        paper = any(not document.paper_complete for document in item.documents)
        if not lists_materials and not paper:
            continue
        by_when = f"于{moment_text(item.deadline, now)}前" if now <= item.deadline else "尽快"
        if lists_materials:
            yield f"请{by_when}补报{item.item.title}：{item.needed.replace('；', '，')}"
        else:
            papers.setdefault(by_when, []).extend(_paper_lacking(item))
    for by_when, lacking in papers.items():
        yield f"请{by_when}补齐{names(lacking)}"


def _paper_lacking(item: ItemProgress) -> Iterator[str]:
    copies = sum(max(0, d.copies_owed - d.copies_received) for d in item.documents)
    seals = dict.fromkeys(seal for d in item.documents for seal in d.seals_missing)
    if copies:
        yield f"{item.item.title}纸质材料 {copies} 份"
    if seals:
        yield f"{item.item.title}的盖章（{'、'.join(seals)}）"


def _offers(items: Items, now: datetime) -> Iterator[str]:
    """Places that may still be used, when nothing else is to be done."""
    for item in items:
        if item.item.is_nomination and now <= item.deadline and not item.counting:
            if item.quota == 0:
                continue
            places = f"（名额 {item.quota} 名）" if item.quota else ""
            yield f"如推荐{item.item.nominee}{places}，请于{moment_text(item.deadline, now)}前报送"


def office_step(items: Items, now: datetime, phase: Phase) -> str:
    """One Chinese sentence for the office: what to do about this unit next; empty when there is nothing."""
    there = [document for document in _documents(items) if document.present]
    unrecorded = [d for d in there if _unrecorded(d)]
    ready = [d for d in there if d.state is State.RECEIVED and d.usable and not _unrecorded(d)]
    wrong = [d for d in there if d.state is State.INVALID and d.counts]
    clauses = []
    if unrecorded:
        clauses.append(f"登记收文：{titles(unrecorded)}")
    if ready:
        clauses.append(f"审核：{titles(ready)}")
    if wrong:
        clauses.append(f"退回修改：{titles(wrong)}")
    expired = [d for d in there if _return_expired(d, now)]
    if expired:
        clauses.append(f"催办修改：{titles(expired)}")
    if phase is not Phase.CLOSED:
        missing = [
            item.item.title for item in items if item.unsent and (now > item.deadline or _taken_back(item))
        ]
        if missing:
            clauses.append(f"催报：{names(missing)}")
        paper = [d for d in there if not d.paper_complete and now > d.standing.deadline]
        if paper:
            clauses.append(f"催交纸质材料：{titles(paper)}")
    return "；".join(clauses) + "。" if clauses else ""


def call(items: Items, now: datetime, phase: Phase, *, loose: int = 0) -> Call | None:
    """Whether to telephone the unit and why: every reason, the most urgent first, and what else it lacks, which alone
    would be none. ``loose`` as in :func:`next_step`.
    """
    if phase in (Phase.BEFORE, Phase.CLOSED):
        return None
    reasons = sorted(_calls(items, now, loose), key=lambda found: found.urgency)
    if not reasons:
        return None
    told = "；".join(found.reason.removesuffix("。") for found in (*reasons, *_besides(items, now)))
    return Call(reasons[0].urgency, f"{told}。")


def _calls(items: Items, now: datetime, loose: int) -> Iterator[Call]:
    missing = [item for item in items if item.unsent]
    overdue = [item.item.title for item in missing if now > item.deadline]
    if overdue:
        yield Call(Urgency.OVERDUE, f"{names(overdue)}逾期未报。")
    last = [item.item.title for item in missing if item.deadline - DAY < now <= item.deadline]
    if last:
        yield Call(Urgency.LAST_DAY, f"距截止不足 24 小时，尚缺{names(last)}。")
    soon = [item.item.title for item in missing if item.deadline - SOON < now <= item.deadline]
    if soon and not any(document.present for document in _documents(items)):
        yield Call(Urgency.SOON, f"截止在即，{names(soon)}尚未报送。")
    back = [item.item.title for item in missing if _taken_back(item) and now <= item.deadline - DAY]
    if back:
        yield Call(Urgency.RETURNED, f"{names(back)}已撤回，尚未重报。")
    documents = _counting(items)
    expired = [d for d in documents if _return_expired(d, now)]
    if expired:
        yield Call(Urgency.RETURN_EXPIRED, f"{titles(expired)}退回修改，期限已过。")
    waiting = [
        d for d in documents if d.state is State.RETURNED and not d.changed and not _return_expired(d, now)
    ]
    expiring = [d for d in waiting if d.standing.until and d.standing.until - DAY < now]
    if expiring:
        until = min(d.standing.until for d in expiring if d.standing.until)
        yield Call(
            Urgency.RETURN_EXPIRING,
            f"{titles(expiring)}退回修改，期限为{moment_text(until, now)}。",
        )
    elif waiting:
        yield Call(Urgency.RETURNED, f"{titles(waiting)}退回修改，尚未重报。")
    wrong = [d for d in documents if d.state is State.INVALID]
    if wrong:
        errors = sum(d.errors for d in wrong)
        yield Call(Urgency.FAULTY, f"{titles(wrong)}有 {errors} 处错误。")
    elif loose:
        yield Call(Urgency.FAULTY, f"{LOOSE}有 {loose} 处错误。")
    paper = [d for d in documents if not d.paper_complete and now > d.standing.deadline]
    if paper:
        yield Call(Urgency.PAPER, f"{titles(paper)}的纸质材料未齐。")


def _besides(items: Items, now: datetime) -> Iterator[Call]:
    """What is not due yet, and is told when somebody calls for another reason."""
    there = any(document.present for document in _documents(items))
    margin = DAY if there else SOON
    later = [i.item.title for i in items if i.unsent and not _taken_back(i) and now <= i.deadline - margin]
    if later:
        yield Call(Urgency.SOON, f"{names(later)}尚未报送。")
    paper = [d for d in _counting(items) if not d.paper_complete and now <= d.standing.deadline]
    if paper:
        yield Call(Urgency.PAPER, f"{titles(paper)}的纸质材料未齐。")


def _taken_back(item: ItemProgress) -> bool:
    """Whether it came, was withdrawn, and is owed again."""
    return item.unsent and item.state is State.WITHDRAWN


def _unrecorded(document: DocumentProgress) -> bool:
    return document.changed or document.timing is Timing.UNRECORDED


def _return_expired(document: DocumentProgress, now: datetime) -> bool:
    until = document.standing.until
    waiting = document.state is State.RETURNED and document.counts and not document.changed
    return waiting and until is not None and now > until


def _documents(items: Iterable[ItemProgress]) -> Iterator[DocumentProgress]:
    for item in items:
        yield from item.documents


def _counting(items: Iterable[ItemProgress]) -> list[DocumentProgress]:
    return [document for document in _documents(items) if document.counts]


def overdue(items: Items, now: datetime) -> bool:
    """Whether something owed has not come although its deadline is past, or all that came came too late."""
    if any(item.unsent and now > item.deadline for item in items):
        return True
    return not _counting(items) and any(d.present and d.standing.forfeited for d in _documents(items))

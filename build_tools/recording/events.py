"""What the office records by name, one kind after another: what makes no sense is refused, and nothing written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from build_tools.campaign import Campaign, Item, NoSuchName, Unit, split_name, unit_called
from build_tools.ledger import EVERY_ITEM, Kind, digest
from build_tools.recording.book import Book, Books, Recorded, Refused, event
from build_tools.recording.request import WINDOW, Request
from build_tools.recording.write import locked
from build_tools.standing import Stage, Standing, latest_deadline
from build_tools.tree import WorkTree


class Named(NamedTuple):
    """A document of a unit; no ``item`` where an extension is for more than one document."""

    unit: Unit
    document: str
    item: Item | None


class _Case(NamedTuple):
    """One event that is asked for, at the moment it happened."""

    asked: Request
    book: Book
    document: str
    item: Item
    at: datetime

    @property
    def title(self) -> str:
        """The document in words, with its unit."""
        return f"{self.book.unit.name}的“{self.book.campaign.document_title(self.document)}”"

    @property
    def standing(self) -> Standing:
        """Where the document stood when it happened."""
        return self.book.standing(self.item, self.document, self.at)


def record(
    root: Path,
    campaign: Campaign,
    now: datetime,
    asked: Request,
    names: Iterable[str],
    *,
    dry_run: bool = False,
) -> list[Recorded]:
    """Record what is ``asked`` for each of ``names`` (``guangzhou/individual-01``), all of them or none.

    ``now`` is when it is written. Raises :class:`NoSuchName`, :class:`Refused`, :class:`BrokenCampaign` and
    :class:`OSError`; with ``dry_run`` nothing is written, and everything else is the same.
    """
    wanted = list(names)

    def decide(books: Books) -> list[Recorded]:
        return add(books, asked, wanted)

    return settle(root, campaign, now, decide, dry_run=dry_run)


def add(books: Books, asked: Request, names: Iterable[str]) -> list[Recorded]:
    """Add what is ``asked`` for each of ``names`` to ``books``, which whoever opened them writes; raises as
    :func:`record` does."""
    named = [_named(books.campaign, name, asked.kind) for name in names]
    if asked.digest and len(named) > 1:
        raise Refused("--digest 只能用于一份文件；几份文件请分别登记。")
    return [_add(asked, one, books) for one in named]


def settle(
    root: Path, campaign: Campaign, now: datetime, decide: Callable[[Books], list[Recorded]], *, dry_run: bool
) -> list[Recorded]:
    """Let ``decide`` add events while nobody else can, and write them unless it is a ``dry_run``."""
    tree = WorkTree(root)
    if dry_run:
        books = Books(campaign, tree, now)
        recorded = decide(books)
        for book in books.changed():
            book.data()
        return recorded
    with locked(root) as folder:
        books = Books(campaign, tree, now)
        recorded = decide(books)
        folder.replace({f"{book.unit.slug}.yml": book.data() for book in books.changed()})
    return recorded


def _named(campaign: Campaign, name: str, kind: Kind) -> Named:
    given, document = split_name(name)
    unit = unit_called(campaign, given)
    located = campaign.locate(document)
    if located is not None:
        return Named(unit, document, located[0])
    if kind is Kind.EXTENDED and (document == EVERY_ITEM or document in campaign.item_by_id):
        return Named(unit, document, None)
    example = f"{unit.slug}/{campaign.items[0].document(1)}"
    if not document:
        wide = f"，全部报送项写 '{unit.slug}/*'" if kind is Kind.EXTENDED else ""
        raise NoSuchName(f"“{name}”没有写哪份文件，应写成 {example} 的样子{wide}")
    known = "、".join(item.document(1) for item in campaign.items)
    raise NoSuchName(f"没有“{document}”这份文件，可用的有：{known}，推荐表的两位数字是推荐顺序")


def _add(asked: Request, named: Named, books: Books) -> Recorded:
    book = books.of(named.unit)
    at = books.now if asked.at is None else asked.at
    stamps = books.stamps(at)
    _check_times(asked, at, book.campaign)
    version, source, seals = "", "", None
    if asked.kind is Kind.EXTENDED:
        _check_extension(asked, named, book)
    elif named.item is not None:
        case = _Case(asked, book, named.document, named.item, at)
        if asked.kind is Kind.RECEIVED:
            version, source = _received(case, books), asked.source or WINDOW
        elif asked.kind is Kind.ACCEPTED:
            version = _accepted(case)
        elif asked.kind is Kind.PAPER:
            seals = _seals(case)
        else:
            _check_change(case)
    until = asked.until.astimezone(book.campaign.timezone).isoformat() if asked.until else None
    return book.add(
        event(
            asked.kind,
            named.document,
            asked.by,
            stamps,
            digest=version,
            source=source,
            reason=asked.reason,
            until=until,
            copies=asked.copies,
            seals=seals,
        )
    )


def _check_times(asked: Request, at: datetime, campaign: Campaign) -> None:
    """Nothing happens before the campaign opens, and no term reaches beyond its end."""
    if at < campaign.opens:
        raise Refused(f"时间早于活动开始（{_text(campaign.opens, campaign)}），请核对 --at。")
    if asked.until is not None and campaign.closes is not None and asked.until > campaign.closes:
        raise Refused(f"期限晚于活动结束（{_text(campaign.closes, campaign)}），请核对 --until。")


def _text(moment: datetime, campaign: Campaign) -> str:
    return moment.astimezone(campaign.timezone).isoformat()


def _received(case: _Case, books: Books) -> str:
    """The digest of the version received: the exact bytes of the file, unless another one is meant."""
    version = case.asked.digest or _digest(case, books)
    stand = case.standing
    there = stand.stage in (Stage.RECEIVED, Stage.ACCEPTED) and version == stand.digest
    again = any(e.at == case.at and e.digest == version for e in case.book.ledger.of(case.document))
    if there or again:
        raise Refused(f"{case.title}的这一版本已经登记收到，不必再登记；文件改过的，请先存盘。")
    return version


def _digest(case: _Case, books: Books) -> str:
    folder = case.item.file.rpartition("/")[0]
    name = f"{folder}/{case.document}.yml" if folder else f"{case.document}.yml"
    path = f"{case.book.unit.folder}/{name}"
    entry = books.submissions.folders[case.book.unit.slug].entries.get(name)
    if entry is None:
        raise Refused(f"没有 {path} 这个文件；请先放入文件，或者用 --digest 写明所收文件的摘要。")
    if not entry.is_file:
        raise Refused(f"{path} 是链接，不是文件本身；请换成文件本身后再登记。")
    return digest(books.tree.read(path))


def _accepted(case: _Case) -> str:
    """The digest of the version that stands, which is the only one that can be accepted."""
    stand = case.standing
    faults = {
        Stage.NONE: "那时还没有收到，请先登记收到",
        Stage.RETURNED: "已退回修改，还没有重报，请先登记收到重报的文件",
        Stage.WITHDRAWN: "已撤回，要受理的，请先登记收到",
        Stage.ACCEPTED: "的这一版本已经受理，不必再登记",
    }
    later = any(
        e.kind is Kind.ACCEPTED and e.digest == stand.digest and e.at > case.at
        for e in case.book.ledger.of(case.document)
    )
    if stand.stage is Stage.RECEIVED and later:
        raise Refused(f"{case.title}{faults[Stage.ACCEPTED]}。")
    if stand.stage in faults:
        raise Refused(f"{case.title}{faults[stand.stage]}。")
    if stand.forfeited:
        raise Refused(f"{case.title}逾期收到，视为放弃，不能受理；批准延期的，请先登记延期。")
    if stand.digest is None or case.asked.digest not in ("", stand.digest):
        raise Refused(f"{case.title}应受理的是登记收到的那一版本，--digest 与它不同；请去掉 --digest。")
    return stand.digest


def _check_change(case: _Case) -> None:
    """A return or a withdrawal needs something that was received."""
    stand, word = case.standing, case.asked.kind.label
    if stand.stage is Stage.NONE:
        raise Refused(f"{case.title}那时还没有收到，不能{word}；请先登记收到，或者核对 --at。")
    if stand.stage is Stage.WITHDRAWN:
        raise Refused(f"{case.title}已经撤回，不能再{word}；要再报送的，请先登记收到。")
    until = case.asked.until
    if until is not None and until <= case.at:
        raise Refused("退回修改的期限不晚于退回的时间，单位来不及改；请把 --until 写晚一些。")


def _seals(case: _Case) -> list[str]:
    """The seals seen, which are among those the notice asks for."""
    if case.standing.stage is Stage.WITHDRAWN:
        raise Refused(f"{case.title}已经撤回，不再登记纸质材料；要再报送的，请先登记收到。")
    asked = case.item.paper.seals if case.item.paper else ()
    unknown = [seal for seal in case.asked.seals if asked and seal not in asked]
    if unknown:
        raise Refused(f"{case.title}不要求“{unknown[0]}”的印章，应是：{'、'.join(asked)}。")
    return list(dict.fromkeys(case.asked.seals))


def _check_extension(asked: Request, named: Named, book: Book) -> None:
    campaign = book.campaign
    people = campaign.extension_people
    if len(asked.by) < people:
        raise Refused(f"延期须由 {people} 人经办，现在写了 {len(asked.by)} 人；请用 --by 逐一写明。")
    reached = {EVERY_ITEM, named.document, *({named.item.id} if named.item else ())}
    latest = latest_deadline(campaign, book.ledger, reached)
    if asked.until is not None and asked.until <= latest:
        text = latest.astimezone(campaign.timezone).isoformat()
        raise Refused(f"延期后的时间不晚于现在的截止时间 {text}，不起作用；请把 --until 写晚一些。")

"""What came when: submissions against the ledger and the clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from build_tools.campaign import Campaign, Item
from build_tools.checks.rule import Context, UnitRule
from build_tools.findings import Finding, Place, Related, Severity
from build_tools.ledger import Event
from build_tools.standing import Stage, Standing, Timing
from build_tools.submissions import Document, UnitFolder


class Sent(NamedTuple):
    """A document that is there, with its item and its standing; ``proposed`` by a pull request, or received."""

    document: Document
    item: Item
    standing: Standing
    proposed: bool = False


def sent(folder: UnitFolder, context: Context) -> Iterator[Sent]:
    """Every document of the unit that is there."""
    campaign = context.campaign
    for document in folder.documents:
        item = campaign.item_by_id[document.item]
        standing = folder.standing(campaign, item, document.name)
        yield Sent(document, item, standing, proposed=document.path in context.proposed)


class Recorded(NamedTuple):
    """A document of the notice that the ledger knows, whether or not the file is there."""

    name: str
    item: Item
    standing: Standing


def recorded(folder: UnitFolder, campaign: Campaign) -> Iterator[Recorded]:
    """Every document the unit's ledger tells something of, but for extensions."""
    for name in folder.ledger.named:
        located = campaign.locate(name)
        if located is not None:
            item = located[0]
            yield Recorded(name, item, folder.standing(campaign, item, name))


def when(moment: datetime, campaign: Campaign) -> str:
    """``8月23日 09:15:00`` in the campaign's time zone; with the year where it is not the deadline's."""
    local = moment.astimezone(campaign.timezone)
    usual = campaign.deadline.astimezone(campaign.timezone).year
    year = "" if local.year == usual else f"{local.year}年"
    return f"{year}{local.month}月{local.day}日 {local:%H:%M:%S}"


def limit_of(campaign: Campaign, standing: Standing, deadline: datetime) -> tuple[str, str]:
    """What somebody who comes now is too late for, in words, and its last second: ``standing`` is as it was before.

    What was too late itself when it was returned gains nothing from the date of the return: the deadline was missed.
    """
    in_time = standing.timing in (Timing.ON_TIME, Timing.EXTENDED)
    if standing.stage is Stage.RETURNED and standing.until is not None and in_time:
        return "退回修改的期限", when(standing.until, campaign)
    return "延期后的截止时间" if standing.extended else "截止时间", when(deadline, campaign)


def place_of(folder: UnitFolder, event: Event, key: str = "kind") -> Place:
    """Where ``event`` stands in the unit's ledger: the value of its ``key``."""
    source = folder.ledger.source
    if source is None:
        return Place(folder.ledger.path)
    index = folder.ledger.written.index(event)
    return source.place(("events", index, key))


class LateReport(UnitRule):
    """总结、统计资料等报告逾期收到的，数据仍计入汇总，另注明逾期。

    是否逾期以台账登记的收文时间为准，截止时间含当秒。活动办公室要求退回修改、在期限内重报的，
    不算逾期；批准延期的，按延期后的时间算。

    正确：8月22日 23:59:59 收到。

    错误：8月23日 00:00:00 收到，没有延期。
    """

    code = "T01"
    title = "报告逾期"
    severity = Severity.WARNING
    message = "{received} 收到，已过{limit} {deadline}，按逾期处理{effect}。"
    hint = "无需更改文件；确有不可抗力的，请与活动办公室联系。"

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        effects = {True: "，仍列入推荐汇总表", False: "，数据仍计入汇总"}
        yield from _late(self, folder, context, Timing.LATE, effects)


class Forfeited(UnitRule):
    """推荐材料逾期收到的，视为放弃推荐资格。

    通知规定：未按时上交总结和推荐材料的，视为放弃推荐资格。文件留存备查，不列入推荐汇总表，
    也不占名额。

    正确：截止时间以前收到，或者在批准的延期以内收到。

    错误：截止时间以后收到，没有延期。
    """

    code = "T02"
    title = "逾期，视为放弃"
    severity = Severity.WARNING
    message = "{received} 收到，已过{limit} {deadline}，视为放弃{effect}。"
    hint = "文件留存备查；确有不可抗力的，请与活动办公室联系。"

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        effects = {True: "，不列入推荐汇总表", False: ""}
        yield from _late(self, folder, context, Timing.FORFEITED, effects, proposed=False)


def _late(
    rule: LateReport | Forfeited | TooLate,
    folder: UnitFolder,
    context: Context,
    timing: Timing,
    effects: dict[bool, str],
    *,
    proposed: bool | None = None,
) -> Iterator[Finding]:
    """A finding for each document of ``timing``; ``effects`` by whether it is a nomination.

    ``proposed`` chooses the documents that are, or are not, received yet; without it both.
    """
    campaign = context.campaign
    for document, item, standing, is_proposed in sent(folder, context):
        chosen = proposed is None or proposed is is_proposed
        if chosen and standing.timing is timing and standing.received is not None:
            former = folder.former_standing(campaign, item, document.name)
            limit, deadline = limit_of(campaign, former, standing.deadline)
            yield rule.finding(
                Place(document.path),
                clause=item.clause,
                received=when(standing.received, campaign),
                limit=limit,
                deadline=deadline,
                effect=effects[item.is_nomination],
            )


class NoReceipt(UnitRule):
    """文件已有，台账还没有登记收文时间。

    收文时间只认台账。没有登记，就说不清是否按时。

    正确：台账有这份文件的收文记录。

    错误：文件已经放入，台账没有记录。
    """

    code = "T03"
    title = "未登记收文时间"
    severity = Severity.WARNING
    message = "台账没有这份文件的收文时间。"
    hint = "请活动办公室核实后登记。"

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        later = {event.document for event in folder.ledger.written if event.at > context.now}
        for document, item, standing, _ in sent(folder, context):
            missing = standing.timing is None and standing.stage is not Stage.WITHDRAWN
            if missing and document.name not in later:  # one that is written ahead of the clock is T15's
                yield self.finding(Place(document.path), clause=item.clause)


class OtherVersion(UnitRule):
    """文件与台账登记的版本不一致。

    登记之后文件又改过，改动哪怕只有一个字，摘要也会不同。改动后的版本要另行登记。

    正确：改动后重新报送，台账登记新的收文时间。

    错误：受理以后又直接改动文件。
    """

    code = "T04"
    title = "文件与登记的版本不一致"
    severity = Severity.WARNING
    message = "文件与台账登记的版本（{received} 收到）不一致。"
    hint = "恢复为登记的版本；确需更改的，请活动办公室退回后重新报送。"

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        for document, item, standing, _ in sent(folder, context):
            received = None if standing.stage is Stage.WITHDRAWN else standing.received
            if received is not None and not standing.knows(document.digest):
                yield self.finding(
                    Place(document.path),
                    clause=item.clause,
                    received=when(received, context.campaign),
                )


class CorrectionOverdue(UnitRule):
    """退回修改的文件过了期限还没有重报。

    期限以内重报的，仍按原来的收文时间算；过了期限才重报的，按重报的时间算。

    正确：退回期限 8月25日 18:00，当天 17:00 重报。

    错误：过了期限仍没有重报。
    """

    code = "T05"
    title = "退回修改已过期限"
    severity = Severity.WARNING
    message = "退回修改的期限 {until} 已过，没有重报。"
    hint = "请尽快改正后重报，并与活动办公室联系。"

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        campaign = context.campaign
        there = {document.name: document for document in folder.documents}
        for name, item, standing in recorded(folder, campaign):
            until = standing.until
            if standing.stage is Stage.RETURNED and until is not None and until < context.now:
                document = there.get(name)
                last = folder.ledger.of(name)[-1]
                place = Place(document.path) if document else place_of(folder, last)
                yield self.finding(place, clause=item.clause, until=when(until, campaign))


class SetAside(UnitRule):
    """截止以后自行重报的版本不采用，以按时收到的版本为准。

    需要更改的，应由活动办公室退回；没有退回就重报的，留存备查。

    正确：活动办公室退回后，在期限以内重报。

    错误：截止以后发现错漏，自行又报了一份。
    """

    code = "T06"
    title = "截止后自行重报，不采用"
    severity = Severity.WARNING
    message = "{received} 又收到一份，已过截止时间且没有退回，不采用，以先前按时收到的为准。"
    hint = "文件恢复为按时收到的版本；确需更改的，请活动办公室退回后再报。"

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        for document, item, standing, _ in sent(folder, context):
            for event in standing.set_aside:
                if event not in folder.ledger.expected:  # what is only proposed is refused: G09
                    yield self.finding(
                        Place(document.path),
                        related=(Related(place_of(folder, event), "台账的记录"),),
                        clause=item.clause,
                        received=when(event.at, context.campaign),
                    )


class StillThere(UnitRule):
    """台账记为已撤回，文件却还在。

    已撤回的推荐不占名额、不列入汇总表；文件留在文件夹里，容易误当作有效的材料。

    正确：撤回后删去文件。

    错误：撤回后文件没有删。
    """

    code = "T07"
    title = "已撤回的文件还在"
    severity = Severity.WARNING
    message = "台账记为已撤回，文件还在。"
    hint = "删去文件；要再报送的，请活动办公室重新登记收文。"

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        for document, item, standing, _ in sent(folder, context):
            if standing.stage is Stage.WITHDRAWN:
                yield self.finding(Place(document.path), clause=item.clause)


class TooLate(UnitRule):
    """截止以后提交的推荐材料，不再接收。

    通知规定：未按时上交总结和推荐材料的，视为放弃推荐资格。活动办公室要求退回修改、在期限内重报的，
    以及批准延期的，不在此列。已经收到、由活动办公室留存备查的，另按 T02 提示。

    正确：截止时间以前提交。

    错误：截止时间以后才提交，没有延期。
    """

    code = "T08"
    title = "逾期提交，不再接收"
    message = "提交于 {received}，已过{limit} {deadline}，不再接收{effect}。"
    hint = "撤销对它的改动；已经批准延期的，请活动办公室先登记延期。"

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        effects = {True: "，视为放弃推荐资格", False: ""}
        yield from _late(self, folder, context, Timing.FORFEITED, effects, proposed=True)


TIME_RULES: tuple[UnitRule, ...] = (
    LateReport(),
    Forfeited(),
    NoReceipt(),
    OtherVersion(),
    CorrectionOverdue(),
    SetAside(),
    StillThere(),
    TooLate(),
)

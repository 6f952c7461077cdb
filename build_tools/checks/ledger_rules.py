"""The office's ledger itself: a sound chain, times in order, events that can be.

The findings stand in the ledger file, which the office mends by appending, never by changing an event.
"""

from __future__ import annotations

from collections.abc import Iterator

from build_tools.campaign import Campaign
from build_tools.checks.materials import unread
from build_tools.checks.rule import Context, UnitRule
from build_tools.checks.timeliness import place_of, recorded, when
from build_tools.findings import Finding, Place, Related, Rule, Severity
from build_tools.ledger import EVERY_ITEM, INTAKE, Event, Kind, Ledger, first_change, people
from build_tools.standing import Stage, is_granted
from build_tools.submissions import UnitFolder


class Gone(UnitRule):
    """台账登记为已收到或已受理的文件，不得不见了。

    登记以后要撤回的，由活动办公室登记撤回，再删文件；随手删去，等于销毁收文。

    正确：台账登记撤回，文件随后删去。

    错误：台账只有收到，文件已被删去。
    """

    code = "T11"
    title = "登记过的文件不见了"
    message = "台账登记为{stage}的“{document}”不见了。"
    hint = "从版本记录中恢复文件；确已撤回的，由活动办公室登记撤回。"

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        campaign = context.campaign
        there: set[str] | None = None
        words = {Stage.RECEIVED: Kind.RECEIVED.label, Stage.ACCEPTED: Kind.ACCEPTED.label}
        for name, item, standing in recorded(folder, campaign):
            if standing.stage not in words:
                continue
            if there is None:
                there = {document.name for document in folder.documents} | unread(folder, campaign)
            last = [event for event in folder.ledger.of(name) if event.kind is not Kind.PAPER][-1]
            if name not in there and not last.source.startswith(INTAKE):
                yield self.finding(
                    place_of(folder, last),
                    clause=item.clause,
                    stage=words[standing.stage],
                    document=campaign.document_title(name),
                )


class UnknownDocument(UnitRule):
    """台账只登记本次活动的报送文件。

    写文件名（不带 .yml），推荐表带推荐顺序；延期可以写报送项，全部报送项写 '*'。

    正确::

        document: individual-01

    错误::

        document: individual
    """

    code = "T12"
    title = "台账登记了不认识的文件"
    message = "“{kind}”所登记的不是本次活动的报送文件。"
    hint = "尚未并入的，撤销这一项后重新登记；已经并入的，请维护人员处理。"

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        campaign = context.campaign
        known: dict[str, bool] = {}
        for event in folder.ledger.written:
            located = known.get(event.document)
            if located is None:
                located = known[event.document] = campaign.locate(event.document) is not None
            widely = event.document == EVERY_ITEM or event.document in campaign.item_by_id
            if not located and not (event.kind is Kind.EXTENDED and widely):
                yield self.finding(place_of(folder, event, "document"), kind=event.kind.label)


class ChainBroken(UnitRule):
    """台账各项前后相扣，任何一项改动、删除或调换都能发现。

    每一项记有上一项的摘要和本项的摘要。登记有误时只能追加一项更正，不能回头修改。

    正确：追加一项更正。

    错误：用编辑器把收文时间改早了一天。
    """

    code = "T13"
    title = "台账被改动"
    message = "台账从第 {number} 项起与摘要对不上，该项或其前一项被改动、删除或调换。"
    hint = "从版本记录中恢复台账；需要更正的，追加一项更正。"

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        ledger = folder.ledger
        if ledger.broken is not None and ledger.source is not None:
            pointer = ("events", ledger.broken)
            yield self.finding(ledger.source.place(pointer), pointer, number=ledger.broken + 1)


class OutOfOrder(UnitRule):
    """台账按登记的先后排列。

    补登的事项，时间写事情发生的时间，登记时间（recorded）写登记当时的时间，不倒填。没有写登记时间的，登记时间
    就是事情发生的时间。登记时间不早于事情发生的时间，也不早于前一项的登记时间。

    正确：第 6 项补登 8月21日的收文，登记时间是 8月23日。

    错误：第 5 项写 8月23日，第 6 项写 8月21日，没有登记时间。
    """

    code = "T14"
    title = "台账时间颠倒"
    message = "这一项的{fault}。"
    hint = "核对时间来源。尚未并入的，撤销这一项后重新登记；已经并入的，请维护人员处理。"

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        before: Event | None = None
        for event in folder.ledger.written:
            key, word = ("recorded", "登记时间") if event.recorded else ("at", "时间")
            if event.at > event.written_at:
                related = (Related(place_of(folder, event, "recorded"), "登记时间"),)
                yield self.finding(place_of(folder, event, "at"), related=related, fault="时间晚于登记时间")
            if before is not None and event.written_at < before.written_at:
                earlier = "recorded" if before.recorded else "at"
                yield self.finding(
                    place_of(folder, event, key),
                    related=(Related(place_of(folder, before, earlier), "前一项的时间"),),
                    fault=f"{word}早于前一项",
                )
            before = event


class InTheFuture(UnitRule):
    """台账不应有将来的事项。

    盖时间的计算机时钟不准，或者检查时指定了较早的时刻，都会这样。

    正确：事项的时间不晚于检查的时刻。

    错误：检查时是 8月23日，台账有 8月25日的收文。
    """

    code = "T15"
    title = "台账时间晚于现在"
    severity = Severity.WARNING
    message = "从这一项起有 {number} 项的时间晚于检查的时刻（{now}）。"
    hint = "核对盖时间的计算机时钟，以及检查时用的 --now。"

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        later = [event for event in folder.ledger.written if event.at > context.now]
        if later:
            place = place_of(folder, later[0], "at")
            yield self.finding(place, number=len(later), now=when(context.now, context.campaign))


class ExtensionNotGranted(UnitRule):
    """延期要有规定人数的经办人和理由，否则不生效。

    延期改变截止时间，不能由一个人决定。人数由活动文件规定。

    正确::

        by: [经办人甲, 经办人乙]
        reason: 台风停工

    错误::

        by: [经办人甲]
        reason: 台风停工
    """

    code = "T16"
    title = "延期手续不全"
    message = "延期须由 {people} 人经办并写明理由，此项{fault}，不生效。"
    hint = "补齐手续后另登记一项延期。尚未并入的，撤销这一项后重新登记；已经并入的，请维护人员处理。"

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        campaign = context.campaign
        for event in folder.ledger.extensions:
            if not is_granted(campaign, event):
                people = campaign.extension_people
                yield self.finding(
                    place_of(folder, event, "by"), people=people, fault=_fault(event, campaign)
                )


def _fault(event: Event, campaign: Campaign) -> str:
    number = len(people(event.by))
    return f"只有 {number} 人" if number < campaign.extension_people else "没有写明理由"


class ExtensionTooShort(UnitRule):
    """延期后的时间应晚于原来的截止时间。

    延期只能放宽，不能提前截止；写早了的延期不起作用。

    正确：截止 8月22日，延期到 8月24日。

    错误：截止 8月22日，延期到 8月20日。
    """

    code = "T17"
    title = "延期不起作用"
    severity = Severity.WARNING
    message = "延期到 {until}，不晚于截止时间 {deadline}，不起作用。"
    hint = "核对日期；写错的，追加一项正确的延期。"

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        campaign = context.campaign
        deadline = campaign.deadline + campaign.grace
        for event in folder.ledger.extensions:
            if event.until is not None and event.until <= deadline:
                yield self.finding(
                    place_of(folder, event, "until"),
                    until=when(event.until, campaign),
                    deadline=when(deadline, campaign),
                )


class AcceptedUnseen(UnitRule):
    """受理的版本，应是登记收到过的版本。

    受理时登记的摘要与收文的摘要要有一项相同，否则说不清受理的是哪一版。

    正确：收到版本甲，受理版本甲。

    错误：收到版本甲，受理的摘要却是版本乙。
    """

    code = "T18"
    title = "受理的版本没有收文记录"
    message = "受理的版本没有收文记录。"
    hint = "先登记收到这一版本，再登记受理。尚未并入的，撤销这一项后重新登记；已经并入的，请维护人员处理。"

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        received: set[tuple[str, str | None]] = set()
        for event in folder.ledger.written:
            version = (event.document, event.digest)
            if event.kind is Kind.RECEIVED:
                received.add(version)
            elif event.kind is Kind.ACCEPTED and version not in received:
                yield self.finding(place_of(folder, event, "digest"))


class Rewritten(Rule):
    """登记过的事项一项也不能改、不能删、不能换位置，只能在后面追加。

    把全部摘要重新算过的台账，单看文件看不出改动；与先前的版本逐项比较就能看出。审查合并请求时与目标分支比较，
    shenbao ledger verify 与仓库中的历次版本比较。

    正确：在末尾追加一项更正。

    错误：把第 3 项的收文时间改早，再把其后各项的摘要重新算一遍。
    """

    code = "T19"
    title = "台账被改写"
    message = "先前登记的第 {number} 项（{kind}）{fault}，台账只能追加，不能改写。"
    hint = "从版本记录中恢复台账；需要更正的，追加一项更正。"

    def compare(self, older: Ledger, newer: Ledger) -> Iterator[Finding]:
        """The first event of ``older`` that does not stand in ``newer`` as it was, if there is one.

        For whoever has an older version at hand: a check of one campaign has none. A ledger that is gone is
        one without events.
        """
        index = first_change(older.written, newer.written)
        if index is None:
            return
        pointer = ("events", index)
        source = newer.source
        changed = index < len(newer.written)
        yield self.finding(
            source.place(pointer) if source else Place(newer.path or older.path),
            pointer if changed else (),
            number=index + 1,
            kind=older.written[index].kind.label,
            fault="被改动、删除或调换" if changed else "不见了",
        )


REWRITTEN = Rewritten()

LEDGER_RULES: tuple[UnitRule, ...] = (
    Gone(),
    UnknownDocument(),
    ChainBroken(),
    OutOfOrder(),
    InTheFuture(),
    ExtensionNotGranted(),
    ExtensionTooShort(),
    AcceptedUnseen(),
)

"""Places and order of recommendation: how many nominees a unit names, and how it numbers them.

A nomination the office recorded as withdrawn or forfeited takes no place. That a minimum is not
reached is progress, not a finding.
"""

from __future__ import annotations

from collections.abc import Iterator

from build_tools.campaign import Campaign, Item
from build_tools.checks.rule import Context, UnitRule
from build_tools.findings import Finding, Place, Related, Severity
from build_tools.source import OFFICE_MAX_BYTES, parse
from build_tools.standing import Stage
from build_tools.submissions import Document, UnitFolder

QUOTAS = "data/quotas.yml"


def counting(folder: UnitFolder, item: Item, campaign: Campaign) -> list[Document]:
    """The nominations of ``item`` that take a place, in order of recommendation."""
    return [d for d in folder.of(item) if folder.standing(campaign, item, d.name).counts]


class OverQuota(UnitRule):
    """推荐对象不得超过分配的名额。

    名额按推荐顺序使用，排在名额以外的每一份推荐表都会提示。已撤回和视为放弃的推荐不占名额；
    名额表没有提供的，不作此项检查。

    正确：某类名额 3 名，报送 individual-01 至 individual-03。

    错误：某类名额 3 名，又报送了 individual-04。
    """

    code = "Q01"
    title = "推荐超过名额"
    message = "{unit}的{nominee}名额为 {quota} 名，此份排在第 {rank} 位，超出名额。"
    hint = "按推荐顺序保留名额以内的推荐表，其余删去；名额有变动的，请活动办公室先更新名额表。"

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        campaign = context.campaign
        for item in campaign.nominations:
            quota = campaign.quota(folder.slug, item)
            if quota is None or len(folder.of(item)) <= quota:
                continue
            unit = campaign.unit_by_slug[folder.slug].name
            documents = counting(folder, item, campaign)
            for rank, document in enumerate(documents, start=1):
                if rank > quota:
                    yield self.finding(
                        Place(document.path),
                        related=_why_over(documents[:quota], folder.slug, item, context),
                        clause=campaign.quota_source,
                        unit=unit,
                        nominee=item.nominee,
                        quota=quota,
                        rank=rank,
                    )


def _why_over(within: list[Document], slug: str, item: Item, context: Context) -> tuple[Related, ...]:
    """Which nomination took the last place, and where the office wrote how many there are."""
    source = parse(QUOTAS, context.submissions.tree.read(QUOTAS), OFFICE_MAX_BYTES)
    table = Related(source.place(("quotas", slug, item.quota)), "名额写在这里")
    return (*(Related(Place(last.path), "最后一个名额由这一份使用") for last in within[-1:]), table)


def _gaps(folder: UnitFolder, item: Item, campaign: Campaign) -> Iterator[tuple[Document, list[int], bool]]:
    """Each document after a gap, the numbers missing before it, and whether withdrawals explain them all."""
    next_number = 1
    for document in folder.of(item):
        missing = list(range(next_number, document.number))
        if missing:
            explained = all(
                folder.standing(campaign, item, item.document(number)).stage is Stage.WITHDRAWN
                for number in missing
            )
            yield document, missing, explained
        next_number = max(next_number, document.number + 1)


def _numbers(missing: list[int]) -> str:
    if len(missing) > 2:
        return f"第 {missing[0]} 至 {missing[-1]} 名"
    return "第 " + "、".join(map(str, missing)) + " 名"


class OrderBroken(UnitRule):
    """推荐顺序从 01 编起，逐一连续。

    文件名末尾的数字就是推荐顺序。中间缺号，说不清是漏报了一份，还是编号写错了。

    正确：individual-01.yml、individual-02.yml。

    错误：individual-01.yml、individual-03.yml。
    """

    code = "Q02"
    title = "推荐顺序不连续"
    message = "{nominee}的推荐顺序{problem}。"
    hint = "按推荐顺序从 01 起连续编号，改正文件名；漏报的补上。"

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        for item in context.campaign.nominations:
            for document in folder.of(item):
                if document.number == 0:
                    yield self._at(document, item, "应从 01 编起，没有 00")
            for document, missing, explained in _gaps(folder, item, context.campaign):
                if not explained:
                    yield self._at(document, item, f"缺{_numbers(missing)}")

    def _at(self, document: Document, item: Item, problem: str) -> Finding:
        return self.finding(Place(document.path), clause=item.clause, nominee=item.nominee, problem=problem)


class OrderGapAfterWithdrawal(UnitRule):
    """撤回之后，推荐顺序留有空号。

    空号有台账可查，不算错误；汇总表会按现有的先后重新排列。本单位也可以重新编号后再报一次。

    正确：撤回 individual-02 后，原 individual-03 改为 individual-02。

    错误：撤回 individual-02 后，仍为 individual-01、individual-03。
    """

    code = "Q03"
    title = "撤回后留有空号"
    severity = Severity.WARNING
    message = "{nominee}的推荐顺序缺{numbers}，台账记为已撤回。"
    hint = "可以不改；如需递补，请重新编号并经活动办公室登记。"

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        for item in context.campaign.nominations:
            for document, missing, explained in _gaps(folder, item, context.campaign):
                if explained:
                    yield self.finding(
                        Place(document.path),
                        clause=item.clause,
                        nominee=item.nominee,
                        numbers=_numbers(missing),
                    )


class NumberWrittenOtherwise(UnitRule):
    """同一推荐顺序只有一种写法：两位数字。

    individual-01.yml 和 individual-001.yml 都是第 1 名，程序和台账会当成两份材料。

    正确：individual-01.yml。

    错误：individual-001.yml。
    """

    code = "Q04"
    title = "推荐顺序的写法不对"
    message = "推荐顺序应写成“{number}”{twin}。"
    hint = "文件改名为 {name}；该文件名已被占用的，按推荐顺序另编一个号，或删去多余的一份。"
    advice = "文件名的末尾改成两位数字，例如 individual-01.yml；该文件名已被占用的，按推荐顺序另编一个号，或删去多余的一份。"

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        for item in context.campaign.nominations:
            documents = folder.of(item)
            by_name = {document.name: document for document in documents}
            for document in documents:
                name = item.document(document.number)
                if document.name == name:
                    continue
                first = by_name.get(name)
                related = (Related(Place(first.path), "同一推荐顺序的另一份"),) if first else ()
                yield self.finding(
                    Place(document.path),
                    related=related,
                    clause=item.clause,
                    number=f"{document.number:02d}",
                    twin="，本单位另有一份同一顺序的推荐表" if first else "",
                    name=f"{name}.yml",
                )


QUOTA_RULES: tuple[UnitRule, ...] = (
    OverQuota(),
    OrderBroken(),
    OrderGapAfterWithdrawal(),
    NumberWrittenOtherwise(),
)

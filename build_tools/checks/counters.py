"""Numbers that are added up, and what may stand in their place: nothing, or 不适用 (``x-not-applicable``)."""

from __future__ import annotations

from collections.abc import Iterator

from build_tools.campaign import Campaign, Item
from build_tools.checks.rule import DocumentRule, breach
from build_tools.findings import Finding, Pointer, Related, Severity, inner_quotes
from build_tools.schema.schema import values
from build_tools.submissions import Document


class BlankCounter(DocumentRule):
    """统计数字不宜留空。

    留空表示尚未统计，汇总时按“未填报”处理，不当作 0。确实没有的填 0，尚未统计的在说明中写明原因。

    正确::

        petition_cases: 0

    错误::

        petition_cases:
    """

    code = "F16"
    title = "统计数字未填报"
    severity = Severity.WARNING
    message = "“{title}”未填报；留空不等于 0，不计入汇总。"
    hint = "没有的填 0，准许填“不适用”的栏目也可填“不适用”；尚未统计的，在 notes 中说明原因。"

    def check(self, document: Document, item: Item, campaign: Campaign) -> Iterator[Finding]:
        """See :class:`DocumentRule`."""
        for key in item.counter_keys:
            if document.field(key) is None:
                yield breach(self, document, item, (key,), key=True)


class NotApplicable(DocumentRule):
    """有此项任务的单位一般不填“不适用”。

    “不适用”留给没有此项任务的单位。填数字总是可以的。

    正确::

        games_volunteer_members: 120

    错误::

        games_volunteer_members: 不适用
    """

    code = "F17"
    title = "不应填“不适用”"
    severity = Severity.WARNING
    message = "本单位属于{trait}，“{title}”却填了“不适用”。"
    hint = "填写数字，没有的填 0；确实不适用的，在 notes 中说明原因。"

    def check(self, document: Document, item: Item, campaign: Campaign) -> Iterator[Finding]:
        """See :class:`DocumentRule`."""
        for field in item.schema.marked("x-not-applicable"):
            trait = str(field.schema["x-not-applicable"])
            if trait not in campaign.unit_by_slug[document.unit].traits:
                continue
            for pointer, value in values(document.value, field.path):
                if isinstance(value, str):
                    named = campaign.trait_titles.get(trait, trait)
                    yield breach(self, document, item, pointer, trait=named)


class MixedNotApplicable(DocumentRule):
    """同一项任务的几栏，要么都填“不适用”，要么都填数字。

    一栏填“不适用”、另一栏填数字，读表的人不知道有没有这项任务。

    正确::

        games_volunteer_members: 不适用
        games_volunteer_person_times: 不适用

    错误::

        games_volunteer_members: 不适用
        games_volunteer_person_times: 240
    """

    code = "F19"
    title = "“不适用”与数字混填"
    severity = Severity.WARNING
    message = "“{title}”填了“不适用”，同一项任务的“{other}”却填了数字。"
    hint = "没有此项任务的都填“不适用”，有的都填数字；确属实情的，在 notes 中说明。"

    def check(self, document: Document, item: Item, campaign: Campaign) -> Iterator[Finding]:
        """Silent where the unit has the task: there each “不适用” has its own finding."""
        numbers: dict[str, Pointer] = {}
        refused: list[tuple[str, Pointer]] = []
        for field in item.schema.marked("x-not-applicable"):
            trait = str(field.schema["x-not-applicable"])
            if trait in campaign.unit_by_slug[document.unit].traits:
                continue
            for pointer, value in values(document.value, field.path):
                if isinstance(value, int):
                    numbers.setdefault(trait, pointer)
                elif isinstance(value, str):
                    refused.append((trait, pointer))
        for trait, pointer in refused:
            if trait in numbers and document.source is not None:
                number = numbers[trait]
                other = item.schema.title_at(number)
                place = document.source.place(number)
                related = (Related(place, f"“{inner_quotes(other)}”在这里"),)
                yield breach(self, document, item, pointer, related=related, other=inner_quotes(other))


COUNTER_RULES: tuple[DocumentRule, ...] = (BlankCounter(), NotApplicable(), MixedNotApplicable())

"""The same nominee twice, and the same text twice: within a unit and across units.

Names are compared after normalising; a message never quotes one, it only says where the other stands.
Within a unit the later nomination carries the finding. Across units the one that came later does, and the office reads
at the earlier one that there is another; where the ledger tells no order, each side carries it, because each unit sees
only its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, groupby, islice
from typing import NamedTuple

from build_tools.campaign import Item
from build_tools.checks.rule import CampaignFamily, Context
from build_tools.checks.similar import Fingerprint, fingerprint, near_identical
from build_tools.findings import Finding, Related, Rule, Severity
from build_tools.source import parse
from build_tools.standing import Stage, Standing
from build_tools.submissions import Document, UnitFolder

_REMEMBERED = 1000

_PARTY = re.compile(r"\A(?:中国共产党|中共)")
_BODIES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?:党总支部?|总支部?)(?:委员会)?\Z"), "总支"),
    (re.compile(r"党?支部(?:委员会)?\Z"), "支部"),
    (re.compile(r"(?:党的?委员会|党委|委员会)\Z"), "党委"),
)


def bare(text: str) -> str:
    """``text`` in compatibility form (NFKC), lower case, letters and digits only.

    Drops spaces, zero-width characters, variation selectors and every kind of middle dot.
    """
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def bare_organisation(text: str) -> str:
    """:func:`bare` without 中共 before the name, and with one word for each kind of Party body.

    中共示例第一支部委员会 and 示例第一党支部 are the same branch.
    """
    name = _PARTY.sub("", bare(text))
    for pattern, word in _BODIES:
        shorter = pattern.sub(word, name)
        if shorter != name or name.endswith(word):
            return shorter
    return name


def identity(document: Document, item: Item) -> tuple[str, ...] | None:
    """What makes two nominees the same, normalised; ``None`` when a part of it is not filled in."""
    parts = []
    for key in item.identity:
        value = document.field(key)
        if not isinstance(value, str):
            return None
        organisation = item.schema.root["properties"][key].get("format") == "organisation"
        part = bare_organisation(value) if organisation else bare(value)
        if not part:
            return None
        parts.append(part)
    return tuple(parts) or None


class SameNomineeInUnit(Rule):
    """同一推荐对象在本单位只报一份。

    比较时不计空格、间隔号和全角半角的差别；党组织名称不计“中共”字样，“支部委员会”与“党支部”
    视为相同。个人姓名和出生年月都相同的，视为同一人。

    正确：individual-01 和 individual-02 是两个人。

    错误：collective-01 报“示例第一党支部”，collective-02 报“中共示例第一支部委员会”。
    """

    code = "D01"
    title = "本单位重复推荐"
    message = "此{nominee}与本单位另一份推荐表所报的相同。"
    hint = "保留一份，删去另一份；确是同名的两个对象，请核对名称和出生年月是否写全、写对。"


class SameNomineeElsewhere(Rule):
    """同一推荐对象只由一个单位推荐。

    人员调动、组织跨区联合时，容易由两个单位各报一份。后收到的一份算错误；已经受理的，不论先后都算在先。
    台账分不出先后的，两边都算错误，由活动办公室协调。

    正确：该支部由其管理机关所在的单位推荐。

    错误：甲市和乙市都推荐了同一个联合党支部。
    """

    code = "D02"
    title = "两个单位重复推荐"
    message = "此{nominee}另有单位也推荐了。"
    hint = "请与活动办公室核对由哪个单位推荐，另一个单位删去此份。"


class NamedAgainElsewhere(Rule):
    """已经推荐的对象，后来又有别的单位推荐。

    先收到或者已经受理的一份不受影响，只提示活动办公室；错误记在后来的那一份上（见 D02）。

    正确：同一对象只有一个单位推荐。

    错误：甲市的推荐已经受理，乙市又推荐了同一人。
    """

    code = "D05"
    title = "后来另有单位推荐"
    severity = Severity.WARNING
    message = "此{nominee}后来另有单位也推荐了。"
    hint = "本单位不用修改，由活动办公室与后报的单位核对。"


class SameAsForfeited(Rule):
    """与另一份推荐相同，而其中一份已视为放弃。

    视为放弃的推荐不列入推荐汇总表，因此不算错误；但要防止同一对象换一个单位补报。

    正确：视为放弃的对象没有再报。

    错误：甲市逾期报送、视为放弃的对象，又由乙市推荐。
    """

    code = "D03"
    title = "与视为放弃的推荐相同"
    severity = Severity.WARNING
    message = "此{nominee}与{where}的另一份推荐相同，其中一份已视为放弃。"
    hint = "请活动办公室核对是否为同一对象换单位补报。"


class NearIdenticalTexts(Rule):
    """两份推荐表的事迹不应大段雷同。

    全部单位的事迹两两比较（不计空格和换行），相同部分达到百分之八十五的给出提示。事迹要写本对象
    自己的事，套用别人的材料会影响推荐的公信力。确有原因的，可以在情况说明中写明。

    正确：各份事迹写各自的事例和数字。

    错误：两份事迹只改了姓名和几个数字。
    """

    code = "D04"
    title = "事迹大段雷同"
    severity = Severity.WARNING
    message = "“{title}”与{where}另一份推荐表{extent}相同。"
    hint = "改写为本对象自己的事例和数字；确需相同的，在 notes 中说明原因。"


SAME_IN_UNIT = SameNomineeInUnit()
SAME_ELSEWHERE = SameNomineeElsewhere()
SAME_AS_FORFEITED = SameAsForfeited()
NEAR_IDENTICAL = NearIdenticalTexts()
NAMED_AGAIN = NamedAgainElsewhere()

_Order = tuple[bool, bool, float]
"""The smaller, the earlier: accepted first, then by the time of receipt; what has none comes last."""


class Member(NamedTuple):
    """What is remembered of a document that was not withdrawn.

    ``live``: it is not forfeited; ``order``: who was first, by the ledger; ``nominee``: its identity, if any; ``texts``:
    those to be compared, by field.
    """

    unit: str
    path: str
    item: str
    live: bool
    order: _Order
    nominee: tuple[str, ...] | None
    texts: dict[str, Fingerprint]


class _Twin(NamedTuple):
    """The other nomination that one repeats; ``within``: of the same unit; ``live``: neither is forfeited."""

    other: Member
    within: bool
    live: bool


class _Text(NamedTuple):
    member: Member
    key: str


class Duplicates(CampaignFamily):
    """Normalises every nominee once, then looks for repeated nominees and repeated texts."""

    rules = (SAME_IN_UNIT, SAME_ELSEWHERE, SAME_AS_FORFEITED, NEAR_IDENTICAL, NAMED_AGAIN)

    def gather(self, folder: UnitFolder, context: Context) -> list[Member]:
        """The unit's nominees and fingerprints of their texts."""
        return list(_members(folder, context))

    def check(self, context: Context, gathered: Sequence[list[Member]]) -> Iterator[Finding]:
        """See :class:`CampaignRule`."""
        order = {item.id: index for index, item in enumerate(context.campaign.items)}
        members = sorted(chain.from_iterable(gathered), key=lambda member: order[member.item])
        comparison = _Comparison(context)
        yield from comparison.same_nominees(members)
        yield from comparison.same_texts(members)


def _members(folder: UnitFolder, context: Context) -> Iterator[Member]:
    among = context.submissions.listed
    for item in context.campaign.items:
        if not item.identity and not item.compare:
            continue
        for document in folder.of(item):
            standing = folder.standing(context.campaign, item, document.name)
            if standing.stage is Stage.WITHDRAWN:
                continue
            prints = {
                key: fingerprint(text, among)
                for key in item.compare
                if isinstance(text := document.field(key), str)
            }
            yield Member(
                unit=folder.slug,
                path=document.path,
                item=item.id,
                live=not standing.forfeited,
                order=_order(standing),
                nominee=identity(document, item),
                texts={key: known for key, known in prints.items() if known is not None},
            )


def _order(standing: Standing) -> _Order:
    at = standing.received
    return standing.stage is not Stage.ACCEPTED, at is None, at.timestamp() if at else 0.0


def _first_of_two_units(group: list[Member]) -> list[Member]:
    """The earliest live member, and the earliest of any other unit: one of both is what a member is held against."""
    live = sorted((member for member in group if member.live), key=lambda member: member.order)
    return live[:1] + [member for member in live if member.unit != live[0].unit][:1]


def _twins(group: list[Member]) -> Iterator[tuple[Member, _Twin]]:
    """Each member of ``group`` with the one it is held against.

    An earlier one of its own unit comes before one of another unit, and a live one before a forfeited.
    Of other units' live ones it is the earliest. ``group`` is in official order, so each unit's members stand together.
    """
    firsts = _first_of_two_units(group)
    start = 0
    for unit, found in groupby(group, key=lambda member: member.unit):
        own = list(found)
        end = start + len(own)
        for index, member in enumerate(own):
            others = chain(own[:index], islice(group, start), islice(group, end, None))
            first = next(others, None)
            if first is None:
                continue
            if member.live and not first.live:
                first = next((other for other in others if other.live), first)
            within = first.unit == unit
            if not within and member.live and first.live:
                first = next(other for other in firsts if other.unit != unit)
            yield member, _Twin(first, within, member.live and first.live)
        start = end


def _rule_of(member: Member, twin: _Twin) -> Rule:
    if not twin.live:
        return SAME_AS_FORFEITED
    if twin.within:
        return SAME_IN_UNIT
    return NAMED_AGAIN if member.order < twin.other.order else SAME_ELSEWHERE


def _nominee(member: Member) -> Hashable:
    """Texts about one nominee are not compared: that it stands twice is said already."""
    return (member.item, member.nominee) if member.nominee is not None else member.path


class _Comparison:
    """Holds members against each other, and reads the few files again that a finding or a full comparison
    needs."""

    def __init__(self, context: Context) -> None:
        self._items = context.campaign.item_by_id
        self._compared = context.compared
        tree = context.submissions.tree
        self._source = lru_cache(_REMEMBERED)(lambda path: parse(path, tree.read(path)))

    def same_nominees(self, members: list[Member]) -> Iterator[Finding]:
        """One finding for each nominee that another nomination names, too."""
        groups: dict[tuple[str, tuple[str, ...]], list[Member]] = {}
        for member in members:
            if member.nominee is not None:
                groups.setdefault((member.item, member.nominee), []).append(member)
        for group in groups.values():
            if len(group) > 1:
                for member, twin in _twins(group):
                    yield self._same_nominee(member, twin)

    def same_texts(self, members: list[Member]) -> Iterator[Finding]:
        """One finding for each text that repeats another: its likeliest original, or copy of another unit."""
        texts = [_Text(member, key) for member in members for key in member.texts]
        best: dict[int, tuple[int, int]] = {}
        pairs = near_identical(
            [text.member.texts[text.key] for text in texts],
            lambda index: self._text(texts[index]),
            groups=[_nominee(text.member) for text in texts],
            compared=self._compared,
        )
        for first, second, percent in pairs:
            within = texts[first].member.unit == texts[second].member.unit
            for index, other in ((second, first), (first, second)):
                if (index == second or not within) and percent > best.get(index, (0, 0))[0]:
                    best[index] = (percent, other)
        for index, (percent, other) in sorted(best.items()):
            yield self._same_text(texts[index], texts[other], percent)

    def _text(self, text: _Text) -> str:
        value = self._source(text.member.path).value
        return str(value.get(text.key) or "") if isinstance(value, dict) else ""

    def _same_nominee(self, member: Member, twin: _Twin) -> Finding:
        item = self._items[member.item]
        pointer = (item.identity[0],)
        rule = _rule_of(member, twin)
        return rule.finding(
            self._source(member.path).place(pointer),
            pointer,
            related=(Related(self._source(twin.other.path).place(pointer), "另一份在这里"),),
            clause=item.clause,
            nominee=item.nominee,
            where="本单位" if twin.within else "另一单位",
        )

    def _same_text(self, text: _Text, other: _Text, percent: int) -> Finding:
        item, pointer = self._items[text.member.item], (text.key,)
        place = self._source(other.member.path).place((other.key,), key=True)
        return NEAR_IDENTICAL.finding(
            self._source(text.member.path).place(pointer, key=True),
            pointer,
            related=(Related(place, "另一份在这里"),),
            clause=item.clause,
            title=item.schema.title_at(pointer),
            where="本单位" if text.member.unit == other.member.unit else "另一单位",
            extent="完全" if percent == 100 else f"约 {percent}% ",
        )


DUPLICATES = Duplicates()

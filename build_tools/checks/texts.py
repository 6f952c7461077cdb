"""What is written in words: placeholders left standing, stray characters, length and topics."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import product
from types import MappingProxyType

from build_tools.campaign import Campaign, Item
from build_tools.checks.answers import leaves
from build_tools.checks.fields import texts_of
from build_tools.checks.personal import IDENTITY, MOBILE, has_personal_number, personal_numbers
from build_tools.checks.rule import DocumentFamily, DocumentRule, breach
from build_tools.findings import Finding, Rule, Severity
from build_tools.schema.schema import values
from build_tools.source.rules import FORBIDDEN_CHARACTER
from build_tools.submissions import Document
from build_tools.wordcount import HAN, SAID, count, texts

_LITERALS = (
    *map("".join, product("×✕", repeat=3)),
    *map("".join, product("xX", repeat=3)),
    "＊＊＊", "待填", "待补", "待完善", "此处填", "此处输", "此处插", "在此填", "在此输", "在此插",
    "点击此", "点击这", "单击此", "单击这", "请输入", "TODO", "TBD", "____", "＿＿",
)  # fmt: skip
_HINT_OF_PLACEHOLDER = re.compile("|".join(_LITERALS))
"""One of these is in every placeholder. Literals only, so that the whole document is searched in one pass of a
character set."""

_PLACEHOLDER = re.compile(
    r"[×✕]{3,}|＊{3,}|(?<![A-Za-z])[xX]{3,}(?![A-Za-z])"
    rf"|待(?:填写?|补充?|完善)(?![\w{HAN}])|(?:此处|在此)(?:填写?|输入|插入)|[点单]击(?:此处|这里)|请输入"
    r"|(?<![A-Za-z])(?:TODO|TBD)(?![A-Za-z])|_{4,}|＿{2,}"
)
_PRIVATE = re.compile(r"[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_ZERO_WIDTH = re.compile(r"[\u00ad\u034f\u180e\u200b-\u200d\u2060-\u2064]")
_BLANK = r"[\t\x0b-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
_BLANK_ENDS = re.compile(rf"^\n*{_BLANK}|{_BLANK}\n*$")
"""White space before the first or behind the last visible character; line breaks alone are none of it."""

_FORBIDDEN = FORBIDDEN_CHARACTER.patterns["forbidden"]

_NUMBERING = re.compile(r"^\s*[（(]?(?:[一二三四五六七八九十]+|[0-9]+)[)）、.．]\s*")
_MARKS = re.compile(rf"(?:[^\w{HAN}]|_)+")
ENOUGH = 4
"""So many characters in a row are taken as the same topic in other words: 转型升级, 三打两建."""


class Placeholder(Rule):
    """模板里的占位文字要换成实际内容。

    “×××”“XXX”“待填”“待补充”“TODO”“此处填写”以及一长串下划线，都是还没有填完的痕迹。

    正确::

        post: 合伙人

    错误::

        post: 待填
    """

    code = "F11"
    title = "还有占位文字"
    message = "“{title}”第 {position} 个字处还有没有替换的占位文字。"
    hint = "换成实际内容；确实没有的，按栏目说明填写。"
    patterns = MappingProxyType({"placeholder": _PLACEHOLDER})


class StrayBlank(Rule):
    """短文字的首尾不要有空格，中间不要夹零宽字符。

    这类字符多由网页或表格粘贴带入，看不见，却会让两个相同的名称被当作不同。

    正确::

        post: 合伙人

    错误::

        post: "　合伙人"
    """

    code = "F13"
    title = "多余的空格或不可见字符"
    severity = Severity.WARNING
    message = "“{title}”{reason}。"
    hint = "删去后重新键入，不要从网页直接粘贴。"
    phrases = MappingProxyType({"zero_width": "中间夹有看不见的零宽字符", "ends": "的开头或末尾有空格"})
    patterns = MappingProxyType({"zero_width": _ZERO_WIDTH, "ends": _BLANK_ENDS})


class PrivateUse(Rule):
    """不使用自造字区的字符。

    旧系统把一部分生僻字放在自造字区，换一台电脑就显示成空白或别的字，打印时可能缺字。
    这些字现在大多有正式编码，换用新的输入法重新键入即可。

    正确::

        post: 合伙人

    错误::

        post: "合\\uE000人"
    """

    code = "F14"
    title = "自造字区的字符"
    severity = Severity.WARNING
    message = "“{title}”的第 {position} 个字是自造字区的字符，打印时可能缺字。"
    hint = "用支持生僻字的输入法重新键入；确无正式编码的，与活动办公室联系。"
    patterns = MappingProxyType({"private": _PRIVATE})


class PersonalNumber(Rule):
    """文字中不写公民身份证号和手机号码。

    通知的表格没有收集身份证号，联系电话只填在“联系电话”一栏。写在事迹、简历、总结里的号码会随材料流转，
    容易泄露。身份证号按 18 位（校验码相符）和 15 位两种写法识别。

    正确::

        deeds: 示例：公布值班电话，接受群众咨询三百余人次。

    错误::

        deeds: 示例：公布手机号13800138000，接受群众咨询三百余人次。
    """

    code = "F18"
    title = "文字中有身份证号或手机号码"
    severity = Severity.WARNING
    message = "“{title}”第 {position} 个字处像是{kind}，表格没有要求填写。"
    hint = "删去号码；不是个人号码的，在 notes 中说明。"
    phrases = MappingProxyType({"identity": "公民身份证号", "mobile": "手机号码"})
    patterns = MappingProxyType({"identity": IDENTITY, "mobile": MOBILE})


PLACEHOLDER, STRAY_BLANK, PRIVATE_USE = Placeholder(), StrayBlank(), PrivateUse()
PERSONAL_NUMBER = PersonalNumber()


def forbidden(document: Document, item: Item) -> Iterator[Finding]:
    """A finding for each text in which an escape (``"\\u202e"``) stands for what the reader refuses in the file itself."""
    for pointer, text in leaves(document.value):
        if bad := _FORBIDDEN.search(text):
            yield breach(FORBIDDEN_CHARACTER, document, item, pointer, name=f"U+{ord(bad[0]):04X}")


class Texts(DocumentFamily):
    """Looks at all texts of a document at once, and at each of them only when something is there."""

    rules = (PLACEHOLDER, STRAY_BLANK, PRIVATE_USE, PERSONAL_NUMBER)

    def check(self, document: Document, item: Item, campaign: Campaign) -> Iterator[Finding]:
        """See :class:`DocumentRule`."""
        found = document.texts()
        whole = "\n".join(found)
        if _HINT_OF_PLACEHOLDER.search(whole):
            yield from _placeholders(document, item)
        if _may_be_stray(whole):
            yield from _stray(document, item)
        others = list(found)
        for _, telephone in texts_of(document, item, "phone"):
            others.remove(telephone)
        if has_personal_number(whole if len(others) == len(found) else "\n".join(others)):
            yield from _personal(document, item)


def _may_be_stray(whole: str) -> bool:
    """Whether it is worth looking: all that is stray is unprintable, or a blank at an end, or U+034F."""
    if "\u034f" in whole or not whole.replace("\n", "").isprintable():
        return True
    return " " in whole and ("\n " in (lines := f"\n{whole}\n") or " \n" in lines)


def _placeholders(document: Document, item: Item) -> Iterator[Finding]:
    for pointer, text in leaves(document.value):
        if left := _PLACEHOLDER.search(text):
            yield breach(PLACEHOLDER, document, item, pointer, position=left.start() + 1)


def _personal(document: Document, item: Item) -> Iterator[Finding]:
    for pointer, text in leaves(document.value):
        if item.schema.at(pointer).get("format") != "phone":
            for name, start in personal_numbers(text):
                kind = PERSONAL_NUMBER.phrase(name)
                yield breach(PERSONAL_NUMBER, document, item, pointer, kind=kind, position=start + 1)


def _stray(document: Document, item: Item) -> Iterator[Finding]:
    for pointer, text in leaves(document.value):
        if private := _PRIVATE.search(text):
            yield breach(PRIVATE_USE, document, item, pointer, position=private.start() + 1)
        if item.schema.at(pointer).get("x-long") is True:
            continue
        if _ZERO_WIDTH.search(text):
            yield breach(STRAY_BLANK, document, item, pointer, reason=STRAY_BLANK.phrase("zero_width"))
        elif _BLANK_ENDS.search(text):
            yield breach(STRAY_BLANK, document, item, pointer, reason=STRAY_BLANK.phrase("ends"))


class TooManyWords(DocumentRule):
    """文字不得超过通知规定的字数。

    字数按 Word“字数统计”的“字数”计算：每个汉字和全角标点算一个字，连续的英文字母、数字算一个字，
    “以内”包含本数。标题不计入，小标题和正文计入。

    正确：正文 2500 字。

    错误：正文 2501 字。
    """

    code = "F12"
    title = "超过规定字数"
    message = "“{title}”共 {count}，超过 {limit} 字。"
    hint = "精简到规定字数以内，以 Word“字数统计”中的“字数”为准。"
    phrases = MappingProxyType({"count": SAID})

    def check(self, document: Document, item: Item, campaign: Campaign) -> Iterator[Finding]:
        """See :class:`DocumentRule`."""
        for field in item.schema.marked("x-max-words"):
            limit = field.schema["x-max-words"]
            for pointer, value in values(document.value, field.path):
                text = "\n".join(texts(value))
                if len(text) <= limit:
                    continue  # no count of it can be higher
                counted = count(text)
                if counted.words > limit:
                    yield breach(self, document, item, pointer, key=True, count=counted, limit=limit)


class TopicsMissing(DocumentRule):
    """通知要求总结的各个方面都要写到。

    按小标题核对；文字不必一模一样，写明主要的词即可。几个方面合写一段的，小标题中分别点明。

    正确：每个方面各有一个小标题，或在合写一段的小标题中分别点明。

    错误：只有“基本情况”一个小标题。
    """

    code = "F15"
    title = "有的方面没有写到"
    severity = Severity.WARNING
    message = "“{title}”没有写到：{topics}。"
    hint = "补写这些方面；已在别的段落写到的，在小标题中点明，或在 notes 中说明。"
    phrases = MappingProxyType({"and": "；"})
    patterns = MappingProxyType({"numbering": _NUMBERING, "marks": _MARKS})

    def check(self, document: Document, item: Item, campaign: Campaign) -> Iterator[Finding]:
        """See :class:`DocumentRule`."""
        for field in item.schema.marked("x-topics"):
            for pointer, sections in values(document.value, field.path):
                if not isinstance(sections, list):
                    continue
                headings = [_bare(str(part.get("topic"))) for part in sections if isinstance(part, dict)]
                missing = [topic for topic in field.schema["x-topics"] if not _covered(topic, headings)]
                if missing:
                    topics = self.phrase("and").join(missing)
                    yield breach(self, document, item, pointer, key=True, topics=topics)


def _bare(heading: str) -> str:
    return _MARKS.sub("", _NUMBERING.sub("", heading))


def _covered(topic: str, headings: list[str]) -> bool:
    wanted = _bare(topic)
    return any(wanted in heading for heading in headings) or any(
        _same_words(wanted, heading) for heading in headings
    )


def _same_words(topic: str, heading: str) -> bool:
    match = SequenceMatcher(None, topic, heading, autojunk=False).find_longest_match()
    return match.size >= ENOUGH and match.size * 2 >= min(len(topic), len(heading))


TEXT_RULES: tuple[DocumentRule, ...] = (Texts(), TooManyWords(), TopicsMissing())

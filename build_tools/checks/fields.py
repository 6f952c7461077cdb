"""Values that have a form of their own: months, names, ethnic groups, telephone numbers.

The rules act through the schema's ``format`` and know no field by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from build_tools.campaign import Campaign, Item
from build_tools.checks.ethnicities import ETHNICITIES, OUTSIDE, SUFFIX
from build_tools.checks.rule import DocumentFamily, DocumentRule, breach
from build_tools.findings import Finding, Pointer, Rule, Severity
from build_tools.schema.schema import values
from build_tools.submissions import Document
from build_tools.wordcount import HAN

PRESENT = "至今"
EARLIEST_YEAR = 1900

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_MONTH_LIKE = re.compile(r"[0-9]{4}-[0-9]{2}")


def month_number(text: Any) -> int | None:
    """``YYYY-MM`` as months since year 0 (12 * year + month); ``None`` for anything else."""
    return _month_number(text) if isinstance(text, str) else None


@lru_cache(2048)  # a few hundred months occur again and again in thousands of documents
def _month_number(text: str) -> int | None:
    match = _MONTH.fullmatch(text)
    return int(match[1]) * 12 + int(match[2]) if match else None


def texts_of(document: Document, item: Item, form: str) -> Iterator[tuple[Pointer, str]]:
    """Every filled-in text of ``document`` whose schema has this ``format``."""
    for field in item.schema.marked("format", form):
        path = field.path
        if len(path) == 1:  # most fields, and the shortest way to them
            text = document.field(path[0])
            if isinstance(text, str):
                yield path, text
            continue
        for pointer, value in values(document.value, path):
            if isinstance(value, str):
                yield pointer, value


class MonthForm(Rule):
    """年月写成四位年份、横线、两位月份。

    表上打印为“1970.05”，文件里一律写“1970-05”，程序才能比较先后。一位数的月份前面补 0；
    不写“年”“月”二字，不用点和斜线。允许写“至今”的栏目，仍在此岗位的写“至今”。

    正确::

        birth: 1970-05

    错误::

        birth: 1970-13
    """

    code = "F01"
    title = "年月写法不对"
    message = "“{title}”{reason}。"
    hint = "写成四位年份、半角横线、两位月份，例如 1970-05。"
    phrases = MappingProxyType({
        "range": "的月份应在 01 至 12 之间",
        "form": "没有写成“1970-05”的样子",
        "or_present": "，也不是“至今”",
    })  # fmt: skip
    patterns = MappingProxyType({"month": _MONTH, "like": _MONTH_LIKE})


class MonthOutOfTime(Rule):
    """年月不应早于 1900 年，也不应晚于报送截止的月份。

    报送的都是已经发生的事。超出这一范围的，多半是年份写错了一位。

    正确::

        birth: 1970-05

    错误::

        birth: 2970-05
    """

    code = "F02"
    title = "年月超出合理范围"
    message = "“{title}”{reason}。"
    hint = "请核对年份是否写错。"
    phrases = MappingProxyType({"late": "晚于报送截止的月份", "early": "早于 {year} 年"})


MONTH_FORM = MonthForm()
MONTH_OUT_OF_TIME = MonthOutOfTime()


class Months(DocumentFamily):
    """Reads each month once for both rules."""

    rules = (MONTH_FORM, MONTH_OUT_OF_TIME)

    def check(self, document: Document, item: Item, campaign: Campaign) -> Iterator[Finding]:
        """See :class:`DocumentRule`."""
        last = campaign.deadline.year * 12 + campaign.deadline.month
        for form in ("month", "month-or-present"):
            for pointer, text in texts_of(document, item, form):
                number = month_number(text)
                if number is None:
                    if form == "month" or text != PRESENT:
                        yield breach(MONTH_FORM, document, item, pointer, reason=_month_fault(text, form))
                elif number > last or number <= EARLIEST_YEAR * 12:
                    name = "late" if number > last else "early"
                    reason = MONTH_OUT_OF_TIME.phrase(name, year=EARLIEST_YEAR)
                    yield breach(MONTH_OUT_OF_TIME, document, item, pointer, reason=reason)


def _month_fault(text: str, form: str) -> str:
    if _MONTH_LIKE.fullmatch(text):
        return MONTH_FORM.phrase("range")
    also = MONTH_FORM.phrase("or_present") if form == "month-or-present" else ""
    return MONTH_FORM.phrase("form") + also


class EthnicityName(Rule):
    """民族写国家规定的全称，带“族”字。

    按《中国各民族名称的罗马字母拼写法和代码》（GB/T 3304—1991）所列 56 个民族填写。

    正确::

        ethnicity: 汉族

    错误::

        ethnicity: 汉
    """

    code = "F08"
    title = "民族名称不规范"
    message = "“{title}”不是 56 个民族的规范全称{reason}。"
    hint = "写全称，例如“汉族”“壮族”“维吾尔族”。"
    phrases = MappingProxyType({"suffix": "，少写了“族”字"})


class EthnicityOutside(Rule):
    """填“其他”“穿青人”等的，请说明。

    56 个民族之外，户籍登记中还有“其他”“外国血统中国籍人士”“穿青人”“未识别民族”几种写法，
    与户口簿一致的，在 notes 中说明即可。

    正确::

        ethnicity: 汉族

    错误::

        ethnicity: 其他
    """

    code = "F21"
    title = "不在 56 个民族之列"
    severity = Severity.WARNING
    message = "“{title}”不在 56 个民族之列，请核对是否与户口簿一致。"
    hint = "填错的改为民族全称；确与户口簿一致的，在 notes 中说明。"


ETHNICITY_NAME, ETHNICITY_OUTSIDE = EthnicityName(), EthnicityOutside()


class Ethnicity(DocumentFamily):
    """Holds a name against the standard's list, and against what registers hold beside it."""

    rules = (ETHNICITY_NAME, ETHNICITY_OUTSIDE)

    def check(self, document: Document, item: Item, campaign: Campaign) -> Iterator[Finding]:
        """See :class:`DocumentRule`."""
        for pointer, text in texts_of(document, item, "ethnicity"):
            if text in OUTSIDE:
                yield breach(ETHNICITY_OUTSIDE, document, item, pointer)
            elif text not in ETHNICITIES:
                reason = ETHNICITY_NAME.phrase("suffix") if f"{text}{SUFFIX}" in ETHNICITIES else ""
                yield breach(ETHNICITY_NAME, document, item, pointer, reason=reason)


_PRIVATE = r"\ue000-\uf8ff\U000f0000-\U0010ffff"  # left to the rule about private-use characters
_LATIN = r"A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_LATIN_NAME = rf"[{_LATIN}]+(?:[ '\u2019-][{_LATIN}]+)*"
_NAME_PART = f"(?:[{HAN}{_PRIVATE}]+|{_LATIN_NAME})"
_NAME = re.compile(rf"{_NAME_PART}(?:·{_NAME_PART})*")
_ZERO_WIDTH = re.compile(r"[\u00ad\u034f\u180e\u200b-\u200d\u2060-\u2064\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_STYLED = re.compile("(?:同志|先生|女士|律师|书记|主任|老师|教授|局长|所长)$")


class PersonName(DocumentRule):
    """姓名只写姓名，与身份证件一致。

    姓和名之间不加空格，不写“同志”等称谓、职务和括号说明。少数民族姓名中间用间隔号“·”。
    生僻字照原字填写，外国人可用拉丁字母。

    正确::

        leader: 买买提·示例

    错误::

        leader: 示例甲同志
    """

    code = "F09"
    title = "姓名写法不对"
    message = "“{title}”{reason}。"
    hint = "只写一个人的姓名，不加空格、称谓和括号；少数民族姓名中间用“·”，生僻字照原字填写。"
    phrases = MappingProxyType({
        "blank": "中有空格",
        "dot": "的间隔号不对，应为“·”",
        "brackets": "中有括号",
        "digit": "中有数字",
        "several": "像是写了不止一人",
        "styled": "后面带了称谓或职务",
        "other": "中有不能用于姓名的符号",
    })  # fmt: skip
    patterns = MappingProxyType({
        "name": _NAME,
        "zero_width": _ZERO_WIDTH,
        "blank": re.compile(r"\s"),
        "dot": re.compile("[•・．.‧∙⋅●]"),
        "brackets": re.compile(r"[()（）［］【】〔〕<>《》]|\[|\]"),
        "digit": re.compile(r"\d"),
        "several": re.compile("[、，,；;/]"),
        "styled": _STYLED,
    })  # fmt: skip

    def check(self, document: Document, item: Item, campaign: Campaign) -> Iterator[Finding]:
        """See :class:`DocumentRule`."""
        for pointer, text in texts_of(document, item, "person-name"):
            if _NAME.fullmatch(text) and not _STYLED.search(text):
                continue
            # White space around the name and zero-width characters have a rule of their own.
            bare = _ZERO_WIDTH.sub("", text).strip()
            if _NAME.fullmatch(bare) and not _STYLED.search(bare):
                continue
            yield breach(self, document, item, pointer, reason=self.first_fault(bare))


_PHONE = re.compile(
    # a mobile telephone
    r"(?:(?:\+|00)?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}"
    # a fixed one: area code, number, extension
    r"|(?:0[0-9]{2,3}[- ]?|\(0[0-9]{2,3}\)[- ]?|(?:\+|00)86[- ]?(?:0?[1-9][0-9]{1,2}|\(0?[1-9][0-9]{1,2}\))[- ]?)"
    r"[0-9]{3,4}[- ]?[0-9]{4}(?: ?(?:-|转|转分机|分机) ?[0-9]{1,6}| ?\((?:转|分机)?[0-9]{1,6}\))?"
    # a service number
    r"|[48]00[- ]?[0-9]{3}[- ]?[0-9]{4}"
)
KEYS = ("".join(map(chr, range(0xFF01, 0xFF5F))) + "—–‐‑−", "".join(map(chr, range(0x21, 0x7F))) + "-" * 5)
"""Full-width digits and marks, and the dashes of typography; the same as a telephone's keys have them."""

_WIDE = str.maketrans(*KEYS)


class Phone(DocumentRule):
    """联系电话写手机号码，或带区号的固定电话，只填一个。

    手机号码 11 位；固定电话写区号，分机写“转”或“-”加分机号。数字之间的空格和横线、国家代码（+86）、
    全角数字都认得。

    正确::

        phone: 020-00000000转801

    错误::

        phone: 83300000
    """

    code = "F10"
    title = "电话号码写法不对"
    message = "“{title}”{reason}。"
    hint = "手机写 11 位数字；固定电话写成“区号-号码”，例如 020-00000000，分机加“转801”。"
    phrases = MappingProxyType({
        "several": "写了不止一个号码，只填一个",
        "no_area_code": "缺少区号",
        "prefix": "不是有效的手机号段",
        "length": "位数不对，手机号码应为 11 位",
        "other": "不是电话号码的写法",
    })  # fmt: skip
    patterns = MappingProxyType({
        "phone": _PHONE,
        "several": re.compile(r"[、,;/]|\d{7,}\s+\d{7,}"),
        "no_area_code": re.compile(r"^[2-9][0-9]{6,7}(?:(?:-|转)[0-9]{1,6})?$"),
        "prefix": re.compile(r"^1[0-9]{10}$"),
        "length": re.compile(r"^1[0-9]*$"),
    })  # fmt: skip

    def check(self, document: Document, item: Item, campaign: Campaign) -> Iterator[Finding]:
        """See :class:`DocumentRule`."""
        for pointer, text in texts_of(document, item, "phone"):
            if _PHONE.fullmatch(text):
                continue
            bare = " ".join(text.translate(_WIDE).split())
            if not _PHONE.fullmatch(bare):
                yield breach(self, document, item, pointer, reason=self.first_fault(bare))


FIELD_RULES: tuple[DocumentRule, ...] = (Months(), Ethnicity(), PersonName(), Phone())

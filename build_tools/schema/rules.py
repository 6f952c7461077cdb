"""What a schema can find wrong, each its own rule. Raised by :func:`build_tools.schema.validate`."""

from __future__ import annotations

import re
from types import MappingProxyType

from build_tools.findings import Rule

_UNQUOTE = "去掉数字两边的引号。"
_EXAMPLE = {"example": "写法示例：{example}。", "template": "按模板的写法填写。"}
"""What follows the field's own description, and what stands in its place."""


class Missing(Rule):
    """必填的栏目没有填写。

    项名写了、冒号后面空着，或只写了空格和标点，与没有写是一样的。确实没有的，按栏目说明填写。

    正确::

        name: 示例第一党支部

    错误::

        name:
    """

    code = "S01"
    title = "必填栏目没有填"
    message = "“{title}”没有填写{how}。"
    hint = "补填此栏。"
    advice = "按模板补填此栏。"
    phrases = MappingProxyType({"no_word": "，只有空格或符号"})


class Unknown(Rule):
    """出现了表格中没有的栏目。

    多半是项名拼写错误；表格没有要求的个人信息不得收集，也不要另加。

    正确::

        staff: 12

    错误::

        stuff: 12
    """

    code = "S02"
    title = "表中没有的栏目"
    message = "“{key}”不是本表的栏目{guess}。"
    hint = "改正项名，或删去此栏。"
    phrases = MappingProxyType({"guess": "，是否想写 {best}", "hidden": "此项"})
    patterns = MappingProxyType({"plain": re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")})


class WrongType(Rule):
    """填写的内容种类不对，例如该填数字的地方填了文字。

    数字只写阿拉伯数字，不带单位、逗号和“约”字。

    正确::

        members: 5

    错误::

        members: 五名
    """

    code = "S03"
    title = "内容种类不对"
    message = "“{title}”应填{expected}，现在是{actual}。"
    hint = "{mend}"
    advice = "按该栏目的种类重填：数字只写阿拉伯数字，不带单位、逗号和“约”字；文字直接写；逐条的内容每条另起一行，以“- ”开头。"
    phrases = MappingProxyType({
        "string": "文字",
        "integer": "整数",
        "number": "数字",
        "boolean": "true 或 false",
        "null": "空白",
        "object": "若干栏目",
        "array": "逐条列出的内容",
        "or": "或",
        "quoted": "带引号的文字",
        "decimal": "带小数的数字",
        "mend_string": "直接写文字；true、false 这样的词用英文双引号括起来。",
        "mend_integer": "只写阿拉伯数字，不带单位、小数、逗号和“约”字。",
        "mend_array": "每条另起一行，以“- ”开头。",
        "mend_object": "按模板逐栏填写。",
        "mend": "按模板填写。",
        "unquote": _UNQUOTE,
        "colon": "每栏写成“项名: 内容”，冒号为英文半角，后面空一格。",
    })  # fmt: skip
    patterns = MappingProxyType({
        "whole_number": re.compile(r"0|[1-9][0-9]{0,18}"),
        "huge": re.compile(r"-?[1-9][0-9]{19,}"),
        "decimal": re.compile(r"-?[0-9]+\.[0-9]+"),
        "pair": re.compile(r"^[A-Za-z_][A-Za-z0-9_]*[:：]"),
    })  # fmt: skip


class NotAllowed(Rule):
    """只能从规定的几种写法中选一种。

    正确::

        gender: 女

    错误::

        gender: 女性
    """

    code = "S04"
    title = "不在规定的写法之内"
    message = "“{title}”的写法不在规定之列。"
    hint = "只能填：{choices}。"
    advice = "改成规定的写法之一；校验意见逐一列出可以填的写法。"
    phrases = MappingProxyType({"and": "、", "trim": "；删去前后的空格"})


class WrongLength(Rule):
    """文字太长或太短，表格里放不下或说不清。

    长度按字符计，生僻字也算一个字。

    正确::

        name: 示例第一党支部

    错误::

        name: 某
    """

    code = "S05"
    title = "文字过长或过短"
    message = "“{title}”有 {length} 个字符，应为 {range}。"
    hint = "{mend}"
    advice = "按栏目说明精简或补充文字；校验意见写明允许的字数。"
    phrases = MappingProxyType({
        **_EXAMPLE,
        "exactly": "{low} 个",
        "at_least": "{low} 个以上",
        "between": "{low} 至 {high} 个",
        "mend": "按栏目说明精简或补充文字。",
    })  # fmt: skip


class WrongForm(Rule):
    """内容的写法不合规定，例如金额带了单位。

    正确::

        oneplusone_funds: 120000.50

    错误::

        oneplusone_funds: 12万
    """

    code = "S06"
    title = "写法不合规定"
    message = "“{title}”的写法不合规定。"
    hint = "{mend}"
    advice = "按栏目说明的写法重填；校验意见附有写法示例。"
    phrases = MappingProxyType({**_EXAMPLE, "unquote": _UNQUOTE})


class OutOfRange(Rule):
    """数字超出范围，例如填了负数。

    正确::

        petition_cases: 0

    错误::

        petition_cases: -3
    """

    code = "S07"
    title = "数字超出范围"
    message = "“{title}”应为{range}。"
    hint = "核对后重新填写。"
    phrases = MappingProxyType({
        "between": " {low} 至 {high} 的数",
        "at_least": "不小于 {low} 的数",
        "at_most": "不大于 {high} 的数",
        "otherwise": "规定范围内的数",
    })  # fmt: skip


class WrongCount(Rule):
    """条数太多、太少或有重复。

    正确::

        sections: [{topic: 加强基层党组织建设, text: 示例。}]

    错误::

        sections: []
    """

    code = "S08"
    title = "条数不合规定"
    message = "“{title}”现有 {length} 条，{expected}。"
    hint = "增删后使条数符合要求。"
    phrases = MappingProxyType(
        {"at_least": "至少 {wanted} 条", "at_most": "至多 {wanted} 条", "unique": "其中有重复"}
    )


class Unsuitable(Rule):
    """内容与规定的样式都不符合。

    正确::

        event: {kind: returned, reason: 请补正}

    错误::

        event: {kind: returned}
    """

    code = "S09"
    title = "内容不合规定"
    message = "“{title}”的内容不合规定。"
    hint = "{mend}"
    advice = "按栏目说明重填；校验意见附有写法示例。"
    phrases = MappingProxyType(_EXAMPLE)


MISSING = Missing()
UNKNOWN = Unknown()
WRONG_TYPE = WrongType()
NOT_ALLOWED = NotAllowed()
WRONG_LENGTH = WrongLength()
WRONG_FORM = WrongForm()
OUT_OF_RANGE = OutOfRange()
WRONG_COUNT = WrongCount()
UNSUITABLE = Unsuitable()

SCHEMA_RULES: tuple[Rule, ...] = (
    MISSING,
    UNKNOWN,
    WRONG_TYPE,
    NOT_ALLOWED,
    WRONG_LENGTH,
    WRONG_FORM,
    OUT_OF_RANGE,
    WRONG_COUNT,
    UNSUITABLE,
)

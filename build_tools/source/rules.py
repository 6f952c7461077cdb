"""The traps of YAML, each its own rule. They are raised by :func:`build_tools.source.parse`."""

from __future__ import annotations

import re
from types import MappingProxyType

from build_tools.findings import Rule

MAX_BYTES = 256 * 1024
"""A submitted file; the forms' texts are far smaller."""

OFFICE_MAX_BYTES = 8 * 1024 * 1024
"""An office-owned file, which grows with the number of units."""

MAX_DEPTH = 16
MAX_FINDINGS = 100
"""No more is said of one file's keys: a file with thousands of them is not a submission."""

FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\uffff]"
)
"""What no file may hold as it is; what submissions say in escapes is looked at by the checks."""

ARCHIVE, UTF_16, GBK = (
    "（像是 Word、WPS 文档或压缩文件，不是文本文件）",
    "（像是 UTF-16，即记事本的“Unicode”）",
    "（像是 GBK，即记事本的“ANSI”）",
)
"""What a file that is not UTF-8 looks like, as its finding says."""


class NotUtf8(Rule):
    """文件必须用 UTF-8 编码保存。

    旧版记事本默认存成 GBK（ANSI）或 UTF-16（Unicode），换一台电脑打开就是乱码。
    在记事本中选“另存为”，编码选“UTF-8”，再保存一次即可，内容不必重填。

    正确：文件以 UTF-8 保存（带不带 BOM 都可以）。

    错误：文件以 GBK 保存，“示例”两字成为字节 CA BE C0 FD。
    """

    code = "Y01"
    title = "文件编码不是 UTF-8"
    message = "文件不是 UTF-8 编码{guess}，无法读取。"
    hint = "用记事本打开，选“另存为”，编码选“UTF-8”后保存。"


class ForbiddenCharacter(Rule):
    """文字中不得有看不见的控制字符和改变书写方向的字符。

    这类字符多由网页或旧软件粘贴带入，肉眼看不见，却能让显示的内容与实际内容不一致。

    正确::

        firm: 示例公司

    错误：“示例”与“公司”之间夹有 U+202E（从右向左书写）。
    """

    code = "Y02"
    title = "不可见的控制字符"
    message = "此处有不可见的控制字符 {name}。"
    hint = "删去该处文字重新键入，不要从网页直接粘贴。"
    patterns = MappingProxyType({"forbidden": FORBIDDEN})


class TooLarge(Rule):
    """一份 YAML 文件不得超过 256 KB。

    文字材料远小于此数；照片和附件应作为单独文件放入 materials 文件夹，不写进 YAML。

    正确：全文约 3000 字，文件约 10 KB。

    错误：把照片编码成文字贴进文件，文件达 900 KB。
    """

    code = "Y03"
    title = "文件过大"
    message = "文件有 {size} KB，超过 {limit} KB 的上限。"
    hint = "照片和附件放入 materials 文件夹，这里只写文件名。"


class TooDeep(Rule):
    """内容嵌套不得超过 16 层。

    报送文件最多三四层；层数过多一般是缩进写错，或者文件不是本系统生成的。

    正确::

        resume:
          - from: 1992-07

    错误::

        a: [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]
    """

    code = "Y04"
    title = "嵌套过深"
    message = "内容嵌套超过 {limit} 层。"
    hint = "检查此处的缩进和括号，或用模板重新填写。"


class SyntaxBroken(Rule):
    """文件要符合 YAML 的书写格式。

    常见原因：冒号用了全角“：”，冒号后没有空格，上下行没有对齐，引号没有成对。

    正确::

        name: 示例第一党支部

    错误::

        name：示例第一党支部
        members: 5
    """

    code = "Y05"
    title = "书写格式有误"
    message = "格式有误：{reason}。"
    hint = "{mend}"
    advice = "按校验意见指出的位置修改；多半是冒号用了全角、引号没有成对，或各行没有对齐。改不好的，用模板重新填写。"


class SeveralDocuments(Rule):
    """一个文件只能有一份内容，不得用“---”分成几份。

    分隔之后的内容会被多数软件忽略，看上去报了，其实没有报。

    正确::

        title: 示例市总结

    错误::

        title: 示例市总结
        ---
        title: 另一份总结
    """

    code = "Y06"
    title = "一个文件含多份内容"
    message = "文件中有不止一份内容（此处的“---”或“...”开始了另一份）。"
    hint = "删去分隔线，或把后一份内容存为另一个文件。"


class AnchorOrAlias(Rule):
    """不得使用锚点（&）和引用（*）。

    引用让一处文字悄悄随另一处改变。以 & 或 * 开头的文字请加引号。

    正确::

        awards: "*2011 年度优秀班组"

    错误::

        deeds: &a 某某事迹
        awards: *a
    """

    code = "Y07"
    title = "使用了锚点或引用"
    message = "此处以“&”或“*”开头，会被当作锚点或引用。"
    hint = "如是文字，请用英文双引号把它括起来；如是引用，请直接写出内容。"


class TagOrDirective(Rule):
    """不得使用标签（!）和指令（%）。

    标签可以让程序把文字当成别的东西处理。以 ! 开头的文字请加引号。

    正确::

        text: "!重要"

    错误::

        members: !!str 5
    """

    code = "Y08"
    title = "使用了标签或指令"
    message = "此处以“!”或“%”开头，会被当作标签或指令。"
    hint = "如是文字，请用英文双引号把它括起来；否则请删去。"


class MergeKey(Rule):
    """不得使用合并键（<<）。

    请把每一项直接写出来。

    正确::

        name: 示例第一党支部

    错误::

        <<: {name: 示例第一党支部}
    """

    code = "Y09"
    title = "使用了合并键"
    message = "不得使用合并键“<<”。"
    hint = "把要合并的各项直接写出来。"


class DuplicateKey(Rule):
    """同一项不得写两遍。

    多数软件只认最后一遍，前一遍被悄悄丢掉，报送人却以为都报了。

    正确::

        members: 5
        staff: 12

    错误::

        members: 5
        members: 6
    """

    code = "Y10"
    title = "同一项写了两遍"
    message = "“{key}”写了两遍。"
    hint = "只保留正确的一遍。"


class TabIndent(Rule):
    """缩进只能用空格，不能用制表符（Tab）。

    制表符在不同软件中宽度不同，看上去对齐的两行其实没有对齐。

    正确：缩进两个空格。

    错误：缩进一个制表符。
    """

    code = "Y11"
    title = "用制表符缩进"
    message = "此行用制表符（Tab）缩进。"
    hint = "把行首的制表符换成空格，每级两个空格。"


class Empty(Rule):
    """文件不得为空。

    还没有内容可报时，不必建立文件；未建立文件即为“未报送”。

    正确::

        title: 示例市总结

    错误：文件只有空行或注释。
    """

    code = "Y12"
    title = "文件是空的"
    message = "文件中没有内容。"
    hint = "按模板填写；暂不报送的，请删去此文件。"


class BadKey(Rule):
    """冒号左边只能是一个简短的项名。

    正确::

        name: 示例第一党支部

    错误::

        ? [name, staff]
        : 12
    """

    code = "Y13"
    title = "项名不合规"
    message = "冒号左边应是一个项名，此处不是。"
    hint = "按模板的项名填写，不要改动冒号左边的英文。"


class RemarkBehind(Rule):
    """说明文字（# 及其后）要单独占一行，不写在内容后面。

    空格后面的“#”开始一段说明，程序不读。写在文字后面，很可能把内容截断：“评为 #1 小组”只剩“评为”，
    报送人却以为都报了。数字后面的说明不会误认，可以保留。

    正确::

        firm: "示例公司 # 分部"

    错误::

        firm: 示例公司 # 分部
    """

    code = "Y14"
    title = "内容后面的“#”"
    message = "此处的“#”及其后的文字会被当作说明，不会读取。"
    hint = "是内容的，用英文双引号把整段文字括起来，或写在“|”之下；是说明的，移到单独一行。"


NOT_UTF8 = NotUtf8()
FORBIDDEN_CHARACTER = ForbiddenCharacter()
TOO_LARGE = TooLarge()
TOO_DEEP = TooDeep()
SYNTAX_BROKEN = SyntaxBroken()
SEVERAL_DOCUMENTS = SeveralDocuments()
ANCHOR_OR_ALIAS = AnchorOrAlias()
TAG_OR_DIRECTIVE = TagOrDirective()
MERGE_KEY = MergeKey()
DUPLICATE_KEY = DuplicateKey()
TAB_INDENT = TabIndent()
EMPTY = Empty()
BAD_KEY = BadKey()
REMARK_BEHIND = RemarkBehind()

YAML_RULES: tuple[Rule, ...] = (
    NOT_UTF8,
    FORBIDDEN_CHARACTER,
    TOO_LARGE,
    TOO_DEEP,
    SYNTAX_BROKEN,
    SEVERAL_DOCUMENTS,
    ANCHOR_OR_ALIAS,
    TAG_OR_DIRECTIVE,
    MERGE_KEY,
    DUPLICATE_KEY,
    TAB_INDENT,
    EMPTY,
    BAD_KEY,
    REMARK_BEHIND,
)

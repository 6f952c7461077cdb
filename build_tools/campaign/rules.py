"""What can be wrong with the campaign itself. These end a command with status 2."""

from __future__ import annotations

import errno
from dataclasses import replace

from build_tools.findings import Finding, Place, Rule


class FileMissing(Rule):
    """活动缺少必需的文件。

    每次活动都要有 data/campaign.yml、data/units.yml、schemas/rules.yml、通知原文，以及每个报送项的
    schemas/<报送项>.schema.json；报送项是通知附件，或者要交纸质材料的，还要有 schemas/<报送项>.form.yml。

    正确：data/units.yml 存在。

    错误：data/units.yml 被删除或改名。
    """

    code = "C01"
    title = "活动缺少文件"
    message = "活动缺少文件 {file}。"
    hint = "补上该文件，可参照现有活动的同名文件；名称写错的，改正名称。"


class SchemaFileBroken(Rule):
    """填报要求文件（schema）本身有错。

    填报要求只引用本文件中的内容，引用不能绕回自身；x- 开头的各词各有规定的写法。

    正确::

        {"type": "object"}

    错误::

        {"type": "objekt"}
    """

    code = "C02"
    title = "填报要求文件有错"
    message = "填报要求文件{reason}。"
    hint = "改正该文件后重新检查。"


class UnknownName(Rule):
    """活动文件引用了不存在的单位、报送项或栏目。

    正确：规则引用统计资料中有的栏目 pledge_orgs。

    错误：规则引用 pledge_orgz。
    """

    code = "C03"
    title = "引用了不存在的名称"
    message = "此处引用了不存在的{kind}“{name}”。"
    hint = "{mend}"
    advice = "改成已有的名称；单位、报送项和栏目各以所引用的文件为准。"


class Repeated(Rule):
    """活动文件中有重复的标识。

    正确：每个单位的 slug、代码和名称各不相同。

    错误：两个单位的 slug 都是 guangzhou。
    """

    code = "C04"
    title = "标识重复"
    message = "{kind}“{name}”重复。"
    hint = "改成各不相同的标识。"


class BadTime(Rule):
    """活动文件中的时间不存在或前后颠倒。

    年份应在 1970 年至 2105 年之间。

    正确：开始时间早于截止时间。

    错误：截止时间为 2012-02-30。
    """

    code = "C05"
    title = "时间不对"
    message = "“{title}”的时间{reason}。"
    hint = "改成存在的、前后相符的时间，例如 2012-08-22T23:59:59+08:00。"


class FieldForgotten(Rule):
    """表样漏掉了填报要求中的栏目，打印出来会少一栏。

    正确：individual.form.yml 用到了姓名、性别等每一个栏目。

    错误：individual.form.yml 没有“文化程度”。
    """

    code = "C06"
    title = "表样漏掉栏目"
    message = "表样没有用到栏目“{name}”（{title}）。"
    hint = "在表样中加上该栏目，或从填报要求中删去。"


class QuotaMissing(Rule):
    """名额表没有列全报送单位。

    名额表整体未提供时写 quotas: null；提供了就要列出每一个单位，没有名额的写 0。

    正确::

        quotas: {guangzhou: {collective: 2}, shenzhen: {collective: 0}}

    错误：名额表只列了 21 个单位，漏了顺德区。
    """

    code = "C07"
    title = "名额表不全"
    message = "名额表缺少“{name}”的{kind}。"
    hint = "补上该单位；没有名额的写 0，名额表未提供的写 quotas: null。"


class NotPlain(Rule):
    """活动的文件和文件夹不得用链接代替。

    链接指向哪里由打开它的计算机决定；程序不跟随链接，链接后面的内容等于没有。

    正确：data/ledger 是文件夹，其中的台账是普通文件。

    错误：data/ledger 是指向共享盘的符号链接。
    """

    code = "C08"
    title = "活动文件不是普通文件"
    message = "这里应是{wanted}，现在{fault}。"
    hint = "把文件或文件夹本身放到这里，核对读取权限后重新检查。"


class StrayLedger(Rule):
    """台账文件夹里只放各单位的台账。

    每个单位一个文件，文件名是单位的 slug 加 .yml。说明写在 README.md，可以保留；.gitkeep 和系统自动产生的
    文件不理会。

    正确：data/ledger/guangzhou.yml。

    错误：data/ledger/收文记录.xlsx、data/ledger/2012/guangzhou.yml。
    """

    code = "C09"
    title = "台账文件夹里的其他文件"
    message = "台账文件夹里只放各单位的台账（单位的 slug 加 .yml），这个文件不是。"
    hint = "移到别处或删去；是台账的，改成 data/units.yml 中的 slug 加 .yml，直接放在 data/ledger 中。"


class UnfitField(Rule):
    """报送项和表样指定的栏目要合用。

    显示名、同一对象、比对和文稿标题的栏目填文字，汇总表的栏目只填一项内容，清单和正文的栏目逐条列出，
    照片栏目的 format 为 photo。表样中，填空句子、合填格和清单的列只填一项内容，逐条列出的栏目放在长文字格，
    照片放在照片格。文稿的正文每段至少有一栏 x-long 为 true，其余各栏印作小标题。

    正确::

        caption: name

    错误::

        caption: resume
    """

    code = "C10"
    title = "指定的栏目不合用"
    message = "{key} 指定的栏目“{name}”不合用，应是{wanted}。"
    hint = "换成合用的栏目；栏目没有写错的，改正此处的写法或该报送项的 schema。"


class Unusable(Rule):
    """报送项的写法要能用，几个报送项不能互相冲突。

    各报送项的文件、名额类别各不相同；汇总数字（counters）和清单（manifest）最多各一项；推荐项的文件名
    用 {nn} 代表推荐顺序；标识不能与活动自己的文件（campaign、units、quotas、owners、ledger、rules、form）相同。

    正确::

        file: nominations/individual-{nn}.yml

    错误::

        file: /individual.yml
    """

    code = "C11"
    title = "报送项不能这样写"
    message = "报送项的 {key} 不能这样写：{reason}。"
    hint = "改正这一栏；各报送项的标识、文件和名额类别各不相同。"


class GridUneven(Rule):
    """表样的每一行都要刚好占满各列，打印出来才是完整的表格。

    一行中各格的跨列（span）相加，加上被上面跨行（rowspan）的格占去的列，等于 columns 的列数；跨行不超出
    表末；长文字格（long）要能跨页，不能跨行；一行的高度不超过一页所能容下的191毫米。

    正确：表格共4列，一行是标签1列、填写格3列（span: 3）。

    错误：表格共4列，一行是标签1列、填写格2列（span: 2）。
    """

    code = "C12"
    title = "表格的行列不合"
    message = "表格第{row}行{fault}。"
    hint = "改正这一行的 span、rowspan、long 或 height；列数以 columns 为准。"


class FieldTwice(Rule):
    """表样中每个栏目只出现一次，否则填写的内容会打印两遍。

    正确：individual.form.yml 中姓名只有一格。

    错误：individual.form.yml 中有两格都写 field: name。
    """

    code = "C13"
    title = "表样重复使用栏目"
    message = "栏目“{name}”（{title}）在表样中重复出现。"
    hint = "把这一处改成别的栏目，或者删去。"


_FOR_THE_OFFICE = {
    "Y03": "核对文件中是否混入了别的内容；确需这样大的，请维护人员处理。",
    "Y12": "活动的文件不能为空：从版本记录中恢复，或参照同类文件补上内容。",
}


_FAULTS = {
    errno.EACCES: "没有读取权限",
    errno.EISDIR: "是文件夹",
    errno.ELOOP: "是链接",
    errno.EPERM: "没有读取权限",
}


def not_a_file(path: str, error: OSError) -> Finding:
    """The finding of an office's file that is there and could not be read."""
    fault = _FAULTS.get(error.errno or 0, "不是普通文件")
    return NOT_PLAIN.finding(Place(path), wanted="普通文件", fault=fault)


def not_a_folder(path: str) -> Finding:
    """The finding of an office's folder that is none: what stands behind a link is not listed."""
    return NOT_PLAIN.finding(Place(path), wanted="文件夹", fault="是链接或文件")


def for_office(finding: Finding) -> Finding:
    """``finding`` with the way out for an office's file, where that differs from a submission's."""
    return replace(finding, hint=_FOR_THE_OFFICE.get(finding.code, finding.hint))


FILE_MISSING = FileMissing()
SCHEMA_FILE_BROKEN = SchemaFileBroken()
UNKNOWN_NAME = UnknownName()
REPEATED = Repeated()
BAD_TIME = BadTime()
FIELD_FORGOTTEN = FieldForgotten()
QUOTA_MISSING = QuotaMissing()
NOT_PLAIN = NotPlain()
STRAY_LEDGER = StrayLedger()
UNFIT_FIELD = UnfitField()
UNUSABLE = Unusable()
GRID_UNEVEN = GridUneven()
FIELD_TWICE = FieldTwice()

CAMPAIGN_RULES: tuple[Rule, ...] = (
    FILE_MISSING,
    SCHEMA_FILE_BROKEN,
    UNKNOWN_NAME,
    REPEATED,
    BAD_TIME,
    FIELD_FORGOTTEN,
    QUOTA_MISSING,
    NOT_PLAIN,
    STRAY_LEDGER,
    UNFIT_FIELD,
    UNUSABLE,
    GRID_UNEVEN,
    FIELD_TWICE,
)

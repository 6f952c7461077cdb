"""What can be wrong with the campaign itself. These end a command with status 2."""

from __future__ import annotations

from build_tools.findings import Rule


class FileMissing(Rule):
    """活动缺少必需的文件。

    每次活动都要有 data/campaign.yml、data/units.yml、schemas/rules.yml，以及每个报送项的
    schemas/<报送项>.schema.json。

    正确：data/units.yml 存在。

    错误：data/units.yml 被删除或改名。
    """

    code = "C01"
    title = "活动缺少文件"
    message = "活动缺少文件 {file}。"
    hint = "补上该文件，可参照现有活动的同名文件。"


class SchemaFileBroken(Rule):
    """填报要求文件（schema）本身有错。

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

    正确：每个单位的 slug 各不相同。

    错误：两个单位的 slug 都是 guangzhou。
    """

    code = "C04"
    title = "标识重复"
    message = "{kind}“{name}”重复。"
    hint = "改成各不相同的标识。"


class BadTime(Rule):
    """活动文件中的时间不存在或前后颠倒。

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


FILE_MISSING = FileMissing()
SCHEMA_FILE_BROKEN = SchemaFileBroken()
UNKNOWN_NAME = UnknownName()
REPEATED = Repeated()
BAD_TIME = BadTime()
FIELD_FORGOTTEN = FieldForgotten()
QUOTA_MISSING = QuotaMissing()

CAMPAIGN_RULES: tuple[Rule, ...] = (
    FILE_MISSING,
    SCHEMA_FILE_BROKEN,
    UNKNOWN_NAME,
    REPEATED,
    BAD_TIME,
    FIELD_FORGOTTEN,
    QUOTA_MISSING,
)

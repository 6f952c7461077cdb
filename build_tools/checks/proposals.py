"""What a pull request may not do, whatever its files say. The judge (``proposal``) raises these, with git at hand."""

from __future__ import annotations

from build_tools.findings import Rule, Severity


class OthersFile(Rule):
    """合并请求只改本单位的文件，不能改动别的单位的文件。

    是谁的文件，按主分支上的单位名单和账号表认定；合并请求里改了账号表也不起作用。从别的单位的文件夹改名、
    移动过来的，两头都算改动。

    正确：广州市的合并请求只改 data/cities/guangzhou 里的文件。

    错误：广州市的合并请求改了 data/cities/shenzhen/summary.yml。
    """

    code = "G01"
    title = "改动了别的单位的文件"
    message = "这个文件属于{owner}，不能由{own}改动。"
    hint = "撤销对它的改动，只提交 {folder} 里的文件。"
    advice = "撤销对它的改动，只提交本单位文件夹里的文件。"


class OfficeFile(Rule):
    """通知、名额、规则、账号表、台账、程序等由活动办公室维护，报送单位的合并请求不能改动。

    单位文件夹以外的一切，都在此列；文件夹名只差大小写的，也不是本单位的文件夹。

    正确：只改 data/cities/guangzhou 里的文件。

    错误：顺手改了 schemas/rules.yml，把自己加进 data/owners.yml，或者放入 data/cities/Guangzhou/summary.yml。
    """

    code = "G02"
    title = "改动了本单位文件夹以外的文件"
    message = "这个文件不在{own}的文件夹里，报送单位不能改动。"
    hint = "撤销对它的改动，只提交 {folder} 里的文件；确需更正的，请与活动办公室联系。"
    advice = "撤销对它的改动，只提交本单位文件夹里的文件；确需更正的，请与活动办公室联系。"


class NotPlain(Rule):
    """合并请求只收普通文件（100644）。

    链接指到哪里，由打开它的计算机决定；子模块的内容不在本仓库；可执行的文件可能被当作程序运行。

    正确：materials/study.pdf 是普通文件。

    错误：materials/study.pdf 是指向别处的链接，或者带有可执行标记。
    """

    code = "G03"
    title = "不是普通文件"
    message = "这是{what}，合并请求只收普通文件。"
    hint = "{mend}"
    advice = "删去它，把文件本身放到这里；可执行的，去掉标记（git update-index --chmod=-x）。"


class BadPath(Rule):
    """路径里不得有会被计算机另作解释的名字。

    “.git”开头的名字会改变 git 的行为，“..”会跑到别的文件夹，反斜杠在 Windows 上是文件夹的分隔，都不接收。

    正确：materials/individual-01-study.pdf。

    错误：.gitattributes、materials/..、materials\\\\study.pdf。
    """

    code = "G04"
    title = "路径不予接收"
    message = "路径中有{fault}，不予接收。"
    hint = "删去这个文件，或者改成规定的文件名。"


class TooMany(Rule):
    """一次合并请求改动的文件有上限。

    正常的报送不过几十个文件。改动成百上千的，多半是从旧版本建的分支，或者把别的文件夹带了进来。

    正确：一次改动本单位的几十个文件。

    错误：一次改动 10000 个文件。
    """

    code = "G05"
    title = "改动的文件太多"
    message = "改动的文件超过 {most} 个，没有逐个审查。"
    hint = "从主分支的最新版本建分支，只提交本单位的文件；确有这么多的，分几次提交。"


class TooMuch(Rule):
    """一次合并请求带来的内容有总量上限。

    进了仓库的内容，删去以后仍留在历史里，每个取用的人都要下载。单个文件的上限另有规定。

    正确：附件合计几十 MB。

    错误：放入一段 500 MB 的录像。
    """

    code = "G06"
    title = "改动的总量太大"
    message = "带来的内容合计 {size} MB，超过 {most} MB。"
    hint = "压缩图片和 PDF，去掉不要求的文件，从主分支的最新版本另建分支后重新提交。"


class Conflict(Rule):
    """建分支以后，主分支上的同一个文件也改过。

    两边的改动合不到一起，要先看主分支上改了什么，再决定用哪一版。

    正确：先把主分支合并到自己的分支，改好再提交。

    错误：在旧版本上修改，而主分支已有新版本。
    """

    code = "G07"
    title = "与主分支上的改动冲突"
    message = "建分支以后，主分支上的这个文件已有别的改动。"
    hint = "把主分支的最新版本合并到自己的分支，核对这个文件，改好再提交。"


class AlreadyAccepted(Rule):
    """已经受理的文件，不得自行改动或者删去。

    确需更正的，请活动办公室退回修改，再在期限内重报。附件和照片随列有它的材料清单、贴有它的推荐表：列有它的
    都受理了，就不再改动。

    正确：活动办公室退回以后修改。

    错误：推荐表受理以后，又改了主要事迹。
    """

    code = "G08"
    title = "已受理的文件被改动"
    message = "{document}已经受理，不得{what}。"
    hint = "撤销对它的改动；确需更正的，请活动办公室先退回修改。"


class DeadlinePassed(Rule):
    """截止以后，没有退回也没有延期的，或者退回、延期的期限也过了的，不得再改动或者删去。

    以截止以前收到的最后一版为准。退回修改的，在退回的期限以内可以改；批准延期的，在延期以内可以改。

    正确：退回期限以内重报。

    错误：截止以后发现错漏，自行改动。
    """

    code = "G09"
    title = "截止以后的改动"
    message = "已过{limit} {deadline}，{document}不得再{what}。"
    hint = "撤销对它的改动，以按时收到的版本为准；确需更正的，请活动办公室退回修改或者延期。"


class NoRight(Rule):
    """只有账号表（data/owners.yml）中的账号，才能替单位报送。

    按主分支上的账号表认定。合并请求里改了账号表也不起作用。

    正确：账号列在本单位名下。

    错误：账号没有登记，或者登记在别的单位名下。
    """

    code = "G10"
    title = "账号没有报送权限"
    message = "提交的账号{fault}。"
    hint = "请活动办公室核实后把账号登记在本单位名下，再重新检查；也可以换用已登记的账号提交。"


class NoChange(Rule):
    """合并请求要有改动。

    多见于改动已经并入，或者提交到了别的分支。

    正确：有文件改动。

    错误：分支与主分支完全相同。
    """

    code = "G11"
    title = "没有改动"
    severity = Severity.WARNING
    message = "与主分支相比没有任何改动。"
    hint = "核对改动是否已经提交到这个分支；已经并入的，关闭这个合并请求。"


OTHERS_FILE, OFFICE_FILE, NOT_PLAIN, BAD_PATH = OthersFile(), OfficeFile(), NotPlain(), BadPath()
TOO_MANY, TOO_MUCH, CONFLICT = TooMany(), TooMuch(), Conflict()
ALREADY_ACCEPTED, DEADLINE_PASSED = AlreadyAccepted(), DeadlinePassed()
NO_RIGHT, NO_CHANGE = NoRight(), NoChange()

PROPOSAL_RULES: tuple[Rule, ...] = (
    OTHERS_FILE,
    OFFICE_FILE,
    NOT_PLAIN,
    BAD_PATH,
    TOO_MANY,
    TOO_MUCH,
    CONFLICT,
    ALREADY_ACCEPTED,
    DEADLINE_PASSED,
    NO_RIGHT,
    NO_CHANGE,
)

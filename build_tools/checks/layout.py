"""Files where they do not belong, or that are not plain files: unknown names, links, odd names.

A unit's folder holds the documents of the notice and the materials folder, and nothing else.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from build_tools.campaign import Campaign
from build_tools.checks.names import is_known, mended, name_fault
from build_tools.checks.rule import CampaignRule, Context, UnitRule
from build_tools.findings import Finding, Place, Related, Severity
from build_tools.leftovers import is_leftover
from build_tools.submissions import CITIES, UnitFolder
from build_tools.tree import EXECUTABLE, FOLDER_LINK, LINK, OTHER

ALLOWED_STRAY = frozenset({f"{CITIES}/README.md", f"{CITIES}/.gitkeep"})
"""The office's own notes beside the units' folders."""


class UnknownFile(UnitRule):
    """单位文件夹里只放通知要求的文件。

    程序按文件名认文件，名字差一点就等于没有报。材料、照片一律放入材料文件夹。

    正确：statistics.yml、nominations/individual-01.yml、materials/study.pdf。

    错误：Statistics.yaml、individual-1.yml、study.pdf 直接放在单位文件夹下。
    """

    code = "L01"
    title = "不认识的文件"
    message = "这不是本次活动的报送文件{guess}。"
    hint = "{mend}"
    advice = "改成规定的文件名，移到规定的位置；是材料或照片的，放入材料文件夹并登记；都不是的，请删去。"

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        campaign = context.campaign
        for path, entry in folder.entries.items():
            if is_known(path, campaign) or is_leftover(path) or entry.mode in (LINK, FOLDER_LINK, OTHER):
                continue
            meant = mended(path, campaign)
            yield self.finding(
                Place(entry.path),
                guess=f"，疑应为 {meant}" if meant else "",
                mend=self._mend(path, meant, folder, campaign),
            )

    def _mend(self, path: str, meant: str, folder: UnitFolder, campaign: Campaign) -> str:
        if meant and meant in folder.entries:
            return f"单位文件夹中已有 {meant}，请删去多余的一份。"
        if meant:
            return f"改名或移动为 {meant}；不是报送文件的，请删去。"
        if path.endswith((".yml", ".yaml")):
            names = "、".join(item.file.replace("{nn}", "01") for item in campaign.items)
            return f"是报送文件的，改为规定的文件名（{names}，末尾两位数字是推荐顺序）；不是的，请删去。"
        if campaign.materials and campaign.materials.attachments:
            return f"是材料或照片的，放入 {campaign.materials.attachments} 文件夹并登记；不是的，请删去。"
        return "请删去，或按模板的文件名改名。"


class Leftover(UnitRule):
    """系统和软件自动产生的文件不报送。

    看图时产生的 Thumbs.db、苹果电脑的 .DS_Store、Office 打开文件时的“~$”锁定文件、备份文件都属此类。

    正确：只有自己放进去的文件。

    错误：materials/~$报告.docx。
    """

    code = "L02"
    title = "系统自动产生的文件"
    message = "这是系统或软件自动产生的文件。"
    hint = "关闭打开着的文档，删去这个文件；它不含报送内容。"

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        for path, entry in folder.entries.items():
            if is_leftover(path):
                yield self.finding(Place(entry.path))


LEFTOVER = Leftover()


class UnknownUnit(CampaignRule):
    """文件要放在报送单位的文件夹里。

    单位文件夹的名称由活动办公室规定，一律小写拼音，不能自己起名。

    正确：data/cities/guangzhou/summary.yml。

    错误：data/cities/Guangzhou/summary.yml、data/cities/广州/summary.yml、data/cities/summary.yml。
    """

    code = "L03"
    title = "不属于任何报送单位"
    message = "这个文件不在任何报送单位的文件夹里{guess}。"
    hint = "移入本单位的文件夹，文件夹名见单位名单；不是报送文件的，请删去。"

    def check(self, context: Context, _gathered: Sequence[Any]) -> Iterator[Finding]:
        """See :class:`CampaignRule`."""
        for entry in context.submissions.stray:
            if entry.path not in ALLOWED_STRAY:
                if is_leftover(entry.path):
                    yield LEFTOVER.finding(Place(entry.path))
                    continue
                slug = self._guess(entry.path, context.campaign)
                guess = f"，文件夹名疑应为 {slug}" if slug else ""
                yield self.finding(Place(entry.path), guess=guess)

    def _guess(self, path: str, campaign: Campaign) -> str:
        from rapidfuzz.process import extractOne

        folder, slash, _ = path.removeprefix(CITIES + "/").partition("/")
        if not slash:
            return ""
        for unit in campaign.units:
            if folder in (unit.name, unit.code):
                return unit.slug
        plain = unicodedata.normalize("NFKC", folder).casefold()
        best = extractOne(plain, [unit.slug for unit in campaign.units], score_cutoff=75)
        return str(best[0]) if best else ""


class NotAPlainFile(UnitRule):
    """只能报送普通文件，不得用链接、子模块、管道代替。

    链接指向哪里由打开它的计算机决定，可能指到别人的文件；管道没有内容，读它的程序会一直等下去。

    正确：把文件本身复制进来。

    错误：materials/study.pdf 是指向别处的符号链接。
    """

    code = "L04"
    title = "不是普通文件"
    message = "这是{what}，不是普通文件。"
    hint = "删去它，把文件本身复制到这里。"

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        words = {LINK: "符号链接", FOLDER_LINK: "子模块", OTHER: "管道或设备"}
        for entry in folder.entries.values():
            if entry.mode in words:
                yield self.finding(Place(entry.path), what=words[entry.mode])


class Executable(UnitRule):
    """报送文件不带可执行标记。

    多见于从移动硬盘或共享盘复制来的文件；放在 Windows 盘、U 盘上的，往往每个文件都带。内容照常读取和检查。

    正确：普通文件（100644）。

    错误：可执行文件（100755）。
    """

    code = "L05"
    title = "带可执行标记"
    severity = Severity.WARNING
    message = "文件带有可执行标记，内容照常读取。"
    hint = "去掉标记（git update-index --chmod=-x 或 chmod -x）；每个文件都带的，多半是磁盘的缘故，可设 git config core.fileMode false。"

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        for entry in folder.entries.values():
            if entry.mode == EXECUTABLE:
                yield self.finding(Place(entry.path))


class OddName(UnitRule):
    """文件名只用汉字、字母、数字、横线、下划线、点，以及全角的括号、书名号和顿号。

    空格和其他符号在不同系统中写法不一，容易找不到文件；名字太长，打包后无法解开。

    正确：materials/individual-01-study.pdf。

    错误：materials/学习 资料(最终版)&.pdf。
    """

    code = "L06"
    title = "文件名不合规"
    message = "文件名{fault}。"
    hint = "改名，例如 individual-01-study.pdf；清单中的文件名一并改正。"

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        for path, entry in folder.entries.items():
            fault = "" if is_leftover(path) else name_fault(path)
            if fault:
                yield self.finding(Place(entry.path), fault=fault)


class NamesClash(UnitRule):
    """两个文件名不得只差大小写或字符的写法。

    在 Windows 和苹果电脑上，这样的两个文件会互相覆盖，只剩一个。

    正确：study-1.pdf 和 study-2.pdf。

    错误：study.pdf 和 Study.PDF。
    """

    code = "L07"
    title = "文件名互相冲突"
    message = "文件名与另一个文件只差大小写或字符的写法。"
    hint = "改成明显不同的名字，清单中的文件名一并改正。"

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        first: dict[str, str] = {}
        for entry in folder.entries.values():
            key = unicodedata.normalize("NFC", entry.path.casefold())
            other = first.setdefault(key, entry.path)
            if other != entry.path:
                yield self.finding(Place(entry.path), related=(Related(Place(other), "另一个文件"),))


LAYOUT_RULES: tuple[UnitRule, ...] = (
    UnknownFile(),
    LEFTOVER,
    NotAPlainFile(),
    Executable(),
    OddName(),
    NamesClash(),
)
UNKNOWN_UNIT = UnknownUnit()

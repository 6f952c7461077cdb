"""The list of supporting files (佐证材料清单) against the nominations and against the folder.

A message never quotes a file name from the list, which may name a person; it points at the line.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from build_tools.campaign import Campaign, Item, MaterialKind
from build_tools.checks.quota import counting
from build_tools.checks.rule import Context, DocumentRule, UnitRule, breach
from build_tools.findings import Finding, Place, Pointer, Severity
from build_tools.leftovers import is_leftover, is_marker
from build_tools.schema.schema import values
from build_tools.submissions import Document, UnitFolder
from build_tools.tree import Entry


class Entered(NamedTuple):
    """One line of the list (counted from 0) as written; ``None`` where a part is missing or is not text."""

    line: int
    kind: str | None
    file: str | None
    nominee: str | None


class Reference(NamedTuple):
    """A field that names a file of the unit's folder; ``photo``: picture rules apply to it."""

    document: Document
    item: Item
    pointer: Pointer
    path: str
    photo: bool


def listed(document: Document, item: Item) -> list[Entered]:
    """The lines of the list in ``document``; an empty list when it cannot be read."""
    entries = document.field(item.manifest)
    if not isinstance(entries, list):
        return []
    return [
        Entered(index, _word(entry, "kind"), _word(entry, "file"), _word(entry, "for"))
        for index, entry in enumerate(entries)
        if isinstance(entry, dict)
    ]


def _word(entry: dict[str, Any], key: str) -> str | None:
    value = entry.get(key)
    return value if isinstance(value, str) and value else None


def files_named(document: Document, item: Item) -> Iterator[tuple[Pointer, str, bool]]:
    """Every file that the document names (``format: photo`` and ``format: attachment``), and whether as a photo."""
    for form in ("attachment", "photo"):
        for field in item.schema.marked("format", form):
            for pointer, path in values(document.value, field.path):
                if isinstance(path, str) and path:
                    yield pointer, path, form == "photo"


def references(folder: UnitFolder, campaign: Campaign) -> Iterator[Reference]:
    """Every file that a document of the unit names."""
    for item in campaign.items:
        for document in folder.of(item):
            for pointer, path, photo in files_named(document, item):
                yield Reference(document, item, pointer, path, photo)


def attachments_folder(campaign: Campaign) -> str:
    """The folder of a unit that its files stand in; empty where the campaign names none."""
    return campaign.materials.attachments if campaign.materials else ""


def attachments(folder: UnitFolder, campaign: Campaign) -> dict[str, Entry]:
    """The plain files of the attachments folder, by path relative to the unit's folder."""
    start = attachments_folder(campaign) + "/"
    return {
        path: entry
        for path, entry in folder.entries.items()
        if start != "/"
        and path.startswith(start)
        and entry.mode.startswith("100")
        and not is_marker(path)
        and not is_leftover(path)
    }


def unread(folder: UnitFolder, campaign: Campaign) -> set[str]:
    """Names of documents that are there, but as a link or a pipe, and so are not read."""
    return {
        path.rsplit("/", 1)[-1].removesuffix(".yml")
        for path, entry in folder.entries.items()
        if not entry.is_file and campaign.item_of(path) is not None
    }


def is_inside(path: str, campaign: Campaign) -> bool:
    """Whether ``path`` as written stays below the attachments folder, without any trick."""
    if "\\" in path or ":" in path or any(part in ("", ".", "..") for part in path.split("/")):
        return False
    folder = attachments_folder(campaign)
    return not folder or path.startswith(folder + "/")


class ListMissing(UnitRule):
    """有推荐对象的单位要报佐证材料清单。

    通知要求推荐对象附报佐证材料。清单 materials.yml 写明每份材料的类别、名称和文件，没有清单，
    就无法知道哪份材料属于哪名推荐对象。已撤回和视为放弃的推荐不要求。

    正确：nominations 文件夹有推荐表，单位文件夹有 materials.yml。

    错误：报了推荐表，没有 materials.yml。
    """

    code = "M01"
    title = "佐证材料清单未报"
    severity = Severity.WARNING
    message = "报了推荐对象，“{title}”未报。"
    hint = "按模板建立 {file}，逐份登记佐证材料，文件放入 {folder} 文件夹。"
    advice = "按模板建立佐证材料清单，逐份登记，文件放入材料文件夹。"

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        campaign, item = context.campaign, context.campaign.materials
        if item is None or item.file in folder.entries:
            return
        if any(counting(folder, nomination, campaign) for nomination in campaign.nominations):
            yield self.finding(
                Place(f"{campaign.unit_by_slug[folder.slug].folder}/{item.file}"),
                clause=item.clause,
                title=item.title,
                file=item.file,
                folder=item.attachments,
            )


class KindMissing(UnitRule):
    """每名推荐对象都要有通知点名要求的各类材料。

    按清单的“推荐对象”一栏逐名核对；同一份文件用于几名推荐对象的，每名写一行。

    正确::

        files:
          - {kind: study, title: 学习资料汇编, file: materials/study.pdf, for: individual-01}
          - {kind: study, title: 学习资料汇编, file: materials/study.pdf, for: individual-02}

    错误：清单中没有属于 individual-02 的学习资料。
    """

    code = "M02"
    title = "推荐对象缺少材料"
    severity = Severity.WARNING
    message = "{nominee}缺少：{kinds}。"
    hint = "补报材料并在清单中登记，推荐对象一栏填 {document}；确实没有的，在 notes 中说明。"
    advice = "补报材料并在清单中登记，推荐对象一栏填该推荐表的文件名；确实没有的，在 notes 中说明。"

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        campaign, item = context.campaign, context.campaign.materials
        document = folder.one(item)
        if item is None or document is None or not isinstance(document.field(item.manifest), list):
            return
        have = {(entered.nominee, entered.kind) for entered in listed(document, item)}
        owed = [kind for kind in item.kinds if kind.each_nominee]
        for nomination in campaign.nominations:
            for nominee in counting(folder, nomination, campaign):
                missing = [kind for kind in owed if (nominee.name, kind.id) not in have]
                if missing:
                    yield self._finding(document, item, nominee, missing, context)

    def _finding(
        self,
        document: Document,
        item: Item,
        nominee: Document,
        missing: list[MaterialKind],
        context: Context,
    ) -> Finding:
        pointer = (item.manifest,)
        return self.finding(
            document.place(context.submissions.tree, pointer, key=True),
            pointer,
            clause=missing[0].clause or item.clause,
            nominee=context.campaign.document_title(nominee.name),
            kinds="；".join(kind.title for kind in missing),
            document=nominee.name,
        )


class FileMissing(UnitRule):
    """清单和推荐表写到的文件，要确实放在文件夹里。

    文件名要逐字一致，大小写和扩展名也要相同。

    正确：清单写 materials/study.pdf，文件夹中有 materials/study.pdf。

    错误：清单写 materials/study.pdf，文件夹中是 materials/Study.PDF。
    """

    code = "M03"
    title = "写到的文件不存在"
    message = "“{title}”写到的文件不存在{near}。"
    hint = "把文件放入本单位的文件夹，或改正此处的文件名。"

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        by_case: dict[str, str] | None = None
        for document, item, pointer, path, _ in references(folder, context.campaign):
            if path in folder.entries or not is_inside(path, context.campaign):
                continue
            if by_case is None:
                by_case = {name.casefold(): name for name in folder.entries}
            near = "，文件夹中有一个只差大小写的文件" if path.casefold() in by_case else ""
            yield self.finding(
                document.place(context.submissions.tree, pointer),
                pointer,
                clause=item.clause,
                title=item.schema.title_at(pointer),
                near=near,
            )


class PathOutside(DocumentRule):
    """文件只能放在本单位的材料文件夹里，写法从文件夹名开始。

    不写盘符，不用反斜杠，不以“/”开头，不含“..”。

    正确::

        file: materials/study.pdf

    错误::

        file: ..\\shenzhen\\study.pdf
    """

    code = "M04"
    title = "文件位置不对"
    message = "“{title}”写到的位置不在材料文件夹之内，或写法不对。"
    hint = "文件放入材料文件夹，写成“{folder}/文件名”，分隔用“/”。"
    advice = "文件放入材料文件夹，从文件夹名写起，例如 materials/individual-01-study.pdf，分隔用“/”。"

    def check(self, document: Document, item: Item, campaign: Campaign) -> Iterator[Finding]:
        """See :class:`DocumentRule`."""
        for pointer, path, _ in files_named(document, item):
            if not is_inside(path, campaign):
                yield breach(self, document, item, pointer, folder=attachments_folder(campaign) or ".")


class _EntryRule(UnitRule):
    """What rules on single lines of the list share."""

    key: str

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        item = context.campaign.materials
        document = folder.one(item)
        if item is None or document is None:
            return
        for entered in listed(document, item):
            words = self.fault(entered, item, folder, context.campaign)
            if words is not None:
                pointer = (item.manifest, entered.line, self.key)
                place = document.place(context.submissions.tree, pointer)
                yield self.finding(place, pointer, clause=item.clause, **words)

    def fault(
        self, entered: Entered, item: Item, folder: UnitFolder, campaign: Campaign
    ) -> dict[str, Any] | None:
        """The words of the message, or ``None`` when the line is in order."""
        raise NotImplementedError


class NomineeUnknown(_EntryRule):
    """清单的“推荐对象”一栏填推荐表的文件名，该推荐表要存在。

    正确::

        for: individual-01

    错误：只报了 individual-01，清单却写 for: individual-02。
    """

    code = "M05"
    title = "推荐对象不存在"
    message = "此处写到的推荐表不存在。"
    hint = "{mend}"
    advice = "填已报推荐表的文件名，例如 individual-01；本单位没有推荐表的，此栏留空。"
    key = "for"

    def fault(
        self, entered: Entered, item: Item, folder: UnitFolder, campaign: Campaign
    ) -> dict[str, Any] | None:
        """See :class:`_EntryRule`."""
        found = folder.document(entered.nominee) if entered.nominee else None
        if entered.nominee is None or (found and campaign.item_by_id[found.item].is_nomination):
            return None
        names = [d.name for nomination in campaign.nominations for d in folder.of(nomination)]
        if entered.nominee in names or entered.nominee in unread(folder, campaign):
            return None
        some = "、".join(names[:10])
        return {"mend": f"填已报推荐表的文件名：{some}。" if some else "本单位还没有推荐表，此栏留空。"}


class KindUnknown(_EntryRule):
    """材料类别只能填通知列出的几种。

    正确::

        kind: study

    错误::

        kind: 学习资料
    """

    code = "M06"
    title = "材料类别不对"
    message = "此处写到的材料类别不在规定之列。"
    hint = "只能填：{kinds}。"
    advice = "改成规定的类别之一；校验意见逐一列出可以填的类别。"
    key = "kind"

    def fault(
        self, entered: Entered, item: Item, folder: UnitFolder, campaign: Campaign
    ) -> dict[str, Any] | None:
        """See :class:`_EntryRule`."""
        if entered.kind is None or any(entered.kind == kind.id for kind in item.kinds):
            return None
        choices = item.schema.at((item.manifest, 0, self.key)).get("enum")
        if choices is not None and entered.kind not in choices:  # the schema says so already
            return None
        return {"kinds": "、".join(f"{kind.id}（{kind.title}）" for kind in item.kinds)}


class Unlisted(UnitRule):
    """材料文件夹里的文件，都要在清单或推荐表中写到。

    没有写到的文件，打印和评审时都不会用到，多半是漏登记，或者是旧文件忘了删。

    正确：每个文件在清单中有一行；照片在推荐表中写到。

    错误：文件夹中另有一份没有登记的扫描件。
    """

    code = "M07"
    title = "材料没有登记"
    severity = Severity.WARNING
    message = "清单和推荐表都没有写到这个文件。"
    hint = "在 {file} 中登记，或删去这个文件。"
    advice = "在佐证材料清单中登记，或删去这个文件。"

    def check(self, folder: UnitFolder, context: Context) -> Iterator[Finding]:
        """See :class:`UnitRule`."""
        campaign, item = context.campaign, context.campaign.materials
        files = attachments(folder, campaign)
        if item is None or not files:
            return
        document = folder.one(item)
        if document is None and any(folder.of(nomination) for nomination in campaign.nominations):
            return  # that the whole list is missing is said by M01
        if document is not None and not isinstance(document.field(item.manifest), list):
            return
        if any(sent.value is None for sent in folder.documents) or unread(folder, campaign):
            return  # a document that cannot be read may name it
        named = {reference.path for reference in references(folder, campaign)}
        for path, entry in files.items():
            if path not in named:
                yield self.finding(Place(entry.path), clause=item.clause, file=item.file)


PATH_OUTSIDE = PathOutside()

MATERIAL_RULES: tuple[UnitRule, ...] = (
    ListMissing(),
    KindMissing(),
    FileMissing(),
    NomineeUnknown(),
    KindUnknown(),
    Unlisted(),
)

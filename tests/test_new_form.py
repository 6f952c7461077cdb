"""Reuse: forms nobody thought of appear in a campaign by YAML and JSON Schema alone, and no line of Python.

``tests/new_forms`` adds two items to the campaign of ``tests/second``: a table with the photo at the left over
three rows, a label and two opinions beside it, two fields in one cell, a list and a long text; and a list whose
folder of files has a name of its own. It is laid over the campaign as a maintainer would, and nothing else changes.
"""

from __future__ import annotations

import html
import io
import re
import shutil
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from faces import cells_of_pdf, running_text, squeezed
from harness import ledger_text

from build_tools import ledger
from build_tools.checks import Examination, examine
from build_tools.clock import moment
from build_tools.forms.definition import Form, read_form
from build_tools.forms.docx import docx_document
from build_tools.forms.fill import blank_sheet, filled_sheet
from build_tools.forms.fonts import load_fonts
from build_tools.forms.html import html_form
from build_tools.forms.press import Press, Printed
from build_tools.forms.printable import html_document
from build_tools.forms.sheet import NOTHING, WIDTH, Picture, Register, Sheet, Table
from build_tools.site.build import build
from build_tools.source import parse
from build_tools.tree import WorkTree

TESTS = Path(__file__).parent
ADDED = TESTS / "new_forms"
NOW = "2024-11-18T09:00:00+08:00"
UNIT = "data/cities/dongpian"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The second campaign with the new items, their documents received in time."""
    root = tmp_path_factory.mktemp("new") / "campaign"
    shutil.copytree(TESTS / "second", root)
    for folder in ("data", "schemas"):
        shutil.copytree(ADDED / folder, root / folder, dirs_exist_ok=True)
    campaign = root / "data/campaign.yml"
    text = campaign.read_text("utf-8")
    assert text.count("\nlimits:\n") == 1
    campaign.write_text(text.replace("limits:\n", (ADDED / "items.yml").read_text("utf-8") + "limits:\n"))
    receive(root, {"officer-01": "officers/officer-01.yml", "drills": "drills.yml"})
    return root


def receive(root: Path, documents: dict[str, str]) -> None:
    """Note in the unit's ledger that ``documents`` (name to file) came in time."""
    file = root / "data/ledger/dongpian.yml"
    events = parse("ledger.yml", file.read_bytes()).value["events"]
    for number, (name, path) in enumerate(documents.items()):
        event = {
            "at": "2024-11-15T11:00:00+08:00",
            "kind": "received",
            "document": name,
            "by": ["示例收文员"],
            "source": "收文窗口",
            "digest": ledger.digest((root / UNIT / path).read_bytes()),
        }
        events = ledger.append(events, event, nonce=f"{number:032x}")
    file.write_text(ledger_text("dongpian", events), encoding="utf-8")


@pytest.fixture(scope="module")
def seen(root: Path) -> Examination:
    tree = WorkTree(root)
    bare = examine(tree)
    return examine(tree, moment(bare.campaign, NOW), campaign=bare.campaign)


def form(seen: Examination, item: str) -> Form:
    found = read_form(seen.campaign, seen.campaign.item_by_id[item])
    assert found is not None
    return found


def filled(seen: Examination, root: Path, name: str) -> Sheet:
    located = seen.campaign.locate(name)
    document = seen.submissions.folders["dongpian"].document(name)
    assert located is not None
    assert document is not None
    return filled_sheet(
        seen.campaign,
        form(seen, located[0].id),
        name,
        document.value,
        lambda path: Picture((root / UNIT / path).read_bytes()),
    )


def test_the_checks_find_nothing_in_the_new_documents(seen: Examination) -> None:
    assert {document.name for document in seen.submissions.folders["dongpian"].documents} >= {
        "officer-01", "drills",
    }  # fmt: skip
    assert [f for f in seen.findings if f.place.path.startswith((UNIT, "schemas", "data/ledger"))] == []


def test_the_blank_table_holds_its_words_and_places(seen: Examination) -> None:
    sheet = blank_sheet(form(seen, "officer"))
    assert isinstance(sheet.body, Table)
    assert sheet.body.columns == (40, 25, 33, 25, 33)
    assert sum(sheet.body.columns) == WIDTH
    assert [(row.height, [(c.column, c.span, c.rowspan) for c in row.cells]) for row in sheet.body.rows] == [
        (17, [(0, 1, 3), (1, 1, 1), (2, 1, 1), (3, 1, 1), (4, 1, 1)]),
        (17, [(1, 1, 1), (2, 3, 1)]),
        (17, [(1, 1, 1), (2, 3, 1)]),
        (40, [(0, 1, 1), (1, 4, 1)]),
        (45, [(0, 1, 1), (1, 4, 1)]),
        (28, [(0, 1, 2), (1, 1, 1), (2, 3, 1)]),
        (28, [(1, 1, 1), (2, 3, 1)]),
    ]
    assert list(sheet.texts()) == [
        "附表3", "学校消防安全员登记表",
        "照片", "姓名", "任职", "时间",
        "学校职务",
        "证书编号",
        "受训经历",
        "巡查心得",
        "意见", "学校意见", "（盖章）", "年　　月　　日",
        "学区意见", "（盖章）", "年　　月　　日",
    ]  # fmt: skip


def test_the_filled_table_holds_what_was_sent(seen: Examination, root: Path) -> None:
    sheet = filled(seen, root, "officer-01")
    texts = list(sheet.texts())
    for text in (
        "示例戊",
        "2021.09",
        "示例县东片中心学校 总务主任",
        NOTHING,
        "2022.03 灭火器和消火栓的使用",
        "2023.11 疏散引导员培训",
        "每晚熄灯后再走一遍楼梯，看常闭门是否关好。",
        "看见过道里放着自行车，当场推走，第二天贴条告诉学生放到哪里。",
    ):
        assert text in texts
    assert len(sheet.pictures) == 1
    assert not any("officer-01.jpg" in text for text in texts)


def test_the_list_holds_a_row_for_each_entry(seen: Examination, root: Path) -> None:
    blank = blank_sheet(form(seen, "drills"))
    assert isinstance(blank.body, Register)
    assert [column.label for column in blank.body.columns] == ["序号", "类别", "演练年月", "文件"]
    assert sum(column.width for column in blank.body.columns) == WIDTH
    body = filled(seen, root, "drills").body
    assert isinstance(body, Register)
    assert body.rows == (
        ("1", "演练方案", "2024.10", "pictures/drill.pdf"),
        ("2", "演练记录", "2024.11", "pictures/drill.pdf"),
    )


@pytest.mark.parametrize("name", ["officer-01", "drills"])
def test_the_pages_draw_every_text(seen: Examination, root: Path, name: str) -> None:
    sheet = filled(seen, root, name)
    texts = list(sheet.texts())
    assert words(html_document(sheet)).partition("不要页眉和页脚。")[2] == "".join("".join(texts).split())
    shown = words(str(html_form(sheet)))
    for text in texts[1:] if sheet.annex else texts:
        assert "".join(text.split()) in shown


def words(page: str) -> str:
    """What a reader is told by ``page``, a picture by its words, without white space."""
    told = re.sub(r'<img [^>]*alt="([^"]*)">', r"\1", re.sub(r"(?s)<(style|title)>.*?</\1>", "", page))
    return "".join(html.unescape(re.sub(r"<[^>]+>", "", told)).split())


@pytest.mark.parametrize("name", ["officer-01", "drills"])
def test_pdf_and_word_draw_every_text(seen: Examination, root: Path, name: str) -> None:
    sheet = filled(seen, root, name)
    with Press(load_fonts(root)) as press:
        printed = press.pdf([Printed(sheet)])
    on_paper = running_text(printed) + "".join(cell for page in cells_of_pdf(printed) for cell in page)
    word = docx.Document(io.BytesIO(docx_document(sheet))).element.body
    typed = squeezed("".join(text.text or "" for text in word.iter(qn("w:t"))))
    for text in sheet.texts():
        if text != sheet.remark and not (sheet.pictures and text == "照片"):
            assert squeezed(text) in on_paper
            assert squeezed(text) in typed


def test_the_site_builds_with_the_new_forms_on_it(root: Path, tmp_path: Path) -> None:
    build(root, "office", tmp_path / "site", NOW)
    annex = (tmp_path / "site/annexes/officer/index.html").read_text("utf-8")
    for word in (
        "文字和栏目与通知所附一致",
        "巡查心得",
        "学校意见",
        'rowspan="3"',
        'rowspan="2"',
        "一式 2 份",
    ):
        assert word in annex
    assert "疏散演练材料目录" in (tmp_path / "site/annexes/drills/index.html").read_text("utf-8")
    assert "示例戊" in (tmp_path / "site/units/dongpian/index.html").read_text("utf-8")

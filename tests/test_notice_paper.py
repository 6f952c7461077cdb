"""Every word of a notice's page gets onto paper, whatever the page is made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from build_tools.campaign import load_campaign
from build_tools.forms.notice import notice_sheet
from build_tools.forms.sheet import Letter, Part
from build_tools.tree import WorkTree

ROOT = Path(__file__).parents[1]
CAMPAIGN = load_campaign(WorkTree(ROOT))
END = "\n\n示例办公室\n\n2024年10月28日\n"


def paragraphs(text: str, tmp_path: Path) -> list[tuple[str, str]]:
    """The parts and texts of the notice with this body."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/notice.md").write_text(
        f"# 关于示例的<wbr>通知\n\n各单位：\n\n{text}{END}", encoding="utf-8"
    )
    sheet = notice_sheet(CAMPAIGN, WorkTree(tmp_path))
    assert sheet is not None
    assert sheet.title == "关于示例的\n通知"
    assert isinstance(sheet.body, Letter)
    found = [(str(p.part), p.text) for p in sheet.body.paragraphs]
    assert found[0] == ("addressee", "各单位：")
    assert found[-2:] == [("signature", "示例办公室"), ("date", "2024年10月28日")]
    return found[1:-2]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1. 甲\n2. 乙\n    - 子丙\n    - 子丁\n3. 戊", ["1.甲", "2.乙", "—— 子丙", "—— 子丁", "3.戊"]),
        ("<ul><li><p>甲</p><ul><li>乙</li></ul>丙</li></ul>", ["—— 甲", "—— 乙", "丙"]),
        ("3. 甲\n4. 乙", ["3.甲", "4.乙"]),
        ('<ol start="x"><li>甲</li></ol>', ["1.甲"]),
        ("<div>块中的文字</div>\n\n> 引文", ["块中的文字", "引文"]),
        ("| 项 | 数 |\n|---|---|\n| 甲 | 1 |", ["项　数", "甲　1"]),
        ('!!! note "提示"\n    内容。', ["提示", "内容。"]),
        ("传    真：020", ["传　　真：020"]),
        ("**甲**、[乙](a.md)和`丙`。", ["甲、乙和丙。"]),
    ],
)
def test_no_word_is_lost(text: str, expected: list[str], tmp_path: Path) -> None:
    assert [words for _, words in paragraphs(text, tmp_path)] == expected


def test_a_footnote_stands_at_the_end(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/notice.md").write_text("# 题\n\n正文[^1]。\n\n[^1]: 脚注的文字。\n", encoding="utf-8")
    sheet = notice_sheet(CAMPAIGN, WorkTree(tmp_path))
    assert sheet is not None
    assert "脚注的文字。" in "".join(sheet.texts())


def test_headings_are_headings_of_any_depth(tmp_path: Path) -> None:
    found = paragraphs(
        "## 一级\n\n### 二级\n\n#### 三级\n\n一、短标题\n\n（一）小标题\n\n一、是一句话。", tmp_path
    )
    assert [part for part, _ in found] == [
        Part.SECTION, Part.SUBSECTION, Part.SUBSECTION, Part.SECTION, Part.SUBSECTION, Part.TEXT,
    ]  # fmt: skip


def test_attachments_are_a_list_of_their_own(tmp_path: Path) -> None:
    found = paragraphs("正文。\n\n附件：1.甲表\n\n2.乙表", tmp_path)
    assert found == [("text", "正文。"), ("attachment", "附件：1.甲表"), ("attachment", "2.乙表")]

"""Text on its way to a page: plain text stays plain, forms draw what they are given, pages carry a policy."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from html.parser import HTMLParser
from pathlib import Path

import markdown
import pytest

from build_tools.campaign import load_campaign
from build_tools.forms.definition import Grid, Prose, read_form, read_forms
from build_tools.forms.fill import blank_sheet, filled_sheet
from build_tools.forms.html import html_form
from build_tools.site import markup
from build_tools.site.csp import policy, with_policy
from build_tools.tree import WorkTree

ROOT = Path(__file__).parents[1]
CAMPAIGN = load_campaign(WorkTree(ROOT))

TEXTS = {
    "tag": "<script>alert(1)</script>",
    "template": "{{7*7}} {% raw %}",
    "emphasis": "**x** _y_ `z`",
    "entity": "&lt;b&gt; &amp; &#10;",
    "formula": "=1+1",
    "link": "[x](javascript:alert(1)) <http://a.example>",
    "heading": "# 标题",
    "backslash": r"a\*b\\c\<",
    "blank line": "第一段\n\n第二段",
    "indented": "段\n\n    代码\n\t制表",
    "list": "段\n\n- 一\n- 二",
    "closing tag": "</td></div>\n\n<div>",
    "comment": "<!-- x -->\n\n--> <![CDATA[ ]]> <?php ?>",
    "quotes": "\"双\" '单'",
    "placeholder of Python-Markdown": "wzxhzdk:0 klzzwxh:0001",
    "rare": "𠮷·䶮",
    "spaces": "a  b",
}


class _Text(HTMLParser):
    """The text of a document and the tags in it."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.text, self.tags = "", []
        self.feed(document)
        self.close()

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_text_shows_as_it_is_through_a_markdown_converter(text: str) -> None:
    block = markup.one_block(f"<div>\n  <p>{markup.plain(text)}</p>\n\n  <p>次</p>\n</div>\n")
    converted = markdown.markdown(
        block, extensions=["toc", "tables", "fenced_code", "admonition", "attr_list"]
    )
    assert converted == block
    read = _Text(converted)
    assert read.text == f"\n{text}\n次\n"
    assert read.tags == ["div", "p", "p"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb", "a[U+202E]b"),
        ("\x02amp\x03", "[U+0002]amp[U+0003]"),
        ("\x00", "[U+0000]"),
        ("行\u2028行", "行[U+2028]行"),
        ("a\r\nb", "a\nb"),
    ],
)
def test_what_nobody_can_see_is_shown_by_its_code(text: str, shown: str) -> None:
    assert html.unescape(str(markup.plain(text))) == shown


def test_a_template_that_asks_for_something_unknown_fails() -> None:
    with pytest.raises(Exception, match="undefined"):
        markup.render("home.html", root="")


def test_front_matter_quotes_any_title() -> None:
    text = markup.front_matter({"title": 'a: "b" #c\n---', "hide": ["toc"]})
    assert text == '---\ntitle: "a: \\"b\\" #c\\n---"\nhide: ["toc"]\n---\n\n'


def test_the_policy_allows_exactly_the_inline_scripts_of_the_page() -> None:
    page = (
        '<html><head><meta charset="utf-8"><script>one()</script></head>'
        '<body><script src="a.js"></script><script type="application/json">{}</script>'
        "<script>two()\n</script></body></html>"
    )
    hashes = {
        "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in ("one()", "two()\n")
    }
    assert set(re.findall(r" '(sha256-[A-Za-z0-9+/=]+)'", policy(page))) == hashes
    guarded = with_policy(page)
    assert guarded.index("Content-Security-Policy") < guarded.index("<script>")
    assert "unsafe" not in guarded


def test_a_page_that_could_not_be_guarded_is_refused() -> None:
    with pytest.raises(ValueError, match="内容安全策略"):
        with_policy("<html><head></head></html>")


def test_a_blank_form_holds_every_printed_word_and_nothing_else() -> None:
    form = read_form(CAMPAIGN, CAMPAIGN.item_by_id["individual"])
    assert form is not None
    assert isinstance(form.layout, Grid)
    shown = _Text(str(html_form(blank_sheet(form)))).text
    for word in ("姓名", "出生年月", "照片", "司法厅党委意见", "（盖章）"):
        assert word in shown
    assert shown.count("（盖章）") == 3


def test_every_row_of_a_grid_fills_its_columns() -> None:
    for form in read_forms(CAMPAIGN):
        if not isinstance(form.layout, Grid):
            continue
        width = len(form.layout.columns)
        open_cells: list[tuple[int, int]] = []  # rows still to come, columns
        for row in form.layout.rows:
            taken = sum(span for _, span in open_cells)
            assert taken + sum(cell.span for cell in row.cells) == width, (form.title, row)
            started = [(cell.rowspan, cell.span) for cell in row.cells]
            open_cells = [(rows - 1, span) for rows, span in (*open_cells, *started) if rows > 1]


def test_a_filled_form_shows_months_lines_and_a_seal_that_stays_blank() -> None:
    form = read_form(CAMPAIGN, CAMPAIGN.item_by_id["individual"])
    assert form is not None
    value = {
        "name": "示例<b>甲",
        "birth": "1970-05",
        "firm": "示例所",
        "post": "律师",
        "resume": [
            {"from": "1992-07", "to": "2003-06", "text": "示例局"},
            {"from": "2003-07", "to": "至今", "text": "示例所"},
        ],
        "awards": None,
        "deeds": "第一段\n\n第二段",
    }
    page = str(html_form(filled_sheet(CAMPAIGN, form, "individual-01", value)))
    shown = _Text(page).text
    assert "1970.05" in shown
    assert "<p>1992.07—2003.06 示例局</p><p>2003.07—至今 示例所</p>" in page
    assert "<p>第一段</p><p>第二段</p>" in page
    assert "示例所 律师" in shown
    assert "示例&lt;b&gt;甲" in page
    assert shown.count("无") == len(
        ("gender", "ethnicity", "work_start", "party_joined", "education", "awards")
    )
    assert "None" not in shown
    assert shown.count("年　　月　　日") == 3


def test_the_blanks_of_the_sentences_take_the_numbers() -> None:
    form = read_form(CAMPAIGN, CAMPAIGN.item_by_id["statistics"])
    assert form is not None
    assert isinstance(form.layout, Prose)
    blank = str(html_form(blank_sheet(form)))
    assert blank.count("form__empty") == 21
    filled = str(
        html_form(
            filled_sheet(
                CAMPAIGN,
                form,
                "statistics",
                {"pledge_orgs": 36, "pledge_members": 0, "games_volunteer_members": "不适用"},
            )
        )
    )
    assert filled.count("form__empty") == 18
    assert "共有 36 个基层党组织、 0 名共产党员" in _Text(filled).text


def test_a_list_names_kinds_in_words() -> None:
    form = read_form(CAMPAIGN, CAMPAIGN.item_by_id["materials"])
    assert form is not None
    shown = _Text(
        str(
            html_form(
                filled_sheet(
                    CAMPAIGN,
                    form,
                    "materials",
                    {"files": [{"kind": "study", "title": "汇编", "file": "materials/a.pdf"}]},
                )
            )
        )
    )
    assert "自活动开展以来的学习资料和记录材料" in shown.text


def test_no_form_uses_inline_style() -> None:
    for form in read_forms(CAMPAIGN):
        assert not re.search(r"\bstyle=|\bon[a-z]+=", str(html_form(blank_sheet(form))))

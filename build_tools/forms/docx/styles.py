"""What every document has alike: styles, fonts and settings.

Each is written in full, nothing is taken from a template, so no blue heading and no theme can come along. Where Word
has a style of its own for something (heading, salutation, signature, date), that one is used: Word shows it in the
reader's language, and headings appear in the navigation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from docx.opc.oxml import serialize_part_xml

from build_tools.forms.docx.markup import (
    TWIPS,
    Element,
    ParagraphProperties,
    indent,
    paragraph_properties,
    run_properties,
    twips,
    w,
)
from build_tools.forms.sheet import HEIGHT, LINE, SIZES

FANG_SONG, HEI, KAI, SONG = "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
SMALL_TITLE_SONG = "方正小标宋简体"

_SUBSTITUTES = {
    FANG_SONG: ("仿宋", "modern"),
    HEI: ("SimHei", "modern"),
    KAI: ("楷体", "modern"),
    SONG: ("SimSun", "auto"),
    SMALL_TITLE_SONG: ("华文中宋", "auto"),
}
"""Font to the one that stands in on a machine that lacks it, and its family."""

SIZE, TITLE_SIZE, NUMBER_SIZE, SMALL_SIZE = 16.0, 22.0, 14.0, 9.0
"""三号 and 二号 (GB/T 9704-2012, 5.2.2 and 7.3.1), 四号 for page numbers (7.5), 小五."""

LINE_PITCH = twips(HEIGHT) // 22
"""22 lines a page (5.2.3): 28.95 points. 29 would be too much, 22 of them are 225.07 mm."""

CHARACTER_PITCH = SIZE - 6 / TWIPS
"""28 characters a line (5.2.3). Of 16 points each they are 158 mm wide: 4 twips less would do by the sum, 6 also by
LibreOffice's. Lines are justified, so the difference shows nowhere.
"""

STATEMENT_SIZE, STATEMENT_LINE = 14.0, 25 * TWIPS
"""四号 and 25 points: the annex with its blanks stays on its page."""


def cell_line(size: float) -> int:
    """The line of a cell in twips."""
    return round(size * LINE * TWIPS)


@dataclass(frozen=True)
class Style:
    """A paragraph style. ``name`` is Word's own where ``custom`` is false; ``letter``: 28 characters to the line."""

    id: str
    name: str
    font: str
    size: float
    custom: bool = False
    base: str | None = "Normal"
    color: str | None = None
    letter: bool = False
    paragraph: ParagraphProperties = field(default_factory=ParagraphProperties)

    def element(self) -> Element:
        """``w:style``."""
        spacing = CHARACTER_PITCH - SIZE if self.letter else None
        own = paragraph_properties(None, **self.paragraph) if self.base else _every_paragraph()
        return w(
            "style",
            w("name", val=self.name),
            w("basedOn", val=self.base) if self.base else None,
            w("qFormat"),
            own,
            run_properties(font=self.font, color=self.color, spacing=spacing, size=self.size),
            type="paragraph",
            styleId=self.id,
            default=None if self.base else 1,
            customStyle=1 if self.custom else None,
        )


_TWO_IN = indent(CHARACTER_PITCH, firstLine=2)
_SECTION: ParagraphProperties = {"keep_next": True, "indents": _TWO_IN}
_SMALL: ParagraphProperties = {"line": 12 * TWIPS, "align": "center"}
_NUMBER: ParagraphProperties = {"line": round(NUMBER_SIZE * TWIPS)}
_ONE_IN = round(NUMBER_SIZE * TWIPS)

STYLES = (
    Style("Normal", "Normal", FANG_SONG, SIZE, base=None),
    Style(
        "Heading1",
        "heading 1",
        SMALL_TITLE_SONG,
        TITLE_SIZE,
        paragraph={"keep_next": True, "align": "center", "level": 0},
    ),
    Style("Heading2", "heading 2", HEI, SIZE, letter=True, paragraph={**_SECTION, "level": 1}),
    Style("Heading3", "heading 3", KAI, SIZE, letter=True, paragraph={**_SECTION, "level": 2}),
    Style("Salutation", "Salutation", FANG_SONG, SIZE, letter=True, paragraph={"align": "left"}),
    Style("BodyText", "Body Text", FANG_SONG, SIZE, letter=True, paragraph={"indents": _TWO_IN}),
    Style("Signature", "Signature", FANG_SONG, SIZE, letter=True, paragraph={"align": "left"}),
    Style("Date", "Date", FANG_SONG, SIZE, letter=True, paragraph={"align": "left"}),
    Style("Attachment", "附件说明", FANG_SONG, SIZE, letter=True, custom=True),
    Style(
        "AnnexNumber",
        "附件序号",
        HEI,
        SIZE,
        custom=True,
        paragraph={"after": LINE_PITCH, "align": "left"},
    ),
    Style(
        "Statement",
        "填空段落",
        FANG_SONG,
        STATEMENT_SIZE,
        custom=True,
        paragraph={"line": STATEMENT_LINE, "indents": indent(STATEMENT_SIZE, firstLine=2)},
    ),
    Style(
        "TableText",
        "表格文字",
        FANG_SONG,
        SIZES[0],
        custom=True,
        paragraph={"line": cell_line(SIZES[0]), "align": "center"},
    ),
    Style(
        "TableLongText",
        "表格长文",
        FANG_SONG,
        SIZES[0],
        custom=True,
        base="TableText",
        paragraph={"align": "both"},
    ),
    # An exact line would cut the photo off; the mark of its paragraph should take no room of its own.
    Style(
        "TablePhoto",
        "表格照片",
        FANG_SONG,
        1,
        custom=True,
        base="TableText",
        paragraph={"line": 12 * TWIPS, "exact": False},
    ),
    Style("AfterTable", "表格之后", FANG_SONG, 1, custom=True, paragraph={"line": TWIPS}),
    Style("Header", "header", SMALL_TITLE_SONG, SIZE, paragraph={"line": LINE_PITCH, "align": "center"}),
    Style("Footer", "footer", FANG_SONG, SMALL_SIZE, paragraph=_SMALL),
    Style("Remark", "演示说明", FANG_SONG, SMALL_SIZE, custom=True, color="808080", base="Footer"),
    Style(
        "OddPageNumber",
        "单页码",
        SONG,
        NUMBER_SIZE,
        custom=True,
        paragraph={**_NUMBER, "indents": {"right": _ONE_IN}, "align": "right"},
    ),
    Style(
        "EvenPageNumber",
        "双页码",
        SONG,
        NUMBER_SIZE,
        custom=True,
        paragraph={**_NUMBER, "indents": {"left": _ONE_IN}, "align": "left"},
    ),
)


@cache
def styles() -> bytes:
    """``word/styles.xml``: ours, and every style of Word's own kept out of the list of styles."""
    root = w(
        "styles",
        w(
            "docDefaults",
            w(
                "rPrDefault",
                w(
                    "rPr",
                    w("rFonts", ascii=FANG_SONG, hAnsi=FANG_SONG, eastAsia=FANG_SONG, cs=FANG_SONG),
                    w("snapToGrid", val=0),
                    w("sz", val=round(2 * SIZE)),
                    w("szCs", val=round(2 * SIZE)),
                    w("lang", val="en-US", eastAsia="zh-CN", bidi="ar-SA"),
                ),
            ),
            w("pPrDefault"),
        ),
        w(
            "latentStyles",
            defLockedState=0,
            defUIPriority=99,
            defSemiHidden=1,
            defUnhideWhenUsed=1,
            defQFormat=0,
            count=376,
        ),
        *(style.element() for style in STYLES),
        w(
            "style",
            w("name", val="Normal Table"),
            w("semiHidden"),
            w(
                "tblPr",
                w("tblInd", w=0, type="dxa"),
                w("tblCellMar", *(w(side, w=0, type="dxa") for side in ("top", "left", "bottom", "right"))),
            ),
            type="table",
            default=1,
            styleId="TableNormal",
        ),
    )
    return serialized(root)


def _every_paragraph() -> Element:
    """No single lines are held back: a page has its 22. No punctuation hangs over the edge, where a cell has its
    line. No room is added between Chinese and Latin letters, which would break the 28 characters a line.
    Nothing snaps to the page's grid: lines and characters keep to it by their own measure, in LibreOffice too, which
    gives a character that is larger than its square two of them.
    """
    return w(
        "pPr",
        w("widowControl", val=0),
        w("overflowPunct", val=0),
        w("autoSpaceDE", val=0),
        w("autoSpaceDN", val=0),
        w("snapToGrid", val=0),
        w("spacing", before=0, after=0, line=LINE_PITCH, lineRule="exact"),
        w("jc", val="both"),
    )


@cache
def fonts() -> bytes:
    """``word/fontTable.xml``: each font with its substitute. All are in the character set GB 2312 (0x86)."""
    return serialized(
        w(
            "fonts",
            *(
                w(
                    "font",
                    w("altName", val=other),
                    w("charset", val="86"),
                    w("family", val=family),
                    w("pitch", val="variable"),
                    name=name,
                )
                for name, (other, family) in _SUBSTITUTES.items()
            ),
        )
    )


@cache
def settings(*, two_sided: bool) -> bytes:
    """``word/settings.xml``; ``two_sided``: left pages have footers of their own.

    The mode is Word 2013's: older ones put a table's text, not its edge, at the margin.
    """
    return serialized(
        w(
            "settings",
            w("zoom", percent=100),
            w("defaultTabStop", val=2 * round(SIZE * TWIPS)),
            w("evenAndOddHeaders") if two_sided else None,
            w("characterSpacingControl", val="compressPunctuation"),
            w(
                "compat",
                w("ulTrailSpace"),
                w("doNotExpandShiftReturn"),
                w(
                    "compatSetting",
                    name="compatibilityMode",
                    uri="http://schemas.microsoft.com/office/word",
                    val=15,
                ),
            ),
            w("themeFontLang", val="zh-CN", eastAsia="zh-CN"),
        )
    )


def serialized(root: Element) -> bytes:
    """A part's element as the bytes of its file."""
    return serialize_part_xml(root)

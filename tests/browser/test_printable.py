"""The printable HTML file printed by a real browser, and the paper read back: pages, lines, places, words."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import axe_playwright_python
import pdfplumber
import pytest
from browser.visitors import TELL, Visit, watched
from PIL import Image
from playwright.sync_api import Browser, BrowserContext
from sheets import ITEMS, WHOLE_LETTER, blank, filled, letter, squeezed

from build_tools.forms.fonts import load_fonts
from build_tools.forms.press import Press, Printed
from build_tools.forms.printable import html_document
from build_tools.forms.sheet import (
    BOTTOM,
    HEIGHT,
    LEFT,
    PHOTO,
    RIGHT,
    TOP,
    WIDTH,
    Paragraph,
    Part,
    Register,
    Sheet,
    Table,
)

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
MILLIMETRES = 25.4 / 72
NEAR = 0.5
TABLES = {
    **{f"blank {item}": blank(item) for item in ("collective", "individual")},
    **{f"filled {item}": filled(item) for item in ("collective", "individual")},
    "crowded": filled("individual", name="示例" * 6, ethnicity="W" * 6, education="示" * 20, firm="示" * 40),
}
ONE_PAGE = {
    **{f"blank {item}": blank(item) for item in ITEMS},
    **{f"filled {item}": filled(item) for item in ("statistics", "collective", "individual", "materials")},
}
LONG = "该同志坚持每周到结对村居值班，解答群众咨询，调解邻里纠纷。"
DEEDS = "\n\n".join(f"第{number}段。" + LONG * 10 for number in range(1, 11))
"""About 3,000 characters."""

Read = Callable[..., "pdfplumber.PDF"]


@pytest.fixture
def opened(chromium: Browser, tmp_path: Path) -> Iterator[Callable[..., Visit]]:
    """``opened(sheet, copies=…, width=…)``: the file in a fresh browser, from the disk as a clerk opens it."""
    contexts: list[BrowserContext] = []

    def enter(sheet: Sheet, copies: int = 1, width: int = 1280, **options: Any) -> Visit:
        file = tmp_path / f"{len(contexts)}.html"
        file.write_text(html_document(sheet, copies), encoding="utf-8")
        context = chromium.new_context(viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        context.add_init_script(TELL)
        visit = watched(context.new_page(), "")
        requests: list[str] = []
        visit.page.on("request", lambda request: requests.append(request.url))
        visit.page.goto(file.as_uri(), wait_until="load")
        assert [url for url in requests if not url.startswith("data:")] == [file.as_uri()]
        return visit

    yield enter
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def press() -> dict[tuple[str, int], bytes]:
    """What was printed already."""
    return {}


@pytest.fixture
def printed(
    opened: Callable[..., Visit], press: dict[tuple[str, int], bytes]
) -> Iterator[Callable[..., pdfplumber.PDF]]:
    """``printed(sheet, copies)``: the PDF a browser prints of it, with nothing to complain about."""
    with ExitStack() as readers:

        def read(sheet: Sheet, copies: int = 1) -> pdfplumber.PDF:
            key = html_document(sheet, copies), copies
            if key not in press:
                visit = opened(sheet, copies)
                press[key] = visit.page.pdf(prefer_css_page_size=True)
                assert visit.troubles() == []
            return readers.enter_context(pdfplumber.open(io.BytesIO(press[key])))

        yield read


@pytest.fixture(scope="module")
def typesetter() -> Iterator[Press]:
    with Press(load_fonts(Path(__file__).parents[2])) as typesetter:
        yield typesetter


@pytest.mark.parametrize("name", ONE_PAGE)
def test_a_browser_and_the_typesetter_print_the_same_words_on_as_many_pages(
    name: str, printed: Callable[..., pdfplumber.PDF], typesetter: Press
) -> None:
    """The same characters, each as often; in which order a cell's lines are read back is the reader's matter."""
    sheet = ONE_PAGE[name]
    with pdfplumber.open(io.BytesIO(typesetter.pdf([Printed(sheet)]))) as set_by_us:
        by_browser = printed(sheet)
        assert len(by_browser.pages) == len(set_by_us.pages) == 1
        texts = [sorted(text_of(pdf.pages[0]).replace("\u200b", "")) for pdf in (by_browser, set_by_us)]
        assert len(texts[0]) > 10
        assert texts[0] == texts[1]


def text_of(page: Any) -> str:
    return squeezed(page.extract_text() or "")


def upright_lines(page: Any) -> list[float]:
    """Where upright lines stand, in millimetres from the type area's left edge."""
    return [
        (rect["x0"] + rect["x1"]) / 2 * MILLIMETRES - LEFT
        for rect in page.rects
        if rect["width"] < 2 < rect["height"]
    ]


def body_of(page: Any) -> list[Any]:
    """The characters of a page above its foot: a page number and the remark stand below the type area."""
    return [char for char in page.chars if char["top"] * MILLIMETRES < TOP + HEIGHT]


@pytest.mark.parametrize("sheet", ONE_PAGE.values(), ids=ONE_PAGE)
def test_a_form_takes_one_page_of_a4_and_stays_in_its_type_area(sheet: Sheet, printed: Read) -> None:
    (page,) = printed(sheet).pages
    assert (round(page.width * MILLIMETRES), round(page.height * MILLIMETRES)) == (210, 297)
    drawn = [*body_of(page), *page.rects, *page.images]
    assert min(thing["x0"] for thing in drawn) * MILLIMETRES >= LEFT - NEAR
    assert max(thing["x1"] for thing in drawn) * MILLIMETRES <= LEFT + WIDTH + NEAR
    assert min(thing["top"] for thing in drawn) * MILLIMETRES >= TOP - NEAR
    assert max(thing["bottom"] for thing in drawn) * MILLIMETRES <= 297 - BOTTOM + NEAR
    assert LEFT + WIDTH + RIGHT == 210
    if isinstance(sheet.body, Table | Register):  # the whole width is used
        assert max(upright_lines(page)) == pytest.approx(WIDTH, abs=NEAR)


@pytest.mark.parametrize("sheet", ONE_PAGE.values(), ids=ONE_PAGE)
def test_every_text_is_on_paper(sheet: Sheet, printed: Read) -> None:
    (page,) = printed(sheet).pages
    found = "".join(sorted(text_of(page)))
    wanted = "".join(sorted(squeezed("".join(sheet.texts()))))
    if sheet.pictures:
        wanted = "".join(sorted(wanted.replace("照", "", 1).replace("片", "", 1)))
    number = "—1—" if "summary" in sheet.name else ""
    assert found == "".join(sorted(wanted + squeezed(number)))


@pytest.mark.parametrize("sheet", TABLES.values(), ids=TABLES)
def test_every_text_is_in_its_cell(sheet: Sheet, printed: Read) -> None:
    """The lines on the paper, read as a table, give the form back cell by cell."""
    (page,) = printed(sheet).pages
    (table,) = page.find_tables()
    rows = [[squeezed(text or "") for text in row] for row in table.extract()]
    assert isinstance(sheet.body, Table)
    expected = []
    for row in sheet.body.rows:
        texts = [""] * len(sheet.body.columns)
        for cell in row.cells:
            texts[cell.column] = "" if cell.picture else squeezed("".join(cell.lines))
        expected.append(texts)
    assert rows == expected


@pytest.mark.parametrize("sheet", TABLES.values(), ids=TABLES)
def test_lines_stand_where_the_sheet_says(sheet: Sheet, printed: Read) -> None:
    (page,) = printed(sheet).pages
    assert isinstance(sheet.body, Table)
    edges = list(itertools.accumulate(sheet.body.columns, initial=0))
    lines = upright_lines(page)
    for edge in edges:
        assert min(abs(line - edge) for line in lines) < NEAR, f"no line at {edge} mm"
    for line in lines:
        assert min(abs(line - edge) for edge in edges) < NEAR, f"a stray line at {line} mm"
    (table,) = page.find_tables()
    for row, drawn in zip(sheet.body.rows, table.rows, strict=True):
        least = min((cell.rowspan for cell in row.cells if cell.rowspan == 1), default=1)
        height = min(box[3] - box[1] for box in drawn.cells if box) * MILLIMETRES
        assert height >= row.height * least - NEAR


def test_no_line_is_cut_off_at_the_edge(printed: Read) -> None:
    """As ink, not as what the file says: the right line is as dark as the left."""
    (page,) = printed(blank("collective")).pages
    picture: Image.Image = page.to_image(resolution=300).original.convert("L")
    dots = 300 / 25.4
    row = round((TOP + 100) * dots)

    def ink(millimetres: float) -> int:
        middle = round(millimetres * dots)
        return sum(255 - int(picture.getpixel((column, row))) for column in range(middle - 5, middle + 6))  # type: ignore[arg-type]

    assert ink(LEFT) > 255
    assert ink(LEFT + WIDTH) == pytest.approx(ink(LEFT), rel=0.2)


def test_annex_and_title_stand_on_the_first_and_third_line(printed: Read) -> None:
    (page,) = printed(blank("collective")).pages
    first = next(char for char in page.chars if char["text"] == "附")
    title = [char for char in page.chars if char["size"] > 20]
    assert (first["size"], title[0]["size"]) == (pytest.approx(16, abs=0.1), pytest.approx(22, abs=0.1))
    assert first["x0"] * MILLIMETRES == pytest.approx(LEFT, abs=NEAR)
    middle = (title[0]["x0"] + title[-1]["x1"]) / 2 * MILLIMETRES
    assert middle == pytest.approx(LEFT + WIDTH / 2, abs=NEAR)
    line = 29 * MILLIMETRES
    centre = (title[0]["top"] + title[0]["bottom"]) / 2 * MILLIMETRES - TOP
    assert 2 * line - 2 <= centre <= 3 * line


def test_a_seal_waits_at_the_lower_right_over_the_middle_of_the_date(printed: Read) -> None:
    (page,) = printed(blank("individual")).pages
    seals = [char for char in page.chars if squeezed(char["text"]) in ("盖", "章")]
    dates = [
        char
        for char in page.chars
        if squeezed(char["text"]) in ("年", "月", "日") and char["x0"] * MILLIMETRES > 100
    ]
    dates = [char for char in dates if any(0 < char["top"] - seal["top"] < 40 for seal in seals)]
    assert len(seals) == 6
    assert len(dates) == 9
    for seal in (seals[0:2], seals[2:4], seals[4:6]):
        date = [char for char in dates if 0 < char["top"] - seal[0]["top"] < 40]
        assert len(date) == 3
        of_seal, of_date = ((chars[0]["x0"] + chars[-1]["x1"]) / 2 * MILLIMETRES for chars in (seal, date))
        assert of_seal == pytest.approx(of_date, abs=1)
        assert 5 < LEFT + WIDTH - date[-1]["x1"] * MILLIMETRES < 20


def test_long_deeds_run_on_under_the_title_and_lose_nothing(printed: Read) -> None:
    sheet = filled("individual", deeds=DEEDS)
    pages = printed(sheet).pages
    texts = [text_of(page) for page in pages]
    assert len(pages) >= 3
    for text in texts:
        assert text.startswith(squeezed("附件4全国律师行业创先争优先进个人推荐表"))
    whole = "".join(texts)
    assert whole.count(squeezed("坚持每周到结对村居值班")) == DEEDS.count("坚持每周到结对村居值班") == 100
    assert [whole.count(f"第{number}段。") for number in range(1, 11)] == [1] * 10
    assert whole.count(squeezed("（盖章）")) == 3
    for page in pages:  # the frame is closed above and below on each page
        sides = [rect for rect in page.rects if rect["width"] < 2 < rect["height"]]
        for end in (min(side["top"] for side in sides), max(side["bottom"] for side in sides)):
            line = [rect for rect in page.rects if rect["height"] < 2 and abs(rect["top"] - end) < 2]
            assert {round(rect["x0"] * MILLIMETRES) for rect in line} >= {LEFT}
            assert sum(rect["width"] for rect in line) * MILLIMETRES >= WIDTH - 2


def test_a_short_row_is_not_broken(printed: Read) -> None:
    """Whatever the length of the deeds, each opinion stays with its seal and date on one page."""
    for length in (5, 6, 7, 9, 13):
        first, *rest = map(text_of, printed(filled("individual", deeds=LONG * length)).pages)
        assert len(rest) == 1
        for text in (first, *rest):
            opinions = text.count(squeezed("（盖章）"))
            assert text.count(squeezed("年月日")) == opinions
            assert text.count("意见") == opinions


@pytest.mark.parametrize("sheet", [filled("individual"), blank("materials")], ids=["whole page", "half page"])
def test_each_copy_begins_a_page_and_all_are_alike(sheet: Sheet, printed: Read) -> None:
    pages = printed(sheet, 3).pages
    assert len(pages) == 3
    assert len({text_of(page) for page in pages}) == 1
    assert [len(page.images) for page in pages] == [len(sheet.pictures)] * 3
    remark = squeezed(sheet.remark)
    assert bool(remark) == sheet.filled
    assert all(text_of(page).endswith(remark) for page in pages)


def test_the_photo_fills_its_box(printed: Read) -> None:
    (page,) = printed(filled("individual")).pages
    (photo,) = page.images
    assert photo["width"] * MILLIMETRES == pytest.approx(PHOTO[0], abs=NEAR)
    assert photo["height"] * MILLIMETRES == pytest.approx(PHOTO[1], abs=NEAR)
    assert photo["x0"] * MILLIMETRES >= LEFT + 118


def lines_of(page: Any) -> list[list[Any]]:
    """The characters of a page, line by line."""
    chars = sorted(body_of(page), key=lambda char: (round(char["top"]), char["x0"]))
    return [list(line) for _, line in itertools.groupby(chars, lambda char: round(char["top"]))]


def test_a_letter_has_22_lines_of_28_characters_and_its_number_outside(printed: Read) -> None:
    sheet = letter(Paragraph(Part.TEXT, "字" * 2900))
    pages = printed(sheet).pages
    assert len(pages) == 5
    for page in pages[1:4]:
        lines = lines_of(page)
        assert len(lines) == 22
        assert {len(line) for line in lines} == {28}
        assert {round(char["size"], 2) for char in body_of(page)} == {15.75}
    for number, page in enumerate(pages, start=1):
        foot = [char for char in page.chars if char["top"] * MILLIMETRES > TOP + HEIGHT]
        assert squeezed("".join(char["text"] for char in foot)) == f"—{number}—"
        left, right = foot[0]["x0"] * MILLIMETRES - LEFT, LEFT + WIDTH - foot[-1]["x1"] * MILLIMETRES
        assert (right if number % 2 else left) == pytest.approx(14 * MILLIMETRES, abs=1)


def test_a_letter_ends_as_the_standard_says(printed: Read) -> None:
    """GB/T 9704, 7.3.4 and 7.3.5.2: attachments hang, the signature ends two characters from the edge, the
    date begins two after it begins, each after a blank line."""
    (page,) = printed(letter(*WHOLE_LETTER)).pages
    lines = lines_of(page)
    texts = [squeezed("".join(char["text"] for char in line)) for line in lines]
    em = 15.75 * MILLIMETRES
    starts = [(line[0]["x0"] * MILLIMETRES - LEFT) / em for line in lines]
    assert texts[0:2] == [squeezed("关于做好示例工作"), squeezed("的通知")]
    addressee = texts.index(squeezed("各地级以上市司法局，顺德区司法局："))
    assert [round(start, 1) for start in starts[addressee : addressee + 4]] == [0, 2, 2, 2]
    first = next(index for index, text in enumerate(texts) if text.startswith(squeezed("附件：1")))
    assert round(starts[first], 1) == 2
    assert [round(start, 1) for start in starts[first + 1 : first + 3]] == [6, 5]
    signature = lines[-2]
    assert texts[-1] == squeezed("2012年8月16日")
    assert (LEFT + WIDTH - signature[-1]["x1"] * MILLIMETRES) / em == pytest.approx(2, abs=0.6)
    assert starts[-1] - starts[-2] == pytest.approx(2, abs=0.1)
    gaps = [(after[0]["top"] - before[0]["top"]) / 29 for before, after in itertools.pairwise(lines)]
    assert round(gaps[first - 1]) == 2
    assert round(gaps[-2]) == 2
    assert round(gaps[-1]) == 1


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("sheet", [*ONE_PAGE.values(), letter(*WHOLE_LETTER)], ids=[*ONE_PAGE, "letter"])
def test_axe_finds_nothing_and_nothing_sticks_out(
    sheet: Sheet, width: int, opened: Callable[..., Visit]
) -> None:
    """On a telephone, which is also a desk at 355 % zoom, the page stays and a table moves in its own region."""
    visit = opened(sheet, 2, width)
    page = visit.page
    assert page.evaluate("document.scrollingElement.scrollWidth - document.documentElement.clientWidth") <= 0
    page.evaluate(AXE)
    result: dict[str, Any] = page.evaluate("axe.run(document)")
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in result["violations"]] == []
    assert len(result["passes"]) > 10
    assert visit.troubles() == []


def test_a_table_is_moved_by_keyboard_where_it_is_wider_than_the_screen(
    opened: Callable[..., Visit],
) -> None:
    page = opened(blank("individual"), width=360).page
    page.keyboard.press("Tab")
    page.keyboard.press("End")
    region = page.locator("section")
    assert region.evaluate("e => e === document.activeElement && e.scrollWidth > e.clientWidth")
    assert region.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    region.evaluate("e => { window.moved = new Promise(done => e.addEventListener('scroll', done)) }")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("window.moved.then(() => document.querySelector('section').scrollLeft)") > 0


def test_the_advice_is_for_the_screen_only(opened: Callable[..., Visit]) -> None:
    page = opened(blank("individual")).page
    advice = page.get_by_text("按 Ctrl+P 打印，纸张选 A4，缩放选 100%")
    assert advice.is_visible()
    page.emulate_media(media="print")
    assert not advice.is_visible()


def test_hostile_text_is_printed_as_text(opened: Callable[..., Visit], printed: Read) -> None:
    hostile = "</style></td><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}"
    sheet = filled("individual", name=hostile, deeds=hostile, awards=hostile)
    assert opened(sheet).page.locator("script, img[src=x]").count() == 0
    assert squeezed(hostile) in "".join(map(text_of, printed(sheet).pages))

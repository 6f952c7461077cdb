"""``shenbao print``: which files, how often, what is left out and why, and what is not made again."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from campaigns import Changed, at, event
from command_line import Ran, Run
from faces import pdf_text, squeezed
from harness import NOW, lay_out

from build_tools.checks import examine
from build_tools.checks.explain import explanation
from build_tools.checks.glyphs import NO_GLYPH
from build_tools.forms import fonts as fonts_room
from build_tools.forms.choose import choose
from build_tools.forms.fonts import NoFonts, load_fonts
from build_tools.forms.job import document_jobs, packet_jobs
from build_tools.forms.produce import STORE, Producer
from build_tools.progress import assess
from build_tools.tree import WorkTree

ROOT = Path(__file__).parents[1]
RARE = "𱍊"
Print = Callable[..., Ran]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The base campaign, whose unit 甲市 has sent some of everything."""
    (tmp_path / "campaign").mkdir()
    lay_out(tmp_path / "campaign")
    return tmp_path / "campaign"


@pytest.fixture
def printed(run: Run, root: Path, tmp_path: Path) -> Print:
    def call(*args: str) -> Ran:
        return run("print", *args, "--root", root, "--out", tmp_path / "out", "--now", NOW)

    return call


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def change(root: Path, path: str, old: str, new: str) -> None:
    file = root / "data/cities" / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


OF_JIA = ["collective-01", "individual-01", "individual-02", "materials", "statistics", "summary"]


def test_a_unit_is_a_file_for_each_document(printed: Print, tmp_path: Path) -> None:
    ran = printed("jia")
    assert (ran.status, ran.err) == (0, "")
    assert files(tmp_path / "out") == [f"jia/{name}.pdf" for name in OF_JIA]
    assert len(ran.out.splitlines()) == len(OF_JIA)
    text = "".join(pdf_text((tmp_path / "out/jia/individual-01.pdf").read_bytes()))
    assert "全国律师行业创先争优先进个人推荐表" in text


def test_a_document_is_found_by_its_name_and_repeated(printed: Print, tmp_path: Path) -> None:
    assert printed("jia/statistics", "--copies", "3").status == 0
    assert files(tmp_path / "out") == ["jia/statistics.pdf"]
    pages = pdf_text((tmp_path / "out/jia/statistics.pdf").read_bytes())
    assert len(pages) == 3
    assert len(set(pages)) == 1


@pytest.mark.parametrize("form", ["docx", "html"])
def test_the_other_faces_have_the_same_names(form: str, printed: Print, tmp_path: Path) -> None:
    assert printed("jia/individual-01", "jia/summary", "--format", form).status == 0
    assert files(tmp_path / "out") == [f"jia/individual-01.{form}", f"jia/summary.{form}"]


def test_blank_forms_and_the_notice(printed: Print, tmp_path: Path) -> None:
    assert printed("--blank").status == 0
    assert printed("--blank", "individual", "--format", "docx").status == 0
    assert printed("--notice").status == 0
    assert files(tmp_path / "out") == [
        "blank/collective.pdf",
        "blank/individual.docx",
        "blank/individual.pdf",
        "blank/materials.pdf",
        "blank/statistics.pdf",
        "blank/summary.pdf",
        "notice.pdf",
    ]


def test_a_packet_holds_a_unit_as_often_as_the_notice_wants(printed: Print, tmp_path: Path) -> None:
    assert printed("jia", "--packet").status == 0
    assert files(tmp_path / "out") == ["jia/packet.pdf"]
    pages = pdf_text((tmp_path / "out/jia/packet.pdf").read_bytes())
    assert "报送材料清单" in pages[0]
    title = "全国律师行业创先争优先进个人推荐表"
    assert sum(title in page and "附件4" in page for page in pages) == 2 * 3
    assert sum("律师行业党组织创先争优活动统计资料" in page for page in pages) == 1


def test_on_both_sides_a_packet_has_blank_backs(printed: Print, tmp_path: Path) -> None:
    assert printed("jia", "--packet", "--duplex", "--copies", "2").status == 0
    pages = pdf_text((tmp_path / "out/jia/packet.pdf").read_bytes())
    starts = [n for n, page in enumerate(pages) if "附件" in page[:4] or "报送材料清单" in page]
    assert starts
    assert {n % 2 for n in starts} == {0}


@pytest.mark.parametrize(
    "name", ["甲市/individual-01", "jia/individual-01.yml", "jia/nominations/individual-01.yml"]
)
def test_a_document_may_be_named_as_people_do(name: str, printed: Print, tmp_path: Path) -> None:
    assert printed(name).status == 0
    assert files(tmp_path / "out") == ["jia/individual-01.pdf"]


def test_a_packet_says_what_does_not_lie_in_it(printed: Print, root: Path, tmp_path: Path) -> None:
    change(root, "jia/nominations/individual-01.yml", "firm: ", f"firm: {RARE}")
    assert printed("jia", "--packet").status == 1
    first = pdf_text((tmp_path / "out/jia/packet.pdf").read_bytes())[0]
    assert "未列入：先进个人推荐表（第1名）（有字体中没有的字）" in first
    assert RARE not in first


def test_a_packet_says_what_was_never_sent(printed: Print, root: Path, tmp_path: Path) -> None:
    (root / "data/cities/jia/statistics.yml").unlink()
    printed("jia", "--packet")
    assert "未列入：统计资料（未报送）" in pdf_text((tmp_path / "out/jia/packet.pdf").read_bytes())[0]


def test_a_photo_that_is_no_picture_is_named(printed: Print, root: Path) -> None:
    (root / "data/cities/jia/materials/individual-01.jpg").write_bytes(b"GIF89a" + bytes(200))
    assert "请核对照片：jia/individual-01（照片有问题，见校验意见）" in printed("jia").err


def test_a_photo_that_is_missing_or_faulty_is_named(printed: Print, root: Path) -> None:
    change_photo(root, "materials/none.jpg")
    assert "请核对照片：jia/individual-01（照片文件不存在）" in printed("jia").err
    (root / "data/cities/jia/materials/individual-02.png").write_bytes(b"\x89PNG\r\n\x1a\ndamaged")
    assert "请核对照片：jia/individual-02（照片有问题，见校验意见）" in printed("jia").err


def test_a_damaged_file_of_the_store_is_made_again(printed: Print, root: Path, tmp_path: Path) -> None:
    printed("jia")
    good = (tmp_path / "out/jia/statistics.pdf").read_bytes()
    for file in (root / STORE).rglob("*.pdf"):
        file.write_bytes(b"junk" if file.stat().st_size % 2 else file.read_bytes()[:-100])
    assert printed("jia").status == 0
    assert (tmp_path / "out/jia/statistics.pdf").read_bytes() == good


def test_what_was_withdrawn_or_forfeited_is_printed_only_by_name(
    run: Run,
    tmp_path: Path,
) -> None:
    events = [
        event("2012-08-22T10:00:00+08:00", "withdrawn", "individual-01", reason="示例"),
        event("2012-08-23T09:00:00+08:00", "received", "individual-03"),
    ]
    root = tmp_path / "campaign"
    root.mkdir()
    one = "data/cities/jia/nominations/individual-0{}.yml"
    lay_out(root, Changed(given={"copy": {one.format(3): one.format(2)}, "ledger": {"jia": events}}))
    ran = run("print", "jia", "--root", root, "--out", tmp_path / "out", "--now", NOW)
    assert ran.status == 0
    assert "没有打印：甲市 先进个人推荐表（第 1 名）（已撤回）" in ran.err
    assert "没有打印：甲市 先进个人推荐表（第 3 名）（逾期，视为放弃）" in ran.err
    assert "jia/individual-01.pdf" not in files(tmp_path / "out")
    by_name = run(
        "print",
        "jia/individual-01",
        "jia/individual-03",
        "--root",
        root,
        "--out",
        tmp_path / "out",
        "--now",
        NOW,
    )
    assert (by_name.status, by_name.err) == (0, "")
    assert "jia/individual-01.pdf" in files(tmp_path / "out")


def test_a_document_with_errors_is_printed_and_named(printed: Print, root: Path, tmp_path: Path) -> None:
    change(root, "jia/nominations/individual-01.yml", "birth:", "birth: '19'\nbirth_: ")
    ran = printed("jia")
    assert "校验还有错误，请先核对：jia/individual-01。" in ran.err
    assert "jia/individual-01.pdf" in files(tmp_path / "out")


def test_a_document_that_cannot_be_read_is_said(printed: Print, root: Path, tmp_path: Path) -> None:
    (root / "data/cities/jia/summary.yml").write_text("title: [", encoding="utf-8")
    ran = printed("jia")
    assert ran.status == 1
    assert "没有打印：甲市 总结（文件读不出来，先按校验意见改正）" in ran.err
    assert "jia/statistics.pdf" in files(tmp_path / "out")


def test_a_character_without_a_glyph_is_found_before_printing(
    printed: Print, root: Path, tmp_path: Path
) -> None:
    path = "data/cities/jia/nominations/individual-01.yml"
    text = (root / path).read_text(encoding="utf-8")
    line = next(n for n, words in enumerate(text.splitlines(), start=1) if words.startswith("firm: "))
    change(root, "jia/nominations/individual-01.yml", "firm: ", f"firm: {RARE}")
    ran = printed("jia")
    assert ran.status == 1
    assert f"{path}:{line}:7  P01  “执业机构”中的“{RARE}”（U+3134A）字体中没有，打印会缺字。" in ran.err
    assert "怎么改：" in ran.err
    assert files(tmp_path / "out") == [f"jia/{name}.pdf" for name in OF_JIA if name != "individual-01"]


def test_the_rules_examples_are_true() -> None:
    fonts, text = load_fonts(ROOT), explanation(NO_GLYPH)
    assert fonts.missing(text.right) == []
    assert fonts.missing(text.wrong) == [RARE]


def test_a_font_of_the_office_comes_first_and_draws_what_was_missing(root: Path) -> None:
    """A font with the character, dropped into ``fonts/``: the finding goes away."""
    own = root / "fonts"
    own.mkdir()
    (own / "shili.ttf").write_bytes(font_with(RARE, "Shili"))
    fonts = load_fonts(root)
    assert fonts.missing(f"示例{RARE}") == []
    assert all("Shili" in chain for chain in fonts.chains.values())
    assert load_fonts(ROOT).missing(f"示例{RARE}") == [RARE]
    (own / "fangsong.ttf").write_bytes(font_with("国", "FangSong_GB2312"))
    assert load_fonts(root).chains["fangsong"][0] == "FangSong_GB2312"
    assert load_fonts(root).fingerprint != fonts.fingerprint


def font_with(character: str, family: str) -> bytes:
    """A font with one glyph, a square, made by fontTools."""
    from io import BytesIO

    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    for point in ((100, 800), (900, 800), (900, 0)):
        pen.lineTo(point)
    pen.closePath()
    square = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "square"])
    builder.setupCharacterMap({ord(character): "square"})
    builder.setupGlyf({".notdef": square, "square": square})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "square": (1000, 0)})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": family, "styleName": "Regular", "psName": family})
    builder.setupOS2()
    builder.setupPost()
    out = BytesIO()
    builder.save(out)
    return out.getvalue()


def test_a_machine_without_chinese_fonts_is_told_what_to_do(
    printed: Print, monkeypatch: pytest.MonkeyPatch, root: Path
) -> None:
    with pytest.raises(NoFonts, match="fonts-noto-cjk"):
        load_fonts(root, families=["DejaVu Sans"])
    real = fonts_room.load_fonts
    monkeypatch.setattr(fonts_room, "load_fonts", lambda root: real(root, families=[]))
    ran = printed("jia")
    assert ran.status == 2
    assert ran.err.startswith("这台机器没有可以打印中文的字体。")
    assert printed("jia", "--format", "docx").status == 0, "the reader's machine has fonts of its own"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["nowhere"], "没有“nowhere”这个单位"),
        (["jia/individual-09"], "jia 没有“individual-09”这份文件，已有的是："),
        (["--blank", "nothing"], "没有“nothing”这个报送项的表样"),
        (["--packet", "--format", "docx"], "只能与 --format pdf 同用"),
        (["--blank", "--packet"], "一次只能用一个"),
        (["--copies", "0"], "--copies"),
        (["--format", "doc"], "--format"),
        (["--notice", "jia"], "--notice 后面不写单位"),
        (["--copies", "100"], "应是 1 到 99 的整数"),
        (["jia/individual-01", "--packet"], "后面只写单位，不写单个文件"),
    ],
)
def test_wrong_usage_is_one_sentence(args: list[str], said: str, printed: Print, tmp_path: Path) -> None:
    ran = printed(*args)
    assert ran.status == 2
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert not (tmp_path / "out").exists()


def test_nothing_is_written_over_the_campaign(run: Run, root: Path) -> None:
    ran = run("print", "jia", "--root", root, "--out", root / "data")
    assert ran.status == 2
    assert "是活动自己的文件夹" in ran.err


def test_only_the_changed_unit_is_made_again(root: Path, tmp_path: Path) -> None:
    """Two units; one name changes: its document and its packet are new, and nothing else."""
    shutil.copytree(root / "data/cities/jia", root / "data/cities/yi", dirs_exist_ok=True)

    def make() -> tuple[int, int]:
        tree = WorkTree(root)
        examination = examine(tree, at(NOW))
        fonts = load_fonts(root)
        choice = choose(examination, assess(examination), (), fonts)
        jobs = [*document_jobs(choice.documents, "pdf"), *packet_jobs(examination.campaign, choice)]
        with Producer(root, fonts) as producer:
            fresh = producer.begin(jobs)
            return fresh, len(list(producer.made()))

    first, total = make()
    # 甲 and 乙 sent the same, so their documents are the same files, but the packets bear their names.
    assert first == len(OF_JIA) + 2
    assert total == 2 * (len(OF_JIA) + 1)
    assert make() == (0, total)
    change(root, "yi/nominations/individual-01.yml", "firm: ", "firm: 示例")
    assert make() == (2, total)
    assert len([name for name in files(root / STORE) if name.endswith(".pdf")]) == first + 2


def test_the_store_stays_out_of_the_campaigns_repository(printed: Print, root: Path) -> None:
    """It holds what people sent, and somebody will say `git add -A`."""
    printed("jia")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    subprocess.run(["git", "-C", str(root), "add", "-A"], check=True)
    listed = subprocess.run(
        ["git", "-C", str(root), "ls-files"], check=True, capture_output=True, text=True
    ).stdout
    assert "data/cities/jia/statistics.yml" in listed
    assert "var/" not in listed


def test_many_files_are_made_by_other_processes_and_are_the_same(root: Path, tmp_path: Path) -> None:
    for number in range(3, 50):
        shutil.copy(
            root / "data/cities/jia/nominations/individual-01.yml",
            root / f"data/cities/jia/nominations/individual-{number:02d}.yml",
        )
        change(root, f"jia/nominations/individual-{number:02d}.yml", "firm: ", f"firm: 示例{number}")
    examination = examine(WorkTree(root), at(NOW))
    fonts = load_fonts(root)
    jobs = list(document_jobs(choose(examination, assess(examination), (), fonts).documents, "pdf"))
    with Producer(root, fonts) as producer:
        assert producer.begin(jobs) > 40
        steps: list[tuple[int, int]] = []
        spread = [
            made.file.read_bytes() for made in producer.made(lambda done, all_: steps.append((done, all_)))
        ]
    assert steps[-1][0] == steps[-1][1]
    shutil.rmtree(root / STORE)
    few = jobs[:5]
    with Producer(root, fonts) as producer:
        producer.begin(few)
        alone = [made.file.read_bytes() for made in producer.made()]
    assert alone == spread[:5]


def test_a_folder_that_cannot_be_written_to_only_keeps_nothing(root: Path) -> None:
    (root / "var").write_text("a file where the store would be", encoding="utf-8")
    examination = examine(WorkTree(root), at(NOW))
    fonts = load_fonts(root)
    documents = choose(examination, assess(examination), ["jia/statistics"], fonts).documents
    with Producer(root, fonts) as producer:
        assert producer.begin(document_jobs(documents, "pdf")) == 1
        (made,) = producer.made()
        assert squeezed("律师行业党组织") in "".join(pdf_text(made.file.read_bytes()))
    assert not made.file.exists()


def test_a_photo_outside_the_units_folder_is_not_read(root: Path) -> None:
    (root / "data/cities/jia/materials/link.jpg").symlink_to("/etc/passwd")
    for name in ("../yi/secret.jpg", "/etc/passwd", "materials/link.jpg", "materials/none.jpg"):
        change_photo(root, name)
        examination = examine(WorkTree(root), at(NOW))
        (chosen,) = choose(examination, assess(examination), ["jia/individual-01"]).documents
        assert chosen.sheet().pictures == ()
    change_photo(root, "materials/individual-01.jpg")
    examination = examine(WorkTree(root), at(NOW))
    (chosen,) = choose(examination, assess(examination), ["jia/individual-01"]).documents
    assert len(chosen.sheet().pictures) == 1


def change_photo(root: Path, name: str) -> None:
    file = root / "data/cities/jia/nominations/individual-01.yml"
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("photo:")]
    file.write_text("\n".join([*lines, f"photo: {name}"]) + "\n", encoding="utf-8")

"""The preview of a unit: one page and its forms in a folder that opens from the disk, as they would be published."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
from pathlib import Path

import pytest
from built_sites import ReadPage, assert_same, links_followed
from campaigns import AFTER, at, edit, lay
from command_line import Run
from faces import pdf_text
from repositories import git_in

from build_tools.checks import examine
from build_tools.forms.fonts import FontBook, NoFonts, load_fonts
from build_tools.history import GitTree
from build_tools.site import papers as papers_room
from build_tools.site.build import build
from build_tools.site.folder import BadFolder
from build_tools.site.preview import PreviewReport, preview
from build_tools.tree import Tree, WorkTree

BANNER = "预览：合并以后的样子，尚未报送成功"
HOSTILE = "<script>alert(1)</script></style>{{7*7}}"
SUMMARY = "data/cities/jia/summary.yml"
INDIVIDUAL = "data/cities/jia/nominations/individual-01.yml"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The base campaign with a forge, an error and an attack in jia's files."""
    folder = tmp_path_factory.mktemp("preview") / "campaign"
    edits = [
        edit(INDIVIDUAL, "name: 示例乙", f"name: '示例{HOSTILE[:17]}'"),
        edit(INDIVIDUAL, "post: 合伙人、党支部书记", f"post: '{HOSTILE}'"),
        edit("data/campaign.yml", "repo_url: null", "repo_url: https://forge.example.invalid/shenbao"),
    ]
    return lay(folder, edits=edits)


@pytest.fixture(scope="module")
def out(root: Path) -> Path:
    folder = root.parent / "out"
    show(WorkTree(root), root, "jia", folder)
    return folder


def show(tree: Tree, root: Path, slug: str, out: Path) -> PreviewReport:
    return preview(examine(tree, at(AFTER)), root, slug, out)


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def page(folder: Path) -> ReadPage:
    return ReadPage(folder / "index.html")


OF_JIA = ("collective-01", "individual-01", "individual-02", "materials", "statistics", "summary")


def test_it_is_one_page_and_the_unit_s_forms(out: Path) -> None:
    assert files(out) == {"index.html", ".shenbao-preview", *(f"papers/jia/{name}.pdf" for name in OF_JIA)}


def test_it_says_first_of_all_that_nothing_is_sent_yet(out: Path) -> None:
    text = page(out).text.replace("预览：甲市报送情况", "").replace("跳到正文", "")
    assert text.lstrip().startswith(BANNER)


GONE = (
    "表样", "填报", "网上填报", "修改", "到平台修改", "去修改", "Word", "网页打印", "办理",
    "合订打印（附清单，份数按通知）", "查看本单位的全部文件",
)  # fmt: skip
"""What the published page offers and a preview does not: other pages, other formats, forms to fill in, the forge."""


def test_it_says_what_the_office_s_page_of_the_unit_says(root: Path, out: Path, tmp_path: Path) -> None:
    build(root, "office", tmp_path / "site", AFTER, papers=True)
    published = words(ReadPage(tmp_path / "site/units/jia/index.html").text)
    for part in ("下一步", "报送情况", "校验意见", "收文台账"):
        assert part in published
    body = published[published.index("下一步") : published.index("回到页面顶部")]
    own = words(page(out).text)
    assert own[own.index("下一步") : own.index("非官方网站")] == without(body, *GONE)


def words(text: str) -> str:
    return re.sub(r"文件于[^，]*存入(，[^，]*改动)?", "", re.sub(r"\s+", "", text))


def without(text: str, *gone: str) -> str:
    for words_gone in sorted(gone, key=len, reverse=True):
        text = text.replace(words_gone, "")
    return text


def test_its_links_stay_inside(out: Path) -> None:
    assert links_followed(out) > len(OF_JIA)
    targets = {str(a["href"]) for a in page(out).all("a")}
    assert targets == {"#zhengwen", *(f"papers/jia/{name}.pdf" for name in OF_JIA)}


def test_it_asks_nobody_for_anything_and_runs_nothing(out: Path) -> None:
    read = page(out)
    names = {name for name, _ in read.elements}
    assert not names & {"script", "link", "img", "iframe", "form", "object", "base"}
    assert not [a for _, a in read.elements if set(a) & {"src", "style", "srcset", "onclick"}]
    text = (out / "index.html").read_text(encoding="utf-8")
    style = re.search("<style>(.*?)</style>", text, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert f'<meta http-equiv="Content-Security-Policy" content="{policy}">' in text
    assert "url(" not in style[1]
    assert "@import" not in style[1]


def test_text_of_the_unit_is_text(out: Path) -> None:
    assert f"示例{HOSTILE[:17]}" in page(out).text
    assert (out / "index.html").read_text(encoding="utf-8").count("</style>") == 1


def test_the_forms_are_filled(out: Path) -> None:
    (first, *_) = pdf_text((out / "papers/jia/individual-01.pdf").read_bytes())
    assert "广东示例律师事务所" in first


def test_the_same_input_gives_the_same_bytes(root: Path, out: Path, tmp_path: Path) -> None:
    shutil.copytree(root, tmp_path / "copy", ignore=shutil.ignore_patterns("var"))
    show(WorkTree(tmp_path / "copy"), tmp_path / "copy", "jia", tmp_path / "again")
    assert_same(out, tmp_path / "again")


def test_it_replaces_its_former_self_and_nothing_else(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    for _ in range(2):
        report = show(WorkTree(root), root, "yi", folder)
        assert files(folder) >= {"index.html", "papers/yi/summary.pdf"}
    assert str(report).startswith(f"预览已写出：{folder}/index.html\n")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/index.html").write_text("我的\n", encoding="utf-8")
    for other in (tmp_path / "mine", root / "data" / "out", root):
        with pytest.raises(BadFolder):
            show(WorkTree(root), root, "yi", other)
    assert (tmp_path / "mine/index.html").read_text(encoding="utf-8") == "我的\n"
    assert {path.name for path in tmp_path.iterdir()} == {"out", "mine"}


def test_without_fonts_the_forms_are_pages(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(_: Path) -> FontBook:
        raise NoFonts("没有字体。")

    monkeypatch.setattr(papers_room, "load_fonts", none)
    report = show(WorkTree(root), root, "jia", tmp_path / "out")
    assert {Path(name).suffix for name in files(tmp_path / "out") if "papers" in name} == {".html"}
    assert links_followed(tmp_path / "out") > len(OF_JIA)
    assert "没有字体。" in str(report)


def test_fonts_come_from_the_base_and_never_from_the_tree(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []

    def load(folder: Path) -> FontBook:
        asked.append(folder)
        return load_fonts(folder)

    monkeypatch.setattr(papers_room, "load_fonts", load)
    head = tmp_path / "head"
    shutil.copytree(root, head)
    show(WorkTree(head), root, "jia", tmp_path / "out")
    assert asked == [root]


def test_a_document_that_cannot_be_printed_says_why_and_costs_no_other(tmp_path: Path) -> None:
    root = lay(tmp_path / "campaign", write={SUMMARY: "title: [\n"})
    report = show(WorkTree(root), root, "jia", tmp_path / "out")
    assert "没有打印件：文件读不出来，先按校验意见改正" in page(tmp_path / "out").text
    assert "papers/jia/summary.pdf" not in files(tmp_path / "out")
    assert "papers/jia/statistics.pdf" in files(tmp_path / "out")
    assert report.errors >= 1


def test_a_revision_of_git_is_shown_without_a_checkout(tmp_path: Path) -> None:
    root = lay(tmp_path / "campaign")
    git = git_in(root)
    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-q", "-m", "base")
    (root / SUMMARY).write_text("title: [\n", encoding="utf-8")
    show(GitTree(root, "HEAD"), root, "jia", tmp_path / "committed")
    show(WorkTree(root), root, "jia", tmp_path / "lying")
    assert "papers/jia/summary.pdf" in files(tmp_path / "committed")
    assert "papers/jia/summary.pdf" not in files(tmp_path / "lying")


# ------------------------------------------------------------------------------------------- the command


def test_the_command_previews_the_work_tree(run: Run, root: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ran = run("preview", "jia", "--root", root, "--out", out, "--now", AFTER)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith(f"预览已写出：{out}/index.html\n")
    same = run("preview", "--city", "jia", "--root", root, "--out", out, "--now", AFTER)
    assert same == ran


USAGE = [
    ([], "没有写预览哪个单位"),
    (["jia", "--city", "jia"], "单位写了两次"),
    (["jia", "--base", "HEAD"], "--base 和 --head 都要写"),
    (["jia", "--head", "HEAD"], "--base 和 --head 都要写"),
    (["--actor", "demo-jia"], "--base 和 --head 都要写"),
    (["nowhere"], "没有“nowhere”这个单位"),
]


@pytest.mark.parametrize(("args", "words"), USAGE, ids=[" ".join(args) for args, _ in USAGE])
def test_wrong_usage_is_one_sentence(
    run: Run, root: Path, tmp_path: Path, args: list[str], words: str
) -> None:
    ran = run("preview", *args, "--root", root, "--out", tmp_path / "out")
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert words in ran.err


OWNERS = "offices: [demo-office]\nowners:\n  jia: [demo-jia, demo-both]\n  yi: [demo-both]\n"
NOTHING = {
    "of a stranger": ("--actor", "stranger"),
    "of nobody": ("--actor", "##[error]x"),
    "of a unit that changes nothing of its own": ("--city", "bing"),
}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``main``, and a branch ``head`` that changes jia's summary and, which only the office may, the accounts."""
    root = lay(tmp_path_factory.mktemp("repository") / "campaign", write={"data/owners.yml": OWNERS})
    git = git_in(root)
    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-q", "-m", "base")
    git("switch", "-q", "-c", "head")
    (root / "data/owners.yml").write_text(OWNERS.replace("demo-both]", "stranger]"), encoding="utf-8")
    (root / SUMMARY).write_text("title: [\n", encoding="utf-8")
    git("commit", "-q", "-a", "-m", "head")
    git("switch", "-q", "main")
    return root


@pytest.mark.parametrize("whose", NOTHING.values(), ids=NOTHING)
def test_where_there_is_nothing_to_show_it_says_so_and_stops_nothing(
    run: Run, repository: Path, tmp_path: Path, whose: tuple[str, str]
) -> None:
    revisions = ("--base", "main", "--head", "head")
    ran = run("preview", "--root", repository, *revisions, *whose, "--out", tmp_path / "out")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == "没有预览：没有改动单位的文件，或者改动都不能并入，原因见检查结果。\n"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "whose",
    [
        ("--city", "jia"),
        ("--actor", "demo-jia"),
        ("--actor", "Demo-Jia"),
        ("--actor", "demo-both"),
        ("--actor", "demo-office"),
    ],
)
def test_a_pull_request_is_shown_as_after_the_merge(
    run: Run, repository: Path, tmp_path: Path, whose: tuple[str, str]
) -> None:
    revisions = ("--base", "main", "--head", "head")
    ran = run("preview", "--root", repository, *revisions, *whose, "--out", tmp_path / "out", "--now", AFTER)
    assert (ran.status, ran.err) == (0, "")
    assert "没有打印件：文件读不出来，先按校验意见改正" in page(tmp_path / "out").text

"""``shenbao print`` against Typst documents written one by one and against WeasyPrint; and what a rebuild makes again."""

from __future__ import annotations

import re
import shutil
import statistics
import sys
from pathlib import Path

import yaml
from timing import Cost, run, tool

from build_tools.forms.produce import STORE
from build_tools.rehearse.write import Plan, write
from build_tools.source import parse
from build_tools.wordcount import count

HERE = Path(__file__).resolve().parent
PER_UNIT, ROUNDS = 5, 3
LENGTH = 1_500
"""Characters of each form's deeds."""

BARE_WANTED, WEASY_WANTED = 1.6, 50.0


def measure(workshop: Path, forms: int, shipped: Path) -> str:
    """Print ``forms`` individual forms in every way, twice as many for memory, and rebuild the ``shipped`` site."""
    many = _campaign(workshop, forms)
    ours, bare = [], []
    for _ in range(ROUNDS):
        ours.append(_shenbao(many))
        bare.append(_bare(many, workshop))
    kept = _shenbao(many, cold=False)
    slow, quick = _weasy(many, workshop, "fonttools", 3), _weasy(many, workshop, "harfbuzz", 12)
    mine, theirs = _median(ours), _median(bare)
    ratio = statistics.median(a.wall / b.wall for a, b in zip(ours, bare, strict=True))
    mine_each = mine.wall / forms * 1000
    twice = _shenbao(_campaign(workshop, 2 * forms))
    growth = (twice.peak - max(cost.peak for cost in ours)) / forms * 1024
    return f"""## Printing {forms} individual forms

`shenbao print`, deeds of {_words(many)} 字, {_pages(many)} pages a form; reading and checking the campaign, starting
the processes and writing the files included. One-off documents: `bench/one_off.py`, the same text spliced into Typst
source, one compiler kept from form to form, no definition, checks or tags of its own. WeasyPrint: the printable HTML
of a few of the forms, in one process, with the fontTools that pip installs with it, and with the system's HarfBuzz, which
Debian's Chromium brings. Medians of {ROUNDS} rounds in turn.

| | wall time | CPU time | a form | largest process |
|---|---|---|---|---|
| `shenbao print`, nothing kept | {mine.wall:.2f} s | {mine.cpu:.2f} s | {mine.wall / forms * 1000:.1f} ms | {mine.peak:.0f} MiB |
| `shenbao print`, everything kept | {kept.wall:.2f} s | {kept.cpu:.2f} s | {kept.wall / forms * 1000:.1f} ms | {kept.peak:.0f} MiB |
| one-off Typst documents | {theirs.wall:.2f} s | {theirs.cpu:.2f} s | {theirs.wall / forms * 1000:.1f} ms | {theirs.peak:.0f} MiB |
| WeasyPrint, fontTools ({slow[1]} forms) | {slow[0].wall:.2f} s | {slow[0].cpu:.2f} s | {_each(slow):.0f} ms | {slow[0].peak:.0f} MiB |
| WeasyPrint, HarfBuzz ({quick[1]} forms) | {quick[0].wall:.2f} s | {quick[0].cpu:.2f} s | {_each(quick):.0f} ms | {quick[0].peak:.0f} MiB |

- **{ratio:.2f} times** the time of one-off Typst documents; wanted: at most {BARE_WANTED}. By CPU time {mine.cpu / theirs.cpu:.2f} times.
- **{_each(slow) / mine_each:.0f} times faster** than WeasyPrint a form as pip installs it; wanted: {WEASY_WANTED:.0f}.
  **{_each(quick) / mine_each:.0f} times** where the system's HarfBuzz helps it.
- {mine.cpu / mine.wall:.1f} cores busy. Twice as many forms: the largest process has {twice.peak:.0f} MiB, {growth:+.1f} KiB a form.

{_rebuild(workshop, shipped)}"""


def _campaign(workshop: Path, forms: int) -> Path:
    folder = workshop / f"print-{forms}"
    print(f"    writing {forms} nominations")
    write(folder, Plan(forms // PER_UNIT, 0, PER_UNIT, seed=1))
    for file in _forms(folder):
        value = parse("", file.read_bytes()).value
        value["deeds"] = value["deeds"][:LENGTH]
        file.write_text(yaml.safe_dump(value, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return folder


def _forms(folder: Path) -> list[Path]:
    return sorted((folder / "data/cities").glob("*/nominations/individual-*.yml"))


def _words(folder: Path) -> int:
    texts = (parse("", file.read_bytes()).value["deeds"] for file in _forms(folder)[:40])
    return round(statistics.mean(count(text).words for text in texts))


def _pages(folder: Path) -> str:
    import pikepdf

    pages = [len(pikepdf.open(file).pages) for file in sorted((folder / "out").rglob("*.pdf"))[:40]]
    return f"{statistics.mean(pages):.1f}"


def _shenbao(folder: Path, *, cold: bool = True) -> Cost:
    print(f"    shenbao print, {'nothing' if cold else 'everything'} kept")
    if cold:
        shutil.rmtree(folder / STORE, ignore_errors=True)
    names = [f"{file.parts[-3]}/{file.stem}" for file in _forms(folder)]
    cost = run([tool("shenbao"), "print", *names, "--out", "out"], folder=folder)
    assert len(list((folder / "out").rglob("*.pdf"))) == len(names)
    return cost


def _bare(folder: Path, workshop: Path) -> Cost:
    print("    one-off Typst documents")
    out = workshop / "bare"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    return run([sys.executable, str(HERE / "one_off.py"), str(folder), str(out)], folder=workshop)


def _weasy(folder: Path, workshop: Path, subsetter: str, few: int) -> tuple[Cost, int]:
    print(f"    WeasyPrint with {subsetter}")
    names = [f"{file.parts[-3]}/{file.stem}" for file in _forms(folder)[:few]]
    run([tool("shenbao"), "print", *names, "--format", "html", "--out", f"html-{few}"], folder=folder)
    files = sorted(str(file) for file in (folder / f"html-{few}").rglob("*.html"))
    out = workshop / subsetter
    out.mkdir()
    command = [sys.executable, str(HERE / "weasy.py"), subsetter, str(out), *files]
    return run(command, folder=workshop), len(files)


def _each(measured: tuple[Cost, int]) -> float:
    """Milliseconds a form."""
    cost, forms = measured
    return cost.wall / forms * 1000


def _median(costs: list[Cost]) -> Cost:
    return sorted(costs, key=lambda cost: cost.wall)[len(costs) // 2]


def _rebuild(workshop: Path, shipped: Path) -> str:
    """The office's site with its printed faces: from nothing, unchanged, and after one city's change."""
    folder = workshop / "rebuild"
    for name in ("data", "schemas", "docs"):
        shutil.copytree(shipped / name, folder / name)
    shutil.copy(shipped / "mkdocs.yml", folder)
    cold = _site(folder)
    warm = _site(folder)
    file = folder / "data/cities/guangzhou/nominations/individual-01.yml"
    text = file.read_text(encoding="utf-8")
    changed = re.sub(r"(?m)^post: .*$", "post: 示例职务", text)
    assert changed != text
    file.write_text(changed, encoding="utf-8")
    one = _site(folder)
    return f"""## Rebuilding the office's site with its printed faces

The shipped campaign (22 units): PDF, Word and HTML of every document, packets, blank forms and the notice.

| | wall time | CPU time | files | made anew |
|---|---|---|---|---|
{_row("nothing kept", cold)}
{_row("nothing changed", warm)}
{_row("one nomination of one city changed", one)}

- Cold against warm: **{cold[0].wall / warm[0].wall:.1f} times**. After one nomination changed, its three faces and its city's packet are
  made again.
"""


def _row(name: str, built: tuple[Cost, int, int]) -> str:
    cost, files, fresh = built
    return f"| {name} | {cost.wall:.2f} s | {cost.cpu:.2f} s | {files} | {fresh} |"


def _site(folder: Path) -> tuple[Cost, int, int]:
    print("    shenbao build with papers")
    shutil.rmtree(folder / "site", ignore_errors=True)
    cost = run([tool("shenbao"), "build", "--audience", "office", "--out", "site"], folder=folder)
    said = re.search(
        r"打印件 (\d+) 个，其中新排 (\d+) 个", (folder / "bench.log").read_text(encoding="utf-8")
    )
    assert said, "the build says what it printed"
    return cost, int(said[1]), int(said[2])

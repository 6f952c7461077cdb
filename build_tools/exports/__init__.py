"""Roll-ups, progress and the list of nominees as files for spreadsheets and other programs.

A new format is a module beside these that writes the same :func:`~build_tools.exports.tables.tables`, and a line
in :func:`render`. The workbook is made to be printed, so it has sheets of its own (``sheets``).
"""

from __future__ import annotations

from pathlib import Path

from build_tools.exports.csv import as_csv
from build_tools.exports.json import as_json
from build_tools.exports.tables import Table, tables
from build_tools.progress import CampaignProgress
from build_tools.rollup import RollUp
from build_tools.tree import is_own

__all__ = ["FORMATS", "BadPlace", "Table", "check_place", "export", "render", "tables"]

FORMATS = ("csv", "json", "xlsx")
_FILES = ("json", "xlsx")
"""Formats that write one file; the others write a folder."""
_OFFICE_ONLY = ("nominees.csv",)


class BadPlace(ValueError):
    """A place that an export must not write to; the text is a Chinese half-sentence."""


def check_place(root: Path, form: str, out: Path) -> None:
    """Raise :class:`BadPlace` where an export would write over what the campaign at ``root`` is made of, or over
    a file of another kind."""
    if is_own(root, out):
        raise BadPlace(f"“{out}”是活动自己的文件夹，请另选一个位置，例如 var/汇总")
    if form in _FILES and out.suffix != f".{form}":
        raise BadPlace(f"“{out}”应以 .{form} 结尾")
    if form == "csv" and out.exists() and not out.is_dir():
        raise BadPlace(f"“{out}”是文件；csv 要写成一个文件夹，请另起一个名称")


def render(progress: CampaignProgress, rollup: RollUp, audience: str, form: str) -> dict[str, bytes]:
    """The export's files by name, without writing them. The same input gives the same bytes.

    ``audience`` is ``office`` or ``public``; whatever is not ``office`` gets what everybody may see: counters
    marked ``x-public`` and the units' states, and no nominee, contact, reason or finding. Raises
    :class:`ValueError` for a format that is not one of :data:`FORMATS`.
    """
    office = audience == "office"
    if form == "csv":
        return {f"{table.name}.csv": as_csv(table) for table in tables(progress, rollup, office=office)}
    if form == "json":
        return {f"{progress.campaign.id}.json": as_json(progress, rollup, office=office)}
    if form == "xlsx":
        from build_tools.exports.xlsx import as_workbook  # XlsxWriter takes its time to load

        return {f"{progress.campaign.id}.xlsx": as_workbook(progress, rollup, office=office)}
    raise ValueError(f"no such format: {form}")


def export(progress: CampaignProgress, rollup: RollUp, audience: str, form: str, out: Path) -> list[Path]:
    """Write the export and return the files written; raises :class:`OSError`.

    CSV goes into the folder ``out``, JSON and XLSX into the file ``out``. A public export takes away what an earlier
    one for the office left in the same folder.
    """
    files = render(progress, rollup, audience, form)
    if form in _FILES:
        out.parent.mkdir(parents=True, exist_ok=True)
        (data,) = files.values()
        out.write_bytes(data)
        return [out]
    out.mkdir(parents=True, exist_ok=True)
    for name in _OFFICE_ONLY:
        if name not in files:
            (out / name).unlink(missing_ok=True)
    for name, data in files.items():
        (out / name).write_bytes(data)
    return [out / name for name in files]

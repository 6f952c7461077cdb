"""Which folder may be written over: a new one, an empty one, or one we wrote before. Nothing else."""

from __future__ import annotations

from pathlib import Path

from build_tools.tree import is_own

_SITE = ("404.html", "index.html", "sitemap.xml")


class BadFolder(ValueError):
    """The folder holds something that is not ours; the text is a Chinese sentence."""


def check_folder(root: Path, out: Path, ours: tuple[str, ...] = _SITE) -> None:
    """Raise :class:`BadFolder` unless ``out`` is missing, empty, or holds every name in ``ours``.

    ``out`` may lie inside the campaign's folder ``root``, but not around it and not among its data.
    """
    if out.exists() and not out.is_dir():
        raise BadFolder(f"“{out}”不是文件夹。")
    if is_own(root, out):
        raise BadFolder(f"“{out}”是活动自己的文件夹，请另选一个，例如 var/site/office。")
    if out.is_dir() and any(out.iterdir()) and not all((out / name).exists() for name in ours):
        raise BadFolder(f"“{out}”里有别的文件，生成网站会把它们清掉；请换一个空文件夹。")

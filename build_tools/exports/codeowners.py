"""CODEOWNERS: who must look at a change before it is merged, as forges read it.

GitHub and GitLab take the last line that matches, so everything is the offices' first and each unit's folder
its own then. Only an office may approve what is not a unit's.
"""

from __future__ import annotations

from pathlib import Path

from build_tools.campaign import Campaign

NAME = "CODEOWNERS"
_FORGES = (".github", ".gitlab", ".gitea", ".forgejo")
"""Folders beside the campaign in which a forge looks for the file, too."""

_HEADER = """\
# 谁审阅哪些文件。由程序按 data/units.yml 和 data/owners.yml 生成，不要手工修改；账号有变动时重新生成：
# shenbao export --format codeowners --out CODEOWNERS
"""


class NotAbove(ValueError):
    """A place of the file from which the campaign cannot be named; the text is a Chinese half-sentence."""


def as_codeowners(campaign: Campaign, folder: str = "") -> bytes:
    """The file's bytes. ``folder`` is where the campaign lies in the repository: ``""``, or ``2012/lawyers``."""
    prefix = f"/{folder}".rstrip("/").replace(" ", "\\ ")
    lines = [("*" if not folder else f"{prefix}/", campaign.offices)]
    for unit in campaign.units:
        owners = dict.fromkeys((*campaign.owners.get(unit.slug, ()), *campaign.offices))
        lines.append((f"{prefix}/{unit.folder}/", tuple(owners)))
    text = "".join(
        f"{path} {' '.join(f'@{login}' for login in logins)}\n" for path, logins in lines if logins
    )
    return (_HEADER + text).encode()


def folder_of(root: Path, out: Path) -> str:
    """The campaign at ``root`` as seen from the repository whose file is ``out``; raises :class:`NotAbove`."""
    if out.name != NAME:
        raise NotAbove(f"“{out}”应当命名为 {NAME}，平台只认这个名称")
    top = out.resolve().parent
    top = top.parent if top.name in _FORGES else top
    try:
        folder = root.resolve().relative_to(top).as_posix()
    except ValueError as error:
        raise NotAbove(f"“{out}”应放在活动所在的仓库的根文件夹里") from error
    return "" if folder == "." else folder

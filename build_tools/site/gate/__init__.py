"""The leak gate: after a public build, every published file is searched for every private value.

The projection keeps private values away from the templates; the gate proves that it did, on the very
files that go out (design, decision 10). ``needles`` says what is searched for and what is not, ``readers``
which files can be looked into.
"""

from __future__ import annotations

from pathlib import Path

from build_tools.checks import Examination
from build_tools.site.gate.needles import Needles, private_needles
from build_tools.site.gate.search import Leak, Problem, search

__all__ = ["Leak", "LeakFound", "Needles", "Problem", "guard_public", "private_needles", "search"]

_SHOWN = 20


class LeakFound(Exception):
    """The public site holds what must not be published. ``leaks`` say where; the text is Chinese and
    names file, field and unit, never a value."""

    def __init__(self, leaks: list[Leak]) -> None:
        self.leaks = tuple(leaks)
        lines = [f"公开版有 {len(leaks)} 处不能发布，网站没有交付："]
        lines += [f"  {leak.sentence}" for leak in leaks[:_SHOWN]]
        if len(leaks) > _SHOWN:
            lines.append(f"  ……另有 {len(leaks) - _SHOWN} 处。")
        lines.append(
            "怎么办：可以公开的栏目，在 schema 中标 x-public；其余的，从页面、docs 或模板中删去后重新生成。"
        )
        super().__init__("\n".join(lines))


def guard_public(site: Path, examination: Examination) -> None:
    """Search the folder ``site``, built for the public; raises :class:`LeakFound`."""
    leaks = search(site, private_needles(examination))
    if leaks:
        raise LeakFound(leaks)

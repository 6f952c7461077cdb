"""Characters that no font at hand can draw. Asked before printing only: the fonts are the machine's, not the notice's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from build_tools.campaign import Item
from build_tools.campaign.forms import NOT_ON_PAPER
from build_tools.findings import Finding, Pointer, Rule
from build_tools.submissions import Document
from build_tools.tree import Tree

_SHOWN = 10


class NoGlyph(Rule):
    """要打印的每一个字，字体里都要有。

    打印前逐字核对：活动文件夹下 fonts 中的字体、系统的仿宋、黑体、楷体、小标宋、宋体，最后是思源（Noto CJK）
    字体，都没有的字印不出来，纸上会缺字。扩展区的生僻字最容易遇到；看起来像常用字、实际是错码的也在此列。

    正确::

        name: 𠮷示例

    错误::

        name: 𱍊示例
    """

    code = "P01"
    title = "字体中没有的字"
    message = "“{title}”中的{characters}字体中没有，打印会缺字。"
    hint = "核对是否误输；确为此字的，把含有此字的字体文件放进活动文件夹下的 fonts 文件夹，再打印。"


NO_GLYPH = NoGlyph()


def undrawable(
    document: Document, item: Item, tree: Tree, missing: Callable[[str], list[str]]
) -> Iterator[Finding]:
    """A finding for each printed text with such characters; ``missing`` picks them out of it."""
    for pointer, text in _printed(document.value, ()):
        if lacking := missing(text):
            yield NO_GLYPH.finding(
                document.place(tree, pointer),
                pointer,
                clause=item.clause,
                title=item.schema.title_at(pointer),
                characters=named(lacking),
            )


def named(characters: list[str]) -> str:
    """The characters with their code points: “𱍊”（U+3134A）; of many the first ten."""
    shown = "、".join(f"“{character}”（U+{ord(character):04X}）" for character in characters[:_SHOWN])
    return shown if len(characters) <= _SHOWN else f"{shown}等 {len(characters)} 个字"


def _printed(value: Any, pointer: Pointer) -> Iterator[tuple[Pointer, str]]:
    if isinstance(value, dict):
        for key, part in value.items():
            if pointer or key not in NOT_ON_PAPER:
                yield from _printed(part, (*pointer, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _printed(part, (*pointer, index))
    elif isinstance(value, str):
        yield pointer, value

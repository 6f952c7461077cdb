"""The JSON text of a schema file: to a value, and from a pointer back to the place in the text."""

from __future__ import annotations

import json
import math
import re
from json.decoder import JSONDecoder
from typing import Any

from build_tools.findings import Pointer

MAX_DIGITS = 300
"""No number of a schema is longer; Python itself refuses to read one of more than 4,300 digits."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|NaN|-?Infinity|-?[0-9][0-9.eE+-]*')
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_SPACE = re.compile(r"[ \t\r\n]*")


class SchemaBroken(Exception):
    """A schema file that is not JSON, or not one we can use; ``reason`` is a Chinese half-sentence."""

    def __init__(self, reason: str, line: int = 1, column: int = 1) -> None:
        super().__init__(reason)
        self.reason, self.line, self.column = reason, line, column


def read(text: str) -> Any:
    """The value of ``text``; raises :class:`SchemaBroken` also for the numbers that only Python would take."""
    _check_escapes(text)
    try:
        return json.loads(text, parse_constant=_no_number, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise SchemaBroken("不是合格的 JSON", error.lineno, error.colno) from error
    except RecursionError as error:
        raise SchemaBroken("嵌套过深") from error
    except ValueError as error:
        odd = (token for token in _TOKEN.finditer(text) if _is_odd(token[0]))
        start = next((token.start() for token in odd), 0)
        raise SchemaBroken("中有不能使用的数", *_line_and_column(text, start)) from error


def place(text: str, pointer: Pointer) -> tuple[int, int]:
    """Line and column of the name that ``pointer`` ends in, of the entry where that is in a list.

    ``text`` is sound JSON. Of a pointer to something that is not there, the nearest thing around it counts.
    """
    shown = value = _after_space(text, 0)
    for part in pointer:
        found = _child(text, value, part)
        if found is None:
            break
        shown, value = found
    return _line_and_column(text, shown)


def _child(text: str, start: int, part: str | int) -> tuple[int, int] | None:
    """Where the member ``part`` of the object or list at ``start`` begins, and where its value does."""
    is_object = text[start] == "{"
    if not is_object and text[start] != "[":
        return None
    decoder, index, at = JSONDecoder(), 0, _after_space(text, start + 1)
    while text[at] not in "}]":
        shown, key = at, str(index)
        if is_object:
            key, at = decoder.raw_decode(text, at)
            at = _after_space(text, _after_space(text, at) + 1)
        if key == str(part):
            return shown, at
        at = _after_space(text, decoder.raw_decode(text, at)[1])
        if text[at] == ",":
            at = _after_space(text, at + 1)
        index += 1
    return None


def _check_escapes(text: str) -> None:
    r"""An escape such as ``\ud800`` may name half a character, which nothing can write out again."""
    for token in _TOKEN.finditer(text) if _HALF.search(text) else ():
        if _HALF.search(token[0]):
            try:
                json.loads(token[0]).encode()
            except UnicodeEncodeError as error:
                raise SchemaBroken("中有不能使用的字符", *_line_and_column(text, token.start())) from error
            except json.JSONDecodeError:
                return


def _after_space(text: str, start: int) -> int:
    match = _SPACE.match(text, start)
    return match.end() if match else start


def _line_and_column(text: str, index: int) -> tuple[int, int]:
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def _no_number(_word: str) -> float:
    raise ValueError


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError
    return number


def _is_odd(token: str) -> bool:
    if token.startswith('"'):
        return False
    return token.endswith(("N", "y")) or len(token) > MAX_DIGITS or not math.isfinite(float(token))

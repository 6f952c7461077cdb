"""What the office asks to be recorded, as far as it makes sense by itself: before anything is read."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from build_tools.ledger import Kind, people
from build_tools.times import NoSuchTime, stamp

WINDOW = "收文窗口"
"""Who stamps a time of receipt when nobody else is named."""

_CALLED = {
    "收到": Kind.RECEIVED,
    "收文": Kind.RECEIVED,
    "退回": Kind.RETURNED,
    "退回修改": Kind.RETURNED,
    "受理": Kind.ACCEPTED,
    "撤回": Kind.WITHDRAWN,
    "延期": Kind.EXTENDED,
    "纸质": Kind.PAPER,
    "收到纸质材料": Kind.PAPER,
}
_REQUIRED = {
    Kind.RECEIVED: (),
    Kind.RETURNED: ("reason", "until"),
    Kind.ACCEPTED: (),
    Kind.WITHDRAWN: ("reason",),
    Kind.EXTENDED: ("reason", "until"),
    Kind.PAPER: ("copies",),
}
_ALLOWED = {
    Kind.RECEIVED: ("source", "digest"),
    Kind.RETURNED: ("reason", "until"),
    Kind.ACCEPTED: ("digest",),
    Kind.WITHDRAWN: ("reason",),
    Kind.EXTENDED: ("reason", "until"),
    Kind.PAPER: ("copies", "seals", "reason"),
}
_OPTIONS = {
    "source": "--source",
    "digest": "--digest",
    "reason": "--reason",
    "until": "--until",
    "copies": "--copies",
    "seals": "--seal",
}
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class BadRequest(ValueError):
    """A request that makes no sense whatever the ledger holds; a Chinese sentence without its full stop."""


@dataclass(frozen=True)
class Request:
    """What happened, when, and by whom. What a kind does not know must be left empty; raises :class:`BadRequest`.

    Paper with a ``reason`` corrects what was recorded before: ``copies`` and ``seals`` are then what there is in all.
    ``at`` is when it happened, ``None`` for now. ``digest`` is that of the version meant, where it is not the
    file that lies there.
    """

    kind: Kind
    by: tuple[str, ...]
    at: datetime | None = None
    source: str = ""
    reason: str = ""
    until: datetime | None = None
    copies: int | None = None
    seals: tuple[str, ...] = ()
    digest: str = ""

    def __post_init__(self) -> None:
        for name, option in _OPTIONS.items():
            value = getattr(self, name)
            given = value is not None if name in ("until", "copies") else bool(value)
            if given and name not in _ALLOWED[self.kind]:
                raise BadRequest(f"登记“{self.kind.label}”时不写 {option}，请去掉")
            if not given and name in _REQUIRED[self.kind]:
                raise BadRequest(f"登记“{self.kind.label}”必须写 {option}")
        if not self.by:
            raise BadRequest("缺少 --by，请写明经办人")
        for option, text in self._texts():
            if not text.strip():
                raise BadRequest(f"{option} 是空白，请写明内容")
            if any(unicodedata.category(character) in _UNSEEN for character in text):
                raise BadRequest(f"{option} 中有换行或看不见的字符，请改写成一行")
        if len(people(self.by)) < len(self.by):
            raise BadRequest("--by 有重复的姓名，同一人只写一次")
        if self.digest and not _DIGEST.fullmatch(self.digest):
            raise BadRequest("--digest 应写成 sha256: 加 64 位小写的十六进制数字")
        if self.copies == 0 and not self.seals and not self.reason:
            raise BadRequest("份数是 0，也没有看到印章，没有可以登记的")

    def _texts(self) -> Iterator[tuple[str, str]]:
        yield from (("--by", name) for name in self.by)
        yield from (("--seal", seal) for seal in self.seals)
        yield from ((_OPTIONS[name], text) for name in ("source", "reason") if (text := getattr(self, name)))


def kind_called(word: str) -> Kind:
    """The kind that ``word`` means: ``received`` or 收到; raises :class:`BadRequest`."""
    if word in _CALLED:
        return _CALLED[word]
    try:
        return Kind(word)
    except ValueError as error:
        known = "、".join(f"{kind}（{kind.label}）" for kind in Kind)
        raise BadRequest(f"没有“{word}”这种事项，可用的有：{known}") from error


def moment_given(text: str, option: str) -> datetime:
    """The moment in ``2012-08-22T18:03:11+08:00``, of a whole second; raises :class:`BadRequest`."""
    example = "2012-08-22T18:03:11+08:00"
    if not text[:4].isdecimal():
        raise BadRequest(f"{option} 的写法不对，应写成 {example} 的样子，末尾的时差不能省")
    try:
        return stamp(text).replace(microsecond=0)
    except NoSuchTime as error:
        raise BadRequest(
            f"{option} 的时间{error.reason}，应写成 {example} 的样子，末尾的时差不能省"
        ) from error


def times_given(file: Path) -> dict[str, datetime]:
    """The moments in a JSON file of path to time; raises :class:`BadRequest` and :class:`OSError`."""
    try:
        told = json.loads(file.read_bytes())
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"--times 所指的“{file}”不是 JSON 文件") from error
    if not isinstance(told, dict) or not all(isinstance(time, str) for time in told.values()):
        raise BadRequest(f'--times 所指的“{file}”应写成 {{"文件": "时间", …}} 的样子')
    return {path: moment_given(time, "--times") for path, time in told.items()}

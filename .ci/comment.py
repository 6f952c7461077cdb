"""Comment on a merge request with what the checks found, without believing the job that ran them.

The checks run beside a stranger's change, with no rights; this runs with the right to comment, and takes
what they left as hostile: two plain files by name, limits on every size, a number that is digits, of a
merge request whose newest commit is the very one that the forge says was checked. The text loses whatever
would mention, link, embed, or command.

    comment.py                 from the artefact of the workflow run $RUN_ID (GitHub)
    comment.py FOLDER          from a folder (GitLab: the artefact of the job before)
"""

from __future__ import annotations

import io
import os
import re
import stat
import sys
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from forge import NOT_AS_DOCUMENTED, UNEXPECTED, Forge, ForgeTrouble, GitHub, forge

ARTEFACT = "shenbao-report"
MARKER = "<!-- shenbao check -->"
"""The line by which the comment is found again; the report begins with it, too."""
NUMBER, COMMENT = "number", "comment.md"
ARCHIVE, _NUMBER, _COMMENT = 128 * 1024 * 1024, 16, 256 * 1024
_ENTRIES = 20_000
_SHOWN = 64_000
"""Characters of a comment: GitHub takes 65,536."""
CHECKERS = (".github/", ".gitlab-ci.yml")
"""Where a change could alter how it is itself checked; everything else is taken from the base."""

_TAG = re.compile(r"<(?!/?(?:details|summary|code|br|strong|em|b|i|p|ul|ol|li)(?: open)?/?>)")
_REFERENCE = re.compile(
    r"(?:(?<!&)[#!~%]|&(?:#0*(?:33|35|37|126)|#[xX]0*(?:21|23|25|7[eE])|num|excl|percnt);|\bGH-)(?=[0-9A-Za-z&])"
    r"|\b[0-9a-f]{7}(?=[0-9a-f]{0,33}\b)"
)
"""What forges make references of: numbers, labels, milestones, and the names of commits."""
_AT = re.compile(r"@|&#0*64;|&#[xX]0*40;|&commat;")
_BREAKS = ((_TAG, "&lt;"), (_AT, "\\g<0>\u2060"), (_REFERENCE, "\\g<0>\u2060"),
           (re.compile(r"\](?=[(:\[])"), "]\u2060"), (re.compile(r":(?=//)"), ":\u2060"),
           (re.compile(r"www(?=\.)", re.IGNORECASE), "\\g<0>\u2060"),
           (re.compile(r"^([ \t>]*)/", re.MULTILINE), "\\1&#47;"))  # fmt: skip
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


class Refused(Exception):
    """What was left is not what the checks leave; the text is one Chinese sentence."""


def harmless(markdown: str) -> str:
    """``markdown`` that mentions nobody, links nowhere, embeds nothing and commands nothing."""
    text = _CONTROL.sub("", markdown.replace("\r\n", "\n").removeprefix(MARKER))
    for pattern, inert in _BREAKS:
        text = pattern.sub(inert, text)
    if len(text) > _SHOWN:
        text = text[:_SHOWN].rpartition("\n")[0] + "\n\n（内容太长，以下从略；全部内容见检查页。）"
    return text


def from_archive(data: bytes) -> dict[str, bytes]:
    """The two files of a zip archive; nothing is unpacked. Raises :class:`Refused`."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = archive.infolist()
        if len(infos) > _ENTRIES:
            raise Refused("检查结果中的文件太多，不予评论。")
        return {name: _member(archive, infos, name, limit) for name, limit in _LIMITS.items()}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise Refused("检查结果不是完好的压缩包，不予评论。") from error


_LIMITS = {NUMBER: _NUMBER, COMMENT: _COMMENT}


def _member(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], name: str, limit: int) -> bytes:
    found = [info for info in infos if info.filename == name]
    if len(found) != 1:
        raise Refused(f"检查结果中应有且只有一个 {name}，不予评论。")
    (info,) = found
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG) or info.flag_bits & 1:
        raise Refused(f"检查结果中的 {name} 不是普通文件，不予评论。")
    with archive.open(info) as file:
        return _within(file.read(limit + 1), name, limit)


def from_folder(folder: Path) -> dict[str, bytes]:
    """The two files of a folder; a link is not followed. Raises :class:`Refused`."""
    found = {}
    for name, limit in _LIMITS.items():
        try:
            handle = os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as error:
            raise Refused(f"检查结果中没有 {name}，或者它不是普通文件，不予评论。") from error
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise Refused(f"检查结果中的 {name} 不是普通文件，不予评论。")
        with os.fdopen(handle, "rb") as file:
            found[name] = _within(file.read(limit + 1), name, limit)
    return found


def _within(data: bytes, name: str, limit: int) -> bytes:
    if len(data) > limit:
        raise Refused(f"检查结果中的 {name} 超过 {limit} 字节，不予评论。")
    return data


def number_in(data: bytes) -> int:
    """The merge request's number; raises :class:`Refused` for anything but its digits."""
    match = re.fullmatch(rb"([1-9][0-9]{0,8})\n?", data)
    if match is None:
        raise Refused("检查结果中的合并请求编号不是数字，不予评论。")
    return int(match[1])


def comment(place: Forge, files: Mapping[str, bytes], head: str, page: str) -> str:
    """Write the comment for the commit ``head`` that was checked, whose run is shown at ``page``.

    Gives what was done. A merge request that has moved on gets nothing: its newer run speaks for itself.
    """
    number = number_in(files[NUMBER])
    if place.head_of(number) != head:
        return "编号所指的合并请求不存在，或者它的最新提交不是所检查的这一个，不予评论。"
    told = harmless(files[COMMENT].decode("utf-8", "replace"))
    if any(path.startswith(CHECKERS) for path in place.changed(number)):
        told = "**此合并请求改动了检查程序，下面的结果不能作为依据，请办公室人工审阅。**\n\n" + told
    return place.say(number, MARKER, f"{MARKER}\n{told.strip()}\n\n预览和全部内容见[检查页]({page})。\n")


def main(arguments: list[str]) -> int:
    """Run; 0 when a comment was written or none is due, 1 with one sentence otherwise."""
    environment = os.environ
    try:
        place = forge(environment)
        if arguments:
            files = from_folder(Path(arguments[0]))
        elif isinstance(place, GitHub):
            files = from_archive(place.artefact(int(environment["RUN_ID"]), ARTEFACT, ARCHIVE))
        else:
            raise Refused("没有说明检查结果在哪个文件夹，不予评论。")
        done = comment(place, files, environment["HEAD"], environment["PAGE"])
    except (Refused, ForgeTrouble) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except NOT_AS_DOCUMENTED:
        sys.stderr.write(f"{UNEXPECTED}\n")
        return 1
    sys.stdout.write(f"{done}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

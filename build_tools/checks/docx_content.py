"""What is wrong inside a Word document (OOXML): damage, a password, macros, things fetched from elsewhere.

The archive is judged by its directory; of its parts only XML is unpacked, and never more than a bound. It is
searched as text and never parsed, so that no entity of it is ever expanded.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from html import unescape

from build_tools.checks.content import DAMAGED, Trouble

MOST_MEMBERS = 2_000
MOST_UNPACKED = 256 * 1024 * 1024
MOST_RATIO, RATIO_FROM = 150, 16 * 1024 * 1024
MOST_PART = 16 * 1024 * 1024

_RELATION = re.compile(r"<(?:\w+:)?Relationship\b([^>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"(\w+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_DECLARATION = re.compile(r"<!(?:DOCTYPE|ENTITY)\b", re.IGNORECASE)
_FIELD = re.compile(
    r"<(?:\w+:)?(?:"
    r"(?P<begin>fldChar\b[^>]*\bfldCharType\s*=\s*[\"']begin)"
    r"|instrText\b[^>]*>(?P<code>[^<]*)"
    r"|fldSimple\b[^>]*?\binstr\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'))"
)
_DDE = re.compile(r"^\s*DDE(?:AUTO)?\b", re.IGNORECASE | re.MULTILINE)
_EXTERNAL = {
    "attachedtemplate": "外部模板",
    "oleobject": "外部对象",
    "subdocument": "外部子文档",
    "frame": "外部框架",
    "image": "存放在别处的图片",
}
_HARMLESS = {"hyperlink"}


def docx_troubles(data: bytes) -> list[Trouble]:
    """What is wrong with the Word document in ``data``; an empty list when nothing is. Never raises."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            oversized = _oversized(members, len(data))
            if oversized:
                return [Trouble("bomb", oversized)]
            if any(member.flag_bits & 1 for member in members):
                return [Trouble("locked", "")]
            if len({member.filename.lower() for member in members}) < len(members):
                return [Trouble("damaged", "Word 文档中有重名的部件")]
            parts = [member for member in members if member.filename.lower().endswith((".xml", ".rels"))]
            if any(member.file_size > MOST_PART for member in parts):
                return [Trouble("bomb", f"有一个部件解压后超过 {MOST_PART // 1024 // 1024} MB")]
            texts = {member.filename: _text(archive, member) for member in parts}
    except DAMAGED:
        return [Trouble("damaged", "Word 文档的压缩结构不完整")]
    found: dict[str, None] = {}
    found.update(dict.fromkeys(_active([member.filename for member in members], texts)))
    return [Trouble("active", what) for what in found]


def _oversized(members: list[zipfile.ZipInfo], packed: int) -> str:
    """Why the archive must not be unpacked, in words; empty when it may be."""
    if len(members) > MOST_MEMBERS:
        return f"包含的部件超过 {MOST_MEMBERS} 个"
    unpacked = sum(member.file_size for member in members)
    if unpacked > MOST_UNPACKED:
        return f"解压后超过 {MOST_UNPACKED // 1024 // 1024} MB"
    if unpacked > RATIO_FROM and unpacked > MOST_RATIO * packed:
        return f"解压后是原来的 {MOST_RATIO} 倍以上"
    if sum(member.compress_size for member in members) > packed:
        return "的内部数据相互重叠"
    return ""


def _text(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> str:
    with archive.open(member) as stream:
        data = stream.read(MOST_PART)
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    return data.decode(encoding, errors="replace")


def _active(names: list[str], texts: dict[str, str]) -> Iterator[str]:
    lower = [name.lower() for name in names]
    if any(name.endswith(("vbaproject.bin", "vbadata.xml")) for name in lower) or (
        "macroenabled" in texts.get("[Content_Types].xml", "").lower()
    ):
        yield "宏"
    if any("/activex/" in name for name in lower):
        yield "ActiveX 控件"
    if any("/embeddings/" in name and name.endswith(".bin") for name in lower):
        yield "嵌入的其他文件"
    for name, text in texts.items():
        if _DECLARATION.search(text):
            yield "文档类型或实体声明（DOCTYPE、ENTITY）"
        if name.endswith(".rels"):
            yield from _fetched(text)
        elif "instr" in text and _DDE.search(_field_codes(text)):
            yield "自动向其他程序取数的域（DDE）"


def _field_codes(text: str) -> str:
    """The codes of all fields, each on a line: Word spreads one over several runs."""
    codes = (
        "\n" if field["begin"] else field["code"] or f"\n{field['double'] or field['single'] or ''}\n"
        for field in _FIELD.finditer(text)
    )
    return unescape("".join(codes))


def _fetched(text: str) -> Iterator[str]:
    """What the relations in ``text`` would load from outside the document."""
    for relation in _RELATION.finditer(text):
        attributes = {
            key.lower(): unescape(double or single) for key, double, single in _ATTRIBUTE.findall(relation[1])
        }
        kind = attributes.get("type", "").rpartition("/")[2].lower()
        if attributes.get("targetmode", "").lower() == "external" and kind not in _HARMLESS:
            yield _EXTERNAL.get(kind, "引用外部内容的链接")

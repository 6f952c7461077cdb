"""Traps of YAML (family Y), all in a summary."""

from __future__ import annotations

from build_tools.rehearse.faults.draft import Draft, Fault, fault
from build_tools.source.rules import MAX_BYTES, MAX_DEPTH

_FILE = "summary.yml"
_TITLE = 2
"""The line of the title in an invented summary."""


def _lines(draft: Draft) -> int:
    return draft.text(_FILE).count("\n")


def _gbk(draft: Draft) -> None:
    draft.put(_FILE, draft.text(_FILE).encode("gb18030"))


def _control(draft: Draft) -> None:
    draft.line(_FILE, "title", "示例\u202e总结")


def _large(draft: Draft) -> None:
    draft.add(_FILE, "# 填充\n" * (MAX_BYTES // 9 + 1))


def _deep(draft: Draft) -> None:
    draft.line(_FILE, "title", "[" * MAX_DEPTH + "]" * MAX_DEPTH)


def _colon(draft: Draft) -> None:
    draft.swap(_FILE, "\ntitle: ", "\ntitle：")


def _documents(draft: Draft) -> None:
    draft.put(_FILE, "title: 示例总结\n---\ntitle: 另一份\n")


def _alias(draft: Draft) -> None:
    draft.line(_FILE, "title", "*示例总结")


def _tag(draft: Draft) -> None:
    draft.line(_FILE, "title", "!示例 总结")


def _merge(draft: Draft) -> None:
    draft.put(_FILE, "title: 示例总结\n<<: {title: 另一份}\n")


def _twice(draft: Draft) -> None:
    draft.put(_FILE, "title: 示例总结\ntitle: 示例总结\n")


def _tab(draft: Draft) -> None:
    draft.put(_FILE, "title: 示例总结\nsections:\n\t- topic: 示例\n")


def _empty(draft: Draft) -> None:
    draft.put(_FILE, "# 只有说明\n")


def _key(draft: Draft) -> None:
    draft.put(_FILE, "title: 示例总结\n? [a, b]\n: 12\n")


def _remark(draft: Draft) -> None:
    draft.line(_FILE, "title", "示例总结 # 初稿")


YAML_FAULTS: tuple[Fault, ...] = (
    fault("Y01", "总结存成了 GBK 编码", _FILE, "", _gbk, line=1),
    fault("Y02", "标题中有改变书写方向的字符 U+202E", _FILE, "", _control, line=_TITLE),
    fault("Y03", "总结超过 256 KB", _FILE, "", _large, line=1),
    fault("Y04", "标题嵌套 17 层", _FILE, "", _deep, line=_TITLE),
    fault("Y05", "标题的冒号是全角", _FILE, "", _colon, line=_TITLE),
    fault("Y06", "一个文件里有两份总结", _FILE, "", _documents, line=2),
    fault("Y07", "标题以星号开头", _FILE, "", _alias, line=_TITLE),
    fault("Y08", "标题以感叹号开头", _FILE, "", _tag, line=_TITLE),
    fault("Y09", "用了合并键", _FILE, "", _merge, line=2),
    fault("Y10", "标题写了两遍", _FILE, "", _twice, line=2),
    fault("Y11", "用制表符缩进", _FILE, "", _tab, line=3),
    fault("Y12", "文件只有说明", _FILE, "", _empty, line=1),
    fault("Y13", "项名是一个列表", _FILE, "", _key, line=2),
    fault("Y14", "标题后面有“#”", _FILE, "", _remark, line=_TITLE),
)

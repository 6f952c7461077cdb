"""What the forms forbid: schemas (family S) and fields (family F)."""

from __future__ import annotations

from collections.abc import Callable

from build_tools.rehearse.faults.draft import Draft, Entry, Fault, fault

COLLECTIVE = "nominations/collective-01.yml"
INDIVIDUAL = "nominations/individual-01.yml"
SUMMARY = "summary.yml"
STATISTICS = "statistics.yml"

_FIRST: Entry = ("1992-07", "2003-06", "示例县某局科员")
_SECOND: Entry = ("2003-07", "至今", "示例律师事务所专职律师")


def write(path: str, key: str, value: object) -> Callable[[Draft], None]:
    """Put ``value`` behind ``key`` of the document at ``path``."""
    return lambda draft: draft.line(path, key, value)


def count(**numbers: int | str) -> Callable[[Draft], None]:
    """Statistics that are right but for ``numbers``."""
    return lambda draft: draft.count(**numbers)


def career(*entries: Entry, **months: str) -> Callable[[Draft], None]:
    """A nominee whose career is ``entries``."""
    return lambda draft: draft.career(INDIVIDUAL, *entries, **months)


def _no_sections(draft: Draft) -> None:
    draft.put(SUMMARY, "title: 示例总结\nsections: []\n")


def _one_section(draft: Draft) -> None:
    draft.put(SUMMARY, "title: 示例总结\nsections:\n  - topic: 基本情况\n    text: 示例。\n")


def _long(draft: Draft) -> None:
    draft.add(SUMMARY, "  - topic: 其他\n    text: " + "示例文字" * 500 + "\n")


SCHEMA_FAULTS: tuple[Fault, ...] = (
    fault("S01", "总结没有标题", SUMMARY, "/title", write(SUMMARY, "title", "")),
    fault("S02", "多了表中没有的栏目 stuff", COLLECTIVE, "/stuff",
          lambda draft: draft.add(COLLECTIVE, "stuff: 12\n")),
    fault("S03", "党员数写成了文字", COLLECTIVE, "/members", write(COLLECTIVE, "members", "五名")),
    fault("S04", "性别写成“女性”", INDIVIDUAL, "/gender", write(INDIVIDUAL, "gender", "女性")),
    fault("S05", "职务超过 40 个字符", INDIVIDUAL, "/post", write(INDIVIDUAL, "post", "合" * 41)),
    fault("S06", "帮扶资金写成“3万”", STATISTICS, "/oneplusone_funds", count(oneplusone_funds="3万")),
    fault("S07", "信访案件是负数", STATISTICS, "/petition_cases", count(petition_cases=-3)),
    fault("S08", "总结没有一个段落", SUMMARY, "/sections", _no_sections),
)  # fmt: skip

FIELD_FAULTS: tuple[Fault, ...] = (
    fault("F01", "出生年月是十三月", INDIVIDUAL, "/birth", write(INDIVIDUAL, "birth", "1970-13")),
    fault("F02", "入党时间在报送截止之后", INDIVIDUAL, "/party_joined",
          write(INDIVIDUAL, "party_joined", "2012-09")),
    fault("F03", "一段经历的起止颠倒", INDIVIDUAL, "/resume/0/to",
          career(("1992-07", "1991-06", "示例律师事务所专职律师"))),
    fault("F04", "经历由近及远", INDIVIDUAL, "/resume/1/from",
          career(("2003-07", "2012-07", "示例律师事务所专职律师"), _FIRST)),
    fault("F05", "两段经历之间有空当", INDIVIDUAL, "/resume/1/from",
          career(_FIRST, ("2003-09", "至今", "示例律师事务所专职律师"))),
    fault("F06", "两段经历重叠", INDIVIDUAL, "/resume/1/from",
          career(_FIRST, ("2001-09", "至今", "示例律师事务所专职律师"))),
    fault("F07", "“至今”之后还有经历", INDIVIDUAL, "/resume/1/from",
          career(("1992-07", "至今", "示例县某局科员"), _SECOND)),
    fault("F08", "民族写成“汉人”", INDIVIDUAL, "/ethnicity", write(INDIVIDUAL, "ethnicity", "汉人")),
    fault("F09", "负责人姓名后带“同志”", COLLECTIVE, "/leader", write(COLLECTIVE, "leader", "示例甲同志")),
    fault("F10", "电话没有区号", COLLECTIVE, "/phone", write(COLLECTIVE, "phone", '"83510001"')),
    fault("F11", "职务还是“待填”", INDIVIDUAL, "/post", write(INDIVIDUAL, "post", "待填")),
    fault("F12", "总结超过 2500 字", SUMMARY, "/sections", _long),
    fault("F13", "职务前面有全角空格", INDIVIDUAL, "/post", write(INDIVIDUAL, "post", '"\u3000合伙人"')),
    fault("F14", "职务里有自造字区的字符", INDIVIDUAL, "/post", write(INDIVIDUAL, "post", "演练\ue000合伙人")),
    fault("F15", "总结只写了一个方面", SUMMARY, "/sections", _one_section),
    fault("F16", "信访案件留空", STATISTICS, "/petition_cases", count(petition_cases="")),
    fault("F17", "相关地市把一栏填成“不适用”", STATISTICS, "/games_volunteer_person_times",
          count(games_volunteer_members=40), games=True),
    fault("F18", "职务里写了手机号码", INDIVIDUAL, "/post", write(INDIVIDUAL, "post", "合伙人（13800138000）")),
    fault("F19", "一栏“不适用”，一栏填数字", STATISTICS, "/games_volunteer_members",
          count(games_volunteer_person_times=240)),
    fault("F20", "经历写到三年前为止", INDIVIDUAL, "/resume/0/to",
          career(("1992-07", "2009-06", "示例律师事务所专职律师"))),
    fault("F21", "民族填“其他”", INDIVIDUAL, "/ethnicity", write(INDIVIDUAL, "ethnicity", "其他")),
)  # fmt: skip

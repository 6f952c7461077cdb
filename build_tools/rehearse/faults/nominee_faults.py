"""Places and order of recommendation (family Q) and duplicates (family D)."""

from __future__ import annotations

import re

from build_tools.rehearse.faults.draft import Draft, Fault, Planted, fault
from build_tools.rehearse.faults.form_faults import INDIVIDUAL

_SECOND = "nominations/individual-02.yml"
_EARLY = "2012-08-18T09:00:00+08:00"
_LATE = "2012-08-23T09:00:00+08:00"


def _gap(draft: Draft) -> None:
    draft.rename(_SECOND, "nominations/individual-03.yml")
    draft.swap("materials.yml", "for: individual-02", "for: individual-03")


def _withdrawn(draft: Draft) -> None:
    data = draft.files[INDIVIDUAL]
    draft.drop(INDIVIDUAL)
    entry = r"  - kind: .*\n    title: .*\n    file: .*\n    for: individual-01\n"
    draft.put("materials.yml", re.sub(entry, "", draft.text("materials.yml")))
    draft.story = [
        ("2012-08-20T09:00:00+08:00", "received", "individual-01", {"data": data, "source": "收文窗口"}),
        ("2012-08-21T09:00:00+08:00", "withdrawn", "individual-01", {"reason": "示例原因：本人申请"}),
    ]


def _three_digits(draft: Draft) -> None:
    draft.rename(INDIVIDUAL, "nominations/individual-001.yml")
    draft.swap("materials.yml", "for: individual-01", "for: individual-001")


def _same_person(first: Draft, source: str, second: Draft, target: str) -> None:
    for draft, path in ((first, source), (second, target)):
        draft.career(path, ("1992-07", "至今", "示例律师事务所专职律师"))
        draft.line(path, "name", f"示例重名{first.city.number}".translate(_DIGITS))


_DIGITS = str.maketrans("0123456789", "甲乙丙丁戊己庚辛壬癸")


def _twice(draft: Draft) -> None:
    _same_person(draft, INDIVIDUAL, draft, _SECOND)


def _twin(draft: Draft) -> Draft:
    if draft.twin is None:
        raise ValueError("this defect needs two units")
    return draft.twin


def _in_two_units(draft: Draft) -> None:
    _same_person(draft, INDIVIDUAL, _twin(draft), INDIVIDUAL)


def _after_another(draft: Draft) -> None:
    _in_two_units(draft)
    _twin(draft).at["individual-01"] = _EARLY


def _after_forfeit(draft: Draft) -> None:
    _in_two_units(draft)
    _twin(draft).at["individual-01"] = _LATE


def _copied(draft: Draft) -> None:
    _, _, deeds = draft.text(INDIVIDUAL).partition("\ndeeds: |\n")
    own, _, _ = draft.text(_SECOND).partition("\ndeeds: |\n")
    draft.put(_SECOND, f"{own}\ndeeds: |\n{deeds}")


QUOTA_FAULTS: tuple[Fault, ...] = (
    fault("Q01", "两名先进个人，只有一个名额", _SECOND, "", lambda _draft: None, individuals=2, beyond=1),
    fault("Q02", "推荐顺序缺第 2 名", "nominations/individual-03.yml", "", _gap, individuals=2),
    fault("Q03", "第 1 名撤回后没有重新编号", _SECOND, "", _withdrawn, individuals=2),
    fault("Q04", "推荐顺序写成三位数字", "nominations/individual-001.yml", "", _three_digits),
)

DUPLICATE_FAULTS: tuple[Fault, ...] = (
    fault("D01", "同一人在本单位推荐两次", _SECOND, "/name", _twice, individuals=2),
    fault("D02", "另一单位先已推荐同一人", INDIVIDUAL, "/name", _after_another, twin=True,
          also=(Planted("D05", INDIVIDUAL, "/name", twin=True),)),
    fault("D03", "另一单位逾期又报同一人", INDIVIDUAL, "/name", _after_forfeit, twin=True,
          also=(Planted("D03", INDIVIDUAL, "/name", twin=True), Planted("T02", INDIVIDUAL, twin=True))),
    fault("D04", "两份事迹完全相同", _SECOND, "/deeds", _copied, individuals=2),
)  # fmt: skip

"""The peer of ``shenbao print``: a Typst document written for each form, its text spliced in, and compiled.

``one_off.py ROOT OUT``: one process, one compiler, fonts loaded once; no definition, no checks, no store.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import typst
import yaml

HEAD = """#set document(title: "全国律师行业创先争优先进个人推荐表")
#set page(paper: "a4", margin: (top: 37mm, right: 26mm, bottom: 35mm, left: 28mm),
  header: context if here().page() > 1 {
    align(center, text(size: 14pt, weight: "bold")[全国律师行业创先争优先进个人推荐表（续）])
  },
  footer: context align(center, text(size: 10.5pt)[第 #here().page() 页　共 #counter(page).final().first() 页]))
#set text(lang: "zh", region: "cn", font: ("Noto Serif CJK SC", "Noto Sans CJK SC"), fallback: false, size: 12pt)
#set par(leading: 0.3em, spacing: 0.3em)
#let long(lines) = { set par(justify: true, first-line-indent: (amount: 2em, all: true)); lines.map(par).join() }
#let seal = align(bottom + right, pad(right: 8mm)[（盖章）\\ 年　　月　　日])
#text(font: "Noto Sans CJK SC", size: 15.75pt)[附件4]
#align(center)[= 全国律师行业创先争优先进个人推荐表]
"""
TABLE = """#table(columns: (30mm, 24mm, 15mm, 13mm, 14mm, 22mm, 38mm), stroke: 0.5pt, align: center + horizon,
  [姓名], {name}, [性别], {gender}, [民族], {ethnicity}, table.cell(rowspan: 4)[照片],
  [出生年月], {birth}, table.cell(colspan: 2)[参加工作时间], table.cell(colspan: 2, {work_start}),
  [入党时间], {party_joined}, table.cell(colspan: 2)[文化程度], table.cell(colspan: 2, {education}),
  [执业机构 职务], table.cell(colspan: 5, {firm} + " " + {post}),
  [个人简历], table.cell(colspan: 6, align: left + top, long({resume})),
  [曾受奖励], table.cell(colspan: 6, align: left + top, long({awards})),
  [主要事迹], table.cell(colspan: 6, align: left + top, long({deeds})),
  [所在单位党组织 意见], table.cell(colspan: 6, block(height: 20mm, seal)),
  [司法厅党委 意见], table.cell(colspan: 6, block(height: 20mm, seal)),
  [司法部律师行业创先争优活动指导小组 意见], table.cell(colspan: 6, block(height: 20mm, seal)),
)
"""


def source(value: dict[str, Any]) -> str:
    """The document's own Typst source."""
    texts = {key: _text(value.get(key) or "无") for key in _SHORT}
    career = [f"{entry['from']}—{entry['to']} {entry['text']}" for entry in value["resume"]]
    texts["resume"] = _array(career)
    texts |= {key: _array((value.get(key) or "无").split("\n")) for key in ("awards", "deeds")}
    return HEAD + TABLE.format(**texts)


_SHORT = ("name", "gender", "ethnicity", "birth", "work_start", "party_joined", "education", "firm", "post")


def _text(value: str) -> str:
    return json.dumps(str(value).replace("-", "."), ensure_ascii=False)


def _array(lines: list[str]) -> str:
    return "(" + "".join(_text(line) + "," for line in lines if line.strip()) + ")"


def main(root: Path, out: Path) -> None:
    fonts = typst.Fonts(include_system_fonts=True, include_embedded_fonts=False)
    compiler = typst.Compiler(b"", root=out, font_paths=fonts)
    for file in sorted((root / "data/cities").glob("*/nominations/individual-*.yml")):
        value = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506 - texts only
        pdf = compiler.compile(source(value).encode(), format="pdf")
        assert isinstance(pdf, bytes)
        (out / f"{file.parts[-3]}-{file.stem}.pdf").write_bytes(pdf)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

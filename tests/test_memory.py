"""What is kept of units between runs gives the same findings, and is forgotten with whatever it follows from."""

from __future__ import annotations

import hashlib
import pickle
from pathlib import Path

import pytest
from campaigns import LEDGER, RECEIVED, at, event
from proposals import Hub, start

from build_tools.checks import Memory, judge
from build_tools.checks.spread import judge_unit
from build_tools.findings import Finding, Severity
from build_tools.history import GitTree
from build_tools.tree import WorkTree

JIA = "data/cities/jia"
NOW = "2012-08-23T10:00:00+08:00"


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The units that were judged and not remembered, as they are."""
    slugs: list[str] = []

    def counted(folder, context):  # type: ignore[no-untyped-def]
        slugs.append(folder.slug)
        return judge_unit(folder, context)

    monkeypatch.setattr("build_tools.checks.spread.judge_unit", counted)
    return slugs


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "var" / "cache" / "judge")


def findings(hub: Hub, memory: Memory | None, now: str = NOW) -> tuple[Finding, ...]:
    with GitTree(hub.root, "main") as tree:
        return judge(tree, at(now), memory=memory).findings


def faulty(tmp_path: Path) -> Hub:
    """Findings of every scope: a schema's, a quota's, a late one's, the same text twice."""
    text = "sections: []\ntitel: 示例\n"
    late = event("2012-08-23T08:00:00+08:00", "received", "collective-02")
    return start(
        tmp_path / "hub",
        write={f"{JIA}/summary.yml": text},
        copy={f"{JIA}/nominations/collective-02.yml": f"{JIA}/nominations/collective-01.yml"},
        ledger={**LEDGER, "jia": [*LEDGER["jia"], late]},
    )


def test_the_same_findings_and_nothing_judged_twice(
    tmp_path: Path, memory: Memory, judged: list[str]
) -> None:
    hub = faulty(tmp_path)
    plain = findings(hub, None)
    judged.clear()
    first = findings(hub, memory)
    assert {"jia", "yi"} <= set(judged)
    judged.clear()
    assert findings(hub, memory) == first == plain
    assert not {"jia", "yi"} & set(judged)
    assert {"S01", "T02", "D01", "D04"} & {finding.code for finding in plain}


CHANGES = {
    "a document": ({f"{JIA}/statistics.yml": "x: 1\n"}, {"jia"}),
    "an attachment": ({f"{JIA}/materials/new.pdf": "x"}, {"jia"}),
    "its ledger": ({"data/ledger/jia.yml": "unit: jia\nevents: []\n"}, {"jia"}),
    "a schema": ({"schemas/rules.yml": None}, {"jia", "yi"}),
    "the campaign": ({"data/campaign.yml": None}, {"jia", "yi"}),
    "the accounts": ({"data/owners.yml": None}, {"jia", "yi"}),
    "something else": ({"docs/other.md": "x"}, set()),
}


@pytest.mark.parametrize(("changes", "forgotten"), CHANGES.values(), ids=CHANGES)
def test_a_change_forgets_what_follows_from_it(
    tmp_path: Path, memory: Memory, judged: list[str], changes: dict[str, str | None], forgotten: set[str]
) -> None:
    hub = start(tmp_path / "hub")
    findings(hub, memory)
    # None: the file with a remark at its end, which changes nothing but the bytes
    hub.advance({path: text or hub.read(path) + "# 示例\n" for path, text in changes.items()})
    judged.clear()
    after = findings(hub, memory)
    assert set(judged) & {"jia", "yi"} == forgotten
    assert after == findings(hub, None)


MOMENTS = [
    "2012-08-22T10:00:00+08:00",
    "2012-08-24T09:00:00+08:00",
    "2012-08-25T18:00:00+08:00",
    "2012-08-25T18:00:01+08:00",
    "2012-08-26T00:00:00+08:00",
    "2012-08-21T00:00:00+08:00",
    RECEIVED,
    "2012-08-19T00:00:00+08:00",
]


def test_the_clock_forgets_what_its_passing_changes(tmp_path: Path, memory: Memory) -> None:
    """In any order: what was kept at one moment never answers for another at which it would be wrong."""
    until = "2012-08-25T18:00:00+08:00"
    back = event("2012-08-22T12:00:00+08:00", "returned", "statistics", reason="示例", until=until)
    hub = start(tmp_path / "hub", ledger={**LEDGER, "jia": [*LEDGER["jia"], back]})
    told = []
    for moment in MOMENTS + MOMENTS[::-1]:
        remembered = findings(hub, memory, moment)
        assert remembered == findings(hub, None, moment), moment
        told.append(remembered)
    assert len(set(told)) > 2, "the moments do differ"


def test_a_work_tree_is_always_judged_anew(tmp_path: Path, memory: Memory, judged: list[str]) -> None:
    hub = start(tmp_path / "hub")
    for _ in range(2):
        judged.clear()
        judge(WorkTree(hub.root), at(NOW), memory=memory)
        assert {"jia", "yi"} <= set(judged)


class _Trap:
    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (Path("sprung"),))


@pytest.mark.parametrize(
    "bad", [b"", b"\x80", b"garbage", pickle.dumps(_Trap()), pickle.dumps([1]), pickle.dumps({"a": 1})]
)
@pytest.mark.parametrize("sealed", [True, False])
def test_a_damaged_or_hostile_memory_is_no_memory(
    *, tmp_path: Path, memory: Memory, bad: bytes, sealed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    hub = faulty(tmp_path)
    plain = findings(hub, memory)
    kept = [path for path in (tmp_path / "var").rglob("*") if path.is_file() and path.name != ".gitignore"]
    assert len(kept) > 2
    for path in kept:
        path.write_bytes(hashlib.sha256(bad).digest() + bad if sealed else bad)
    assert findings(hub, memory) == plain
    assert not (tmp_path / "sprung").exists()


def test_a_severity_is_kept_by_its_value_in_every_python() -> None:
    """Python 3.11.2, Debian's own, would name ``getattr``, which is not read back: no finding would be remembered."""
    assert Severity.ERROR.__reduce_ex__(4) == (Severity, ("error",))
    assert b"getattr" not in pickle.dumps(Severity.ERROR)


def test_one_damaged_byte_is_noticed(tmp_path: Path, memory: Memory, judged: list[str]) -> None:
    hub = faulty(tmp_path)
    plain = findings(hub, memory)
    for path in (tmp_path / "var").rglob("*"):
        if path.is_file() and path.name != ".gitignore":
            data = path.read_bytes()
            path.write_bytes(data.replace(b"jia", b"jib") if b"jia" in data else data[:-1] + b"x")
    judged.clear()
    assert findings(hub, memory) == plain
    assert {"jia", "yi"} <= set(judged)


def test_where_nothing_can_be_written_everything_is_judged(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    hub = start(tmp_path / "hub")
    memory = Memory(tmp_path / "file" / "judge")
    assert findings(hub, memory) == findings(hub, memory) == findings(hub, None)

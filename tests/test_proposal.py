"""Pull requests against the base: what each attempt ends in. Real commits, real objects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from campaigns import AFTER, LEDGER, event
from proposals import EXECUTABLE, LINK, SUBMODULE, Change, Hub, start, told

from build_tools.campaign import BrokenCampaign
from build_tools.findings import Severity
from build_tools.ledger import append, ledger_text

JIA, YI = "data/cities/jia", "data/cities/yi"
TEXT = "title: 示例\nsections: []\n"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Hub:
    """One repository for every attempt: none of them moves a branch."""
    return start(tmp_path_factory.mktemp("hub") / "repository")


TERM = "2012-08-25T18:00:00+08:00"


def sound(hub: Hub) -> dict[str, Change]:
    """A change of its own that is in order: the statistics, one counter corrected."""
    path = f"{JIA}/statistics.yml"
    return {path: hub.read(path) + "# 更正\n"}


def test_a_change_of_ones_own_is_in_order(hub: Hub) -> None:
    verdict = hub.judge(sound(hub))
    assert told(verdict) == []
    assert verdict.rest == ()
    assert verdict.files == 8
    assert [unit.unit.slug for unit in verdict.units] == ["jia"]


ATTEMPTS: dict[str, tuple[dict[str, Change], list[str]]] = {
    "another unit's file": ({f"{YI}/summary.yml": TEXT}, [f"G01 {YI}/summary.yml"]),
    "another unit's file removed": ({f"{YI}/summary.yml": None}, [f"G01 {YI}/summary.yml"]),
    "a new file in another unit's folder": ({f"{YI}/materials/x.pdf": b"%PDF"}, [f"G01 {YI}/materials/x.pdf"]),
    "the folder of nobody": ({"data/cities/nobody/summary.yml": TEXT}, ["G02 data/cities/nobody/summary.yml"]),
    "its own folder in other letters": ({"data/cities/Jia/summary.yml": TEXT}, ["G02 data/cities/Jia/summary.yml"]),
    "its own folder with a blank": ({"data/cities/jia /summary.yml": TEXT}, ["G02 data/cities/jia /summary.yml"]),
    "its own folder in full width": ({"data/cities/ｊｉａ/summary.yml": TEXT}, ["G02 data/cities/ｊｉａ/summary.yml"]),
    "attributes at the root": ({".gitattributes": "* -diff\n"}, ["G02 .gitattributes"]),
    "attributes in its folder": ({f"{JIA}/.gitattributes": "* -diff\n"}, [f"G04 {JIA}/.gitattributes"]),
    "submodules": ({".gitmodules": "[submodule]\n"}, ["G02 .gitmodules"]),
    "a workflow": ({".github/workflows/x.yml": "on: push\n"}, ["G02 .github/workflows/x.yml"]),
    "the schema": ({"schemas/summary.schema.json": "{}"}, ["G02 schemas/summary.schema.json"]),
    "the accounts": ({"data/owners.yml": "offices: [x]\nowners: {}\n"}, ["G02 data/owners.yml"]),
    "its own ledger": ({"data/ledger/jia.yml": "unit: jia\nevents: []\n"}, ["G02 data/ledger/jia.yml"]),
    "the program": ({"build_tools/cli/main.py": "import os\n"}, ["G02 build_tools/cli/main.py"]),
    "a link": ({f"{JIA}/materials/x.pdf": (LINK, "/etc/passwd")}, [f"G03 {JIA}/materials/x.pdf"]),
    "a document that is a link": ({f"{JIA}/summary.yml": (LINK, "../yi/summary.yml")}, [f"G03 {JIA}/summary.yml"]),
    "a submodule": ({f"{JIA}/materials/x": (SUBMODULE, "")}, [f"G03 {JIA}/materials/x"]),
    "an executable": ({f"{JIA}/materials/x.pdf": (EXECUTABLE, "#!/bin/sh\n")}, [f"G03 {JIA}/materials/x.pdf"]),
    "a path upwards": ({f"{JIA}/../yi/summary.yml": TEXT}, [f"G04 {JIA}/../yi/summary.yml"]),
    "a dot": ({f"{JIA}/./summary.yml": TEXT}, [f"G04 {JIA}/./summary.yml"]),
    "git's own folder": ({f"{JIA}/.git/config": "[core]\n"}, [f"G04 {JIA}/.git/config"]),
    "git's own folder in capitals": ({f"{JIA}/.GIT/config": "[core]\n"}, [f"G04 {JIA}/.GIT/config"]),
    "git's own folder as NTFS has it": ({f"{JIA}/GIT~1/config": "[core]\n"}, [f"G04 {JIA}/GIT~1/config"]),
    "git's own folder as HFS+ has it": ({f"{JIA}/.g\u200cit/config": "x"}, [f"G04 {JIA}/.g\u200cit/config"]),
    "a backslash": ({f"{JIA}/materials\\x.pdf": b"%PDF"}, [f"G04 {JIA}/materials\\x.pdf"]),
    "a blank behind": ({f"{JIA}/materials/x.pdf ": b"%PDF"}, [f"G04 {JIA}/materials/x.pdf "]),
    "a line break": ({f"{JIA}/materials/x\n::error::y": b"%PDF"}, [f"G04 {JIA}/materials/x\n::error::y"]),
    "a name that is not UTF-8": ({f"{JIA}/materials/\udcff.pdf": b"%PDF"}, [f"G04 {JIA}/materials/\udcff.pdf"]),
    "a name nobody asked for": ({f"{JIA}/secret.txt": "x"}, [f"L01 {JIA}/secret.txt"]),
    "decomposed characters": (
        {f"{JIA}/materials/cafe\u0301.pdf": b"%PDF-1.4"},
        [f"L06 {JIA}/materials/cafe\u0301.pdf", f"M07 {JIA}/materials/cafe\u0301.pdf"],
    ),
    "a document in other letters": ({f"{JIA}/Summary.yml": TEXT}, [f"L01 {JIA}/Summary.yml", f"L07 {JIA}/summary.yml"]),
    "what is accepted changed": ({f"{JIA}/summary.yml": TEXT}, [f"G08 {JIA}/summary.yml"]),
    "what is accepted removed": ({f"{JIA}/summary.yml": None}, [f"G08 {JIA}/summary.yml"]),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), ATTEMPTS.values(), ids=ATTEMPTS)
def test_attempt(hub: Hub, changes: dict[str, Change], expected: list[str]) -> None:
    verdict = hub.judge(changes)
    found = told(verdict)
    assert set(expected) <= set(found)
    assert {line for line in found if line.startswith("G")} == {
        line for line in expected if line.startswith("G")
    }
    assert verdict.errors > 0


@pytest.mark.parametrize(("changes", "expected"), ATTEMPTS.values(), ids=ATTEMPTS)
def test_what_is_refused_hides_nothing_of_what_is_sound(
    hub: Hub, changes: dict[str, Change], expected: list[str]
) -> None:
    """Own file plus the attempt: the same findings, and the sound change is judged beside it."""
    both = hub.judge({**sound(hub), **changes})
    assert set(expected) <= set(told(both))
    assert not [line for line in told(both) if "statistics.yml" in line]


def test_a_rename_across_units_touches_both_ends(hub: Hub) -> None:
    text = hub.read(f"{YI}/statistics.yml")
    verdict = hub.judge({f"{YI}/statistics.yml": None, f"{JIA}/statistics.yml": text})
    assert f"G01 {YI}/statistics.yml" in told(verdict)
    assert verdict.files == 8, "nothing of the other unit is gone"


@pytest.mark.parametrize("path", ["data/cities", JIA])
def test_a_folder_cannot_become_something_else(hub: Hub, path: str) -> None:
    verdict = hub.judge({path: (LINK, "/")})
    assert f"G02 {path}" in told(verdict)
    assert not [unit for unit in verdict.rest if unit.place.path.startswith(YI)]


def test_words_name_the_owner_and_the_folder(hub: Hub) -> None:
    finding = hub.judge({f"{YI}/summary.yml": TEXT}).own[0]
    assert finding.message == "这个文件属于乙市，不能由甲市改动。"
    assert finding.hint == f"撤销对它的改动，只提交 {JIA} 里的文件。"
    assert finding.severity is Severity.ERROR


ACCOUNTS = {
    "its own": ("demo-jia", []),
    "its own in other letters": ("Demo-JIA", []),
    "another unit's": ("demo-yi", [f"G01 {JIA}/statistics.yml"]),
    "nobody's": ("stranger", ["G10 data/owners.yml"]),
    "the office's": ("demo-office", []),
    "one in letters that only look alike": ("demo-j\u0131a", ["G10 data/owners.yml"]),
    "one with a long s": ("demo-\u017f", ["G10 data/owners.yml"]),
    "something that is no account": ("-x; rm\n", ["G10 data/owners.yml"]),
}


@pytest.mark.parametrize(("actor", "expected"), ACCOUNTS.values(), ids=ACCOUNTS)
def test_who_may_speak_is_read_from_the_base(hub: Hub, actor: str, expected: list[str]) -> None:
    assert told(hub.judge(sound(hub), actor=actor)) == expected


def test_registering_oneself_in_the_same_pull_request_helps_nobody(hub: Hub) -> None:
    owners = hub.edited("data/owners.yml", "[demo-jia]", "[demo-jia, stranger]")
    changes = {**sound(hub), "data/owners.yml": owners}
    assert told(hub.judge(changes, actor="stranger")) == ["G10 data/owners.yml"]
    assert told(hub.judge(changes, actor="demo-jia")) == ["G02 data/owners.yml"]


def test_an_account_does_not_speak_for_a_unit_it_is_not_registered_with(hub: Hub) -> None:
    verdict = hub.judge(sound(hub), actor="demo-yi", city="jia")
    assert told(verdict) == ["G10 data/owners.yml"]
    assert verdict.own[0].message == "提交的账号登记在别的单位名下，不能替甲市报送。"
    nobody = hub.judge(sound(hub), actor="stranger", city="jia").own[0]
    assert nobody.message == "提交的账号不在账号表中，不能替任何单位报送。"
    assert told(hub.judge(sound(hub), actor="demo-jia", city="jia")) == []


def test_the_office_changes_its_own_files_and_the_whole_campaign_is_judged_with_them(hub: Hub) -> None:
    quotas = hub.edited("data/quotas.yml", "individual: 3", "individual: 1")
    verdict = hub.judge({"data/quotas.yml": quotas}, actor="demo-office")
    assert told(verdict) == [f"Q01 {JIA}/nominations/individual-02.yml"]
    with pytest.raises(BrokenCampaign):
        hub.judge({"data/units.yml": "units: []\n"}, actor="demo-office")


def rewritten(hub: Hub, *, keep: int, add: bool) -> str:
    """jia's ledger with only the first ``keep`` events, perhaps another behind them, every hash made anew."""
    events = [dict(raw) for raw in yaml.safe_load(hub.read("data/ledger/jia.yml"))["events"]]
    told: list[dict[str, Any]] = []
    more = {**events[0], "at": "2012-08-21T18:00:00+08:00", "document": "statistics"}
    for raw in [*events[:keep], *([more] if add else [])]:
        body = {key: value for key, value in raw.items() if key not in ("seq", "nonce", "previous", "hash")}
        told = append(told, body, nonce=raw["nonce"])
    return ledger_text("jia", told)


def test_the_office_adds_to_a_ledger_and_cannot_rewrite_it(hub: Hub) -> None:
    def found(text: str | None) -> list[str]:
        return told(hub.judge({"data/ledger/jia.yml": text}, actor="demo-office"))

    path = "data/ledger/jia.yml"
    events = hub.read(path).count("  - seq:") or hub.read(path).count("- seq:")
    assert f"T19 {path}" not in found(rewritten(hub, keep=events, add=True))
    assert f"T19 {path}" in found(rewritten(hub, keep=events - 1, add=False))
    assert f"T19 {path}" in found(rewritten(hub, keep=events - 1, add=True))
    assert f"T19 {path}" in found(None)


def test_nothing_is_changed(hub: Hub) -> None:
    verdict = hub.judge("main")
    assert told(verdict) == ["G11 data/cities"]
    assert verdict.errors == 0
    there_and_back = hub.commit({}, hub.commit(sound(hub)), tree_of="main")
    assert told(hub.judge(there_and_back)) == ["G11 data/cities"]


def test_the_deadline(hub: Hub) -> None:
    changes = {**sound(hub), f"{JIA}/nominations/individual-01.yml": None}
    changes[f"{JIA}/nominations/individual-03.yml"] = hub.read(f"{JIA}/nominations/individual-01.yml")
    last, late = "2012-08-22T23:59:59+08:00", "2012-08-23T00:00:00+08:00"
    assert not [line for line in told(hub.judge(changes, now=last)) if line[0] in "GT"]
    assert [line for line in told(hub.judge(changes, now=late)) if line[0] in "GT"] == [
        f"G09 {JIA}/nominations/individual-01.yml",
        f"T08 {JIA}/nominations/individual-03.yml",
        f"G09 {JIA}/statistics.yml",
    ]


IN_TIME, TOO_LATE = "2012-08-22T23:59:59+08:00", "2012-08-23T00:00:00+08:00"


def test_a_request_that_waits_makes_nothing_late_that_was_pushed_in_time(hub: Hub) -> None:
    """Judged again after the deadline: what the forge saw before counts, file by file."""
    third = f"{JIA}/nominations/individual-03.yml"
    text = hub.read(f"{JIA}/nominations/individual-01.yml")
    changes = {**sound(hub), third: text}
    report = f"{JIA}/statistics.yml"

    def late(times: dict[str, str]) -> list[str]:
        return [line for line in told(hub.judge(changes, now=AFTER, times=times)) if line[0] in "GT"]

    assert late({}) == [f"T08 {third}", f"G09 {report}"]
    assert late({third: IN_TIME, report: IN_TIME}) == []
    assert late({third: IN_TIME, report: TOO_LATE}) == [f"G09 {report}"]
    assert late({third: TOO_LATE, report: IN_TIME}) == [f"T08 {third}"]
    assert late({third: "2012-12-31T00:00:00+08:00", report: IN_TIME}) == [f"T08 {third}"]


def test_a_queue_makes_nothing_late_either(hub: Hub) -> None:
    changes = {
        **sound(hub),
        f"{JIA}/nominations/individual-03.yml": hub.read(f"{JIA}/nominations/individual-01.yml"),
    }
    assert not [line for line in told(hub.judge(changes, now=AFTER, queue=True)) if line[0] in "GT"]
    accepted = {f"{JIA}/summary.yml": hub.read(f"{JIA}/summary.yml") + "# 更正\n"}
    assert told(hub.judge(accepted, now=AFTER, queue=True)) == [f"G08 {JIA}/summary.yml"]


def returned(document: str) -> dict[str, object]:
    until = "2012-08-25T18:00:00+08:00"
    return event("2012-08-23T09:00:00+08:00", "returned", document, reason="示例", until=until)


def extended(document: str) -> dict[str, object]:
    until = "2012-08-25T18:00:00+08:00"
    return event("2012-08-22T09:00:00+08:00", "extended", document, reason="示例", until=until)


@pytest.mark.parametrize("opened", [returned("statistics"), extended("statistics"), extended("*")])
def test_a_return_and_an_extension_open_what_was_closed(tmp_path: Path, opened: dict[str, object]) -> None:
    hub = start(tmp_path / "hub", ledger={**LEDGER, "jia": [*LEDGER["jia"], opened]})
    assert told(hub.judge(sound(hub), now=AFTER)) == []
    assert told(hub.judge(sound(hub), now="2012-08-25T18:00:01+08:00")) != []


def test_what_a_closed_document_lists_is_closed_with_it(tmp_path: Path) -> None:
    accepted = event("2012-08-21T16:30:00+08:00", "accepted", "individual-01")
    hub = start(tmp_path / "hub", ledger={**LEDGER, "jia": [*LEDGER["jia"], accepted]})
    photo = next(path.name for path in (hub.root / JIA / "materials").iterdir() if path.suffix == ".jpg")
    path = f"{JIA}/materials/{photo}"
    other = {path: (hub.root / path).read_bytes() + b" "}
    assert f"G08 {path}" in told(hub.judge(other))
    added = {f"{JIA}/materials/another.jpg": (hub.root / path).read_bytes() + b"  "}
    assert not [line for line in told(hub.judge(added)) if line[0] == "G"], (
        "a new file belongs to nothing yet"
    )
    study = next(p.name for p in (hub.root / JIA / "materials").iterdir() if p.suffix == ".pdf")
    report = {f"{JIA}/materials/{study}": (hub.root / JIA / "materials" / study).read_bytes() + b"\n"}
    assert not [line for line in told(hub.judge(report)) if line[0] == "G"]
    assert f"G09 {JIA}/materials/{study}" in told(hub.judge(report, now=AFTER))


def test_the_photo_of_a_returned_nomination_may_be_replaced(tmp_path: Path) -> None:
    """Though the list of materials is accepted, and the deadline past."""
    events = [
        event("2012-08-21T16:30:00+08:00", "accepted", "materials"),
        event("2012-08-23T09:00:00+08:00", "returned", "individual-01", reason="照片与表格不符", until=TERM),
    ]
    hub = start(tmp_path / "hub", ledger={**LEDGER, "jia": [*LEDGER["jia"], *events]})
    path = f"{JIA}/materials/individual-01.jpg"
    other = {path: (hub.root / path).read_bytes() + b" "}
    assert told(hub.judge(other, now=AFTER)) == []
    study = f"{JIA}/materials/study.pdf"
    assert f"G08 {study}" in told(hub.judge({study: (hub.root / study).read_bytes() + b"\n"}, now=AFTER))


@pytest.mark.parametrize(
    ("more", "code", "words"),
    [
        ([], "G09", "已过截止时间 8月22日 23:59:59，"),
        ([returned("statistics")], "", ""),
        ([extended("statistics")], "G09", "已过延期后的截止时间 8月25日 18:00:00，"),
        ([returned("individual-01")], "T08", "已过退回修改的期限 8月25日 18:00:00，"),
    ],
    ids=["closed", "a report returned", "extended", "a nomination returned"],
)
def test_words_name_the_limit_that_has_passed(
    tmp_path: Path, more: list[dict[str, object]], code: str, words: str
) -> None:
    hub = start(tmp_path / "hub", ledger={**LEDGER, "jia": [*LEDGER["jia"], *more]})
    name = "nominations/individual-01" if code == "T08" else "statistics"
    path = f"{JIA}/{name}.yml"
    found = hub.judge({path: hub.read(path) + "# 更正\n"}, now="2012-08-26T00:00:00+08:00").own
    late = [finding for finding in found if finding.code in ("G09", "T08")]
    assert [finding.code for finding in late] == ([code] if code else [])
    assert all(words in finding.message for finding in late)


def test_what_was_late_before_it_was_returned_missed_the_deadline_and_not_the_date_of_the_return(
    tmp_path: Path,
) -> None:
    late = [event("2012-08-23T08:00:00+08:00", "received", "individual-03"), returned("individual-03")]
    hub = start(tmp_path / "hub", ledger={**LEDGER, "jia": [*LEDGER["jia"], *late]})
    third = f"{JIA}/nominations/individual-03.yml"
    changes = {third: hub.read(f"{JIA}/nominations/individual-01.yml")}
    found = hub.judge(changes, now="2012-08-24T00:00:00+08:00").own
    [told] = [finding.message for finding in found if finding.code == "T08"]
    assert "已过截止时间 8月22日 23:59:59，" in told


def test_what_was_wrong_before_is_not_the_pull_requests_fault(tmp_path: Path) -> None:
    wrong = {f"{JIA}/summary.yml": "title: [\n", f"{YI}/summary.yml": "title: [\n"}
    hub = start(tmp_path / "hub", write=wrong, ledger={})
    verdict = hub.judge(sound(hub))
    assert told(verdict) == []
    assert sorted({f.place.path for f in verdict.rest if f.severity is Severity.ERROR}) == sorted(wrong)


def test_a_nominee_of_another_unit_is_found_and_said_to_both(hub: Hub) -> None:
    theirs = hub.read(f"{JIA}/nominations/collective-01.yml")
    verdict = hub.judge({f"{YI}/nominations/collective-01.yml": theirs}, city="yi")
    twice = [line for line in told(verdict) if line.startswith("D02")]
    assert twice == [f"D02 {YI}/nominations/collective-01.yml"], "told once, at the file that was brought"


def test_a_clash_that_was_there_before_is_not_the_pull_requests_fault(tmp_path: Path) -> None:
    """yi brought the double; jia changes a word of its own nominee and stops at nothing."""
    own = f"{JIA}/nominations/collective-01.yml"
    hub = start(tmp_path / "hub", copy={f"{YI}/nominations/collective-01.yml": own})
    verdict = hub.judge({own: hub.read(own) + "# 更正\n"})
    assert told(verdict) == []
    assert "D02" in {finding.code for finding in verdict.rest}


def test_one_more_than_the_quota(hub: Hub) -> None:
    path = f"{JIA}/nominations/collective-0{{}}.yml"
    text = hub.read(path.format(1))
    more = {path.format(n): text.replace("示例", f"示例第{n}", 1) for n in (2, 3, 4)}
    assert "Q01" in {line[:3] for line in told(hub.judge(more))}


def test_one_that_was_withdrawn_takes_a_place_again_when_it_is_proposed_again(tmp_path: Path) -> None:
    gone = event("2012-08-21T09:00:00+08:00", "withdrawn", "individual-02", reason="示例")
    hub = start(
        tmp_path / "hub",
        ledger={**LEDGER, "jia": [*LEDGER["jia"], gone]},
        remove=[f"{JIA}/nominations/individual-02.yml"],
        edits=[{"file": "data/quotas.yml", "find": "individual: 3", "replace": "individual: 1"}],
    )
    text = hub.read(f"{JIA}/nominations/individual-01.yml")
    verdict = hub.judge({f"{JIA}/nominations/individual-02.yml": text})
    assert f"Q01 {JIA}/nominations/individual-02.yml" in told(verdict)


def test_a_received_document_may_be_withdrawn_by_removing_it_before_the_deadline(hub: Hub) -> None:
    verdict = hub.judge({f"{JIA}/nominations/individual-02.yml": None})
    assert not [line for line in told(verdict) if line[0] in "GT"]
    document = verdict.units[0].document("individual-02")
    assert document is None or not document.counts

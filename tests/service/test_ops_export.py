"""The record for an archive: read back, and verified with nothing but sha256sum and ssh-keygen."""

from __future__ import annotations

import csv
import json
import stat
import subprocess
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest
from service.kept import PHOTO, a_service, contents, git

from intake.journal import spool
from intake.journal.models import Submission
from intake.keeping.export import NoExport, export
from intake.place import Place


class Written(NamedTuple):
    folder: Path
    zipped: Path
    again: Path
    place: Place
    lines: list[Submission]
    bodies: dict[str, bytes]
    lacking: list[list[str]]


@pytest.fixture(scope="module")
def written(tmp_path_factory, django_db_setup, django_db_blocker) -> Written:
    folder = tmp_path_factory.mktemp("written")
    with a_service(folder, django_db_blocker) as place:
        lacking = [export(folder / name) for name in ("record", "record.zip", "again.zip")]
        lines = list(Submission.objects.all())
        with pytest.raises(NoExport, match="已经有了"):
            export(folder / "record.zip")
        with pytest.raises(NoExport, match="不是空的"):
            export(folder / "record")
        with pytest.raises(NoExport, match="自己的文件夹"):
            export(place.var / "record")
        bodies = {line.number: spool.document(line.spool) for line in lines}
    return Written(
        folder / "record", folder / "record.zip", folder / "again.zip", place, lines, bodies, lacking
    )


def version(written: Written, number: str) -> Path:
    return next(written.folder.glob(f"*/*/*-{number}"))


def test_nothing_is_lacking_and_nobody_else_may_read_it(written: Written):
    assert written.lacking == [[], [], []]
    assert stat.S_IMODE(written.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(written.zipped.stat().st_mode) == 0o600
    assert [p.name for p in written.folder.parent.glob(".*")] == []


def test_every_version_lies_there_as_it_was_received(written: Written):
    assert len(written.lines) == 3
    for line in written.lines:
        (document,) = version(written, line.number).glob("*.yml")
        assert document.read_bytes() == written.bodies[line.number]
    folders = sorted(p.name[:2] for p in (written.folder / "heyuan/individual-01").iterdir())
    assert folders == ["01", "02"]
    first = next((written.folder / "heyuan/individual-01").glob("01-*"))
    assert (first / "files/photos/individual-01.png").read_bytes() == PHOTO
    assert json.loads((first / "body.json").read_bytes())["files"]


def test_sha256sum_finds_every_file_and_no_other(written: Written):
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=written.folder, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert done.stdout.count(": OK") == len(contents(written.folder)) - 1
    (written.folder / "audit.csv").open("ab").close()
    spoiled = written.folder / "index.html"
    before = spoiled.read_bytes()
    spoiled.write_bytes(before + b" ")
    done = subprocess.run(
        ["sha256sum", "--check", "SHA256SUMS"], cwd=written.folder, capture_output=True, check=False
    )
    spoiled.write_bytes(before)
    assert done.returncode == 1


def test_each_receipt_verifies_as_the_readme_says(written: Written):
    readme = (written.folder / "README.txt").read_text(encoding="utf-8")
    (command,) = (line.strip() for line in readme.splitlines() if "ssh-keygen -Y verify" in line)
    for line in written.lines:
        folder = version(written, line.number)
        typed = command.replace("<文件夹>", str(folder))
        done = subprocess.run(["bash", "-c", typed], cwd=written.folder, capture_output=True, check=False)
        assert b"Good" in done.stdout, done.stderr
        receipt = folder / "receipt.txt"
        before = receipt.read_bytes()
        receipt.write_bytes(before.replace(b"1", b"2", 1))
        assert subprocess.run(
            ["bash", "-c", typed], cwd=written.folder, capture_output=True, check=False
        ).returncode
        receipt.write_bytes(before)
        assert (folder / "receipt.pdf").read_bytes().startswith(b"%PDF")


def test_the_lists_name_everything(written: Written):
    index = json.loads((written.folder / "index.json").read_bytes())
    assert [row["回执编号"] for row in index] == [
        line.number for line in sorted(written.lines, key=lambda line: (line.unit != "guangzhou", line.seq))
    ]
    with (written.folder / "index.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["回执编号"] for row in csv.DictReader(file)] == [row["回执编号"] for row in index]
    for row in index:
        assert (written.folder / row["所在文件夹"] / "receipt.txt").is_file()
        assert row["回执编号"] in (written.folder / "index.html").read_text(encoding="utf-8")
    (decision,) = json.loads((written.folder / "decisions.json").read_bytes())
    assert (decision["事项"], decision["单位"], decision["理由"]) == (
        "退回修改",
        "河源",
        "请补写最近一年的事迹。",
    )
    trail = json.loads((written.folder / "audit.json").read_bytes())
    assert [row["事项代号"] for row in trail].count("submitted") == 3


def test_the_ledger_is_that_of_the_main_branch(written: Written):
    kept = (written.folder / "ledger/heyuan.yml").read_text(encoding="utf-8").strip()
    assert kept == git(written.place, "show", "main:data/ledger/heyuan.yml")


def test_the_same_record_gives_the_same_bytes(written: Written):
    assert written.zipped.read_bytes() == written.again.read_bytes()
    with zipfile.ZipFile(written.zipped) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == contents(written.folder)

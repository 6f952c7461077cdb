"""Ledger files on the disk: all of a command's or none, whatever happens in between."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from campaigns import lay
from command_line import Run

from build_tools.recording.write import LedgerFolder, locked

TOO_LONG = "x" * 255  # as long as a name may be, so that the name it is prepared under is too long


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "data/ledger"
    folder.mkdir(parents=True)
    for name in ("a", "b"):
        (folder / name).write_bytes(b"old")
    return tmp_path


def there(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (root / "data/ledger").iterdir()}


def test_files_are_replaced_and_keep_their_mode(root: Path) -> None:
    (root / "data/ledger/a").chmod(0o640)
    with locked(root) as folder:
        folder.replace({"a": b"new", "c": b"first"})
    assert there(root) == {"a": b"new", "b": b"old", "c": b"first"}
    assert stat.S_IMODE((root / "data/ledger/a").stat().st_mode) == 0o640


def test_where_one_cannot_be_prepared_none_is_written(root: Path) -> None:
    with locked(root) as folder, pytest.raises(OSError, match="long") as trouble:
        folder.replace({"a": b"new", TOO_LONG: b"new"})
    assert (trouble.value.errno, trouble.value.filename) == (errno.ENAMETOOLONG, f"data/ledger/{TOO_LONG}")
    assert there(root) == {"a": b"old", "b": b"old"}


def test_where_one_cannot_take_its_place_the_others_are_put_back(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = LedgerFolder._move

    def fail_once(folder: LedgerFolder, passing: str, name: str) -> None:
        if name == "b":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        move(folder, passing, name)

    monkeypatch.setattr(LedgerFolder, "_move", fail_once)
    with locked(root) as folder, pytest.raises(OSError, match="rror") as trouble:
        folder.replace({"new": b"new", "a": b"new", "b": b"new"})
    assert trouble.value.errno == errno.EIO
    assert there(root) == {"a": b"old", "b": b"old"}


def test_a_link_in_the_place_of_a_file_is_not_followed(root: Path) -> None:
    (root / "elsewhere").write_bytes(b"old")
    (root / "data/ledger/c").symlink_to(root / "elsewhere")
    with locked(root) as folder, pytest.raises(OSError, match="link"):
        folder.replace({"c": b"new"})
    assert (root / "elsewhere").read_bytes() == b"old"


def test_a_full_disk_is_a_sentence_and_the_ledger_stays(tmp_path: Path) -> None:
    root = lay(tmp_path / "campaign")
    ledger = root / "data/ledger/jia.yml"
    before = ledger.read_bytes()
    program = (
        "import resource, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({len(before)}, {len(before)}))\n"
        "from build_tools.cli import run\n"
        f"sys.argv = ['shenbao', 'ledger', 'record', '撤回', 'jia/summary', '--reason', '无', '--by', '甲',"
        f" '--root', {str(root)!r}]\n"
        "run()\n"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", program], capture_output=True, encoding="utf-8", check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "“data/ledger/jia.yml”读写失败，请检查路径、权限和磁盘空间。\n"
    assert ledger.read_bytes() == before
    assert sorted(path.name for path in ledger.parent.iterdir()) == ["jia.yml", "yi.yml"]


def test_what_a_power_cut_leaves_behind_harms_nobody(run: Run, tmp_path: Path) -> None:
    root = lay(tmp_path / "campaign")
    (root / "data/ledger/.jia.yml.0123456789abcdef.tmp").write_bytes(b"unit: j")
    assert run("check", "--root", root).status == 0
    assert (
        run("ledger", "record", "撤回", "jia/summary", "--reason", "无", "--by", "甲", "--root", root).status
        == 0
    )


def test_a_campaign_without_a_folder_of_ledgers_gets_one(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with locked(tmp_path) as folder:
        folder.replace({"a": b"first"})
    assert there(tmp_path) == {"a": b"first"}

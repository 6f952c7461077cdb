"""A backup holds everything, is whole or not there, and comes back into an empty folder and nowhere else."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import sqlite3
import stat
import subprocess
import sys
import tarfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection
from service.kept import AFTER, ROOT, a_service, command, contents, dumped, git, refs
from service.people_steps import PASSPHRASE

from build_tools.ledger import digest
from intake.files import store
from intake.journal.models import Submission
from intake.keeping.backup import NoBackup, back_up
from intake.keeping.restore import NotRestored, restore
from intake.place import Place
from intake.receipts import signature, wording


@dataclass
class Held:
    """What stood in the service when it was backed up."""

    place: Place
    archive: Path
    rows: list[str]
    refs: str
    receipt: bytes
    signature: str


@pytest.fixture(scope="module")
def held(tmp_path_factory, django_db_setup, django_db_blocker) -> Held:
    folder = tmp_path_factory.mktemp("held")
    with a_service(folder, django_db_blocker) as place:
        back_up(folder / "backup.tar")
        line = Submission.objects.first()
        assert line
        receipt = wording.text(line).encode()
        return Held(
            place, folder / "backup.tar", list(dumped(connection.connection)), refs(place), receipt,
            signature.sign(place, receipt),
        )  # fmt: skip


@pytest.fixture
def archive(held: Held, tmp_path: Path) -> Path:
    """A copy to spoil."""
    return Path(shutil.copy(held.archive, tmp_path / "backup.tar"))


@pytest.fixture
def elsewhere(tmp_path: Path) -> Place:
    """An empty folder for a service to come back into."""
    root = tmp_path / "elsewhere"
    root.mkdir()
    return Place(root, root / "var" / "intake")


class TestTheWayBack:
    def test_everything_is_as_it_was(self, held: Held, elsewhere: Place, archive: Path):
        place = held.place
        done = restore(archive, elsewhere, "sqlite")
        with closing(sqlite3.connect(elsewhere.database)) as opened:
            assert list(dumped(opened)) == held.rows
        for folder in ("spool", "files", "keys"):
            assert contents(elsewhere.var / folder) == contents(place.var / folder)
            assert contents(elsewhere.var / folder)
        assert refs(elsewhere) == held.refs
        assert "submissions/heyuan/individual-01" in refs(elsewhere)
        assert git(elsewhere, "fsck", "--strict", "--full") == ""
        for name in ("data/campaign.yml", "schemas/rules.yml", "docs/notice.md", "mkdocs.yml"):
            assert (elsewhere.root / name).read_bytes() == (ROOT / name).read_bytes()
        assert done.differing == ()

    def test_the_journal_verifies_and_people_can_sign_in(self, elsewhere: Place, archive: Path):
        elsewhere.root.rmdir()  # a folder that is not there is made
        done = command(elsewhere, "restore", archive)
        assert (done.returncode, "收文日志完好。" in done.stdout) == (0, True), done.stdout + done.stderr
        assert "收文日志完好。" in command(elsewhere, "verify").stdout
        script = (
            "import sys; from pathlib import Path; from intake.cli.setting import set_up; set_up(Path(sys.argv[1]))\n"
            "from django.test import Client\n"
            "client = Client()\n"
            "told = {'username': 'heyuan-1', 'passphrase': sys.argv[2]}\n"
            "assert client.post('/my/sign-in/', told, HTTP_HOST='127.0.0.1').status_code == 302\n"
            "answer = client.get('/my/account/', HTTP_HOST='127.0.0.1')\n"
            "print(answer.status_code, b'heyuan-1' in answer.content)\n"
        )
        tried = subprocess.run(
            [sys.executable, "-c", script, elsewhere.root, PASSPHRASE], capture_output=True, text=True,
            check=False, env={"PATH": "/usr/bin:/bin", "SHENBAO_NOW": AFTER},
        )  # fmt: skip
        assert tried.stdout == "200 True\n", tried.stderr

    def test_receipts_given_before_verify_with_the_restored_key(
        self, held: Held, elsewhere: Place, archive: Path, tmp_path: Path
    ):
        (tmp_path / "receipt.sig").write_text(held.signature)
        restore(archive, elsewhere, "sqlite")
        (tmp_path / "signers").write_text(signature.allowed_signers(elsewhere))
        verified = subprocess.run(
            ["ssh-keygen", "-Y", "verify", "-f", tmp_path / "signers", "-I", signature.SIGNER,
             "-n", signature.NAMESPACE, "-s", tmp_path / "receipt.sig"],
            input=held.receipt, capture_output=True, check=False,
        )  # fmt: skip
        assert b"Good" in verified.stdout, verified.stderr

    def test_a_campaign_that_is_there_stays_and_what_differs_is_named(self, elsewhere: Place, archive: Path):
        (elsewhere.root / "data").mkdir()
        (elsewhere.root / "data/campaign.yml").write_bytes((ROOT / "data/campaign.yml").read_bytes())
        (elsewhere.root / "mkdocs.yml").write_text("changed")
        done = restore(archive, elsewhere, "sqlite")
        assert (elsewhere.root / "mkdocs.yml").read_text() == "changed"
        assert "mkdocs.yml" in done.differing
        assert "data/campaign.yml" not in done.differing
        assert not (elsewhere.root / "data/units.yml").exists()

    def test_only_this_account_can_read_what_comes_back(self, elsewhere: Place, archive: Path):
        restore(archive, elsewhere, "sqlite")
        assert stat.S_IMODE(elsewhere.var.stat().st_mode) == 0o700
        for folder in ("spool", "files", "keys"):
            assert {stat.S_IMODE(p.stat().st_mode) & 0o077 for p in (elsewhere.var / folder).rglob("*")} == {
                0
            }


class TestTheArchive:
    def test_each_member_has_its_digest_and_nobody_else_may_read_it(self, archive: Path):
        assert stat.S_IMODE(archive.stat().st_mode) == 0o600
        with tarfile.open(archive) as tar:
            names = tar.getnames()
            assert names[-1] == "manifest.json"
            told = json.load(tar.extractfile("manifest.json"))  # type: ignore[arg-type]
            for name in names[:-1]:
                data = tar.extractfile(name).read()  # type: ignore[union-attr]
                assert told["members"][name] == {
                    "sha256": hashlib.sha256(data).hexdigest(),
                    "size": len(data),
                }
        assert told["counts"] == {"账号": 3, "操作记录": 12, "草稿": 1, "收文": 3, "办理记录": 1}
        assert (told["program"], told["database"]) == ("0.1.0", "sqlite")

    @pytest.mark.django_db(transaction=True)
    def test_one_that_is_there_is_not_overwritten_and_nothing_is_left_of_a_failure(
        self, service: Place, archive: Path, monkeypatch: pytest.MonkeyPatch
    ):
        before = archive.read_bytes()
        with pytest.raises(NoBackup, match="已经有了"):
            back_up(archive)
        assert archive.read_bytes() == before
        with pytest.raises(NoBackup, match="自己的文件夹"):
            back_up(service.var / "backup.tar")

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("intake.keeping.backup._Tar.finish", full)
        with pytest.raises(OSError, match="No space"):
            back_up(archive.with_name("other.tar"))
        assert [p.name for p in archive.parent.glob("*other*")] == []
        assert [p.name for p in archive.parent.glob(".*other*")] == []

    @pytest.mark.django_db(transaction=True)
    def test_a_kept_file_that_changed_is_named(self, service: Place, tmp_path: Path):
        file = service.files / store.keep(b"photo").removeprefix("sha256:")
        file = service.files / file.name[:2] / file.name
        file.write_bytes(b"changed")
        made = back_up(tmp_path / "backup.tar")
        assert made.damaged == (f"files/{file.parent.name}/{file.name}",)


def changed(archive: Path, change: Callable[[bytearray], object]) -> None:
    data = bytearray(archive.read_bytes())
    change(data)
    archive.write_bytes(bytes(data))


def member_at(archive: Path, prefix: str) -> tuple[int, int]:
    with tarfile.open(archive) as tar:
        info = next(info for info in tar if info.name.startswith(prefix))
    return info.offset_data, info.size


def nothing_there(elsewhere: Place) -> bool:
    return [p for p in elsewhere.root.rglob("*") if p.is_file()] == []


class TestADamagedArchive:
    @pytest.mark.parametrize(
        "prefix",
        ["database.sqlite3", "repository/refs", "repository/objects.pack", "spool/", "files/", "keys/receipt",
         "campaign/data/units.yml", "manifest.json"],
    )  # fmt: skip
    def test_one_wrong_byte_is_told_and_nothing_is_restored(self, archive, elsewhere, prefix: str):
        offset, size = member_at(archive, prefix)

        def flip(data: bytearray) -> None:
            data[offset + size // 2] ^= 1

        changed(archive, flip)
        with pytest.raises(NotRestored, match=r"不完整或被改动|不该有"):
            restore(archive, elsewhere, "sqlite")
        assert nothing_there(elsewhere)

    @pytest.mark.parametrize("left", [0, 100, 0.5, 0.99])
    def test_so_is_one_that_was_cut_off(self, archive: Path, elsewhere: Place, left: float):
        changed(
            archive,
            lambda data: data.__delitem__(slice(int(left * len(data)) if left < 1 else int(left), None)),
        )
        with pytest.raises(NotRestored, match="不完整或被改动"):
            restore(archive, elsewhere, "sqlite")
        assert nothing_there(elsewhere)

    @pytest.mark.parametrize("lacking", ["keys/receipt", "spool/", "repository/refs", "manifest.json"])
    def test_so_is_one_that_lacks_a_member(self, archive, elsewhere, tmp_path: Path, lacking: str):
        thin = tmp_path / "thin.tar"
        with tarfile.open(archive) as tar, tarfile.open(thin, "w") as out:
            skipped = next(info.name for info in tar if info.name.startswith(lacking))
            for info in tar:
                if info.name != skipped:
                    out.addfile(info, tar.extractfile(info))
        with pytest.raises(NotRestored, match="不完整或被改动"):
            restore(thin, elsewhere, "sqlite")
        assert nothing_there(elsewhere)

    def test_the_command_says_it_in_one_sentence_and_leaves_no_folder(self, archive: Path, elsewhere: Place):
        elsewhere.root.rmdir()
        changed(archive, lambda data: data.__delitem__(slice(4000, None)))
        done = command(elsewhere, "restore", archive)
        assert done.returncode == 2
        assert done.stderr.startswith("备份文件不完整或被改动，没有恢复。")
        assert not elsewhere.root.exists()


def hostile(kind: bytes = tarfile.REGTYPE, link: str = "", size: int = 1) -> tarfile.TarInfo:
    info = tarfile.TarInfo()
    info.type, info.linkname, info.size = kind, link, size
    return info


class TestAHostileArchive:
    @pytest.mark.parametrize(
        ("name", "info"),
        [
            ("../outside", hostile()),
            ("/tmp/outside", hostile()),  # noqa: S108
            ("spool/../../outside", hostile()),
            ("campaign/../outside", hostile()),
            ("campaign/.git/hooks/post-update", hostile()),
            ("campaign/Makefile", hostile()),
            ("keys", hostile()),
            ("repository.git/hooks/post-update", hostile()),
            ("spool/a\\..\\b", hostile()),
            ("spool//a", hostile()),
            ("keys/link", hostile(tarfile.SYMTYPE, "/etc/passwd", 0)),
            ("keys/hard", hostile(tarfile.LNKTYPE, "manifest.json", 0)),
            ("keys/device", hostile(tarfile.CHRTYPE, "", 0)),
            ("keys/pipe", hostile(tarfile.FIFOTYPE, "", 0)),
            ("keys/folder", hostile(tarfile.DIRTYPE, "", 0)),
            ("keys/receipt", hostile()),  # a second one
        ],
    )
    def test_is_refused_as_a_whole(
        self, archive, elsewhere, tmp_path: Path, name: str, info: tarfile.TarInfo
    ):
        info.name = name
        evil = tmp_path / "evil.tar"
        with tarfile.open(archive) as tar, tarfile.open(evil, "w", format=tarfile.PAX_FORMAT) as out:
            for member in tar:
                if member.name == "manifest.json":
                    told = json.load(tar.extractfile(member))  # type: ignore[arg-type]
                    told["members"][name] = {"sha256": hashlib.sha256(b"x").hexdigest(), "size": 1}
                    data = json.dumps(told).encode()
                    out.addfile(info, io.BytesIO(b"x"))
                    member.size = len(data)
                    out.addfile(member, io.BytesIO(data))
                else:
                    out.addfile(member, tar.extractfile(member))
        with pytest.raises(NotRestored, match="不该有"):
            restore(evil, elsewhere, "sqlite")
        assert nothing_there(elsewhere)
        assert not (tmp_path / "outside").exists()

    def test_a_branch_with_a_made_up_name_is_not_followed(self, archive, elsewhere, tmp_path: Path):
        evil = tmp_path / "evil.tar"
        with tarfile.open(archive) as tar, tarfile.open(evil, "w", format=tarfile.PAX_FORMAT) as out:
            for member in tar:
                data = tar.extractfile(member).read()  # type: ignore[union-attr]
                if member.name == "repository/refs":
                    data = refs_line = data + b"0" * 40 + b" refs/heads/x y\n"
                if member.name == "manifest.json":
                    told = json.loads(data)
                    told["members"]["repository/refs"] = {
                        "sha256": digest(refs_line).removeprefix("sha256:"),
                        "size": len(refs_line),
                    }
                    data = json.dumps(told).encode()
                member.size = len(data)
                out.addfile(member, io.BytesIO(data))
        with pytest.raises(NotRestored, match="不完整或被改动"):
            restore(evil, elsewhere, "sqlite")
        assert nothing_there(elsewhere)


class TestWhereItMayGo:
    def test_only_into_an_empty_folder(self, archive: Path, elsewhere: Place):
        elsewhere.var.mkdir(parents=True)
        (elsewhere.var / "spool").mkdir()
        with pytest.raises(NotRestored, match="不是空的，没有恢复"):
            restore(archive, elsewhere, "sqlite")

    def test_not_beside_files_that_are_no_campaign(self, archive: Path, elsewhere: Place):
        (elsewhere.root / "letter.txt").write_text("mine")
        with pytest.raises(NotRestored, match="没有活动"):
            restore(archive, elsewhere, "sqlite")
        assert [p.name for p in elsewhere.root.rglob("*") if p.is_file()] == ["letter.txt"]

    def test_not_into_another_kind_of_database(self, archive: Path, elsewhere: Place):
        with pytest.raises(NotRestored, match="SQLite，请去掉 SHENBAO_DATABASE_URL"):
            restore(archive, elsewhere, "postgresql")


def test_a_campaign_with_a_typo_is_backed_up_as_it_lies_there_and_the_record_written_from_what_was_read_last(
    tmp_path: Path,
):
    """The timer at night, and whoever is about to mend it, get their archive all the same."""
    here = Place(tmp_path / "campaign", tmp_path / "var")
    for name in ("data", "schemas", "docs"):
        shutil.copytree(ROOT / name, here.root / name)
    assert command(here, "account", "office-9", "--name", "示例").returncode == 0
    for name in ("data", "schemas", "docs"):
        shutil.copytree(here.root / name, here.tree / name)
    with (here.root / "data/units.yml").open("a", encoding="utf-8") as file:
        file.write("  bad: [x\n")
    done = command(here, "backup", "--out", tmp_path / "backup.tar")
    assert (done.returncode, done.stderr.count("已照原样备份")) == (0, 1), done.stderr
    there = Place(tmp_path / "elsewhere", tmp_path / "elsewhere/var")
    assert command(there, "restore", tmp_path / "backup.tar").returncode == 0
    assert contents(there.root / "data") == contents(here.root / "data")
    assert command(there, "verify").returncode == 0
    done = command(here, "export", "--out", tmp_path / "record")
    assert (done.returncode, "最近一次读到的" in done.stderr) == (0, True), done.stderr
    assert "office-9" in (tmp_path / "record/audit.csv").read_text(encoding="utf-8")
    shutil.rmtree(here.tree)
    done = command(here, "export", "--out", tmp_path / "none")
    assert (done.returncode, "data/units.yml" in done.stderr) == (2, True)
    assert not (tmp_path / "none").exists()

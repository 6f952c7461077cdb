"""A unit's archive: everything in it is placed as if it had come alone, and a hostile one harms nothing."""

from __future__ import annotations

import io
import stat
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from campaigns import AFTER, judged, lay
from handing_in import INDIVIDUAL, JIA, PDF, STATISTICS, came, everything, hand_in, listing, packed, states

from build_tools.handed_in import parcels

EMPTY = {"remove": ["data/cities/jia", "data/cities/yi"], "ledger": {}}
GOOD = "jia/materials/study.pdf"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return lay(tmp_path / "campaign", **EMPTY)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    return tmp_path / "desk"


def test_the_archive_of_the_form_pages_is_placed_as_a_whole(root: Path, desk: Path) -> None:
    outcomes = hand_in(root, came(desk, "jia.zip", packed(everything())))
    assert {outcome.state for outcome in outcomes} == {"新增"}
    assert set(listing(root / "data/cities/jia")) == set(listing(JIA))
    assert {finding.code for finding in judged(root, AFTER).findings} == {"T03"}
    again = hand_in(root, came(desk, "jia (1).zip", packed(everything())))
    assert {outcome.state for outcome in again} == {"相同，未改动"}


@pytest.mark.parametrize(
    ("archive", "unit", "entry"),
    [
        ("jia.zip", "", "jia/statistics.yml"),
        ("jia.zip", "", "statistics.yml"),
        ("jia(2).zip", "", "新建文件夹/statistics.yml"),
        ("材料.zip", "", "新建文件夹/jia/statistics.yml"),
        ("材料.zip", "", "jia-statistics.yml"),
        ("材料.zip", "甲市", "statistics.yml"),
    ],
)
def test_an_archive_says_whose_it_is_by_its_name_or_its_folders(
    root: Path, desk: Path, archive: str, unit: str, entry: str
) -> None:
    file = came(desk, archive, packed({entry: STATISTICS}))
    (outcome,) = hand_in(root, file, unit=unit)
    assert (outcome.state, outcome.place) == ("新增", "data/cities/jia/statistics.yml")
    assert outcome.shown == f"{file}/{entry}"


def test_one_unit_s_archive_brings_nothing_for_another(root: Path, desk: Path) -> None:
    entries = {"jia/statistics.yml": STATISTICS, "yi/statistics.yml": STATISTICS, "yi-study.pdf": PDF}
    outcomes = hand_in(root, came(desk, "jia.zip", packed(entries)))
    assert [state for _, state in states(outcomes)] == ["新增", "未放入", "未放入"]
    assert outcomes[1].remark.startswith("名字写的是乙市的，这里应是甲市的")
    assert not (root / "data/cities/yi").exists()


def test_what_a_system_packed_beside_is_passed_over(root: Path, desk: Path) -> None:
    entries = {
        GOOD: PDF,
        "__MACOSX/jia/._study.pdf": b"x",
        "jia/.DS_Store": b"x",
        "jia/materials/Thumbs.db": b"x",
    }
    outcomes = hand_in(root, came(desk, "jia.zip", packed(entries)))
    assert [str(outcome.state) for outcome in outcomes] == ["新增", "略过", "略过", "略过"]


@pytest.mark.parametrize(("stand_in", "encoding"), [("xxxx", "gbk"), ("xxxxxx", "utf-8")])
def test_names_are_read_as_systems_pack_them(root: Path, desk: Path, stand_in: str, encoding: str) -> None:
    data = packed({f"jia/materials/{stand_in}.pdf": PDF}).replace(stand_in.encode(), "学习".encode(encoding))
    (outcome,) = hand_in(root, came(desk, "jia.zip", data))
    assert (outcome.state, outcome.place) == ("新增", "data/cities/jia/materials/学习.pdf")


def entry(
    name: str, data: bytes = PDF, *, mode: int = 0, flags: int = 0
) -> Callable[[zipfile.ZipFile], None]:
    def write(archive: zipfile.ZipFile) -> None:
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        archive.writestr(info, data)
        info.flag_bits |= flags

    return write


HOSTILE = {
    "up and out": (entry("jia/materials/../../../../evil.pdf"), "位置不对"),
    "up into another unit": (entry("jia/../yi/materials/study.pdf"), "位置不对"),
    "an absolute path": (entry("/etc/jia/materials/study.pdf"), "位置不对"),
    "a drive": (entry("C:/jia/materials/study.pdf"), "位置不对"),
    "a backslash": (entry("jia\\materials\\study.pdf"), "位置不对"),
    "an empty part": (entry("jia//materials/study.pdf"), "位置不对"),
    "a link": (entry(GOOD, b"/etc/passwd", mode=stat.S_IFLNK | 0o777), "不是普通文件"),
    "a device": (entry(GOOD, mode=stat.S_IFCHR | 0o666), "不是普通文件"),
    "encrypted": (entry(GOOD, flags=0x1), "加了密码"),
    "an archive inside": (entry("jia/materials/more.zip", packed({GOOD: PDF})), "压缩包里的压缩包"),
    "an archive in disguise": (entry(GOOD, packed({"a": b"b"})), "不收"),
    "too large": (entry(GOOD, b"%PDF-" + bytes(10240 * 1024)), "超过 10240 KB"),
    "no document": (entry("jia/secret.yml"), "认不出"),
    "the campaign's own": (entry("jia/../../campaign.yml"), "位置不对"),
    "the ledger": (entry("data/ledger/jia.yml"), "看不出"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_entry_is_refused_and_the_rest_is_placed(root: Path, desk: Path, what: str) -> None:
    write, words = HOSTILE[what]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        write(archive)
        archive.writestr("jia/statistics.yml", STATISTICS)
    before = listing(root.parent)
    outcomes = hand_in(root, came(desk, "材料.zip", file.getvalue()), replace=True, even_with_errors=True)
    assert [str(outcome.state) for outcome in outcomes] == ["未放入", "新增"]
    assert words in outcomes[0].remark
    added = set(listing(root.parent)) - set(before)
    assert added == {"campaign/data/cities/jia/statistics.yml", "desk/材料.zip"}


def test_the_same_entry_twice_is_refused(root: Path, desk: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("jia/statistics.yml", STATISTICS)
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("jia/statistics.yml", STATISTICS.replace(b"126", b"127"))
    outcomes = hand_in(root, came(desk, "jia.zip", file.getvalue()))
    assert [str(outcome.state) for outcome in outcomes] == ["未放入", "未放入"]
    entries = {"jia/materials/a.pdf": PDF, "jia/materials/A.pdf": PDF}
    outcomes = hand_in(root, came(desk, "jia.zip", packed(entries)))
    assert [str(outcome.state) for outcome in outcomes] == ["未放入", "未放入"]


WHOLE = packed({"jia/statistics.yml": STATISTICS, "jia/nominations/individual-01.yml": INDIVIDUAL})
END = WHOLE.rfind(b"PK\x05\x06")


def with_list_of(size: int) -> bytes:
    return WHOLE[: END + 12] + struct.pack("<L", size) + WHOLE[END + 16 :]


BROKEN = {
    "cut short": (WHOLE[:-40], "打不开"),
    "no archive": (b"%PDF-1.4", "打不开"),
    "empty": (b"", "打不开"),
    "an empty archive": (packed({}), "是空的"),
    "a list of folders only": (packed({"jia/": b""}), "是空的"),
    "a list without end": (with_list_of(2**30), "文件太多"),
    "a list of the large kind": (WHOLE[:END] + b"PK\x06\x07" + bytes(16) + WHOLE[END:], "文件太多"),
    "too many": (packed({f"jia/materials/{number}.pdf": b"" for number in range(261)}), "超过 260 个"),
    "a comment that looks like an end": (WHOLE[:-2] + b"\x04\0PK\x05\x06", "打不开"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_an_archive_that_is_none_is_told(root: Path, desk: Path, what: str) -> None:
    data, words = BROKEN[what]
    (outcome,) = hand_in(root, came(desk, "jia.zip", data))
    assert outcome.state == "未放入"
    assert words in outcome.remark
    assert not (root / "data/cities/jia").exists()


def test_more_than_the_campaign_takes_in_all_is_not_unpacked(root: Path, desk: Path) -> None:
    hole = bytes(9 * 1024 * 1024)
    data = packed({f"jia/materials/{number}.pdf": hole for number in range(67)})
    assert len(data) < 1024 * 1024
    (outcome,) = hand_in(root, came(desk, "jia.zip", data))
    assert outcome.remark == "压缩包解开后有 603 MB，超过 600 MB 的上限"


def test_an_entry_that_lies_about_its_size_is_damaged(root: Path, desk: Path) -> None:
    data = packed({GOOD: bytes(64 * 1024 * 1024)})
    lie = data.replace(struct.pack("<L", 64 * 1024 * 1024), struct.pack("<L", 700))
    assert lie != data
    tracemalloc.start()
    (outcome,) = hand_in(root, came(desk, "jia.zip", lie))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert outcome.remark == "压缩包中的这个文件已损坏，请重新取一次"
    assert most < 8 * 1024 * 1024, "what it unpacks to is never held"


def test_an_entry_that_was_damaged_on_the_way_is_told(root: Path, desk: Path) -> None:
    data = bytearray(packed(everything()))
    at = data.find(b"study.pdf") + len(b"study.pdf") + 40
    data[at] ^= 0xFF
    outcomes = hand_in(root, came(desk, "jia.zip", bytes(data)))
    assert sorted({str(outcome.state) for outcome in outcomes}) == ["新增", "未放入"]
    assert [outcome.remark for outcome in outcomes if outcome.state == "未放入"] == [
        "压缩包中的这个文件已损坏，请重新取一次"
    ]


def test_nothing_is_ever_unpacked_to_the_disk_before_it_is_seen() -> None:
    source = Path(parcels.__file__).read_text(encoding="utf-8")
    assert "extract" not in source

"""Supporting materials and photos (family M)."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

from build_tools.rehearse.documents import pdf, png
from build_tools.rehearse.faults.draft import Draft, Fault, fault
from build_tools.rehearse.faults.form_faults import INDIVIDUAL
from build_tools.rehearse.write import ATTACHMENT

_LIST = "materials.yml"
_NEXT = 6
"""The line of the list, counted from 0, behind those of two nominees with three kinds each."""
_FILE = "materials/qita.pdf"
_PHOTO = "materials/photo.png"
_MOST_FILES, _MOST_PHOTO = 60, 2048


def _entered(path: str, data: bytes | None) -> Callable[[Draft], None]:
    def change(draft: Draft) -> None:
        draft.enter(path, data)

    return change


def _photo(path: str, data: bytes) -> Callable[[Draft], None]:
    def change(draft: Draft) -> None:
        draft.swap(INDIVIDUAL, "\ndeeds: |\n", f"\nphoto: {path}\ndeeds: |\n")
        draft.put(path, data)

    return change


def _kind_missing(draft: Draft) -> None:
    entry = r"  - kind: study\n    title: .*\n    file: .*\n    for: individual-01\n"
    draft.put(_LIST, re.sub(entry, "", draft.text(_LIST)))


def _nominee_unknown(draft: Draft) -> None:
    draft.enter(ATTACHMENT, None, nominee="individual-09")


def _kind_unknown(draft: Draft) -> None:
    draft.enter(ATTACHMENT, None, kind="other")


def _unlisted(draft: Draft) -> None:
    draft.put(_FILE, pdf("Not listed"))


def _many(draft: Draft) -> None:
    for number in range(_MOST_FILES):
        draft.enter(f"materials/ye-{number:02d}.pdf", pdf(f"Page {number}"))


def _archive() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("shuoming.txt"), "演练")
    return packed.getvalue()


_LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le")
_SCRIPT = pdf("Script", "/OpenAction << /S /JavaScript /JS (app.beep\\(0\\)) >> ")
_LARGE_PHOTO = png(413, 579) + bytes(_MOST_PHOTO * 1024)

MATERIAL_FAULTS: tuple[Fault, ...] = (
    fault("M01", "没有佐证材料清单", _LIST, "", lambda draft: draft.drop(_LIST)),
    fault("M02", "先进个人缺学习资料", _LIST, "/files", _kind_missing),
    fault("M03", "清单写到的文件不存在", _LIST, f"/files/{_NEXT}/file", _entered(_FILE, None)),
    fault("M04", "清单写到别的单位的文件", _LIST, f"/files/{_NEXT}/file",
          _entered(f"../shili-0001/{ATTACHMENT}", None)),
    fault("M05", "清单写到没有报的推荐表", _LIST, f"/files/{_NEXT}/for", _nominee_unknown),
    fault("M06", "填了本次活动没有的材料类别 other", _LIST, f"/files/{_NEXT}/kind", _kind_unknown),
    fault("M07", "文件没有登记", _FILE, "", _unlisted),
    fault("M11", "材料文件有 61 个", f"materials/ye-{_MOST_FILES - 1}.pdf", "", _many),
    fault("M12", "照片超过 2 MiB", _PHOTO, "", _photo(_PHOTO, _LARGE_PHOTO)),
    fault("M13", "PDF 只传了开头", _FILE, "", _entered(_FILE, b"%PDF-1.4\n")),
    fault("M14", "材料是压缩包", "materials/qita.zip", "", _entered("materials/qita.zip", _archive())),
    fault("M15", "图片的扩展名是 pdf", _FILE, "", _entered(_FILE, png(40, 40))),
    fault("M16", "Word 文件加了密码", "materials/qita.docx", "", _entered("materials/qita.docx", _LOCKED)),
    fault("M17", "PDF 中有脚本", _FILE, "", _entered(_FILE, _SCRIPT)),
    fault("M18", "图片声明有一亿像素", "materials/qita.png", "",
          _entered("materials/qita.png", png(10_000, 10_000, empty=True))),
    fault("M21", "照片是 PDF", INDIVIDUAL, "/photo", _photo("materials/photo.pdf", pdf("Photo"))),
    fault("M22", "照片是十六位灰度图", INDIVIDUAL, "/photo", _photo(_PHOTO, png(413, 579, depth=16))),
    fault("M23", "照片是正方形", INDIVIDUAL, "/photo", _photo(_PHOTO, png(500, 500))),
    fault("M24", "照片只有 100×140 像素", INDIVIDUAL, "/photo", _photo(_PHOTO, png(100, 140))),
    fault("M25", "照片里写有附加文字", INDIVIDUAL, "/photo", _photo(_PHOTO, png(413, 579, text="rehearsal"))),
)  # fmt: skip

"""The whole record for an archive (档案), readable and verifiable without this program. The same data gives the same bytes."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from django.template.loader import render_to_string

from build_tools.exports.csv import as_csv
from build_tools.exports.tables import Table
from build_tools.history import GitTree, Repository
from build_tools.submissions import LEDGER
from intake.answers import Refused
from intake.current import campaign
from intake.files.disk import sync_folder
from intake.files.store import Missing, read
from intake.journal import spool
from intake.journal.models import Submission
from intake.keeping import tables
from intake.place import place
from intake.projection.store import MAIN, document_path
from intake.receipts import printed, signature, wording

SUMS = "SHA256SUMS"
_ZERO = (1980, 1, 1, 0, 0, 0)
"""The time of every member of an archive: ZIP knows none before."""


class NoExport(Exception):
    """Nothing was written; a Chinese sentence."""


class _Out(Protocol):
    def put(self, name: str, data: bytes) -> None:
        """Write a file."""

    def finish(self) -> None:
        """Everything is written."""


def export(out: Path) -> list[str]:
    """Write the record into ``out``, an empty folder or a ``.zip``; gives what is lacking, a Chinese sentence each.

    Raises :class:`NoExport` and ``OSError``; then ``out`` is as it was.
    """
    zipped = out.suffix == ".zip"
    if out.is_dir() and not zipped and any(out.iterdir()):
        raise NoExport(f"“{out}”不是空的，没有写出。请换一个空文件夹。")
    if out.exists() and (zipped or not out.is_dir()):
        raise NoExport(f"“{out}”已经有了，没有覆盖。请换一个名称。")
    if out.resolve().is_relative_to(place().var):
        raise NoExport("档案不能写在收件服务自己的文件夹里，请换一个位置。")
    passing = out.absolute().with_name(f".{out.name}.{secrets.token_hex(4)}")
    made: _Out = _Zip(passing) if zipped else _Folder(passing)
    try:
        lacking = _write(made)
        made.finish()
        if out.is_dir():
            out.rmdir()
        passing.replace(out)
        sync_folder(out.absolute().parent)
    finally:
        if passing.is_dir():
            shutil.rmtree(passing, ignore_errors=True)
        passing.unlink(missing_ok=True)
    return lacking


def _write(out: _Out) -> list[str]:
    sums: list[str] = []
    lacking: list[str] = []

    def put(name: str, data: bytes) -> None:
        out.put(name, data)
        sums.append(f"{hashlib.sha256(data).hexdigest()}  {name}\n")

    for unit in campaign().units:
        for version, line in _versions(unit.slug):
            folder = f"{unit.slug}/{line.document}/{version:02d}-{line.number}"
            for name, data in _of(line, lacking):
                put(f"{folder}/{name}", data)
    for path, data in _ledgers():
        put(path, data)
    for table in (tables.index(), tables.decisions(), tables.audit()):
        put(f"{table.name}.csv", as_csv(table))
        put(f"{table.name}.json", _as_json(table))
    put("index.html", _page(tables.index()))
    put("allowed_signers", signature.allowed_signers(place()).encode("ascii"))
    put("README.txt", render_to_string("keeping/README.txt", _around()).encode())
    out.put(SUMS, "".join(sums).encode())
    return lacking


def _versions(unit: str) -> Iterator[tuple[int, Submission]]:
    """The unit's lines in their order, each with its number among the versions of its document."""
    seen: defaultdict[str, int] = defaultdict(int)
    for line in Submission.objects.filter(unit=unit).order_by("seq").iterator():
        seen[line.document] += 1
        yield seen[line.document], line


def _of(line: Submission, lacking: list[str]) -> Iterator[tuple[str, bytes]]:
    """The files of one version: as received, its receipt, its attachments."""
    name = Path(document_path(line)).name
    try:
        yield name, spool.document(line.spool)
        yield "body.json", spool.body(line.spool)
    except (OSError, ValueError, KeyError):
        lacking.append(f"{line.number} 的原文在磁盘上缺失，没有写出。")
    message = wording.text(line).encode()
    yield "receipt.txt", message
    yield "receipt.txt.sig", signature.sign(place(), message).encode("ascii")
    try:
        yield "receipt.pdf", printed.pdf(line)
    except Refused as refused:
        lacking.append(f"{line.number} 的 PDF 回执没有写出：{refused.message}")
    if line.findings is not None:
        yield "findings.json", _json(line.findings)
    for path, kept in sorted(line.files.items()):
        try:
            yield f"files/{path}", read(kept["digest"])
        except Missing:
            lacking.append(f"{line.number} 的一个附件在磁盘上缺失，没有写出。")


def _ledgers() -> Iterator[tuple[str, bytes]]:
    """Every unit's ledger as it stands on the main branch, and before there is one as the office keeps it."""
    here = place()
    if not (here.repository / "HEAD").is_file():
        return
    repository = Repository.around(here.repository)
    try:
        tip = repository.resolve(MAIN)
        if tip:
            tree = GitTree(repository, tip)
            for entry in tree.files(LEDGER):
                yield f"ledger/{Path(entry.path).name}", tree.read(entry.path)
    finally:
        repository.close()


def _around() -> dict[str, Any]:
    return {"campaign": campaign(), "namespace": signature.NAMESPACE, "signer": signature.SIGNER}


def _page(table: Table) -> bytes:
    rows = [list(row) for row in table.rows]
    return render_to_string("keeping/index.html", {**_around(), "table": table, "rows": rows}).encode()


def _as_json(table: Table) -> bytes:
    return _json([dict(zip(table.columns, row, strict=True)) for row in table.rows])


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


class _Folder:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        self._folder = folder

    def put(self, name: str, data: bytes) -> None:
        file = self._folder / name
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(data)

    def finish(self) -> None:
        os.sync()


class _Zip:
    def __init__(self, file: Path) -> None:
        self._stream = os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")
        self._zip = zipfile.ZipFile(self._stream, "w", zipfile.ZIP_DEFLATED)

    def put(self, name: str, data: bytes) -> None:
        info = zipfile.ZipInfo(name, _ZERO)
        info.external_attr, info.compress_type = 0o600 << 16, zipfile.ZIP_DEFLATED
        self._zip.writestr(info, data)

    def finish(self) -> None:
        self._zip.close()
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._stream.close()

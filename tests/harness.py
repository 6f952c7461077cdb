"""A broken campaign as a small folder: a healthy base, a few edits, and the findings they must give.

``tests/base/`` is a small campaign without findings. A case (``tests/cases/<CODE>-<slug>/``) holds
``case.yml`` (what is changed), optionally ``files/`` (laid over the base as they are) and
``expected.txt`` (one line a finding). Keys of ``case.yml``, applied in this order:

* ``title`` what the case shows; ``now`` the moment it is judged at (default :data:`NOW`); ``proposed``
  the paths of documents that a pull request brings;
* ``copy: {to: from}``, ``write: {path: text}``, ``bytes: {path: hex}``, ``remove: [path]``,
  ``link: {path: target}``, ``unreadable: [path]``; then the files of ``files/``; ``mode: {path: '100755'}``;
* ``edits: [{file, find, replace}]``: ``find`` must stand exactly once in the file;
* ``pad: {path: kib}``: a comment of so many KiB is added to the file's end;
* ``ledger: {unit: [event]}``: events appended to the unit's ledger.

Ledgers are written with ``digest: auto`` and get their numbers, nonces and hashes last, so a case
that edits a submission keeps a sound ledger. ``digest: base`` is the digest of the base's file, and
``received: base`` in ``case.yml`` reads every ``auto`` of the base that way: received, then changed.
An edit of a file below ``data/ledger/`` is made after that, and so breaks the chain if it changes it.
"""

from __future__ import annotations

import errno
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from build_tools import ledger
from build_tools.campaign import BrokenCampaign, Campaign, load_campaign
from build_tools.checks import examine
from build_tools.findings import Finding
from build_tools.tree import WorkTree

TESTS = Path(__file__).parent
REPOSITORY = TESTS.parent
BASE = TESTS / "base"
CASES = TESTS / "cases"
NOW = "2012-08-23T10:00:00+08:00"

_OFFICE = re.compile(r"schemas/|data/[a-z]+\.yml")
_AFTER_CHAIN = "data/ledger/"


@dataclass(frozen=True)
class Case:
    """One folder of ``tests/cases``."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def code(self) -> str:
        """The rule the case is about: ``F01`` of ``F01-month-thirteen``."""
        return self.name.partition("-")[0]

    @cached_property
    def changes(self) -> dict[str, Any]:
        """``case.yml`` as read (by PyYAML's strings-only loader, so that nothing is typed)."""
        text = (self.folder / "case.yml").read_text(encoding="utf-8")
        changes: dict[str, Any] = yaml.load(text, Loader=_Texts)  # noqa: S506 - builds texts, lists and mappings only
        unknown = set(changes) - _KEYS
        assert not unknown, f"{self.name}: unknown keys {unknown}"
        return changes

    @property
    def now(self) -> datetime:
        return datetime.fromisoformat(self.changes.get("now", NOW))

    @property
    def touches_campaign(self) -> bool:
        """Whether the campaign itself differs from the base's, and so has to be read again."""
        paths = [edit["file"] for edit in self.changes.get("edits", ())]
        for key in ("copy", "write", "bytes", "link", "remove"):
            paths.extend(self.changes.get(key, ()))
        overlay = self.folder / "files"
        paths.extend(str(file.relative_to(overlay)) for file in overlay.rglob("*") if file.is_file())
        return any(_OFFICE.match(path) for path in paths)

    def expected(self) -> str:
        file = self.folder / "expected.txt"
        return file.read_text(encoding="utf-8") if file.exists() else ""


_KEYS = {
    "title",
    "now",
    "proposed",
    "received",
    "copy",
    "write",
    "bytes",
    "link",
    "remove",
    "unreadable",
    "mode",
    "edits",
    "pad",
    "ledger",
}


class _Texts(yaml.BaseLoader):
    """Every scalar is text."""


def cases() -> list[Case]:
    """Every case, in the order of its name."""
    return [Case(file.parent) for file in sorted(CASES.glob("*/case.yml"))]


def lay_out(root: Path, case: Case | None = None) -> None:
    """Write the base, changed by ``case``, into the empty folder ``root``."""
    shutil.copytree(REPOSITORY / "schemas", root / "schemas")
    shutil.copytree(BASE, root, dirs_exist_ok=True)
    shutil.copy(REPOSITORY / "data" / "campaign.yml", root / "data")
    shutil.copy(REPOSITORY / "docs" / "notice.md", _file(root, "docs/notice.md"))
    changes = case.changes if case else {}
    if case:
        _place_files(root, case)
        for path, mode in changes.get("mode", {}).items():
            (root / path).chmod(int(mode[-3:], 8))
    edits = changes.get("edits", ())
    _edit(root, [edit for edit in edits if not edit["file"].startswith(_AFTER_CHAIN)])
    for path, kib in changes.get("pad", {}).items():
        with (root / path).open("ab") as file:
            file.write(b"#" + b" " * (int(kib) * 1024 - 2) + b"\n")
    _write_ledgers(root, changes)
    _edit(root, [edit for edit in edits if edit["file"].startswith(_AFTER_CHAIN)])


def _place_files(root: Path, case: Case) -> None:
    changes = case.changes
    for path, source in changes.get("copy", {}).items():
        _file(root, path).write_bytes((root / source).read_bytes())
    for path, text in changes.get("write", {}).items():
        _file(root, path).write_bytes(text.encode("utf-8"))
    for path, digits in changes.get("bytes", {}).items():
        _file(root, path).write_bytes(bytes.fromhex(digits))
    for path in changes.get("remove", ()):
        gone = root / path
        shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
    for path, target in changes.get("link", {}).items():
        link = _file(root, path)
        link.unlink(missing_ok=True)
        link.symlink_to(target)
    if (case.folder / "files").is_dir():
        shutil.copytree(case.folder / "files", root, dirs_exist_ok=True)


def _file(root: Path, path: str) -> Path:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    return file


def _edit(root: Path, edits: list[dict[str, str]]) -> None:
    for edit in edits:
        file = root / edit["file"]
        data, find = file.read_bytes(), edit["find"].encode()
        assert data.count(find) == 1, f"{edit['find']!r} stands {data.count(find)} times in {edit['file']}"
        file.write_bytes(data.replace(find, edit["replace"].encode()))


def _write_ledgers(root: Path, changes: dict[str, Any]) -> None:
    extra = changes.get("ledger", {})
    folder = root / "data" / "ledger"
    for slug in extra:
        file = folder / f"{slug}.yml"
        if not file.exists():
            _file(root, f"data/ledger/{slug}.yml").write_text(f"unit: {slug}\nevents: []\n", encoding="utf-8")
    for file in sorted(folder.glob("*.yml")):
        raw = yaml.load(file.read_bytes(), Loader=_Texts)  # noqa: S506 - as above
        if not isinstance(raw, dict) or any("hash" in event for event in raw.get("events", ())):
            continue  # a case's own ledger, kept as it is written
        auto = changes.get("received", "auto")
        events: list[dict[str, Any]] = []
        for event in [*_filled(root, raw, auto), *_filled(root, {**raw, "events": extra.get(file.stem, [])})]:
            events = ledger.append(events, event, nonce=f"{len(events) + 1:032x}")
        file.write_text(ledger_text(raw["unit"], events), encoding="utf-8")


def _filled(root: Path, raw: dict[str, Any], auto: str = "auto") -> list[dict[str, Any]]:
    events = []
    for stored in raw["events"]:
        event = dict(stored)
        if "copies" in event:
            event["copies"] = int(event["copies"])
        wanted = event.get("digest")
        if wanted in ("auto", "base"):
            top = BASE if "base" in (wanted, auto) else root
            event["digest"] = _digest(top / "data" / "cities" / raw["unit"], event["document"])
        events.append(event)
    return events


def _digest(folder: Path, document: str) -> str:
    for file in (folder / f"{document}.yml", folder / "nominations" / f"{document}.yml"):
        if file.is_file():
            return ledger.digest(file.read_bytes())
    return ledger.digest(b"")


class _Plain(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def ledger_text(unit: str, events: list[dict[str, Any]]) -> str:
    """A ledger file in the YAML subset."""
    body = {"unit": unit, "events": events}
    return str(yaml.dump(body, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=10**6))


@cache
def base_campaign() -> Campaign:
    """The campaign of the base, read once: most cases leave it as it is."""
    return load_campaign(_BaseTree())


class _BaseTree(WorkTree):
    """The base's office files over the repository's schemas and campaign.yml, without a copy."""

    def __init__(self) -> None:
        super().__init__(BASE)

    def read(self, path: str) -> bytes:
        return WorkTree(BASE if (BASE / path).is_file() else REPOSITORY).read(path)


class _Locked(WorkTree):
    """A folder in which some files may not be read, whoever runs the tests."""

    def __init__(self, root: Path, locked: Sequence[str]) -> None:
        super().__init__(root)
        self.locked = locked

    def read(self, path: str) -> bytes:
        if path in self.locked:
            raise PermissionError(errno.EACCES, "denied", path)
        return super().read(path)


def judge(root: Path, case: Case | None = None) -> str:
    """The findings of the campaign at ``root``, as ``expected.txt`` holds them."""
    campaign = None if case and case.touches_campaign else base_campaign()
    now = case.now if case else datetime.fromisoformat(NOW)
    proposed = dict.fromkeys(case.changes.get("proposed", ()) if case else (), now)
    tree = _Locked(root, case.changes.get("unreadable", ())) if case else WorkTree(root)
    try:
        findings = examine(tree, now, campaign=campaign, proposed=proposed).findings
    except BrokenCampaign as broken:
        return "exit 2\n" + listing(broken.findings)
    return listing(findings)


def listing(findings: list[Finding] | tuple[Finding, ...]) -> str:
    """One line a finding, its related places indented below; ``answered`` stands for its severity."""
    return "".join(
        f"{line}\n" for finding in sorted(findings, key=Finding.sort_key) for line in _lines(finding)
    )


def _lines(finding: Finding) -> list[str]:
    place, severity = finding.place, "answered" if finding.answered else finding.severity
    where = f"{place.path}:{place.line}:{place.column}"
    lines = [f"{where} {severity} {finding.code} {finding.pointer or '-'} {finding.message}"]
    for related in finding.related:
        other = related.place
        lines.append(f"    {other.path}:{other.line}:{other.column} {related.message}")
    return lines


def codes(text: str) -> set[str]:
    """The rule codes in a listing."""
    return {line.split()[2] for line in text.splitlines() if line[:1].strip() and line != "exit 2"}

"""Findings, by the same rules as everywhere: of what came, and of what a clerk is about to send."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from build_tools.campaign import BrokenCampaign, Campaign
from build_tools.checks import judge
from build_tools.checks.memory import Memory
from build_tools.findings import Finding
from build_tools.submissions import CITIES, LEDGER
from build_tools.tree import PLAIN, Entry, Tree
from intake.current import campaign, now, standing_tree
from intake.journal.models import Submission
from intake.journal.turn import save_all
from intake.place import place
from intake.projection.store import document_path


class Overlay:
    """A tree with some files put over it in memory."""

    def __init__(self, below: Tree, files: Mapping[str, bytes]) -> None:
        self._below, self._over = below, dict(files)

    def files(self, folder: str) -> Iterator[Entry]:
        """See :meth:`Tree.files`."""
        start = f"{folder.rstrip('/')}/"
        entries = {entry.path: entry for entry in self._below.files(folder)}
        for path, data in self._over.items():
            if path.startswith(start):
                entries[path] = Entry(path, PLAIN, len(data))
        yield from sorted(entries.values(), key=lambda entry: entry.path.split("/"))

    def read(self, path: str) -> bytes:
        """See :meth:`Tree.read`."""
        return self._over[path] if path in self._over else self._below.read(path)

    def fingerprint(self, _path: str) -> str:
        """See :meth:`Tree.fingerprint`."""
        return ""


class Part:
    """The files of a tree whose paths begin with one of ``starts``, and the office's own; other units' are as if they were
    not there."""

    def __init__(self, whole: Tree, starts: tuple[str, ...]) -> None:
        self._whole, self._starts = whole, starts

    def files(self, folder: str) -> Iterator[Entry]:
        """See :meth:`Tree.files`; looks only where something can be."""
        within = f"{folder.rstrip('/')}/"
        inside = [start for start in self._starts if start.startswith(within)]
        folders = dict.fromkeys(start.rpartition("/")[0] for start in inside) or {folder: None}
        entries = (entry for one in folders for entry in self._whole.files(one))
        found = (entry for entry in entries if self._is_part(entry.path))
        yield from sorted(found, key=lambda entry: entry.path.split("/"))

    def read(self, path: str) -> bytes:
        """See :meth:`Tree.read`."""
        if not self._is_part(path):
            raise FileNotFoundError(path)
        return self._whole.read(path)

    def _is_part(self, path: str) -> bool:
        return path.startswith(self._starts) or not path.startswith((f"{CITIES}/", f"{LEDGER}/"))

    def fingerprint(self, _path: str) -> str:
        """See :meth:`Tree.fingerprint`."""
        return ""


def judge_alone(lines: Iterable[Submission]) -> None:
    """Fill in the findings of ``lines`` as far as their own units' files show them: soon, however large the campaign."""
    wanted = list(lines)
    held = campaign()
    slugs = {line.unit for line in wanted}
    units = tuple(unit for unit in held.units if unit.slug in slugs)
    starts = [start for unit in units for start in (f"{unit.folder}/", f"{LEDGER}/{unit.slug}.yml")]
    _judge(Part(standing_tree(), tuple(starts)), replace(held, units=units), wanted)


def judge_lines(lines: Iterable[Submission], tree: Tree) -> None:
    """Fill in the findings of ``lines``, each as the version that stands now in ``tree``, clashes with other units
    included; leaves them where nothing can be told, and ``judged_at`` where nothing else is found than before.

    Units that did not change since they were last judged are not read again.
    """
    _judge(tree, campaign(), list(lines), Memory(place().var / "judged"))


def _judge(tree: Tree, held: Campaign, lines: list[Submission], memory: Memory | None = None) -> None:
    if not lines:
        return
    at = now()
    try:
        findings = judge(tree, at, campaign=held, memory=memory).findings
    except BrokenCampaign:
        return
    by_path: dict[str, list[Finding]] = {}
    for finding in findings:
        for path in {finding.place.path, *(related.place.path for related in finding.related)}:
            by_path.setdefault(path, []).append(finding)
    changed = []
    for line in lines:
        if line.judged_at is not None and not _lies_in(tree, document_path(line)):
            continue  # it was taken out, and keeps what was found while it stood
        paths = set(line.blobs)
        about = {id(finding): finding for path in sorted(paths) for finding in by_path.get(path, ())}
        found = told(sorted(about.values(), key=Finding.sort_key), paths, elsewhere=True)
        if line.judged_at is None or line.findings != found:
            line.findings, line.judged_at = found, at
            changed.append(line)
    save_all(changed, "findings", "judged_at")


def _lies_in(tree: Tree, path: str) -> bool:
    try:
        tree.read(path)
    except OSError:
        return False
    return True


def judge_before(path: str, files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """What would be found at ``path`` and at ``files`` (by path from the root) if they were handed in now; raises
    ``BrokenCampaign``."""
    at = now()
    overlay = Overlay(standing_tree(), files)
    findings = judge(overlay, at, campaign=campaign(), proposed={path: at}).findings
    return told(findings, {path, *files})


def told(findings: Iterable[Finding], paths: set[str], *, elsewhere: bool = False) -> list[dict[str, Any]]:
    """The findings that stand at one of ``paths`` or point to one, as ``shenbao check --format json`` tells them.

    Places in other units' files are left out: a unit is told that there is a clash, and the office where. With
    ``elsewhere`` the paths of those files stand under that name, which no page of a unit shows.
    """
    folders = {path.split("/")[2] for path in paths if path.count("/") >= 3}
    found = []
    for finding in findings:
        places = {finding.place.path, *(related.place.path for related in finding.related)}
        if not places & paths:
            continue
        words = finding.as_dict()
        foreign = sorted({path for path in places if _is_foreign(path, folders)})
        words["related"] = [one for one in words["related"] if _is_own(one["path"], folders)]
        if elsewhere and foreign:
            words["elsewhere"] = foreign
        if _is_own(finding.place.path, folders):
            found.append(words)
    return found


def _is_own(path: str, folders: set[str]) -> bool:
    parts = path.split("/")
    return len(parts) > 3 and parts[2] in folders


def _is_foreign(path: str, folders: set[str]) -> bool:
    return path.startswith(f"{CITIES}/") and not _is_own(path, folders)

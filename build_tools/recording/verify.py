"""Whether everything that was ever recorded still stands as it was written."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from build_tools.campaign import BrokenCampaign, Campaign
from build_tools.history import Versions
from build_tools.ledger import Ledger, Rewrite, rewritten
from build_tools.submissions import LEDGER, list_submissions, misplaced_ledger, read_ledger
from build_tools.tree import WorkTree


@dataclass(frozen=True)
class Verdict:
    """One ledger: how many ``events`` it holds, the hash of the last (``head``), in how many ``versions`` it was
    compared, and what is wrong: ``fault`` is a Chinese sentence, empty for a ledger in order."""

    slug: str
    events: int
    head: str
    versions: int
    fault: str = ""


@dataclass(frozen=True)
class Verification:
    """The verdicts in official order; ``compared`` tells whether there was a history to compare with."""

    verdicts: tuple[Verdict, ...]
    compared: bool

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong, one sentence a ledger."""
        return tuple(verdict.fault for verdict in self.verdicts if verdict.fault)


def verify(root: Path, campaign: Campaign, slugs: Collection[str] = ()) -> Verification:
    """Try the chain of every ledger, or of those of ``slugs``, and in git that no version of it was rewritten.

    Raises :class:`BrokenCampaign` for a ledger that cannot be read, and ``GitTrouble``.
    """
    tree = WorkTree(root)
    submissions = list_submissions(tree, campaign)
    broken = [] if slugs else [misplaced_ledger(entry) for entry in submissions.stray_ledgers]
    ledgers: dict[str, Ledger] = {}
    for slug, folder in submissions.folders.items():
        if folder.ledger_file is not None and (not slugs or slug in slugs):
            ledger, faults = read_ledger(tree, campaign, folder.ledger_file)
            broken += faults
            if ledger is not None:
                ledgers[slug] = ledger
    if broken:
        raise BrokenCampaign(broken)
    with Versions(root, LEDGER) as versions:
        for path in versions.of:
            slug = path.removeprefix(f"{LEDGER}/").removesuffix(".yml")
            if path == f"{LEDGER}/{slug}.yml" and "/" not in slug and (not slugs or slug in slugs):
                ledgers.setdefault(slug, Ledger(slug))
        order = {slug: place for place, slug in enumerate(campaign.unit_by_slug)}
        chosen = sorted(ledgers.items(), key=lambda entry: (order.get(entry[0], len(order)), entry[0]))
        found = tuple(_verdict(campaign, slug, ledger, versions) for slug, ledger in chosen)
        return Verification(found, any(verdict.versions for verdict in found))


def _verdict(campaign: Campaign, slug: str, ledger: Ledger, versions: Versions) -> Verdict:
    path = f"{LEDGER}/{slug}.yml"
    unit = campaign.unit_by_slug.get(slug)
    name = unit.name if unit else slug
    older = len(versions.of.get(path, ()))
    head = ledger.written[-1].hash if ledger.written else ""
    fault = ""
    if ledger.broken is not None:
        fault = (
            f"{name}：{_place(ledger, ledger.broken, path)}，台账从第 {ledger.broken + 1} 项起与摘要对不上，"
            "该项或其前一项被改动、删除或调换；请从版本记录中恢复台账。"
        )
    else:
        rewrite = rewritten(_all(versions, path, ledger.data)) or _dropped(versions, path, ledger.data)
        if rewrite is not None:
            who = f"提交 {rewrite.commit[:12]} " if rewrite.commit else "还没有提交的改动"
            fault = (
                f"{name}：{_place(ledger, rewrite.event, path)}，先前登记的第 {rewrite.event + 1} 项"
                f"被{who}改写或删去；请恢复那以前的台账，需要更正的在后面追加一项。"
            )
    return Verdict(slug, len(ledger.written), head, older, fault)


def _all(versions: Versions, path: str, present: bytes) -> Iterator[tuple[str, bytes]]:
    yield from versions.bytes_of(path)
    yield "", present


def _dropped(versions: Versions, path: str, present: bytes) -> Rewrite | None:
    """A merge that kept one parent's ledger and lost what the other's held."""
    for commit, data in versions.joined_bytes_of(path):
        rewrite = rewritten([(commit, data), ("", present)])
        if rewrite is not None:
            return Rewrite(commit, rewrite.event)
    return None


def _place(ledger: Ledger, index: int, path: str) -> str:
    """The file and the line of the event; the file alone where the event is no longer there."""
    if ledger.source is None:
        return f"{path}（文件不在了）"
    if index >= len(ledger.written):
        return f"{path}（只有 {len(ledger.written)} 项）"
    return f"{path} 第 {ledger.source.place(('events', index)).line} 行"

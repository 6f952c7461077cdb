"""How one unit stands: what it owes, what it has sent, what the office said. Nothing of any other unit is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from build_tools.checks import examine
from build_tools.progress import DocumentProgress, ItemProgress, State, UnitProgress, assess
from build_tools.standing import Stage, Standing
from build_tools.submissions import LEDGER
from intake.current import campaign, now, standing_tree
from intake.journal.models import Submission
from intake.projection.judging import Part

_DECIDED = (Stage.RETURNED, Stage.ACCEPTED, Stage.WITHDRAWN)


@dataclass(frozen=True)
class Row:
    """A document on the unit's own page: how it stands, and its newest receipt if the intake gave one."""

    item: ItemProgress
    title: str
    address: str
    document: DocumentProgress | None = None
    receipt: Submission | None = None

    @property
    def aside(self) -> bool:
        """Whether the receipt is of a version that does not count, because another stands."""
        return bool(self.document and self.receipt and is_aside(self.receipt, self.document.standing))

    @property
    def errors(self) -> int:
        """How many errors wait to be mended: those of the unit's own files, or what its receipt shows beyond them, as
        a clash with another unit. None once it was accepted or taken out."""
        known = self.document.errors if self.document else 0
        stands = self.document.standing if self.document else None
        if self.receipt is None or (
            stands and (stands.digest != self.receipt.digest or stands.stage in _DECIDED)
        ):
            return known
        return max(known, self.receipt.errors or 0)

    @property
    def clashes(self) -> bool:
        """Whether there are errors that the unit's own files do not show."""
        return self.errors > (self.document.errors if self.document else 0)

    @property
    def has_no_place(self) -> bool:
        """Whether it was taken out and would find no place again: all of them are taken by others."""
        out = self.document is not None and self.document.state is State.WITHDRAWN
        left = self.item.quota_left
        return out and left is not None and left <= 0

    @property
    def mark(self) -> str:
        """The kind of state the document is in: one with errors is faulty, wherever the errors show."""
        if self.document is None:
            return State.ABSENT
        return State.INVALID if self.clashes else self.document.state

    @property
    def label(self) -> str:
        """That state in words."""
        return State.INVALID.label if self.clashes else self.document.label if self.document else ""


def unit_progress(slug: str) -> UnitProgress:
    """The unit's progress by the campaign as it stands now; raises ``BrokenCampaign``."""
    held = campaign()
    unit = held.unit_by_slug[slug]
    narrow = replace(held, units=(unit,))
    tree = Part(standing_tree(), (f"{unit.folder}/", f"{LEDGER}/{slug}.yml"))
    return assess(examine(tree, now(), campaign=narrow)).units[0]


def newest(slug: str) -> dict[str, Submission]:
    """The newest line of each of the unit's documents."""
    return {line.document: line for line in Submission.objects.filter(unit=slug).order_by("id")}


def is_aside(line: Submission, stands: Standing) -> bool:
    """Whether the version came after the deadline while another, in time, stands: it is kept and does not count."""
    return line.digest != stands.digest and any(event.digest == line.digest for event in stands.set_aside)


def rows(progress: UnitProgress, receipts: dict[str, Submission]) -> Iterator[Row]:
    """Every document that is there or was received, and every item that has none, in the notice's order."""
    slug = progress.unit.slug
    for item in progress.items:
        shown = {document.name: document for document in item.documents}
        received = [name for name, line in receipts.items() if line.item == item.item.id]
        every = sorted({*shown, *received})
        for name in every:
            yield Row(
                item,
                _title(name),
                form_address(slug, item.item.id, name),
                shown.get(name),
                receipts.get(name),
            )
        if not every:
            yield Row(item, item.item.title, form_address(slug, item.item.id, ""))


def _title(name: str) -> str:
    return campaign().document_title(name)


def form_address(slug: str, item: str, name: str) -> str:
    """Where the unit fills in the document called ``name``, or a new one of the item when that is empty."""
    located = campaign().locate(name)
    document = f"&document={name}" if located and located[1] else ""
    return f"/submit/{item}/?unit={slug}{document}"


def file_of_tree(slug: str, path: str) -> bytes:
    """A plain file of the unit's folder as it stands, found by its listing; raises :class:`OSError`."""
    folder = campaign().unit_by_slug[slug].folder
    tree = Part(standing_tree(), (f"{folder}/",))
    if not any(entry.path == f"{folder}/{path}" and entry.is_file for entry in tree.files(folder)):
        raise FileNotFoundError(path)
    return tree.read(f"{folder}/{path}")

"""One unit's row and page, for one audience."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from build_tools.campaign import Campaign, Unit
from build_tools.campaign.forge import forge_url
from build_tools.findings import Finding, Related
from build_tools.history import History
from build_tools.ledger import Event, Kind
from build_tools.progress import DocumentProgress, ItemProgress, UnitProgress, moment_text
from build_tools.site.papers import Papers
from build_tools.site.projection import wording
from build_tools.site.view import (
    Audience,
    DocumentView,
    EventView,
    FindingView,
    ItemView,
    Person,
    UnitRow,
    UnitView,
)
from build_tools.submissions import CITIES, Document, UnitFolder

FINDINGS_A_PAGE = 200
"""More findings than this are counted and not listed, so that no page grows without end."""


class UnitProjection:
    """Makes the rows and pages of units for one audience of one campaign."""

    def __init__(
        self,
        campaign: Campaign,
        audience: Audience,
        now: datetime,
        history: History,
        forms: Mapping[str, str],
        *,
        papers: Papers,
        entries: Mapping[str, str] | None = None,
    ) -> None:
        """``forms``: the page of the blank form of each item that has one; ``papers``: what can be printed;
        ``entries``: the page on which each item is filled in, where there are such pages."""
        self.campaign = campaign
        self.history = history
        self.forms = forms
        self.papers = papers
        self.entries = entries or {}
        self.office = audience is Audience.OFFICE
        self.now = now

    def row(self, progress: UnitProgress, order: int) -> UnitRow:
        """The unit in a list; ``order`` is its place in the official order."""
        unit, event = progress.unit, progress.last_event
        return UnitRow(
            slug=unit.slug,
            code=unit.code,
            name=unit.name,
            bureau=unit.bureau,
            order=order,
            mark=wording.unit_mark(progress.state),
            share=int(100 * progress.share),
            items=tuple((item.item.title, wording.item_mark(item)) for item in progress.items),
            deadline=moment_text(progress.deadline, self.now) + ("（已延期）" if progress.extended else ""),
            errors=sum(d.errors for item in progress.items for d in item.documents),
            warnings=sum(d.warnings - d.answered for item in progress.items for d in item.documents),
            latest=wording.short_time(event.at, self.now) if event else "",
            next_step=progress.next_step,
            contact=self.contact(unit),
        )

    def contact(self, unit: Unit) -> Person | None:
        """Whom to call about ``unit``; nobody for the public."""
        if not self.office or unit.contact is None:
            return None
        return Person(unit.contact.name, unit.contact.phone)

    def page(self, progress: UnitProgress, row: UnitRow, folder: UnitFolder) -> UnitView:
        """The unit's own page."""
        listed = progress.findings[:FINDINGS_A_PAGE] if self.office else ()
        return UnitView(
            row=row,
            about=tuple(self._about(progress.unit)),
            items=tuple(self._item(item, folder) for item in progress.items),
            findings=tuple(self._finding(finding, folder) for finding in listed),
            more_findings=len(progress.findings) - len(listed) if self.office else 0,
            events=tuple(
                self.event(progress.unit, event)
                for event in reversed(folder.ledger.events)
                if event not in folder.ledger.expected
            ),
            folder_url=self._url("tree", progress.unit.folder),
            packet=self.papers.packets.get(progress.unit.slug),
            entry=f"submit/?unit={progress.unit.slug}" if self.entries else "",
        )

    def event(self, unit: Unit, event: Event) -> EventView:
        """A line of the ledger; reasons and names are for the office."""
        return EventView(
            at=wording.short_time(event.at, self.now),
            unit=unit.name,
            slug=unit.slug,
            kind=event.kind.label,
            shape=wording.event_shape(event.kind),
            document=self.campaign.document_title(event.document),
            detail="；".join(part.rstrip("。；") for part in self._detail(event)),
            by=wording.who(event) if self.office else "",
        )

    def _about(self, unit: Unit) -> Iterator[str]:
        yield unit.bureau
        yield f"代码 {unit.code}"
        for trait in sorted(unit.traits):
            yield self.campaign.trait_titles.get(trait, trait)
        if unit.excludes:
            yield f"数字不含{unit.excludes}"

    def _item(self, item: ItemProgress, folder: UnitFolder) -> ItemView:
        shown = [d for d in item.documents if d.present or d.standing.first_received]
        return ItemView(
            id=item.item.id,
            title=item.item.title,
            clause=item.item.clause,
            mark=wording.item_mark(item),
            timing=wording.notable_timing(item.timing),
            deadline=moment_text(item.deadline, self.now),
            extended=item.extended,
            needed=item.needed,
            remark=item.remark,
            form=self.forms.get(item.item.id, ""),
            entry=self._entry(item, folder),
            sample=item.quota is not None and not self.campaign.quota_official,
            single=len(shown) == 1 and not item.item.is_nomination,
            documents=tuple(self._document(document, folder) for document in shown),
        )

    def _document(self, document: DocumentProgress, folder: UnitFolder) -> DocumentView:
        standing = document.standing
        owed, got = document.copies_owed, document.copies_received
        received = wording.exact_time(standing.received, self.now) if standing.received else ""
        # Before the merge there is no receipt, and nothing that could be taken for one.
        pending = any(event.document == document.name for event in folder.ledger.expected)
        return DocumentView(
            title=document.title,
            caption=self._caption(document, folder.document(document.name)),
            mark=wording.document_mark(document),
            timing="" if pending else document.timing_label,
            received="合并以后登记" if pending else received,
            reason=standing.why if self.office else "",
            paper=f"收到 {got} 份，应交 {owed} 份" if owed else (f"收到 {got} 份" if got else ""),
            paper_complete=document.paper_complete,
            seals=self._seals(document),
            changed=document.changed,
            blanks=document.blanks,
            edit_url=self._url("edit", document.path),
            path=document.path,
            entry=self._mending(document, folder),
            committed=self._committed(document.path),
            papers=self.papers.documents.get((folder.slug, document.name), ()),
            unprinted=self.papers.unprinted.get((folder.slug, document.name), ""),
            set_aside=tuple(
                f"{wording.exact_time(event.at, self.now)}又收到一份，晚于截止时间，不予替换"
                for event in standing.set_aside
            ),
        )

    def _entry(self, item: ItemProgress, folder: UnitFolder) -> str:
        page = self.entries.get(item.item.id)
        return f"{page}/?unit={folder.slug}" if page else ""

    def _mending(self, document: DocumentProgress, folder: UnitFolder) -> str:
        """The form page with the document as it stands, for the office, whose edition has the file."""
        page = self.entries.get(document.item.id)
        if not (page and self.office and document.present):
            return ""
        return f"{page}/?unit={folder.slug}&document={document.name}&open=1"

    def _committed(self, path: str) -> str:
        """When the file came and was last changed in git, for the office; authors may write any date."""
        known = self.history.of(path) if self.office else None
        if known is None or known.deleted:
            return ""
        first, last = (
            wording.short_time(change.authored, self.now) if change.authored else ""
            for change in (known.first, known.last)
        )
        parts = [f"{first}存入" if first else "", f"{last}改动" if last != first else ""]
        return "，".join(part for part in parts if part)

    def _seals(self, document: DocumentProgress) -> str:
        if not document.seals_owed:
            return ""
        missing = document.seals_missing
        return f"缺{'、'.join(missing)}印章" if missing else f"{'、'.join(document.seals_owed)}印章齐全"

    def _caption(self, progress: DocumentProgress, document: Document | None) -> str:
        key = progress.item.caption
        if not key or document is None or not (self.office or progress.item.schema.is_public((key,))):
            return ""
        value: Any = document.field(key)
        return value if isinstance(value, str) else ""

    def _finding(self, finding: Finding, folder: UnitFolder) -> FindingView:
        mark = wording.finding_mark(finding)
        document = next((d for d in folder.documents if d.path == finding.place.path), None)
        key = finding.pointer.split("/")[1] if finding.pointer else ""
        note = document.notes.get(key, "") if finding.answered and document else ""
        return FindingView(
            code=finding.code,
            mark=mark,
            message=finding.message,
            hint=finding.hint,
            clause=finding.clause,
            path=self._file(finding.place.path, folder),
            line=0 if finding.about_file else finding.place.line,
            column=finding.place.column,
            document=self.campaign.document_title(document.name) if document else "",
            note=str(note),
            edit_url=self._url("edit", finding.place.path) if document else "",
            related=tuple(self._related(r, folder) for r in finding.related if not _is_foreign(r, folder)),
            foreign=tuple(self._related(r, folder) for r in finding.related if _is_foreign(r, folder)),
        )

    def _related(self, related: Related, folder: UnitFolder) -> str:
        return f"{related.message}：{self._file(related.place.path, folder)} 第 {related.place.line} 行"

    @staticmethod
    def _file(path: str, folder: UnitFolder) -> str:
        """A path as the unit sees it: relative to its own folder, whole for a file of somebody else."""
        return path.removeprefix(f"data/cities/{folder.slug}/")

    def _detail(self, event: Event) -> Iterator[str]:
        if event.kind is Kind.EXTENDED and event.until:
            yield f"延期至{moment_text(event.until, self.now)}"
        if event.kind is Kind.PAPER:
            yield f"{event.copies} 份" + (f"，盖有{'、'.join(event.seals)}印章" if event.seals else "")
        if not self.office:
            return
        if event.reason:
            yield event.reason
        if event.kind is Kind.RETURNED and event.until:
            yield f"请于{moment_text(event.until, self.now)}前改好"

    def _url(self, action: str, path: str) -> str:
        return forge_url(self.campaign, action, path)


def _is_foreign(related: Related, folder: UnitFolder) -> bool:
    """Whether it stands in another unit's file."""
    path = related.place.path
    return path.startswith(f"{CITIES}/") and not path.startswith(f"{CITIES}/{folder.slug}/")

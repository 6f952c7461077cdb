"""Lines of the journal become commits on their branches and receipts in the ledger on the main branch.

Everything can be done again: a commit carries the number of its receipt, and so does the ledger's event. What was cut
off after the branches moved is found there and not made a second time.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from build_tools.campaign import BrokenCampaign
from build_tools.history import GitTree, Move, Writer
from build_tools.ledger import INTAKE, Kind
from build_tools.recording import Books, Refused, Request, add
from build_tools.submissions import LEDGER
from intake.current import campaign, now
from intake.files.store import Missing, read
from intake.journal import spool
from intake.journal.models import Submission
from intake.projection.store import MAIN, RECEIPT, branch, document_path, service, trailers, unit_person

_LOG = logging.getLogger("intake.projection")
BATCH = 100


def waiting() -> list[Submission]:
    """The oldest lines that git does not know of, in the order they were received."""
    return list(Submission.objects.filter(recorded_at=None, trouble="").order_by("id")[:BATCH])


def project(writer: Writer, lines: Iterable[Submission]) -> list[Submission]:
    """Bring ``lines`` into git; gives those that are there now. Raises ``Moved`` when somebody else moved a branch.

    A line whose contents are lost, or that the ledger refuses, is marked with its ``trouble`` and stops no other.
    """
    tips: dict[str, tuple[str, str]] = {}
    main = writer.tip(MAIN)
    done: list[Submission] = []
    for line in lines:
        try:
            line.commit = _committed(writer, line, main, tips)
        except (OSError, ValueError, LookupError, Missing) as error:
            _troubled(line, "这份报送的内容在磁盘上读不出来，请维护人员核对 spool 和 files 文件夹。")
            _LOG.error("unreadable", extra={"number": line.number}, exc_info=error)
        else:
            done.append(line)
    at = now()
    recorded, ledgers = _recorded(writer, main, done, at)
    moves = [Move(ref, new, old) for ref, (old, new) in tips.items()]
    if ledgers:
        moves.append(Move(MAIN, _ledger_commit(writer, main, ledgers, recorded, at), main))
    writer.move(moves)
    with transaction.atomic():
        for line in done:
            line.projected_at = at
            line.recorded_at = at if not line.trouble else None
            line.save(update_fields=["commit", "blobs", "projected_at", "recorded_at", "trouble"])
    return [line for line in done if not line.trouble]


def _committed(writer: Writer, line: Submission, main: str, tips: dict[str, tuple[str, str]]) -> str:
    """The commit of ``line``, made behind what its branch holds by now unless it is among that."""
    ref = branch(line.unit, line.document)
    if ref not in tips:
        tip = writer.tip(ref)
        tips[ref] = (tip, tip)
    old, tip = tips[ref]
    line.blobs = {path: writer.blob(data) for path, data in files_of(line).items()}
    if tip:
        known = trailers(writer, RECEIPT, [tip, "--not", main])
        if line.number in known:
            return known[line.number]
    parent = tip if tip and not _is_in(writer, tip, main) else main
    commit = writer.commit(
        writer.tree(parent, line.blobs),
        [parent],
        _message(line),
        author=unit_person(campaign().unit_by_slug[line.unit], line.received_at),
        committer=service(line.received_at),
    )
    tips[ref] = (old, commit)
    return commit


def files_of(line: Submission) -> dict[str, bytes]:
    """The document and its files by path from the campaign's root; raises :class:`OSError` for what is lost."""
    folder = campaign().unit_by_slug[line.unit].folder
    found = {document_path(line): spool.document(line.spool)}
    return found | {f"{folder}/{path}": read(kept["digest"]) for path, kept in line.files.items()}


def _is_in(writer: Writer, commit: str, main: str) -> bool:
    """Whether ``commit`` was merged already."""
    base = writer.repository.run("merge_base", commit, main, fails=(1,)).decode("ascii").strip()
    return base == commit


def _message(line: Submission) -> str:
    held = campaign()
    unit, title = held.unit_by_slug[line.unit], held.document_title(line.document)
    return f"报送：{unit.name} {title}\n\n{RECEIPT}: {line.number}\nDigest: {line.digest}\n"


def source(number: str) -> str:
    """What the ledger names as the source of a time of receipt."""
    return f"{INTAKE} {number}"


def _recorded(
    writer: Writer, main: str, lines: list[Submission], at: datetime
) -> tuple[list[Submission], dict[str, str | None]]:
    """The lines that get an event, and the ledgers with them: path to blob."""
    held = campaign()
    slugs = list(dict.fromkeys(line.unit for line in lines))
    narrow = replace(held, units=tuple(unit for unit in held.units if unit.slug in slugs))
    tree = GitTree(writer.repository, main).only(*(f"{LEDGER}/{slug}.yml" for slug in slugs))
    books = Books(narrow, tree, at)
    fresh = []
    for line in lines:
        try:
            book = books.of(held.unit_by_slug[line.unit])
            if any(event.source == source(line.number) for event in book.ledger.written):
                continue
            asked = Request(
                Kind.RECEIVED,
                (line.by,),
                at=line.received_at.replace(microsecond=0),
                source=source(line.number),
                digest=line.digest,
            )
            add(books, asked, [f"{line.unit}/{line.document}"])
            fresh.append(line)
        except (Refused, BrokenCampaign) as error:
            _troubled(line, f"收文没有登记进台账：{error}"[:300])
    ledgers: dict[str, str | None] = {
        f"{LEDGER}/{book.unit.slug}.yml": writer.blob(book.data()) for book in books.changed()
    }
    return fresh, ledgers


def _ledger_commit(
    writer: Writer, main: str, ledgers: dict[str, str | None], lines: list[Submission], at: datetime
) -> str:
    names = "".join(f"{RECEIPT}: {line.number}\n" for line in lines)
    who = service(at)
    message = f"登记收到 {len(lines)} 份\n\n{names}"
    return writer.commit(writer.tree(main, ledgers), [main], message, author=who, committer=who)


def _troubled(line: Submission, trouble: str) -> None:
    line.trouble = trouble
    Submission.objects.filter(pk=line.pk).update(trouble=trouble)

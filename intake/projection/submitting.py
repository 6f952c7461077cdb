"""Lines of the journal become commits on their branches and receipts in the ledger on the main branch.

Everything can be done again: a commit carries the number of its receipt, and so does the ledger's event. What was cut
off after the branches moved is found there and not made a second time.
"""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from time import monotonic

from django.db.models import Max

from build_tools.campaign import BrokenCampaign
from build_tools.history import GitTree, GitTrouble, Move, Writer
from build_tools.ledger import INTAKE, Kind
from build_tools.recording import Books, Refused, Request, add
from build_tools.submissions import LEDGER
from intake.current import campaign, now
from intake.files.store import Missing, read
from intake.journal import spool
from intake.journal.models import Submission
from intake.journal.turn import save_all, turn
from intake.projection.store import MAIN, RECEIPT, branch, document_path, service, trailers, unit_person

_LOG = logging.getLogger("intake.projection")
BATCH = 100
_EVERY = 30.0


_UNREADABLE = "这份报送的内容在磁盘上读不出来，请维护人员核对 spool 和 files 文件夹。"
_UNWRITABLE = "这份报送还写不进代码仓库，程序会自动再试；一直不成的，请维护人员核对磁盘和仓库。"


def waiting() -> list[Submission]:
    """The oldest lines that git does not know of, in the order they were received."""
    return list(Submission.objects.filter(recorded_at=None, trouble="").order_by("id")[:BATCH])


def troubled(after: int = 0) -> list[Submission]:
    """The oldest lines behind the one with the key ``after`` that could not be recorded yet."""
    lines = Submission.objects.filter(recorded_at=None, pk__gt=after).exclude(trouble="")
    return list(lines.order_by("id")[:BATCH])


class Retries:
    """Tries again, every half a minute, what could not be recorded; at once as long as that goes well."""

    def __init__(self) -> None:
        self._tried, self._behind = float("-inf"), 0

    def tried(self, writer: Writer) -> list[Submission]:
        """The lines that were in trouble and are recorded now."""
        if monotonic() - self._tried < _EVERY:
            return []
        lines = troubled(self._behind)
        self._behind = lines[-1].pk if len(lines) == BATCH else 0
        recorded = project(writer, lines)
        if not recorded or not self._behind:
            self._tried = monotonic()
        return recorded


def project(writer: Writer, lines: Iterable[Submission]) -> list[Submission]:
    """Bring ``lines`` into git; gives those that are there now. Raises ``Moved`` when somebody else moved a branch.

    A line whose contents are lost, that git does not take, or that the ledger refuses, is marked with its ``trouble``
    and stops no other.
    """
    asked = list(lines)
    if not asked:
        return []
    main = writer.tip(MAIN)
    refs = {branch(line.unit, line.document) for line in asked}
    known = writer.tips(refs)
    tips = {ref: (known.get(ref, ""),) * 2 for ref in refs}
    newest = _newest(asked)
    done: list[Submission] = []
    for line in asked:
        line.trouble = ""
        try:
            line.commit = _committed(
                writer, line, main, tips, newer=newest[line.unit, line.document] > line.pk
            )
        except (GitTrouble, OSError, ValueError, LookupError, Missing) as error:
            _troubled(line, _UNWRITABLE if isinstance(error, GitTrouble) or _is_full(error) else _UNREADABLE)
            _LOG.error("not committed", extra={"number": line.number}, exc_info=error)
        else:
            done.append(line)
    at = now()
    recorded, ledgers = _recorded(writer, main, done, at)
    moves = [Move(ref, new, old) for ref, (old, new) in tips.items()]
    if ledgers:
        moves.append(Move(MAIN, _ledger_commit(writer, main, ledgers, recorded, at), main))
    writer.move(moves)
    for line in done:
        line.projected_at = at
        line.recorded_at = at if not line.trouble else None
    save_all(done, "commit", "blobs", "projected_at", "recorded_at", "trouble")
    return [line for line in done if not line.trouble]


def _is_full(error: Exception) -> bool:
    return isinstance(error, OSError) and error.errno in (
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EROFS,
        errno.EFBIG,
    )


def _newest(lines: list[Submission]) -> dict[tuple[str, str], int]:
    """The key of the newest committed line of each document that ``lines`` are versions of; 0 for none."""
    found = dict.fromkeys(((line.unit, line.document) for line in lines), 0)
    slugs = {line.unit for line in lines}
    known = Submission.objects.filter(unit__in=slugs).exclude(commit="").values_list("unit", "document")
    for unit, document, last in known.annotate(last=Max("id")).order_by():
        if (unit, document) in found:
            found[unit, document] = last
    return found


def _committed(
    writer: Writer, line: Submission, main: str, tips: dict[str, tuple[str, str]], *, newer: bool
) -> str:
    """The commit of ``line``, made behind what its branch holds by now unless it is among that.

    One that comes after a ``newer`` version, because it could not be read before, is joined to the branch, which goes
    on showing the newer one.
    """
    line.blobs = {path: writer.blob(data) for path, data in files_of(line).items()}
    if line.commit and writer.repository.resolve(line.commit):
        return line.commit
    ref = branch(line.unit, line.document)
    old, tip = tips[ref]
    if tip:
        known = trailers(writer, RECEIPT, [tip, "--not", main])
        if line.number in known:
            return known[line.number]
    behind = tip if tip and not newer and not _is_in(writer, tip, main) else main
    who = service(line.received_at)
    commit = writer.commit(
        writer.tree(behind, line.blobs),
        [behind],
        _message(line),
        author=unit_person(campaign().unit_by_slug[line.unit], line.received_at),
        committer=who,
    )
    head = commit
    if newer and tip:
        tree = writer.tree(tip, {})
        head = writer.commit(tree, [tip, commit], _joined(line), author=who, committer=who)
    tips[ref] = (old, head)
    return commit


def _joined(line: Submission) -> str:
    return f"补入较早收到的一份：{line.number}\n"


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
    tree = GitTree(writer.repository, main, paths=[f"{LEDGER}/{slug}.yml" for slug in slugs])
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
    with turn():
        Submission.objects.filter(pk=line.pk).update(trouble=trouble)

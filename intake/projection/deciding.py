"""What the office does becomes an event in the ledger, and an accepted document part of the main branch."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace

from build_tools.campaign import BrokenCampaign, NoSuchName, Unit
from build_tools.history import GitTree, GitTrouble, Move, Moved, Writer
from build_tools.ledger import Kind
from build_tools.recording import BadRequest, Books, Refused, Request, add
from build_tools.source import parse
from build_tools.submissions import LEDGER
from intake.current import campaign, now
from intake.journal.models import Action, Submission
from intake.journal.turn import turn
from intake.projection.store import (
    ACTION,
    MAIN,
    RECEIPT,
    document_path,
    office_person,
    service,
    trailers,
    unit_person,
)

_LOG = logging.getLogger("intake.projection")
_LOOK_BACK = 500


def waiting() -> list[Action]:
    """What is to be done, in the order it was asked for."""
    return list(
        Action.objects.filter(state=Action.State.PENDING).select_related("account", "second", "submission")[
            :50
        ]
    )


def carry_out(writer: Writer, actions: list[Action]) -> list[Action]:
    """Do ``actions`` one after another; gives those that are settled: done, or refused with their reason. The journal
    is told of them by :func:`settle`.

    One that git cannot be told of now waits, and stops no other. Raises ``Moved`` when somebody else moved the main
    branch.
    """
    if not actions:
        return []
    main = writer.tip(MAIN)
    known = trailers(writer, ACTION, ["--first-parent", f"--max-count={_LOOK_BACK}", main])
    settled = []
    for action in actions:
        try:
            action.commit = known.get(str(action.pk)) or _commit(writer, action)
        except (Refused, BadRequest, NoSuchName, BrokenCampaign) as error:
            action.state = Action.State.REFUSED
            action.message = str(error).rstrip("。")[:399] + "。"
        except Moved:
            raise
        except (GitTrouble, OSError) as error:
            _LOG.error("action waits", extra={"action": action.pk}, exc_info=error)
            continue
        else:
            action.state = Action.State.DONE
        action.done_at = now()
        settled.append(action)
    return settled


def settle(actions: list[Action]) -> None:
    """Tell the journal what became of ``actions``. What is told as done, every page of the desk shows at once: so the
    folder they read is brought up to date first. Whoever is cut off in between finds the commits, and does nothing twice.
    """
    for action in actions:
        with turn():
            action.save(update_fields=["state", "message", "commit", "done_at"])


def _commit(writer: Writer, action: Action) -> str:
    held, at, main = campaign(), now(), writer.tip(MAIN)
    unit = held.unit_by_slug[action.unit]
    tree = GitTree(writer.repository, main, paths=(f"{LEDGER}/{unit.slug}.yml", unit.folder))
    books = Books(replace(held, units=(unit,)), tree, at)
    files: dict[str, str | None] = {}
    parents = [main]
    if action.kind == Action.Kind.ACCEPTED:
        line = _newest(action)
        files = dict(line.blobs)
        parents.append(line.commit)
    elif action.kind == Action.Kind.WITHDRAWN and action.submission is not None:
        files = dict.fromkeys(_taken_out(action.submission, unit, tree))
    add(books, _request(action), [f"{action.unit}/{action.document}"])
    for book in books.changed():
        files[f"{LEDGER}/{book.unit.slug}.yml"] = writer.blob(book.data())
    commit = writer.commit(
        writer.tree(main, files),
        parents,
        _message(action, unit.name),
        author=office_person(action.account, at) if action.account.is_office else unit_person(unit, at),
        committer=service(at),
    )
    writer.move([Move(MAIN, commit, main)])
    return commit


def _newest(action: Action) -> Submission:
    """The version that is accepted, which must be the last one received."""
    line = action.submission
    last = Submission.objects.filter(unit=action.unit, document=action.document).order_by("-id").first()
    if line is None or not line.commit:
        raise Refused("这一版本还没有登记完，请稍候再办。")
    if last is None or last.pk != line.pk:
        raise Refused("单位已经报来新的版本，没有受理；请看过新版本再办。")
    return line


def _taken_out(line: Submission, unit: Unit, tree: GitTree) -> Iterator[str]:
    """The document on the main branch, if it lies there, and the picture that it alone names."""
    path, located = document_path(line), campaign().locate(line.document)
    if not tree.fingerprint(path) or located is None:
        return
    yield path
    value = parse(path, tree.read(path)).value
    name = value.get(located[0].photo) if isinstance(value, dict) else None
    if not isinstance(name, str) or not tree.fingerprint(f"{unit.folder}/{name}"):
        return
    others = (e.path for e in tree.files(unit.folder) if e.path.endswith(".yml") and e.path != path)
    if not any(name.encode() in tree.read(other) for other in others):
        yield f"{unit.folder}/{name}"


def _request(action: Action) -> Request:
    people = [action.account.name, *([action.second.name] if action.second else [])]
    told: Mapping[str, object] = {
        Action.Kind.ACCEPTED: {},
        Action.Kind.RETURNED: {"reason": action.reason, "until": action.until},
        Action.Kind.WITHDRAWN: {"reason": action.reason},
        Action.Kind.EXTENDED: {"reason": action.reason, "until": action.until},
        Action.Kind.PAPER: {
            "copies": action.copies,
            "seals": tuple(action.seals),
            "reason": action.reason,
        },
    }
    rest: dict[str, object] = told[action.kind]  # type: ignore[assignment]
    return Request(Kind(action.kind), tuple(people), **rest)  # type: ignore[arg-type]


def _message(action: Action, unit: str) -> str:
    title = campaign().document_title(action.document)
    number = f"{RECEIPT}: {action.submission.number}\n" if action.submission else ""
    return f"{action.word}：{unit} {title}\n\n{ACTION}: {action.pk}\n{number}"

"""Record when the documents that came to the branch were received: by the forge's clock, never a commit's dates.

For each merge request of a push, however it was merged (merge commit, squash, rebase, several in a queue), that
is the moment when the forge first saw what was merged: the first run of the checks (GitHub), the version of the
merge request (GitLab). For what an office pushed by itself no such moment exists: the office knows when it came,
and is asked to record it unless it did.

What was done is remembered in the repository as ``refs/shenbao/received``, which moves together with the ledger
or not at all: a run that was cancelled or skipped is made up for by the next one, and nothing is recorded twice.

    receive.py      BEFORE, AFTER: the push's commits; BRANCH; SHENBAO: the command; see forge.py for the rest
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from forge import NOT_AS_DOCUMENTED, UNEXPECTED, ZEROS, Forge, ForgeTrouble, Request, forge, git_environment
from seen import FETCH, SENT, Git, as_json, first_seen

DONE = "refs/shenbao/received"
LEDGER = "data/ledger"
RECORDER = "收文程序"
_TRIES = 5


class Span(NamedTuple):
    """What one merge request, or one commit that an office pushed (``merged`` is ``None``), changed."""

    base: str
    head: str
    merged: Request | None


class NotDone(Exception):
    """Nothing was recorded; the text is one Chinese sentence with the way out."""


def spans(git: Git, before: str, after: str, merged_of: Callable[[str], list[Request]]) -> list[Span]:
    """The pushed commits, along first parents from ``before`` to ``after``, put together by merge request."""
    commits = git("rev-list", "--first-parent", "--reverse", f"{before}..{after}").split()
    place = {commit: index for index, commit in enumerate(commits)}
    found: list[Span] = []
    for index, commit in enumerate(commits):
        candidates = merged_of(commit)
        complete = [each for each in candidates if place.get(each.landed, -1) >= index]
        merged = min(complete or candidates, key=lambda each: place.get(each.landed, 0), default=None)
        base = found[-1].head if found else before
        if found and merged and found[-1].merged and found[-1].merged.number == merged.number:
            found[-1] = found[-1]._replace(head=commit)
        else:
            found.append(Span(base, commit, merged))
    return [span for span in found if git.changed(span.base, span.head, SENT)]


def unrecorded(git: Git, span: Span) -> list[str]:
    """The documents of ``span`` whose bytes the unit's ledger on the branch does not know."""
    found = []
    for path in git.changed(span.base, span.head, SENT):
        unit = path.removeprefix(f"{SENT}/").partition("/")[0]
        ledger = Path(LEDGER) / f"{unit}.yml"
        if path.endswith(".yml") and git.holds("cat-file", "-e", f"{span.head}:{path}"):
            digest = hashlib.sha256(git.raw("cat-file", "blob", f"{span.head}:{path}")).hexdigest()
            if not ledger.is_file() or digest not in ledger.read_text(encoding="utf-8"):
                found.append(path)
    return found


def record(shenbao: str, span: Span, merged: Request, seen: Mapping[str, datetime]) -> None:
    """Append to the ledgers of the work tree what ``merged`` brought; raises :class:`NotDone`."""
    whence = f"合并请求 #{merged.number}"
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".json") as times:
        times.write(as_json(seen))
        times.flush()
        command = (
            *(shenbao, "ledger", "record", "received", "--base", span.base, "--head", span.head),
            *("--times", times.name, "--source", "forge", "--by", RECORDER, "--by", whence),
        )
        environment = {name: value for name, value in os.environ.items() if name != "TOKEN"}
        status = subprocess.run(command, env=environment, check=False).returncode
    if status != 0:
        raise NotDone(f"{whence} 没有登记成功，原因见上；改正后重新运行，这次推送的收文一并登记。")


def receive(git: Git, place: Forge, environment: Mapping[str, str]) -> list[str]:
    """Record and push. Gives a sentence for whatever no forge stamped and the office has to record."""
    branch, after = environment["BRANCH"], environment["AFTER"]
    before = _start(git, environment["BEFORE"], after)
    if before is None:
        return []
    found = spans(git, before, after, lambda commit: place.merged(commit, branch))
    due: list[tuple[dict[str, datetime], Span, Request]] = []
    sentences = []
    for span in found:
        if span.merged is None:
            continue
        seen = first_seen(git, place, span.base, span.head, span.merged)
        if seen:
            due.append((seen, span, span.merged))
        else:
            sentences.append(_NO_TIME.format(number=span.merged.number, base=span.base, head=span.head))
    due.sort(key=lambda each: max(each[0].values()))
    for _ in range(_TRIES):
        git("fetch", "--quiet", "--no-tags", "origin", f"+refs/heads/{branch}:refs/shenbao/branch")
        git("checkout", "--quiet", "--force", "--detach", "refs/shenbao/branch")
        for seen, span, merged in due:
            record(environment["SHENBAO"], span, merged, seen)
        git("add", "--all", "--", LEDGER)
        if not git.holds("diff", "--cached", "--quiet"):
            git(*_NAME, "commit", "--quiet", "--no-verify", "-m", _MESSAGE)
        refs = (f"HEAD:refs/heads/{branch}", f"+{after}:{DONE}")
        if git.holds("push", "--quiet", "--atomic", "origin", *refs):
            break
    else:
        raise NotDone(f"试了 {_TRIES} 次都没有推送成功，没有登记收文；请核对推送台账的权限，再重新运行。")
    pushed = [path for span in found if span.merged is None for path in unrecorded(git, span)]
    return sentences + [_PUSHED.format(path=_printable(path)) for path in dict.fromkeys(pushed)]


def _printable(path: str) -> str:
    """A name may hold a line break, and a job's log obeys lines."""
    return "".join(each if each.isprintable() else "?" for each in path)


_NAME = ("-c", f"user.name={RECORDER}", "-c", "user.email=shenbao@localhost")
_MESSAGE = "Record what was received, by the forge's clock"
_NO_TIME = (
    "平台没有合并请求 #{number} 的时间记录，没有登记收文；请办公室核实收到的时间，用 "
    "shenbao ledger record received --base {base:.12} --head {head:.12} --at 时间 --source 办公室核实 --by 姓名 登记。"
)
_PUSHED = (
    "“{path}”是直接推送的，没有收文记录；请办公室用 shenbao ledger record received 单位/材料 "
    "--at 收到的时间 --by 姓名 登记。"
)


def _start(git: Git, before: str, after: str) -> str | None:
    """The commit up to which everything is recorded; ``None`` when ``after`` is among that.

    The past of a branch that is new is not received now.
    """
    if git("ls-remote", "origin", DONE):  # asked first: a forge out of reach must not look like a fresh start
        git(*FETCH, "origin", f"+{DONE}:{DONE}")
        before = git("rev-parse", DONE)
        if git.holds("merge-base", "--is-ancestor", after, before):
            return None
    if before == ZEROS:
        return after
    if not git.holds("merge-base", "--is-ancestor", before, after):
        raise NotDone(
            f"主分支被改写过，{before[:12]} 不在其中，没有登记收文；请恢复主分支，或者核实后删去引用 {DONE} 再补登。"
        )
    return before


def main() -> int:
    """Run; 0 when all was recorded, 1 with Chinese sentences otherwise."""
    try:
        Path(LEDGER).mkdir(parents=True, exist_ok=True)
        sentences = receive(Git(git_environment(os.environ)), forge(os.environ), os.environ)
    except (NotDone, ForgeTrouble) as error:
        sentences = [str(error)]
    except subprocess.CalledProcessError as error:
        sentences = [f"git {error.cmd[1]} 没有成功，没有登记收文；请核对令牌的权限，再重新运行。"]
    except NOT_AS_DOCUMENTED:
        sentences = [UNEXPECTED]
    for sentence in sentences:
        sys.stderr.write(f"{sentence}\n")
    return 1 if sentences else 0


if __name__ == "__main__":
    sys.exit(main())

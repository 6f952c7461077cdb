"""What the scripts beside this one ask of a forge: merge requests, the minutes it stamped, comments.

Standard library only, so that a job with a token installs nothing. The forge's answers are its own word;
whatever a stranger may have written (bodies, names, branches) is used as data and never printed.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol

_TIMEOUT = 60
_PER_PAGE = 100
_ANSWER = 32 * 1024 * 1024
ZEROS = "0" * 40


class ForgeTrouble(Exception):
    """The forge did not answer as it should; the text is one Chinese sentence."""


class Version(NamedTuple):
    """A state of a merge request's branch: its newest commit, and when the forge saw it first."""

    head: str
    seen: datetime


class Request(NamedTuple):
    """A merge request. ``landed`` is the commit since which it is on the branch, empty before; ``raw`` the forge's own
    record."""

    number: int
    head: str
    landed: str
    raw: Mapping[str, Any]


class Forge(Protocol):
    """GitHub or GitLab. ``ref`` is where git finds a request's newest commit."""

    ref: str

    def head_of(self, number: int) -> str | None:
        """The newest commit of a merge request into this repository; ``None`` when there is no such request."""

    def changed(self, number: int) -> Iterator[str]:
        """The paths that a merge request changes, old names included."""

    def say(self, number: int, marker: str, body: str) -> str:
        """Write the one comment that begins with ``marker``, or write it anew; gives what was done, in Chinese."""

    def merged(self, commit: str, branch: str) -> list[Request]:
        """The merge requests into ``branch`` that brought ``commit``."""

    def request(self, number: int) -> Request | None:
        """The merge request of this number; ``None`` when there is no such request."""

    def versions(self, merged: Request) -> list[Version]:
        """The states of a merge request that the forge remembers, oldest first."""


class Api:
    """JSON over HTTP. A token never follows a redirect to another server."""

    def __init__(self, base: str, name: str, value: str) -> None:
        self._base, self._name, self._value = base.rstrip("/"), name, value

    def get(self, path: str, **query: str | int) -> Any:
        """The answer to a question; ``None`` when there is no such thing."""
        try:
            return _read(self._open("GET", path, query), path)
        except _Missing:
            return None

    def pages(self, path: str, key: str = "", **query: str | int) -> Iterator[Any]:
        """The entries of a list, page by page; ``key`` names the list inside the answer."""
        for page in range(1, 1000):
            answer = self.get(path, per_page=_PER_PAGE, page=page, **query)
            entries = (answer[key] if key else answer) if answer else []
            yield from entries
            if len(entries) < _PER_PAGE:
                return

    def send(self, method: str, path: str, body: Mapping[str, Any]) -> Any:
        """Tell the forge something."""
        return _read(self._open(method, path, {}, json.dumps(body).encode()), path)

    def download(self, path: str, limit: int) -> bytes:
        """A file of at most ``limit`` bytes; raises :class:`ForgeTrouble` when it is larger."""
        return self._open("GET", path, {}, limit=limit)

    def _open(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any],
        data: bytes | None = None,
        limit: int = _ANSWER,
    ) -> bytes:
        url = f"{self._base}/{path}" + (f"?{urllib.parse.urlencode(query)}" if query else "")
        request = urllib.request.Request(url, data=data, method=method)
        request.add_header("Accept", "application/json")
        request.add_header("User-Agent", "shenbao")
        if data is not None:
            request.add_header("Content-Type", "application/json")
        request.add_unredirected_header(self._name, self._value)
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:
                read: bytes = answer.read(limit + 1)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == 404:
                raise _Missing(f"平台上没有 {path}。") from error
            raise ForgeTrouble(f"平台没有答复（HTTP {error.code}，{path}），请稍后重新运行。") from error
        except OSError as error:
            raise ForgeTrouble(f"连不上平台（{path}），请稍后重新运行。") from error
        if len(read) > limit:
            raise ForgeTrouble(f"平台给的内容超过 {limit // 1024} KiB，不予采用。")
        return read


class _Missing(ForgeTrouble):
    pass


def _read(answer: bytes, path: str) -> Any:
    """The answer as JSON; what stands between may answer with a page instead."""
    try:
        return json.loads(answer)
    except ValueError as error:
        raise ForgeTrouble(f"平台的答复不是 JSON（{path}），请稍后重新运行，或者核对 API 地址。") from error


NOT_AS_DOCUMENTED = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What comes of an answer that is JSON and not what the forge documents."""
UNEXPECTED = "平台的答复与它的说明不符，没有完成；请维护人员核对平台的版本。"


class GitHub:
    """GitHub's API, version 3. ``bot`` is the login that the job's token writes comments as."""

    ref = "refs/pull/{}/head"

    def __init__(self, api: Api, repository: str, bot: str = "", checks: str = "") -> None:
        """``checks`` is the file of the workflow whose first run for a commit stamps the time."""
        self.api, self._repository, self._bot, self._checks = api, repository, bot, checks
        self._top = f"repos/{repository}"

    def head_of(self, number: int) -> str | None:
        """See :meth:`Forge.head_of`."""
        pull = self.api.get(f"{self._top}/pulls/{number}")
        if not pull or pull["base"]["repo"]["full_name"].lower() != self._repository.lower():
            return None
        return str(pull["head"]["sha"])

    def request(self, number: int) -> Request | None:
        """See :meth:`Forge.request`."""
        pull = self.api.get(f"{self._top}/pulls/{number}")
        return Request(number, pull["head"]["sha"], "", pull) if pull else None

    def base_of(self, number: int) -> str:
        """The branch that a pull request is to be merged into."""
        pull = self.api.get(f"{self._top}/pulls/{number}")
        return str(pull["base"]["ref"]) if pull else ""

    def mark(self, commit: str, context: str, *, passed: bool, why: str, page: str) -> None:
        """Set the status ``context`` of a commit."""
        state = "success" if passed else "failure"
        told = {"state": state, "context": context, "description": why[:140], "target_url": page}
        self.api.send("POST", f"{self._top}/statuses/{commit}", told)

    def changed(self, number: int) -> Iterator[str]:
        """See :meth:`Forge.changed`."""
        for file in self.api.pages(f"{self._top}/pulls/{number}/files"):
            yield file["filename"]
            yield from filter(None, [file.get("previous_filename")])

    def say(self, number: int, marker: str, body: str) -> str:
        """See :meth:`Forge.say`."""
        comments = f"{self._top}/issues/{number}/comments"
        for comment in self.api.pages(comments):
            author = (comment["user"] or {}).get("login")  # nobody's, where the account is gone
            if author == self._bot and (comment["body"] or "").startswith(marker):
                self.api.send("PATCH", f"{self._top}/issues/comments/{comment['id']}", {"body": body})
                return "已更新评论"
        self.api.send("POST", comments, {"body": body})
        return "已发表评论"

    def artefact(self, run: int, name: str, limit: int) -> bytes:
        """The archive that a workflow's run uploaded under ``name``; raises :class:`ForgeTrouble`."""
        answer = self.api.pages(f"{self._top}/actions/runs/{run}/artifacts", "artifacts", name=name)
        found = [entry for entry in answer if entry["name"] == name and not entry.get("expired")]
        if len(found) != 1:
            raise ForgeTrouble(f"检查没有留下名为 {name} 的结果，或者留下了不止一份，不予评论。")
        return self.api.download(f"{self._top}/actions/artifacts/{int(found[0]['id'])}/zip", limit)

    def merged(self, commit: str, branch: str) -> list[Request]:
        """See :meth:`Forge.merged`."""
        return [
            Request(int(pull["number"]), pull["head"]["sha"], pull["merge_commit_sha"], pull)
            for pull in self.api.pages(f"{self._top}/commits/{commit}/pulls")
            if pull.get("merged_at")
            and pull["base"]["ref"] == branch
            and pull["base"]["repo"]["full_name"].lower() == self._repository.lower()
        ]

    def versions(self, merged: Request) -> list[Version]:
        """See :meth:`Forge.versions`: the first run of the checks for each commit that the branch stood at."""
        head, since = merged.raw["head"], _time(merged.raw["created_at"])
        runs = list(self._runs(event="pull_request", head_sha=merged.head))
        if head.get("repo"):
            source = head["repo"]["full_name"]
            of_branch = self._runs(event="pull_request", branch=head["ref"])
            runs += [run for run in of_branch if (run["head_repository"] or {}).get("full_name") == source]
        seen = [(run["head_sha"], _time(run["created_at"])) for run in runs]
        return _first_seen([entry for entry in seen if entry[0] == merged.head or entry[1] >= since])

    def _runs(self, **query: str) -> Iterator[Any]:
        # The oldest run of a commit stands last: all pages are read.
        return self.api.pages(f"{self._top}/actions/workflows/{self._checks}/runs", "workflow_runs", **query)


class GitLab:
    """GitLab's API, version 4. ``project`` is its number."""

    ref = "refs/merge-requests/{}/head"

    def __init__(self, api: Api, project: str) -> None:
        self.api = api
        self._top = f"projects/{urllib.parse.quote(project, safe='')}"

    def head_of(self, number: int) -> str | None:
        """See :meth:`Forge.head_of`."""
        found = self.api.get(f"{self._top}/merge_requests/{number}")
        return str(found["sha"]) if found else None

    def author_of(self, number: int) -> str:
        """The account that opened a merge request; empty when there is no such request."""
        found = self.api.get(f"{self._top}/merge_requests/{number}")
        return str(found["author"]["username"]) if found else ""

    def changed(self, number: int) -> Iterator[str]:
        """See :meth:`Forge.changed`."""
        for file in self.api.pages(f"{self._top}/merge_requests/{number}/diffs"):
            yield from dict.fromkeys((file["new_path"], file["old_path"]))

    def say(self, number: int, marker: str, body: str) -> str:
        """See :meth:`Forge.say`."""
        me = self.api.get("user")["username"]
        notes = f"{self._top}/merge_requests/{number}/notes"
        for note in self.api.pages(notes):
            author = (note["author"] or {}).get("username")
            if author == me and (note["body"] or "").startswith(marker):
                self.api.send("PUT", f"{notes}/{note['id']}", {"body": body})
                return "已更新评论"
        self.api.send("POST", notes, {"body": body})
        return "已发表评论"

    def merged(self, commit: str, branch: str) -> list[Request]:
        """See :meth:`Forge.merged`."""
        return [
            Request(int(found["iid"]), found["sha"], landed, found)
            for found in self.api.pages(f"{self._top}/repository/commits/{commit}/merge_requests")
            if found["state"] == "merged" and found["target_branch"] == branch
            if (landed := found.get("merge_commit_sha") or found.get("squash_commit_sha") or found["sha"])
        ]

    def request(self, number: int) -> Request | None:
        """See :meth:`Forge.request`."""
        found = self.api.get(f"{self._top}/merge_requests/{number}")
        return Request(number, found["sha"], "", found) if found else None

    def versions(self, merged: Request) -> list[Version]:
        """See :meth:`Forge.versions`: GitLab keeps them itself."""
        answer = self.api.pages(f"{self._top}/merge_requests/{merged.number}/versions")
        return _first_seen([(found["head_commit_sha"], _time(found["created_at"])) for found in answer])


def _first_seen(entries: list[tuple[str, datetime]]) -> list[Version]:
    first: dict[str, datetime] = {}
    for head, seen in entries:
        first[head] = min(seen, first.get(head, seen))
    return sorted((Version(head, seen) for head, seen in first.items()), key=lambda version: version.seen)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def forge(environment: Mapping[str, str]) -> GitHub | GitLab:
    """The forge that the job's ``environment`` names: ``FORGE`` (``github`` or ``gitlab``), ``API``,
    ``REPOSITORY``, ``TOKEN``, and for GitHub ``BOT`` and ``CHECKS``."""
    token, repository = environment["TOKEN"], environment["REPOSITORY"]
    if environment["FORGE"] == "gitlab":
        return GitLab(Api(environment["API"], "PRIVATE-TOKEN", token), repository)
    api = Api(environment["API"], "Authorization", f"Bearer {token}")
    return GitHub(api, repository, environment.get("BOT", ""), environment.get("CHECKS", ""))


def git_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """What lets git speak to ``SERVER`` as ``LOGIN`` with ``TOKEN`` for one command, and writes it nowhere."""
    pair = base64.b64encode(f"{environment['LOGIN']}:{environment['TOKEN']}".encode()).decode()
    return {
        **environment,
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"http.{environment['SERVER'].rstrip('/')}/.extraheader",
        "GIT_CONFIG_VALUE_0": f"Authorization: Basic {pair}",
        "GIT_TERMINAL_PROMPT": "0",
    }


def main(arguments: list[str]) -> int:
    """``forge.py author NUMBER``: print who opened a merge request, for a forge whose jobs are not told."""
    try:
        place = forge(os.environ)
        author = place.author_of(int(arguments[1])) if isinstance(place, GitLab) else ""
        if not author:
            raise ForgeTrouble("平台没有说明合并请求由谁发起，不能判断权限。")
    except ForgeTrouble as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{author}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

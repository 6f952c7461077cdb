"""The process in which strangers' files are opened: ``python -P -m intake.files.inspector CONTROL ROOT``.

It reads the campaign once and then forks for every file it is handed. The child has no other files, may write none,
and dies of too much memory or time, taking nothing along. Files and answers go over sockets; no path is ever opened.

On the control socket comes one message a file: the job as JSON, with two descriptors, the file and a socket for the
answer. The answer: ``S`` when the child has begun; then a line of JSON (``message``, ``size`` of the data that follows,
or -1); then the data. When the socket closes before that, the child has died over the file.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from build_tools.campaign import Campaign, load_campaign
from build_tools.tree import WorkTree
from intake.files.contents import Seen, look_through

STARTED = b"S"
MOST_JOB = 4096
_OPEN_FILES = 32


def main() -> None:
    """Serve until the process that started this one is gone."""
    control = socket.socket(fileno=int(sys.argv[1]))
    campaign = load_campaign(WorkTree(Path(sys.argv[2])))
    _warm_up()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, whose end ends this one
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits: the socket says how it ended
    while True:
        job, descriptors, _, _ = socket.recv_fds(control, MOST_JOB, 2)
        if not job:
            return
        file, answer = descriptors
        if os.fork() == 0:
            control.close()
            _look(json.loads(job), file, answer, campaign)
        for descriptor in descriptors:
            os.close(descriptor)


def _look(job: dict[str, Any], file: int, answer: int, campaign: Campaign) -> None:
    """What the child does; it never returns."""
    code = 1
    try:
        with socket.socket(fileno=answer) as asked:
            _confine(job["memory"], job["seconds"])
            asked.sendall(STARTED)
            os.lseek(file, 0, os.SEEK_SET)  # the first that was asked may have read it before it died
            with open(file, "rb") as stream:
                data = stream.read()
            seen = look_through(job["path"], data, campaign, photo=job["photo"], most=job["most"])
            asked.sendall(_told(seen))
        code = 0
    finally:
        os._exit(code)


def _told(seen: Seen) -> bytes:
    size = -1 if seen.data is None else len(seen.data)
    return json.dumps({"message": seen.message, "size": size}).encode() + b"\n" + (seen.data or b"")


def _confine(memory: int, seconds: int) -> None:
    for kind, limit in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
    ):
        resource.setrlimit(kind, (limit, limit))
    signal.alarm(seconds * 3)


def _warm_up() -> None:
    """Load now what the libraries load when first used: a child could not, and would do it anew each time."""
    import pikepdf
    from PIL import Image

    Image.init()
    with pikepdf.new():
        pass


if __name__ == "__main__":
    main()

"""Having a file looked through by another process, so that one made to do harm harms only that.

One process a server process, started when it is first needed and again when it is gone (see ``inspector``).
"""

from __future__ import annotations

import atexit
import json
import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from build_tools.campaign import Campaign
from intake.answers import Refused
from intake.files.contents import TOO_HEAVY, Seen, of_trouble
from intake.files.inspector import STARTED
from intake.files.names import is_photo, most_bytes

BUSY = "现在查看文件的较多，这个文件已经传完，请过一会儿再点“重试”。"
_MOST_ANSWER = 64 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """For one file: bytes of memory, seconds of the processor, and seconds that somebody waits for the answer."""

    memory: int = 1024 * 1024 * 1024
    seconds: int = 10
    wait: float = 25


class Inspector:
    """The process that looks through files for the campaign at ``root``; ``at_once`` files at a time."""

    def __init__(self, root: Path, at_once: int = 2) -> None:
        self._root, self._lock = root, threading.Lock()
        self._places = threading.BoundedSemaphore(at_once)
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def ask(self, file: int, job: dict[str, object], limits: Limits) -> Seen | None:
        """Have the open ``file`` looked through. ``None``: it killed the process. Raises ``TimeoutError``, ``OSError``."""
        until = time.monotonic() + limits.wait
        if not self._places.acquire(timeout=limits.wait):
            raise TimeoutError
        try:
            for last in (False, True):
                answer = self._hand_over(file, {**job, "memory": limits.memory, "seconds": limits.seconds})
                with answer:
                    if _read(answer, 1, until) == STARTED:
                        return _seen(answer, int(str(job["most"])), until)
                self.close()  # nobody began: the process is gone
                if last:
                    break
            raise ConnectionError
        finally:
            self._places.release()

    def close(self) -> None:
        """End the process."""
        with self._lock:
            control, process = self._control, self._process
            self._control = self._process = None
        if control is not None:
            control.close()
        if process is not None:
            process.wait()

    def _hand_over(self, file: int, job: dict[str, object]) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            try:
                if self._control is None:
                    self._start()
                if self._control is not None:
                    socket.send_fds(self._control, [json.dumps(job).encode()], [file, theirs.fileno()])
            except OSError:  # it went: the answer's end closes, too, and is read as such
                pass
            except BaseException:
                ours.close()
                raise
        return ours

    def _start(self) -> None:
        control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "intake.files.inspector", str(theirs.fileno()), str(self._root)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env={
                    "PATH": os.defpath,
                    "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
                },  # none of our secrets
                cwd="/",
            )
        self._control = control


_inspectors: dict[tuple[int, Path], Inspector] = {}
_opening = threading.Lock()


def examine(file: Path, path: str, root: Path, campaign: Campaign, limits: Limits | None = None) -> Seen:
    """Look through ``file``, which a unit uploaded for ``path``.

    Raises :class:`Refused` when nobody can look now, and ``OSError`` when ``file`` cannot be read.
    """
    most = most_bytes(path, campaign)
    job = {"path": path, "photo": is_photo(path, campaign), "most": most}
    handle = os.open(
        file, os.O_RDONLY | os.O_CLOEXEC
    )  # of its own: no lock, no place in the file, no right to write
    try:
        seen = _inspector(root).ask(handle, job, limits or Limits())
    except (OSError, TimeoutError) as error:
        raise Refused(503, BUSY) from error
    finally:
        os.close(handle)
    return Seen(of_trouble(path, TOO_HEAVY)) if seen is None else seen


def _inspector(root: Path) -> Inspector:
    key = (os.getpid(), root)  # a server process that was forked starts its own
    with _opening:
        if key not in _inspectors:
            inspector = _inspectors[key] = Inspector(root)
            atexit.register(inspector.close)
        return _inspectors[key]


def _seen(answer: socket.socket, most: int, until: float) -> Seen | None:
    """What the child found; ``None`` when it died before it had said everything."""
    told = bytearray()
    while not told.endswith(b"\n"):
        piece = _read(answer, 1, until)
        if not piece or len(told) > _MOST_ANSWER:
            return None
        told += piece
    head = json.loads(told)
    size = int(head["size"])
    if size < 0:
        return Seen(str(head["message"]))
    data = _read(answer, size, until) if not most or size <= most else b""
    return Seen(data=data) if len(data) == size else None


def _read(answer: socket.socket, size: int, until: float) -> bytes:
    """``size`` bytes, or fewer when nothing more comes; raises ``TimeoutError``."""
    data = bytearray()
    while len(data) < size:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        answer.settimeout(left)
        try:
            piece = answer.recv(size - len(data))
        except ConnectionResetError:
            break
        if not piece:
            break
        data += piece
    return bytes(data)

"""What the form pages run, run here: one Node of the lock's own for many questions, a line of JSON each way."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

NODE = Path(sys.executable).parent / "node"
BUILD = Path(__file__).parents[1] / "web" / "build.mjs"
DRIVERS = Path(__file__).parent / "node"
_HALF = re.compile("[\ud800-\udfff]")


class Node:
    """A process that answers by ``tests/node/<driver>.ts``, bundled as the pages' scripts are.

    Whole numbers of any size survive both ways.
    """

    def __init__(self, driver: str) -> None:
        self._folder = tempfile.TemporaryDirectory()
        bundle = Path(self._folder.name) / "driver.mjs"
        subprocess.run([NODE, BUILD, DRIVERS / f"{driver}.ts", bundle], check=True)
        self._process = subprocess.Popen(
            [NODE, bundle], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._process.communicate()
        self._folder.cleanup()
        assert self._process.returncode == 0

    def ask(self, question: Any) -> Any:
        """The driver's answer to ``question``, both plain JSON."""
        assert self._process.stdin
        assert self._process.stdout
        # Plain, and only half a pair as an escape: V8 13.6 takes the name "\\u7532" for the one it met there before.
        line = _HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", json.dumps(question, ensure_ascii=False))
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the driver ended early; what it complained of stands above"
        return json.loads(line)

"""What every address answers to whom, as ``security_matrix.txt`` has it."""

from __future__ import annotations

from pathlib import Path

TABLE = Path(__file__).with_name("security_matrix.txt")
VISITORS = ("nobody", "other unit", "own unit", "officer", "approver", "shut", "reset")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def table() -> dict[str, dict[str, list[int]]]:
    """``security_matrix.txt``: address to method to statuses, a column for each of :data:`VISITORS`."""
    told: dict[str, dict[str, list[int]]] = {}
    rest: list[int] = []
    for line in reversed(TABLE.read_text(encoding="utf-8").splitlines()):
        if line.startswith(" "):
            words = line.split()
            statuses = [int(word) for word in words if word.isdecimal()]
            told.setdefault("", {}).update(dict.fromkeys(words[: -len(VISITORS)], statuses))
        elif line and not line.startswith("#"):
            row = told.pop("")
            rest = row.pop("-", rest)
            told[line] = {method: row.get(method, rest) for method in METHODS}
    return told

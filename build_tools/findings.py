"""What a check says: rules, places and findings.

A *rule* is a class whose docstring is its user documentation (Chinese, with a passing and a
failing example); a *finding* is one application of a rule to one place in one file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple

Pointer = tuple[str | int, ...]
"""A path into a document: ``("resume", 0, "from")`` for JSON pointer ``/resume/0/from``."""


class Severity(StrEnum):
    """``ERROR``: cannot be accepted. ``WARNING``: plausible but odd; may be answered with a note."""

    ERROR = "error"
    WARNING = "warning"

    @property
    def label(self) -> str:
        """The word shown to people."""
        return "错误" if self is Severity.ERROR else "提示"

    def __reduce_ex__(self, _protocol: object) -> tuple[type[Severity], tuple[str]]:
        """How it is pickled, by its value in every version of Python: 3.11.0 to 3.11.3 go through ``getattr``."""
        return (type(self), (self.value,))


class Place(NamedTuple):
    """A position in a file: path relative to the root (posix), line and column counted from 1."""

    path: str
    line: int = 1
    column: int = 1


class Related(NamedTuple):
    """A second place that explains a finding, for example where a name was first given."""

    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule broken at one place.

    ``message`` says what is wrong and never quotes a value that its schema does not mark public;
    ``hint`` says how to mend it; ``answered`` is true for a warning the unit explained in a note.
    """

    code: str
    severity: Severity
    place: Place
    pointer: str
    message: str
    hint: str
    clause: str
    related: tuple[Related, ...] = ()
    answered: bool = False

    def sort_key(self) -> tuple[str, int, int, str]:
        """Order of every report: path, line, column, code; what is equal in these stays in the order of the form."""
        return (self.place.path, self.place.line, self.place.column, self.code)

    @property
    def about_file(self) -> bool:
        """Whether it is about the file as a whole, so that a line would say nothing."""
        return not self.pointer and (self.place.line, self.place.column) == (1, 1)

    def answer(self) -> Finding:
        """The same finding, marked as explained by the unit."""
        return replace(self, answered=True)

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape of the command contract."""
        return {
            "code": self.code,
            "severity": str(self.severity),
            "path": self.place.path,
            "line": self.place.line,
            "column": self.place.column,
            "pointer": self.pointer,
            "message": self.message,
            "hint": self.hint,
            "clause": self.clause,
            "answered": self.answered,
            "related": [{**r.place._asdict(), "message": r.message} for r in self.related],
        }


class Rule:
    """A named check. Subclasses fill the attributes; the docstring is what ``shenbao explain`` prints.

    ``message`` and ``hint`` are Chinese templates; their ``{placeholders}`` are filled with public
    words only (titles, limits, counts), never with a private value. ``advice`` says how to mend in
    general, for a rule whose ``hint`` has placeholders: nothing is filled in where it is explained.

    ``phrases`` are the half-sentences that fill the templates, by name, and ``patterns`` what tells which of them
    to say. Both stand on the rule because a browser says the same (see ``checks.catalogue``).
    """

    code: str
    title: str
    severity: Severity = Severity.ERROR
    clause: str = ""
    message: str
    hint: str
    advice: str = ""
    phrases: ClassVar[Mapping[str, str]] = MappingProxyType({})
    patterns: ClassVar[Mapping[str, re.Pattern[str]]] = MappingProxyType({})

    def phrase(self, name: str, **words: Any) -> str:
        """The half-sentence called ``name``, its own placeholders filled with ``words``."""
        return self.phrases[name].format(**words)

    def first_fault(self, text: str) -> str:
        """The half-sentence that goes with the first pattern found in ``text``; ``other`` when none is."""
        names = (name for name, pattern in self.patterns.items() if name in self.phrases)
        return self.phrases[next((name for name in names if self.patterns[name].search(text)), "other")]

    def finding(
        self,
        place: Place,
        pointer: Pointer = (),
        *,
        related: tuple[Related, ...] = (),
        clause: str = "",
        **words: Any,
    ) -> Finding:
        """Make the finding of this rule at ``place``; ``words`` fill the templates.

        ``clause`` is given where only the campaign's data know it (an item's, a kind's). Templates put
        ``{title}`` in quotation marks, so those inside it become single ones.
        """
        if "title" in words:
            words["title"] = inner_quotes(str(words["title"]))
        return Finding(
            code=self.code,
            severity=self.severity,
            place=place,
            pointer=json_pointer(pointer),
            message=self.message.format(**words),
            hint=self.hint.format(**words),
            clause=clause or self.clause,
            related=related,
        )


def inner_quotes(text: str) -> str:
    """``text`` as it stands between quotation marks: its own become single ones (GB/T 15834)."""
    return text.replace("“", "‘").replace("”", "’")


def json_pointer(pointer: Pointer) -> str:
    """RFC 6901 text of ``pointer``: ``("a/b", 0)`` gives ``/a~1b/0``."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in pointer)


def errors(findings: list[Finding] | tuple[Finding, ...]) -> int:
    """How many of ``findings`` are errors."""
    return sum(1 for f in findings if f.severity is Severity.ERROR)

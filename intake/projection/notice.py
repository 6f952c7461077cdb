"""A mail to a unit, ready to be sent, and what the audit trail writes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Notice:
    """``mailed`` and ``not_mailed`` are the actions that the audit trail writes, with ``detail``: it is told once."""

    sender: str
    recipient: str
    data: bytes
    unit: str
    mailed: str
    not_mailed: str
    target: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, tuple[tuple[str, Any], ...]]:
        """What makes two of them the same."""
        return self.mailed, tuple(self.detail.items())

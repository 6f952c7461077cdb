"""What each unit owes, has and has to do next, and how the campaign stands. Pure functions and a clock."""

from build_tools.progress.model import (
    Call,
    CampaignProgress,
    DocumentProgress,
    Happening,
    ItemProgress,
    ItemRate,
    UnitProgress,
)
from build_tools.progress.overview import assess, phase_at
from build_tools.progress.states import Phase, State, UnitState, Urgency
from build_tools.progress.wording import moment_text, names, span

__all__ = [
    "Call",
    "CampaignProgress",
    "DocumentProgress",
    "Happening",
    "ItemProgress",
    "ItemRate",
    "Phase",
    "State",
    "UnitProgress",
    "UnitState",
    "Urgency",
    "assess",
    "moment_text",
    "names",
    "phase_at",
    "span",
]

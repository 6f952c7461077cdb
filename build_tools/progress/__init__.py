"""What each unit owes, has and has to do next, and how the campaign stands. Pure functions and a clock."""

from build_tools.progress.model import (
    LOOSE,
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
from build_tools.progress.wording import date_text, moment_text, names, span, start_text

__all__ = [
    "LOOSE",
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
    "date_text",
    "moment_text",
    "names",
    "phase_at",
    "span",
    "start_text",
]

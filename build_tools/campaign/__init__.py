"""The notice as data: frozen, typed objects, loaded once and never changed."""

from build_tools.campaign.load import load_campaign
from build_tools.campaign.model import Campaign, Constraint, Item, Late, MaterialKind, Paper, Term, Unit
from build_tools.campaign.names import NoSuchName, split_name, unit_called
from build_tools.campaign.reading import BrokenCampaign, office_faults
from build_tools.campaign.rules import CAMPAIGN_RULES

__all__ = [
    "CAMPAIGN_RULES",
    "BrokenCampaign",
    "Campaign",
    "Constraint",
    "Item",
    "Late",
    "MaterialKind",
    "NoSuchName",
    "Paper",
    "Term",
    "Unit",
    "load_campaign",
    "office_faults",
    "split_name",
    "unit_called",
]

"""For whom a pull request speaks, by the base's list of accounts and never by its own."""

from __future__ import annotations

from dataclasses import dataclass

from build_tools.campaign import Campaign, Unit, unit_called


@dataclass(frozen=True)
class Sender:
    """Whose files may change: those of ``units``, or with ``anything`` every file.

    Nobody's, where an account is not registered. ``queued``: several pull requests together, each of which was judged
    by itself before, ownership and time included. ``wanted`` names the unit for which an account that is registered
    elsewhere asked to speak.
    """

    units: tuple[Unit, ...] = ()
    anything: bool = False
    queued: bool = False
    wanted: str = ""

    @property
    def known(self) -> bool:
        """Whether anything may change at all."""
        return self.anything or bool(self.units)

    @property
    def names(self) -> str:
        """The units in words."""
        return "、".join(unit.name for unit in self.units)

    @property
    def folders(self) -> str:
        """The folders in words."""
        return "、".join(unit.folder for unit in self.units)

    def owns(self, path: str) -> bool:
        """Whether ``path`` (relative to the campaign's root) is the sender's to change."""
        return self.anything or any(path.startswith(f"{unit.folder}/") for unit in self.units)


def sender(campaign: Campaign, *, city: str = "", actor: str = "", queue: bool = False) -> Sender:
    """The sender of a pull request, from the base's campaign.

    ``city`` is a unit by slug, code or name; ``actor`` an account of the forge, upper and lower case being the same
    there; ``queue``: a commit of several pull requests whose ownership was judged one by one. With both, the account
    must speak for that unit. Raises :class:`NoSuchName` for an unknown unit.
    """
    if queue:
        return Sender(anything=True, queued=True)
    chosen = unit_called(campaign, city) if city else None
    if not actor:
        return Sender((chosen,)) if chosen else Sender()
    login = actor.lower() if actor.isascii() else ""
    if login in map(str.lower, campaign.offices):
        return Sender((chosen,)) if chosen else Sender(anything=True)
    units = tuple(u for u in campaign.units if login in map(str.lower, campaign.owners.get(u.slug, ())))
    if chosen is None or chosen in units:
        return Sender((chosen,) if chosen else units)
    return Sender(wanted=chosen.name if units else "")

"""A letter as e-mail (RFC 5322): the bytes that are written as ``.eml`` are the bytes that are sent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from build_tools.campaign import Campaign
from build_tools.reminders.letter import Letter
from build_tools.reminders.wording import one_line

NOBODY = "noreply@example.invalid"
"""Who a draft is from when the campaign names no address of its own; nothing is sent under this name."""

_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"{_ATOM}(?:[.]{_ATOM})*@(?:{_LABEL}[.])+{_LABEL}")
"""As in ``schemas/units.schema.json``: a dot-atom at a domain, ASCII only."""


def is_address(text: str) -> bool:
    """Whether ``text`` is an e-mail address and nothing else."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


def reply_address(campaign: Campaign) -> str:
    """The campaign's own address; empty where it has none, or only one of history."""
    contact = campaign.contact
    address = "" if contact.get("historical") else str(contact.get("email") or "")
    return address if is_address(address) else ""


@dataclass(frozen=True, slots=True)
class Mail:
    """A letter with its envelope: ``recipient`` is empty where the unit has no address."""

    letter: Letter
    sender: str
    recipient: str
    data: bytes


def mail(letter: Letter, sender: str = "", *, occasion: str = "") -> Mail:
    """The letter from ``sender``, an address, else from the campaign's own, else from :data:`NOBODY`.

    The message's id comes from what is said, so that a mail sent twice by an accident is one to its reader; one that is
    meant to be said again has an ``occasion`` of its own.
    """
    reminder = letter.reminder
    campaign, unit = reminder.campaign, reminder.unit
    reply = reply_address(campaign)
    sender = sender or reply or NOBODY
    recipient = unit.contact.email if unit.contact else ""
    message = EmailMessage(policy=SMTP)
    message["From"] = _person(campaign.receiver, sender)
    if reply:
        message["Reply-To"] = _person(campaign.contact["name"], reply)
    if unit.contact and recipient:
        message["To"] = _person(unit.contact.name, recipient)
    message["Subject"] = _literal(letter.subject)
    message["Date"] = reminder.now
    said = ".".join(filter(None, (reminder.fingerprint[:32], occasion)))
    message["Message-ID"] = f"<{said}.{unit.slug}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body, charset="utf-8", cte="base64")
    message["Content-Language"] = "zh-CN"
    return Mail(letter, sender, recipient, message.as_bytes())


def _person(name: str, address: str) -> Address:
    return Address(_literal(one_line(name)), addr_spec=address)


def _literal(text: str) -> str:
    """``text`` without what would be read as an encoded word (RFC 2047): the library passes those on as they are."""
    return text.replace("=?", "＝?")

"""The other nomination that a finding speaks of: whose it is, when it came, how it stands. For the office only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from build_tools.standing import Stage, standing
from intake.current import campaign
from intake.journal import reviews
from intake.office.campaign_tree import ledger_of

_WORDS = {Stage.RETURNED: "已退回修改", Stage.ACCEPTED: "已受理", Stage.WITHDRAWN: "已撤回"}


@dataclass(frozen=True, slots=True)
class Rival:
    """A document of another unit: ``received`` by the ledger, ``None`` where it tells nothing; ``word``: how it stands;
    ``address``: where the desk shows it."""

    unit: str
    document: str
    received: datetime | None
    word: str
    address: str


def rivals(paths: Iterable[str]) -> Iterator[Rival]:
    """The documents that lie at ``paths``, from the campaign's root; what is no document is passed over."""
    held = campaign()
    for path in paths:
        unit = next((one for one in held.units if path.startswith(f"{one.folder}/")), None)
        located = held.item_of(path.removeprefix(f"{unit.folder}/")) if unit else None
        if unit is None or located is None:
            continue
        item, number = located
        document = item.document(number)
        sent = reviews.newest(held, ledger_of, unit.slug)
        review = next((one for one in sent if one.submission.document == document), None)
        if review is not None:
            line = review.submission
            yield Rival(unit.slug, document, line.received_at, _word(review), f"/desk/{line.number}/")
            continue
        stands = standing(held, ledger_of(unit.slug), item, document)
        word = "视为放弃" if stands.forfeited else _WORDS.get(stands.stage, "已收到")
        yield Rival(unit.slug, document, stands.received, word, f"/desk/units/{unit.slug}/")


def _word(review: reviews.Review) -> str:
    return f"{review.word}，视为放弃" if review.forfeited else review.word

"""What every page of the desk shares: its frame, one page of a long list, and the unit an address names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from build_tools.campaign import Item, Unit
from intake.answers import Refused
from intake.current import campaign
from intake.journal.models import Action
from intake.projection import lagging

_Row = TypeVar("_Row")
PAGE = 50
"""Lines of a list on one page."""


def show(
    request: HttpRequest, template: str, context: Mapping[str, Any], section: str, *, status: int = 200
) -> HttpResponse:
    """The page ``office/<template>.html`` in the desk's frame; ``section`` is the tab it belongs to."""
    counted = Action.objects.aggregate(
        proposals=Count("pk", filter=Q(state=Action.State.PROPOSED)),
        waiting=Count("pk", filter=lagging.actions_waiting()),
    )
    around = {
        "section": section,
        "proposals": counted["proposals"],
        "lagging": lagging.sentences(counted["waiting"]),
        "forge": lagging.forge(),
    }
    return render(request, f"office/{template}.html", {**around, **context}, status=status)


@dataclass(frozen=True)
class Leaf(Generic[_Row]):
    """One page of a list, the ``number``-th of ``pages``; ``query`` are the filters as an address has them."""

    rows: Sequence[_Row]
    number: int
    pages: int
    count: int
    query: str

    @property
    def before(self) -> str:
        """The address of the page before; empty on the first."""
        return self._address(self.number - 1) if self.number > 1 else ""

    @property
    def after(self) -> str:
        """The address of the next page; empty on the last."""
        return self._address(self.number + 1) if self.number < self.pages else ""

    def _address(self, number: int) -> str:
        return f"?{self.query}{'&' if self.query else ''}page={number}"


def leaf(request: HttpRequest, rows: Any, size: int = PAGE) -> Leaf[Any]:
    """The page of ``rows`` (a list, or a query) that the address asks for; the nearest one there is."""
    found = Paginator(rows, size).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    for key in [key for key, value in query.items() if not value]:
        query.pop(key)
    return Leaf(
        list(found.object_list),
        found.number,
        found.paginator.num_pages,
        found.paginator.count,
        query.urlencode(),
    )


def unit_called(slug: str) -> Unit:
    """The unit with this slug; raises :class:`Refused`."""
    unit = campaign().unit_by_slug.get(slug)
    if unit is None:
        raise Refused(404, "没有这个报送单位，请从列表中选择。")
    return unit


def document_called(name: str) -> Item:
    """The item of the document called ``name``; raises :class:`Refused`."""
    located = campaign().locate(name)
    if located is None:
        raise Refused(404, "没有这份材料，请从列表中选择。")
    return located[0]

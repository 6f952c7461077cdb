"""What the form pages show: frozen values, the same for every unit, so that nothing of a submission is in them."""

from __future__ import annotations

from dataclasses import dataclass, field

from markupsafe import Markup


@dataclass(frozen=True)
class Link:
    """A file of the site; ``path`` is relative to its root."""

    title: str
    path: str


@dataclass(frozen=True)
class EntryView:
    """The page on which an item is filled in; ``path`` lacks ``.md``, ``about`` says what the item is.

    ``fields`` are its inputs, ``sheet`` is the form they are printed on, ``desk`` the JSON that the page's script reads.
    ``number`` is the annex that the form is, ``annex`` the page of the blank form, ``blanks`` are the empty files to
    fill in without this page.
    """

    id: str
    title: str
    form: str
    clause: str
    about: str
    path: str
    nomination: bool
    layout: str
    number: str
    annex: str
    blanks: tuple[Link, ...]
    fields: Markup = field(repr=False)
    sheet: Markup = field(repr=False)
    desk: Markup = field(repr=False)


@dataclass(frozen=True)
class Entries:
    """The form pages, and the ``desk`` of the page before them.

    ``script`` is what brings them to life, ``start`` the same for that page; empty where they were not built.
    ``intake`` is the address of the service that documents are submitted to, relative to the site's root, and
    ``style`` the style sheet of what the pages show of it; empty for a site without one.
    """

    items: tuple[EntryView, ...]
    desk: Markup = field(repr=False)
    script: str = ""
    start: str = ""
    intake: str = ""
    style: str = ""

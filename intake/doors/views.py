"""The built sites as they lie on the disk: the public one for everybody, the office's for the office."""

from __future__ import annotations

import mimetypes
import re
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.views.decorators.http import require_safe

from intake.people.access import Door, account_of, door
from intake.place import place

_HTML = "text/html; charset=utf-8"
_TYPES = {".yml": "application/yaml; charset=utf-8", ".md": "text/plain; charset=utf-8"}


@door(Door.OPEN)
def public(request: HttpRequest, path: str) -> HttpResponseBase:
    """A page or a file of the public site."""
    return _file(request, "public", path)


@door(Door.OFFICE)
def office(request: HttpRequest, path: str) -> HttpResponseBase:
    """A page or a file of the office's site."""
    return _file(request, "office", path)


@door(Door.UNIT)
@require_safe
def own(request: HttpRequest, path: str) -> HttpResponseBase:
    """A unit's own part of the office's site: its page, its printed forms, its files, and what every page loads.

    For everything else there is the public site. On its page the places in other units' files are left out.
    """
    slug = account_of(request).unit
    parts = PurePosixPath(path).parts
    if parts[:1] != ("assets",) and (len(parts) < 2 or parts[0] not in _OWN or parts[1] != slug):
        if _found(place().sites / "public", path) is None:
            raise Http404
        return HttpResponseRedirect(f"/{quote(path)}")
    page = _found(place().sites / "office", path) if parts[0] == "units" else None
    if page is None or page.suffix != ".html":
        return _file(request, "office", path)
    shown = HttpResponse(_FOREIGN.sub(b"", page.read_bytes()), content_type=_HTML)
    shown["Cache-Control"] = "no-store"
    vars(shown)["from_site"] = True
    return shown


_FOREIGN = re.compile(rb'<p class="finding__related" data-foreign[^>]*>[^<]*</p>')
"""As the page's template writes it; what stands inside is escaped, so that it holds no other tag."""

_OWN = ("units", "papers", "files")
"""Folders of the office's site that have one for each unit."""


def _file(request: HttpRequest, audience: str, path: str) -> HttpResponseBase:
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    site = place().sites / audience
    file = _found(site, path)
    if file is None:
        return _kept(_missing(site), audience, ())
    if file.name == "index.html" and path and not path.endswith(("/", "index.html")):
        return HttpResponseRedirect(f"{quote(request.path)}/")
    return _kept(_sent(file), audience, PurePosixPath(path).parts)


def _found(site: Path, path: str) -> Path | None:
    """The file of the site at ``path``, a folder's page for a folder; whatever else the path means is not there."""
    parts = PurePosixPath(path).parts
    if "\0" in path or "\\" in path or any(part.startswith((".", "/")) for part in parts):
        return None
    try:
        file = site.joinpath(*parts)
        file = file / "index.html" if file.is_dir() else file
        inside = file.resolve().is_relative_to(site.resolve())
        return file if inside and file.is_file() else None
    except (OSError, ValueError):
        return None


def _kept(response: HttpResponseBase, audience: str, parts: tuple[str, ...]) -> HttpResponseBase:
    """Who may keep it: of the office's site a browser only what every page loads, and nobody else anything."""
    if audience != "public":
        response["Cache-Control"] = "private, no-cache" if parts[:1] == ("assets",) else "no-store"
    return response


def _sent(file: Path, status: int = 200) -> FileResponse:
    kind = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if kind.startswith("text/html"):
        kind = _HTML
    response = FileResponse(file.open("rb"), content_type=kind, status=status)
    response["Content-Length"] = str(file.stat().st_size)
    response["Cache-Control"] = "no-cache"
    vars(response)["from_site"] = True
    return response


def _missing(site: Path) -> HttpResponseBase:
    page = site / "404.html"
    if not page.is_file():
        raise Http404
    return _sent(page, 404)

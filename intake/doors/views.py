"""The built sites as they lie on the disk: the public one for everybody, the office's for the office."""

from __future__ import annotations

import mimetypes
from pathlib import Path, PurePosixPath

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)

from intake.people.access import Door, account_of, door
from intake.place import place

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
def own(request: HttpRequest, path: str) -> HttpResponseBase:
    """A unit's own part of the office's site: its page and its printed forms, and what every page loads."""
    slug = account_of(request).unit
    parts = PurePosixPath(path).parts
    shared = parts[:1] == ("assets",)
    if not shared and not (len(parts) > 1 and parts[0] in _OWN and parts[1] == slug):
        raise Http404
    return _file(request, "office", path)


_OWN = ("units", "papers", "files")
"""Folders of the office's site that have one for each unit."""


def _file(request: HttpRequest, audience: str, path: str) -> HttpResponseBase:
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    site = place().sites / audience
    parts = PurePosixPath(path).parts
    if "\0" in path or "\\" in path or any(part.startswith((".", "/")) for part in parts):
        raise Http404
    file = site.joinpath(*parts)
    try:
        if file.is_dir():
            if path and not path.endswith("/"):
                return HttpResponseRedirect(f"{request.path}/")
            file = file / "index.html"
        if not file.resolve().is_relative_to(site.resolve()) or not file.is_file():
            return _missing(site)
        return _kept(_sent(file), audience, parts)
    except (OSError, ValueError) as error:
        raise Http404 from error


def _kept(response: FileResponse, audience: str, parts: tuple[str, ...]) -> FileResponse:
    """Who may keep it: of the office's site a browser only what every page loads, and nobody else anything."""
    if audience != "public":
        response["Cache-Control"] = "private, no-cache" if parts[:1] == ("assets",) else "no-store"
    return response


def _sent(file: Path, status: int = 200) -> FileResponse:
    kind = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if kind.startswith("text/html"):
        kind = "text/html; charset=utf-8"
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

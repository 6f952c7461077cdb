"""What must not be published: every private value of a campaign, and every file the units attached.

Private are: each text and number of a submission at a path its schema does not mark ``x-public``, keys
the schema does not know, the text of a file that cannot be read as YAML, names and bytes of attached
files, the units' contacts, the ledger's names and reasons, and the owners' logins.

Not every such value makes a needle. Left out, each for its reason:

* a single character, and an integer or digit text below six digits: they stand on every page by chance;
* document names (``individual-01``) and ethnicities: one is the order of recommendation, which counts
  show anyway, the other is one of 56 common words;
* months from the campaign's opening on: the pages are full of the campaign's own dates;
* what also stands in a text everybody may read: the notice and guides (``docs/*.md``), ``campaign.yml``,
  the schemas (titles, ``enum``, ``examples``), rules and forms, this package's own texts (rules'
  docstrings, templates; not the rehearsal, whose word lists would excuse its own people) and the theme's.
  A hit on such a word would say nothing about a leak;
* a value inside a public value (``x-public`` fields, units' names) at that very place only.

Cutting long texts into pieces is ``spelling``'s part. A picture that was scaled or recompressed has
other bytes and is not recognised; no template of the site shows one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from markupsafe import escape

from build_tools.campaign import Item
from build_tools.checks import Examination
from build_tools.forms.definition import read_forms
from build_tools.forms.fill import blank_sheet
from build_tools.schema import Schema
from build_tools.schema.schema import EACH, Pattern, values
from build_tools.site.gate.layers import plain_readings
from build_tools.site.gate.matcher import Matcher, Secret
from build_tools.site.gate.readers import package_folder
from build_tools.site.gate.spelling import SHORTEST_CLAUSE, fold, spellings
from build_tools.submissions import Document
from build_tools.tree import Entry, Tree

MANY = 8_000_000
"""Characters of long texts cut into clauses at most (about 400 MB of needles); in a larger campaign each
long text is represented by its beginning and its end."""

_KNOWN_WORDS = frozenset({"ethnicity", "document"})
_KEY_OF_LINE = re.compile(r"^\s*(?:- )?(?:[A-Za-z_][A-Za-z0-9_-]*:)?\s*[|>]?['\"]?")
_PACKAGE = Path(__file__).resolve().parents[2]
_OWN_PEOPLE = "rehearse"
_SMALLEST_FILE = 32
_LONG = 60


class PrivateValue(NamedTuple):
    """A value that must not be published, with the title of its field and the name of its unit."""

    title: str
    unit: str
    text: str


class PrivateFiles:
    """The files the units attached, recognised by their exact bytes. Read only when a size agrees."""

    def __init__(self, tree: Tree, files: Mapping[str, tuple[int, Secret]]) -> None:
        self._tree = tree
        self._by_size: dict[int, list[tuple[str, Secret]]] = {}
        for path, (size, secret) in files.items():
            if size >= _SMALLEST_FILE:
                self._by_size.setdefault(size, []).append((path, secret))
        self._digests: dict[str, bytes] = {}

    def match(self, data: bytes) -> Secret | None:
        """Whose file has exactly these bytes, if any."""
        candidates = self._by_size.get(len(data))
        if not candidates:
            return None
        wanted = hashlib.sha256(data).digest()
        for path, secret in candidates:
            if path not in self._digests:
                self._digests[path] = hashlib.sha256(self._tree.read(path)).digest()
            if self._digests[path] == wanted:
                return secret
        return None


@dataclass(frozen=True)
class Needles:
    """What the gate looks for: folded texts in ``matcher``, whole files in ``files``."""

    matcher: Matcher
    files: PrivateFiles


def private_needles(examination: Examination) -> Needles:
    """The needles of a campaign's private values."""
    opening = examination.campaign.opens.strftime("%Y-%m")
    found = list(private_values(examination))
    length = sum(len(value.text) for value in found if len(value.text) > _LONG)
    share = min(1.0, MANY / (length or 1))
    needles: dict[str, Secret] = {}
    done: set[str] = set()
    for value in found:
        if value.text in done:
            continue
        done.add(value.text)
        secret = Secret(value.title, value.unit)
        for needle in spellings(_ends(value.text, share), opening):
            needles.setdefault(needle, secret)
    public = frozenset(
        spelling for text in public_values(examination) for spelling in _as_searched(text) if spelling
    )
    matcher = Matcher(needles, public)
    matcher.excuse(_corpus(examination))
    return Needles(matcher, _private_files(examination))


def _as_searched(text: str) -> Iterator[str]:
    """A public text in every way in which the search may come across it: as typed, escaped for HTML, and
    without the blanks that a line may have been broken at."""
    for reading in {*plain_readings(text), str(escape(text))}:
        folded = fold(reading).strip()
        yield folded
        yield "".join(folded.split())


def private_values(examination: Examination) -> Iterator[PrivateValue]:
    """Every private value, before any is left out."""
    campaign = examination.campaign
    for slug, folder in examination.submissions.folders.items():
        unit = campaign.unit_by_slug[slug]
        for document in folder.documents:
            item = campaign.item_by_id[document.item]
            yield from _of_document(document, item, unit.name, examination.submissions.tree)
        for entry in _attached(examination, slug):
            name = entry.path.rpartition("/")[2]
            yield PrivateValue("文件名", unit.name, name)
            stem = name.rpartition(".")[0]
            if campaign.locate(stem) is not None:
                continue  # a photo called as its form is: the name of a document is no secret
            if len(stem) >= SHORTEST_CLAUSE or not stem.isascii():
                yield PrivateValue("文件名", unit.name, stem)
        for event in folder.ledger.written:
            yield from (PrivateValue("经办人", unit.name, name) for name in event.by)
            yield PrivateValue("理由", unit.name, event.reason)
        if unit.contact:
            yield PrivateValue("联络员", unit.name, unit.contact.name)
            yield PrivateValue("联络员电话", unit.name, unit.contact.phone)
            yield PrivateValue("联络员邮箱", unit.name, unit.contact.email)
        yield from (PrivateValue("账号", unit.name, login) for login in campaign.owners.get(slug, ()))
    yield from (PrivateValue("账号", "办公室", login) for login in campaign.offices)
    for stray in examination.submissions.stray:
        yield PrivateValue("文件名", "无归属", stray.path.rpartition("/")[2])


def public_values(examination: Examination) -> Iterator[str]:
    """Texts of ``x-public`` fields and the units' names: they may stand in any published file."""
    campaign = examination.campaign
    for unit in campaign.units:
        yield from (unit.name, unit.bureau, unit.excludes, unit.slug, unit.code)
    yield from campaign.trait_titles.values()
    for document in examination.submissions.documents():
        schema = campaign.item_by_id[document.item].schema
        for field in schema.marked("x-public"):
            for _, value in values(document.value, field.path) if field.schema["x-public"] is True else ():
                # A public sum such as 2000.10 looks like a month; other numbers are too short to be taken for one.
                if isinstance(value, str) and (not value.isascii() or "." in value):
                    yield value


def _of_document(document: Document, item: Item, unit: str, tree: Tree) -> Iterator[PrivateValue]:
    if document.value is None:
        text = tree.read(document.path) if document.digest else b""
        for line in _decoded(text).splitlines():
            yield PrivateValue(f"{item.title}原文", unit, _KEY_OF_LINE.sub("", line).rstrip("'\" "))
        return
    for path, value in _leaves(document.value):
        kind = _kind(item.schema, path)
        if kind.private:
            yield PrivateValue(kind.title, unit, str(value))
    for key in _unknown_keys(document.value, item.schema, ()):
        yield PrivateValue("栏目名", unit, key)


class _Kind(NamedTuple):
    title: str
    private: bool


@lru_cache(maxsize=4096)
def _kind(schema: Schema, path: Pattern) -> _Kind:
    known = schema.at(path).get("format") in _KNOWN_WORDS
    return _Kind(schema.title_at(path), private=not known and not schema.is_public(path))


def _leaves(value: Any, path: Pattern = ()) -> Iterator[tuple[Pattern, Any]]:
    """Every text and number with its path, list entries as ``*``."""
    if isinstance(value, dict):
        for key, child in value.items():
            yield from _leaves(child, (*path, key))
    elif isinstance(value, list):
        for child in value:
            yield from _leaves(child, (*path, EACH))
    elif value is not None and not isinstance(value, bool):
        yield path, value


def _unknown_keys(value: Any, schema: Schema, path: Pattern) -> Iterator[str]:
    """Keys that the schema does not name: somebody's text in the wrong place."""
    if isinstance(value, dict):
        known = _named(schema, path)
        for key, child in value.items():
            if key not in known:
                yield key
            if isinstance(child, dict | list):
                yield from _unknown_keys(child, schema, (*path, key))
    elif isinstance(value, list):
        for child in value:
            yield from _unknown_keys(child, schema, (*path, EACH))


@lru_cache(maxsize=4096)
def _named(schema: Schema, path: Pattern) -> frozenset[str]:
    return frozenset(schema.at(path).get("properties", {}))


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-16", "replace")


def _attached(examination: Examination, slug: str) -> list[Entry]:
    """A unit's files that are not documents of the campaign."""
    folder = examination.submissions.folders[slug]
    documents = {listed.entry.path for listed in folder.listed}
    return [entry for entry in folder.entries.values() if entry.path not in documents]


def _private_files(examination: Examination) -> PrivateFiles:
    files: dict[str, tuple[int, Secret]] = {}
    for slug in examination.submissions.folders:
        secret = Secret("报送的文件", examination.campaign.unit_by_slug[slug].name)
        for entry in _attached(examination, slug):
            if entry.is_file:
                files[entry.path] = (entry.size, secret)
    return PrivateFiles(examination.submissions.tree, files)


def _ends(text: str, share: float) -> str:
    """``text``, or of a long one beginning and end, together ``share`` of its length."""
    if share >= 1 or len(text) <= _LONG:
        return text
    half = max(_LONG, int(len(text) * share)) // 2
    return f"{text[:half]}\n{text[-half:]}"


def _corpus(examination: Examination) -> Iterator[str]:
    """Texts everybody may read."""
    tree = examination.submissions.tree
    campaign = examination.campaign
    names = ["data/campaign.yml", "mkdocs.yml", campaign.notice]
    names += [entry.path for entry in tree.files("docs") if entry.path.endswith(".md")]
    names += [entry.path for entry in tree.files("schemas")]
    for name in dict.fromkeys(names):
        try:
            yield tree.read(name).decode("utf-8", "replace")
        except OSError:
            continue
    yield campaign.quota_title
    yield campaign.quota_note
    for schema in (*(item.schema for item in campaign.items), *campaign.ledger_schemas):
        yield from (str(value) for _, value in _leaves(schema.root))
    for form in read_forms(campaign):
        yield from blank_sheet(form).texts()
    yield from _own_texts()


@cache
def _own_texts() -> tuple[str, ...]:
    """What the package and the theme write on pages themselves."""
    files = [
        path
        for path in sorted(_PACKAGE.rglob("*"))
        if path.suffix in {".py", ".html", ".xml", ".json", ".yml", ".css", ".js", ".svg", ".md", ".typ"}
        and not path.relative_to(_PACKAGE).parts[0].startswith(_OWN_PEOPLE)
    ]
    theme = package_folder("material") / "templates"
    files += [*theme.glob("*.html"), *(theme / "partials").rglob("*.html"), *(theme / "fragments").rglob("*")]
    return tuple(path.read_text(encoding="utf-8", errors="replace") for path in files if path.is_file())

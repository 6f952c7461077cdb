"""Reading the office's files: each against its schema, every fault collected with its place."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from build_tools.campaign import rules
from build_tools.findings import Finding, Place, Pointer
from build_tools.schema import Schema, SchemaBroken, validate
from build_tools.source import OFFICE_MAX_BYTES, Source, parse
from build_tools.times import NoSuchTime, day, stamp
from build_tools.tree import Tree

OFFICE_FILES = frozenset({"campaign", "units", "quotas", "owners", "ledger", "rules", "form"})
"""Kinds of office-owned files; each has a schema that comes with this program."""

_PACKAGED = Path(__file__).resolve().parent.parent / "_schemas"
_CHECKOUT = Path(__file__).resolve().parents[2] / "schemas"


class BrokenCampaign(Exception):
    """The campaign itself cannot be used; ``findings`` say what, where and how to mend, in the files of ``tree``."""

    def __init__(self, findings: list[Finding], tree: Tree | None = None) -> None:
        super().__init__(f"{len(findings)} findings")
        self.findings = sorted(findings, key=Finding.sort_key)
        self.tree = tree


class Reader:
    """Collects findings while reading, so that one run names every fault it can reach."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.findings: list[Finding] = []
        self._office_schemas: dict[str, tuple[Schema, ...] | None] = {}

    def stop_if_broken(self) -> None:
        """Raise :class:`BrokenCampaign` with everything found so far."""
        if self.findings:
            raise BrokenCampaign(self.findings, self.tree)

    def read(self, path: str, *, required: bool = True) -> bytes | None:
        """The bytes of ``path``; ``None`` when it is missing, which is a finding if ``required``, or no file."""
        try:
            return self.tree.read(path)
        except FileNotFoundError:
            if required:
                self.findings.append(rules.FILE_MISSING.finding(Place(path), file=path))
        except OSError as error:
            self.findings.append(rules.not_a_file(path, error))
        return None

    def schema(self, path: str) -> Schema | None:
        """The schema at ``path`` of the campaign, ready for use."""
        data = self.read(path)
        return None if data is None else self._schema(path, data)

    def _schema(self, path: str, data: bytes) -> Schema | None:
        try:
            schema = Schema(data.decode("utf-8-sig"))
            schema.check()
        except UnicodeDecodeError:
            self.findings.extend(parse(path, data, OFFICE_MAX_BYTES).findings)
            return None
        except SchemaBroken as broken:
            place = Place(path, broken.line, broken.column)
            self.findings.append(rules.SCHEMA_FILE_BROKEN.finding(place, reason=broken.reason))
            return None
        return schema

    def office_schemas(self, kind: str) -> tuple[Schema, ...] | None:
        """What a file of this kind has to meet: the campaign's own schema, if it has one, and always ours.

        The program reads these files by name, so a campaign may ask for more than we do and never for less.
        """
        if kind not in self._office_schemas:
            path = f"schemas/{kind}.schema.json"
            texts = (self.read(path, required=False), _ours(kind))
            found = [self._schema(path, data) for data in dict.fromkeys(texts) if data is not None]
            schemas = tuple(schema for schema in found if schema is not None)
            self._office_schemas[kind] = schemas if len(schemas) == len(found) else None
        return self._office_schemas[kind]

    def source(self, path: str, kind: str, *, required: bool = True) -> Source | None:
        """An office-owned YAML file, valid against the schemas of its kind, or ``None``."""
        data = self.read(path, required=required)
        if data is None:
            return None
        source = parse(path, data, OFFICE_MAX_BYTES)
        self.findings.extend(map(rules.for_office, source.findings))
        schemas = self.office_schemas(kind)
        if source.findings or schemas is None:
            return None
        faults = office_faults(source, schemas)
        self.findings.extend(faults)
        return None if faults else source

    def unknown(self, source: Source, pointer: Pointer, kind: str, name: object, mend: str) -> None:
        """Note that ``name`` at ``pointer`` is not one of those known."""
        place = source.place(pointer)
        self.findings.append(rules.UNKNOWN_NAME.finding(place, pointer, kind=kind, name=name, mend=mend))

    def time(self, source: Source, pointer: Pointer, title: str) -> datetime | None:
        """The moment at ``pointer``; ``None`` when nothing is there, or no moment, which is a finding."""
        value: Any = source.value
        for part in pointer:
            value = value.get(part) if isinstance(value, dict) else None
        if value is None:
            return None
        try:
            return stamp(value)
        except NoSuchTime as error:
            self.bad_time(source, pointer, title, error.reason)
        return None

    def day(self, source: Source, pointer: Pointer, title: str) -> None:
        """Check the day at ``pointer`` of the top level."""
        try:
            day(source.value[pointer[0]])
        except NoSuchTime as error:
            self.bad_time(source, pointer, title, error.reason)

    def bad_time(self, source: Source, pointer: Pointer, title: str, reason: str) -> None:
        """Note what is wrong with the time at ``pointer``."""
        place = source.place(pointer)
        self.findings.append(rules.BAD_TIME.finding(place, pointer, title=title, reason=reason))

    def unique(self, source: Source, key: str, field: str, kind: str) -> None:
        """Note every entry of the list ``key`` whose ``field`` is that of an entry before it."""
        seen: set[Any] = set()
        for index, entry in enumerate(source.value[key]):
            value = entry.get(field)
            if value is not None and value in seen:
                pointer = (key, index, field)
                self.findings.append(
                    rules.REPEATED.finding(source.place(pointer), pointer, kind=kind, name=value)
                )
            seen.add(value)


def office_faults(source: Source, schemas: tuple[Schema, ...]) -> tuple[Finding, ...]:
    """The faults of ``source`` by the first schema that finds some."""
    return next((faults for schema in schemas if (faults := validate(source, schema, office=True))), ())


@cache
def _ours(kind: str) -> bytes:
    folder = _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT
    return (folder / f"{kind}.schema.json").read_bytes()

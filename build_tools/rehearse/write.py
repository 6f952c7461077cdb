"""Writing an invented campaign of any size: same seed, same bytes.

A rehearsal is the notice of 2012 with invented units, people and numbers. It is written by templates, because
a benchmark asks for tens of thousands of files.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from build_tools import ledger
from build_tools.rehearse import documents, office, people, receipts
from build_tools.rehearse.office import City

Progress = Callable[[int, int], None]
"""Called with (units written, units in all)."""

_PACKAGED = Path(__file__).resolve().parent.parent / "_schemas"
_CHECKOUT = Path(__file__).resolve().parents[2] / "schemas"
_GAMES_EVERY = 4
_STATES = 5
ATTACHMENT = "materials/yanlian.pdf"
"""The one supporting file of an invented unit."""

_SEALS = {"collective": "上级党组织", "individual": "所在单位党组织"}


class Setting(NamedTuple):
    """What the writing of one unit needs to know of the whole.

    ``names``: how many different names are wanted at most; ``owed``: how many kinds of material each
    nominee needs; ``topics``: what a summary has to cover.
    """

    seed: int
    names: int
    owed: int
    topics: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """How large a rehearsal is: units, and nominations of each kind per unit."""

    units: int
    collectives: int
    individuals: int
    seed: int

    @property
    def cities(self) -> tuple[City, ...]:
        """The units in official order."""
        return tuple(
            city(
                number,
                collectives=self.collectives,
                individuals=self.individuals,
                first_collective=(number - 1) * self.collectives,
                first_individual=(number - 1) * self.individuals,
                games=number % _GAMES_EVERY == 1,
            )
            for number in range(1, self.units + 1)
        )


def city(number: int, **rest: Any) -> City:
    """The unit with this number; ``rest`` as in :class:`City`."""
    return City(slug=f"shili-{number:04d}", name=f"示例市{number:04d}", number=number, **rest)


def plan(units: int, nominations: int, seed: int) -> Plan:
    """``nominations`` per unit split between the two kinds: a third collectives, the rest individuals."""
    collectives = nominations // 3
    return Plan(units, collectives, nominations - collectives, seed)


def write(folder: Path, planned: Plan, progress: Progress | None = None) -> None:
    """Write a campaign in which nothing is wrong below ``folder`` (made when missing)."""
    cities = planned.cities
    setting = write_office(folder, cities, planned.seed)
    write_units(folder, cities, setting, progress, len(cities))


def write_units(
    folder: Path, cities: tuple[City, ...], setting: Setting, progress: Progress | None, total: int
) -> None:
    """Write the folders and ledgers of healthy units, each in one of several states."""
    for done, unit in enumerate(cities, 1):
        files = unit_files(unit, setting)
        for name, data in files.items():
            save(folder / unit.folder / name, data)
        story = receipts.events(unit.slug, setting.seed, sent(files), unit.number % _STATES)
        save(folder / unit.ledger, ledger.ledger_text(unit.slug, story))
        if progress:
            progress(done, total)


def save(path: Path, data: bytes | str) -> None:
    """Write ``path``, making its folder when it is missing; text as UTF-8 with line feeds."""
    content = data.encode() if isinstance(data, str) else data
    try:
        path.write_bytes(content)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def copy_schemas(folder: Path) -> None:
    """Copy the schemas, rules and form definitions this program carries."""
    source = _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT
    target = folder / "schemas"
    target.mkdir(parents=True, exist_ok=True)
    for file in sorted(source.iterdir()):
        if file.suffix in (".json", ".yml"):
            shutil.copyfile(file, target / file.name)


def write_office(folder: Path, cities: tuple[City, ...], seed: int) -> Setting:
    """Write schemas and the office's files for ``cities``; returns what their folders have to agree with."""
    copy_schemas(folder)
    save(folder / "data" / "campaign.yml", office.campaign(cities))
    save(folder / "data" / "units.yml", office.units(cities))
    save(folder / "data" / "quotas.yml", office.quotas(cities))
    save(folder / "data" / "owners.yml", office.owners(cities))
    save(folder / "docs" / "notice.md", office.NOTICE)
    names = max((max(unit.first_collective, unit.first_individual) for unit in cities), default=0) + 200
    topics = _topics(folder / "schemas" / "summary.schema.json")
    return Setting(seed, names, office.owed_kinds(cities), topics)


def unit_files(unit: City, setting: Setting) -> dict[str, bytes]:
    """What one unit sends: path below its folder to bytes."""
    random = Random(f"{setting.seed}/{unit.slug}")
    written = {name: text.encode() for name, text in _documents(unit, setting, random)}
    if unit.collectives + unit.individuals:
        written[ATTACHMENT] = documents.pdf(f"Rehearsal {unit.slug} {setting.seed}")
    return written


def sent(files: dict[str, bytes]) -> list[receipts.Sent]:
    """The documents among ``files`` as the office received them."""
    found = []
    for name, data in files.items():
        document = name.rsplit("/", 1)[-1].removesuffix(".yml")
        if name.endswith(".yml"):
            found.append(receipts.Sent(document, data, _SEALS.get(document.rsplit("-", 1)[0], "")))
    return found


def _documents(unit: City, setting: Setting, random: Random) -> Iterator[tuple[str, str]]:
    yield "summary.yml", documents.summary(random, unit.name, setting.topics)
    yield (
        "statistics.yml",
        documents.statistics(
            random, unit.name, collectives=unit.collectives, individuals=unit.individuals, games=unit.games
        ),
    )
    nominees: list[str] = []
    for number in range(1, unit.collectives + 1):
        index = unit.first_collective + number - 1
        branch = f"示例{people.coined(index, setting.names)}律师事务所党支部"
        leader = "示例" + people.coined(index * 31 + 17, setting.names)
        text = documents.collective(random, branch, leader, f"020-00{index % 10**6:06d}", number)
        yield f"nominations/collective-{number:02d}.yml", text
        nominees.append(f"collective-{number:02d}")
    for number in range(1, unit.individuals + 1):
        index = unit.first_individual + number - 1
        firm = f"示例{people.coined(index // 3, setting.names)}律师事务所"
        person = people.person(random, "示例" + people.coined(index, setting.names), firm)
        yield f"nominations/individual-{number:02d}.yml", documents.individual(random, person, number)
        nominees.append(f"individual-{number:02d}")
    if nominees:
        yield "materials.yml", documents.materials(nominees, office.KINDS, setting.owed, ATTACHMENT)


def _topics(schema: Path) -> tuple[str, ...]:
    found: list[Any] = json.loads(schema.read_text(encoding="utf-8"))["properties"]["sections"]["x-topics"]
    return tuple(str(topic) for topic in found)

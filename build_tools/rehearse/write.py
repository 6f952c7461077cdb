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
from typing import Any

from build_tools.rehearse import documents, office, people, receipts
from build_tools.rehearse.office import City

Progress = Callable[[int, int], None]
"""Called with (units written, units in all)."""

_PACKAGED = Path(__file__).resolve().parent.parent / "_schemas"
_CHECKOUT = Path(__file__).resolve().parents[2] / "schemas"
_GAMES_EVERY = 4
_STATES = 5
_SHARED = "materials/yanlian.pdf"
_SEALS = {"collective": "上级党组织", "individual": "所在单位党组织"}


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
            City(
                slug=f"shili-{number:04d}",
                name=f"示例市{number:04d}",
                number=number,
                games=number % _GAMES_EVERY == 1,
                collectives=self.collectives,
                individuals=self.individuals,
            )
            for number in range(1, self.units + 1)
        )


def plan(units: int, nominations: int, seed: int) -> Plan:
    """``nominations`` per unit split between the two kinds: a third collectives, the rest individuals."""
    collectives = nominations // 3
    return Plan(units, collectives, nominations - collectives, seed)


def write(folder: Path, planned: Plan, progress: Progress | None = None) -> tuple[City, ...]:
    """Write the campaign below ``folder`` (made when missing) and return its units."""
    cities = planned.cities
    copy_schemas(folder)
    write_office(folder, cities)
    topics = _topics(folder / "schemas" / "summary.schema.json")
    for done, city in enumerate(cities, 1):
        for path, data in unit_files(city, planned, cities, topics):
            save(folder / path, data)
        if progress:
            progress(done, len(cities))
    return cities


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


def write_office(folder: Path, cities: tuple[City, ...]) -> None:
    """Write the office's files for ``cities``."""
    save(folder / "data" / "campaign.yml", office.campaign(cities))
    save(folder / "data" / "units.yml", office.units(cities))
    save(folder / "data" / "quotas.yml", office.quotas(cities))
    save(folder / "data" / "owners.yml", office.owners(cities))
    save(folder / "docs" / "notice.md", office.NOTICE)


def unit_files(
    city: City, planned: Plan, cities: tuple[City, ...], topics: list[str]
) -> Iterator[tuple[str, bytes]]:
    """Every file of one unit and its ledger: (path below the root, bytes)."""
    random = Random(f"{planned.seed}/{city.slug}")
    sent: list[receipts.Sent] = []
    for name, text in _documents(city, planned, cities, topics, random):
        data = text.encode()
        document = name.rsplit("/", 1)[-1].removesuffix(".yml")
        sent.append(receipts.Sent(document, data, _SEALS.get(document.rsplit("-", 1)[0], "")))
        yield f"data/cities/{city.slug}/{name}", data
    if city.collectives + city.individuals:
        yield f"data/cities/{city.slug}/{_SHARED}", documents.pdf(f"Rehearsal {city.slug} {planned.seed}")
    story = receipts.events(city.slug, planned.seed, sent, city.number % _STATES)
    yield f"data/ledger/{city.slug}.yml", receipts.text(city.slug, story).encode()


def _documents(
    city: City, planned: Plan, cities: tuple[City, ...], topics: list[str], random: Random
) -> Iterator[tuple[str, str]]:
    yield "summary.yml", documents.summary(random, city.name, topics)
    yield (
        "statistics.yml",
        documents.statistics(
            random,
            city.name,
            collectives=city.collectives,
            individuals=city.individuals,
            games=city.games,
        ),
    )
    nominees: list[str] = []
    firms = max(1, planned.units * max(planned.collectives, planned.individuals))
    first = (city.number - 1) * planned.collectives
    for number in range(1, city.collectives + 1):
        index = first + number - 1
        branch = f"示例{people.coined(index, firms)}律师事务所党支部"
        leader = "示例" + people.coined(index * 31 + 17, firms)
        text = documents.collective(random, branch, leader, f"020-00{index % 10**6:06d}", number)
        yield f"nominations/collective-{number:02d}.yml", text
        nominees.append(f"collective-{number:02d}")
    first = (city.number - 1) * planned.individuals
    for number in range(1, city.individuals + 1):
        index = first + number - 1
        firm = f"示例{people.coined(index // 3, firms)}律师事务所"
        person = people.person(random, "示例" + people.coined(index, firms), firm)
        yield f"nominations/individual-{number:02d}.yml", documents.individual(random, person, number)
        nominees.append(f"individual-{number:02d}")
    if nominees:
        yield "materials.yml", documents.materials(nominees, office.KINDS, office.owed_kinds(cities), _SHARED)


def _topics(schema: Path) -> list[str]:
    found: list[Any] = json.loads(schema.read_text(encoding="utf-8"))["properties"]["sections"]["x-topics"]
    return [str(topic) for topic in found]

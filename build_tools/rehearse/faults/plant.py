"""Writing the units that hold the defects, and ``faults.yml``, the list of all of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from build_tools import ledger
from build_tools.rehearse import receipts
from build_tools.rehearse.faults import EXCLUDED, FAULTS
from build_tools.rehearse.faults.draft import ELSEWHERE, LEDGER, Draft, Fault
from build_tools.rehearse.office import City
from build_tools.rehearse.write import (
    Plan,
    Progress,
    Setting,
    city,
    save,
    sent,
    unit_files,
    write_office,
    write_units,
)


class _Place(NamedTuple):
    """A defect and the units it was given: one, or two for a defect between units."""

    fault: Fault
    cities: tuple[City, ...]


def write_with_faults(folder: Path, planned: Plan, progress: Progress | None = None) -> int:
    """Write the healthy campaign of ``planned`` and behind it the units with one defect each; returns how many."""
    healthy = planned.cities
    places = _places(planned)
    cities = (*healthy, *(unit for place in places for unit in place.cities))
    setting = write_office(folder, cities, planned.seed)
    write_units(folder, healthy, setting, progress, len(cities))
    done = len(healthy)
    listed: list[dict[str, Any]] = []
    for place in places:
        listed.extend(_plant(folder, place, setting))
        done += len(place.cities)
        if progress:
            progress(done, len(cities))
    save(folder / "faults.yml", _text(listed))
    return len(cities)


def _places(planned: Plan) -> list[_Place]:
    places = []
    number = planned.units + 1
    collectives, individuals = planned.units * planned.collectives, planned.units * planned.individuals
    for fault in FAULTS:
        units = []
        for _ in range(2 if fault.twin else 1):
            units.append(
                city(
                    number,
                    collectives=fault.collectives,
                    individuals=fault.individuals,
                    first_collective=collectives,
                    first_individual=individuals,
                    games=fault.games,
                    beyond=fault.beyond,
                )
            )
            number += 1
            collectives += fault.collectives
            individuals += fault.individuals
        places.append(_Place(fault, tuple(units)))
    return places


def _plant(folder: Path, place: _Place, setting: Setting) -> list[dict[str, Any]]:
    drafts = [Draft(unit, unit_files(unit, setting)) for unit in place.cities]
    if place.fault.twin:
        drafts[0].twin = drafts[1]
    place.fault.change(drafts[0])
    for draft in drafts:
        _write(folder, draft, setting.seed)
    listed = []
    for planted in place.fault.found:
        unit = place.cities[planted.twin]
        path = unit.ledger if planted.path == LEDGER else _path(unit, planted.path)
        listed.append(
            {
                "code": planted.code,
                "unit": unit.slug,
                "path": path,
                "pointer": planted.pointer,
                "line": planted.line,
                "note": place.fault.note,
            }
        )
    return listed


def _write(folder: Path, draft: Draft, seed: int) -> None:
    for name, data in draft.files.items():
        path = folder / _path(draft.city, name)
        save(path, data)
        if name in draft.executable:
            path.chmod(0o755)
    for name, target in draft.links.items():
        (folder / _path(draft.city, name)).symlink_to(target)
    events = draft.ledger(_events(draft, seed))
    save(folder / draft.city.ledger, ledger.ledger_text(draft.city.slug, events))


def _path(unit: City, name: str) -> str:
    return name.removeprefix(ELSEWHERE) if name.startswith(ELSEWHERE) else f"{unit.folder}/{name}"


def _events(draft: Draft, seed: int) -> list[dict[str, Any]]:
    told: list[tuple[str, str, str, dict[str, Any]]] = []
    for document, data, _ in sent(draft.files):
        at = draft.at.get(document, draft.at[""])
        if at:
            told.append((at, "received", document, {"data": data, "source": receipts.WINDOW}))
    chained: list[dict[str, Any]] = []
    for at, kind, document, more in sorted((*told, *draft.story), key=lambda event: event[0]):
        rest = {"digest" if key == "data" else key: value for key, value in more.items()}
        if "data" in more:
            rest["digest"] = ledger.digest(more["data"])
        event = {"at": at, "kind": kind, "document": document, "by": [receipts.CLERK], **rest}
        chained = ledger.append(chained, event, nonce=receipts.nonce(seed, draft.city.slug, len(chained)))
    return chained


def _text(listed: list[dict[str, Any]]) -> str:
    lines = [
        "# 演练中埋下的错误：每条规则一处。检查应当恰好找到这些，不多也不少。",
        "faults:",
        *(f"  - {json.dumps(entry, ensure_ascii=False)}" for entry in listed),
        "# 不能埋在报送文件里的规则。",
        "excluded:",
        *(
            f"  - {json.dumps({'code': code, 'reason': reason}, ensure_ascii=False)}"
            for code, reason in EXCLUDED.items()
        ),
    ]
    return "\n".join(lines) + "\n"

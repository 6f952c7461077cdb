"""Everything in one JSON file, for other programs: statistics, progress and, for the office, nominees."""

from __future__ import annotations

import json
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from build_tools.progress import CampaignProgress, DocumentProgress, ItemProgress, UnitProgress
from build_tools.rollup import Counter, Nominee, NomineeList, NotListed, Number, RollUp, Row


def as_json(progress: CampaignProgress, rollup: RollUp, *, office: bool) -> bytes:
    """UTF-8, one record a line. Moments are ISO 8601 in the campaign's zone, amounts with decimals JSON numbers."""
    campaign = progress.campaign
    body: dict[str, Any] = {
        "campaign": {
            "id": campaign.id,
            "title": campaign.title,
            "demo": campaign.demo_note if campaign.is_demo else None,
            "deadline": campaign.deadline.isoformat(),
        },
        "audience": "office" if office else "public",
        "moment": progress.now.isoformat(),
        "statistics": _statistics(rollup if office else rollup.public()),
        "progress": _progress(progress, office=office),
    }
    if office:
        body["nominees"] = [_listing(listing) for listing in rollup.nominees]
    return (_lines(body, "") + "\n").encode()


def _lines(value: Any, margin: str) -> str:
    """``value`` with an entry a line down to the records of a list: readable, comparable, and fast to write."""
    deeper = margin + "  "
    if isinstance(value, dict) and value:
        entries = [f"{deeper}{_ENCODER.encode(key)}: {_lines(entry, deeper)}" for key, entry in value.items()]
        return "{\n" + ",\n".join(entries) + f"\n{margin}}}"
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(deeper + _ENCODER.encode(entry) for entry in value) + f"\n{margin}]"
    return _ENCODER.encode(value)


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


def _number(number: Number | None) -> int | float | None:
    """JSON has one kind of number; two decimals below ten million million survive it exactly."""
    return float(number) if isinstance(number, Decimal) else number


def _statistics(rollup: RollUp) -> dict[str, Any]:
    return {
        "counters": [_counter(counter) for counter in rollup.counters],
        "units": [_row(row) for row in rollup.rows],
        "counted": rollup.counted,
        "notes": list(rollup.notes),
    }


def _counter(counter: Counter) -> dict[str, Any]:
    return {
        "key": counter.key,
        "title": counter.title,
        "unit": counter.unit_word,
        "clause": counter.clause,
        "total": _number(counter.total) if counter.reported else None,
        "reported": counter.reported,
        "blank": counter.blank,
        "not_applicable": counter.not_applicable,
        "missing": [unit.slug for unit in counter.missing],
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "unit": row.unit.slug,
        "name": row.unit.name,
        "counted": row.counted,
        "late": row.late,
        "why_not": row.why_not or None,
        "values": {
            key: {"answer": str(cell.answer), "number": _number(cell.number)}
            for key, cell in row.cells.items()
        },
    }


def _progress(progress: CampaignProgress, *, office: bool) -> dict[str, Any]:
    body: dict[str, Any] = {
        "phase": str(progress.phase),
        "reporting_rate": float(progress.reporting_rate),
        "on_time_rate": float(progress.on_time_rate),
        "counts": {str(state): many for state, many in progress.counts.items()},
        "items": [
            {
                "item": rate.item.id,
                "title": rate.item.title,
                "expected": rate.expected,
                "reported": rate.reported,
                "in_time": rate.in_time,
                "missing": [unit.slug for unit in rate.missing],
            }
            for rate in progress.items
        ],
        "units": [_unit(unit, office=office) for unit in progress.units],
    }
    if office:
        body["call"] = [unit.unit.slug for unit in progress.call_list]
    return body


def _unit(unit: UnitProgress, *, office: bool) -> dict[str, Any]:
    body: dict[str, Any] = {
        "unit": unit.unit.slug,
        "code": unit.unit.code,
        "name": unit.unit.name,
        "bureau": unit.unit.bureau,
        "state": str(unit.state),
        "label": unit.state.label,
        "parts_owed": unit.parts_owed,
        "parts_done": unit.parts_done,
        "deadline": unit.deadline.isoformat(),
        "extended": unit.extended,
        "items": [_item(item, office=office) for item in unit.items],
    }
    if office:
        contact = unit.unit.contact
        body |= {
            "contact": asdict(contact) if contact else None,
            "next_step": unit.next_step,
            "next_office_step": unit.next_office_step,
            "call": {"urgency": int(unit.call.urgency), "reason": unit.call.reason} if unit.call else None,
        }
    return body


def _item(item: ItemProgress, *, office: bool) -> dict[str, Any]:
    body: dict[str, Any] = {
        "item": item.item.id,
        "state": str(item.state),
        "label": item.label,
        "timing": str(item.timing) if item.timing else None,
        "owed": item.owed,
        "complete": item.complete,
    }
    if office:
        body |= {
            "quota": item.quota,
            "quota_left": item.quota_left,
            "needed": item.needed or None,
            "remark": item.remark or None,
            "documents": [_document(document) for document in item.documents],
        }
    return body


def _document(document: DocumentProgress) -> dict[str, Any]:
    stand = document.standing
    return {
        "document": document.name,
        "path": document.path,
        "present": document.present,
        "counts": document.counts,
        "state": str(document.state),
        "timing": str(document.timing) if document.timing else None,
        "received": stand.received.isoformat() if stand.received else None,
        "returned": {"reason": stand.reason, "until": stand.until.isoformat()} if stand.until else None,
        "errors": document.errors,
        "warnings": document.warnings,
        "answered": document.answered,
        "changed": document.changed,
        "blanks": document.blanks,
        "copies": [document.copies_received, document.copies_owed],
        "seals_missing": list(document.seals_missing),
    }


def _listing(listing: NomineeList) -> dict[str, Any]:
    return {
        "item": listing.item.id,
        "title": listing.item.nominee,
        "columns": dict(listing.columns),
        "nominees": [_nominee(nominee) for nominee in listing.nominees],
        "left_out": [_left(left) for left in listing.left_out],
    }


def _nominee(nominee: Nominee) -> dict[str, Any]:
    return {
        "unit": nominee.unit.slug,
        "document": nominee.document,
        "rank": nominee.rank,
        "name": nominee.caption,
        "state": str(nominee.state),
        "timing": str(nominee.timing) if nominee.timing else None,
        "values": nominee.values,
    }


def _left(left: NotListed) -> dict[str, Any]:
    return {
        "unit": left.unit.slug,
        "document": left.document,
        "rank": left.rank,
        "name": left.caption,
        "why": str(left.why),
    }

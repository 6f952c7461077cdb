"""Values that ``hypothesis-jsonschema`` makes of a schema: ``python sound_values.py NUMBER < schema`` prints as many.

A process of its own makes always the same ones: Hypothesis also tries constants of whatever modules are loaded.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis_jsonschema import from_schema


def plain(schema: dict[str, Any]) -> dict[str, Any]:
    """``schema`` without our own formats, which the generator does not know."""
    if isinstance(schema, dict):
        return {key: plain(value) for key, value in schema.items() if key not in ("format", "$id", "$schema")}
    return [plain(value) for value in schema] if isinstance(schema, list) else schema


def sound_values(schema: dict[str, Any], number: int) -> list[Any]:
    """About ``number`` values that are valid against ``schema``, formats left out."""
    made = subprocess.run(
        [sys.executable, __file__, str(number)],
        input=json.dumps(schema),
        capture_output=True,
        text=True,
        check=True,
    )
    values: list[Any] = json.loads(made.stdout)
    return values


def _made(schema: dict[str, Any], number: int) -> list[Any]:
    found: list[Any] = []

    @settings(
        max_examples=number,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(from_schema(plain(schema)))
    def collect(value: Any) -> None:
        found.append(value)

    collect()
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_made(json.load(sys.stdin), int(sys.argv[1]))))

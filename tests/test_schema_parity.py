"""The fast first opinion never accepts what ``jsonschema`` refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_jsonschema import from_schema
from sound_values import plain

from build_tools.schema import Schema

SCHEMAS = Path(__file__).parents[1] / "schemas"
ITEMS = ["collective", "individual", "materials", "statistics", "summary"]

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=12),
    st.sampled_from(["不适用", "1.50", "2012-08", "𠮷", "a\n"]),
)
ODD = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@pytest.mark.parametrize("name", ITEMS)
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_accepted_at_once_is_valid(name: str, data: st.DataObject) -> None:
    schema = Schema((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    value = data.draw(from_schema(plain(schema.root)))
    if isinstance(value, dict) and value:
        key = data.draw(st.sampled_from(sorted(value)))
        change = data.draw(st.sampled_from(["keep", "drop", "replace"]))
        if change == "drop":
            del value[key]
        elif change == "replace":
            value[key] = data.draw(ODD)
    if schema.accepts(value):
        assert schema.validator.is_valid(value)


def test_a_refused_value_is_refused_by_both() -> None:
    schema = Schema('{"type": "object", "required": ["a"]}')
    assert not schema.accepts({})
    assert not schema.validator.is_valid({})

"""Whether a value is valid under a JSON schema: the part of the standard that is enforced."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from itertools import chain, repeat
from math import inf
from typing import Any
from uuid import UUID

_FORMATS = {
    "date": lambda text: datetime.strptime(text, "%Y-%m-%d"),  # a date alone
    "date-time": datetime.fromisoformat,
    "time": time.fromisoformat,
    "uuid": UUID,
}


def is_valid(value: object, schema: Any, root: Mapping[str, Any]) -> bool:
    """Written from the standard, not from the grammar."""
    if isinstance(schema, bool):
        return schema

    def valid(part: Any) -> bool:
        return is_valid(value, part, root)

    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    return (
        ("$ref" not in schema or valid(_target(schema["$ref"], root)))
        and all(map(valid, schema.get("allOf", ())))
        and any(map(valid, schema.get("anyOf", (True,))))
        and sum(map(valid, schema.get("oneOf", (True,)))) == 1
        and _same(value, schema.get("const", value))
        and any(_same(value, each) for each in schema.get("enum", (value,)))
        and (not types or any(_is_type(value, each) for each in types))
        and _within(value, schema, root)
    )


def _within(value: object, schema: Mapping[str, Any], root: Mapping[str, Any]) -> bool:
    if isinstance(value, str):
        return _between(len(value), schema, "Length") and _has_format(value, schema)
    if isinstance(value, list):
        first = schema.get("prefixItems", [])
        rest = schema.get("items", True)
        pairs = zip(value, chain(first, repeat(rest)), strict=False)
        return _between(len(value), schema, "Items") and all(
            is_valid(item, each, root) for item, each in pairs
        )
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        extra = schema.get("additionalProperties", True)
        return (
            set(schema.get("required", ())) <= value.keys()
            and _between(len(value), schema, "Properties")
            and all(is_valid(v, properties.get(k, extra), root) for k, v in value.items())
        )
    if isinstance(value, int | float) and not isinstance(value, bool):
        above = schema.get("minimum", -inf) <= value > schema.get("exclusiveMinimum", -inf)
        below = schema.get("maximum", inf) >= value < schema.get("exclusiveMaximum", inf)
        return bool(above and below)
    return True


def _between(size: int, schema: Mapping[str, Any], what: str) -> bool:
    least, most = schema.get(f"min{what}", 0), schema.get(f"max{what}", size)
    return bool(least <= size <= most)


def _has_format(value: str, schema: Mapping[str, Any]) -> bool:
    try:
        _FORMATS.get(schema.get("format", ""), str)(value)
    except ValueError:
        return False
    return True


def _target(reference: str, root: Mapping[str, Any]) -> Any:
    found: Any = root
    for step in reference.split("/")[1:]:
        found = found[step]
    return found


def _same(value: object, other: object) -> bool:
    return value == other and isinstance(value, bool) == isinstance(other, bool)


def _is_type(value: object, name: str) -> bool:
    is_bool = isinstance(value, bool)
    return {
        "object": isinstance(value, dict),
        "array": isinstance(value, list),
        "string": isinstance(value, str),
        "boolean": is_bool,
        "null": value is None,
        "integer": isinstance(value, int) and not is_bool,
        "number": isinstance(value, int | float) and not is_bool,
    }[name]

"""Reading JSON schemas: references, combinations, and what cannot be enforced.

Owns what the keywords of a schema mean together; knows nothing of grammars.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from core.engines.llama.schema.json_keywords import (
    ANNOTATIONS,
    COMBINING,
    SHAPES,
    TYPE_OF_KEYWORD,
    UNENFORCEABLE,
)
from core.errors import InvalidInput

Schema = dict[str, Any]
MAX_DEPTH = 64
"""Schemas inside schemas, references followed."""
MAX_VISITS = 20_000


def refused(reason: str) -> InvalidInput:
    """The error for a schema that cannot be enforced."""
    return InvalidInput(
        f"The JSON schema cannot be enforced: {reason}.",
        key="json_schema",
        hint="Simplify it, and check the rest in the answer.",
    )


class SchemaReader:
    """Schemas of one document, each with its references and combinations resolved."""

    def __init__(self, document: Schema) -> None:
        self._document = document
        self._visits = 0

    def alternatives(self, schema: object, depth: int = 0) -> list[Schema]:
        """Plain schemas, without references and combinations, one of which a value must meet.

        None of them at all means that no value is valid.

        Raises: InvalidInput.
        """
        self._count(depth)
        if isinstance(schema, bool):
            return [{}] if schema else []
        if not isinstance(schema, dict):
            raise refused(f"{type(schema).__name__} is no schema")
        self._check(schema)
        found = [{key: value for key, value in schema.items() if key not in COMBINING}]
        for part in self._parts_of_all(schema):
            found = _merged(found, self.alternatives(part, depth + 1))
        for union in ("anyOf", "oneOf"):
            if union in schema:
                options = [self.alternatives(part, depth + 1) for part in _list(schema, union)]
                if union == "oneOf":
                    _require_disjoint(options)
                found = _merged(found, [each for option in options for each in option])
        return [each for schema in found for each in _by_type(schema)]

    def last_reference(self, schema: object) -> str | None:
        """The end of a chain of references; None for what is more than a reference.

        Raises: InvalidInput, for a chain without end.
        """
        chain: list[str] = []
        while isinstance(schema, dict) and schema.keys() - ANNOTATIONS == {"$ref"}:
            chain.append(schema["$ref"])
            if chain.count(chain[-1]) > 1:
                raise refused("a part of it refers to itself")
            schema = self.target(chain[-1])
        return chain[-1] if chain else None

    def target(self, reference: object) -> Any:
        """What a `$ref` points at.

        Raises: InvalidInput, also for references outside the document.
        """
        if not isinstance(reference, str) or not re.match(r"#(/|$)", reference):
            raise refused(f"it refers to {reference!r}, outside of itself")
        found: Any = self._document
        for step in reference.split("/")[1:]:
            name = unquote(step).replace("~1", "/").replace("~0", "~")
            if isinstance(found, list) and name.isdecimal() and int(name) < len(found):
                found = found[int(name)]
            elif isinstance(found, dict) and name in found:
                found = found[name]
            else:
                raise refused(f"it refers to {reference!r}, which is not there")
        return found

    def _parts_of_all(self, schema: Schema) -> Iterator[object]:
        if "$ref" in schema:
            yield self.target(schema["$ref"])
        yield from _list(schema, "allOf") if "allOf" in schema else ()

    def _check(self, schema: Schema) -> None:
        for keyword in UNENFORCEABLE & schema.keys():
            if schema[keyword] is not False:  # as `uniqueItems` may be
                raise refused(f"`{keyword}` is not supported")
        for keyword in SHAPES.keys() & schema.keys():
            value = schema[keyword]
            numeric = int in SHAPES[keyword]
            if not isinstance(value, SHAPES[keyword]) or (numeric and isinstance(value, bool)):
                raise refused(f"`{keyword}` cannot be {value!r:.40}")
        for keyword in ("required", "type"):
            values = schema.get(keyword, [])
            if isinstance(values, list) and not all(isinstance(each, str) for each in values):
                raise refused(f"`{keyword}` holds something else than names")

    def _count(self, depth: int) -> None:
        self._visits += 1
        if depth > MAX_DEPTH:
            raise refused(f"it is nested deeper than {MAX_DEPTH}, or refers to itself")
        if self._visits > MAX_VISITS:
            raise refused("its combinations are too many")


def _merged(left: list[Schema], right: list[Schema]) -> list[Schema]:
    """Schemas that ask for one of `left` and one of `right`; those that exclude each other
    are left out."""
    if len(left) * len(right) > MAX_VISITS:
        raise refused("its combinations are too many")
    pairs = (_both(one, other) for one in left for other in right)
    return [pair for pair in pairs if pair is not None]


def _both(left: Schema, right: Schema) -> Schema | None:
    both = left | right
    for key in left.keys() & right.keys():
        if left[key] == right[key]:
            continue
        if key == "properties":
            shared = left[key].keys() & right[key].keys()
            if any(left[key][name] != right[key][name] for name in shared):
                raise refused("two of its parts describe the same property")
            both[key] = left[key] | right[key]
        elif key == "required":
            both[key] = [*left[key], *right[key]]
        elif key == "type":
            both[key] = [each for each in _types(left) if each in _types(right)]
            if not both[key]:
                return None
        elif key != "format":
            raise refused(f"two of its parts set `{key}`")
    return both


def _by_type(schema: Schema) -> Iterator[Schema]:
    """`schema` once for each of its types; without `type` where any value will do."""
    if "const" in schema or "enum" in schema:
        yield schema
    elif "type" in schema:
        for each in _types(schema):
            yield {**schema, "type": each}
    else:
        kinds = {kind for keyword, kind in TYPE_OF_KEYWORD.items() if keyword in schema}
        if len(kinds) > 1:
            raise refused("a part without `type` restricts values of several types")
        yield {**schema, "type": kinds.pop()} if kinds else schema


def _types(schema: Schema) -> list[str]:
    types = schema["type"]
    return types if isinstance(types, list) else [types]


def _list(schema: Schema, keyword: str) -> list[object]:
    if not isinstance(schema[keyword], list) or not schema[keyword]:
        raise refused(f"`{keyword}` must be a list")
    found: list[object] = schema[keyword]
    return found


def _require_disjoint(options: list[list[Schema]]) -> None:
    """`oneOf` is enforced as `anyOf`, so no value may meet two of its alternatives."""
    for index, option in enumerate(options):
        for other in options[index + 1 :]:
            if not all(_disjoint(one, two) for one in option for two in other):
                raise refused("alternatives of `oneOf` overlap; use `anyOf`")


def _disjoint(one: Schema, two: Schema) -> bool:
    """Whether a constant tells them apart, or their type."""
    values, others = _constants(one), _constants(two)
    if values is not None and others is not None:
        return not any(value == other for value in values for other in others)
    kinds = {schema["type"] for schema in (one, two) if isinstance(schema.get("type"), str)}
    if len(kinds) == 2 and kinds != {"integer", "number"}:
        return True
    if kinds == {"object"}:
        shared = set(_required(one)) & set(_required(two))
        return any(_disjoint(_property(one, name), _property(two, name)) for name in shared)
    return False


def _constants(schema: Schema) -> list[object] | None:
    if "const" in schema:
        return [schema["const"]]
    values = schema.get("enum")
    return values if isinstance(values, list) else None


def _required(schema: Schema) -> list[str]:
    found: list[str] = schema.get("required", [])
    return found


def _property(schema: Schema, name: str) -> Schema:
    found = schema.get("properties", {}).get(name)
    return dict(found) if isinstance(found, Mapping) else {}

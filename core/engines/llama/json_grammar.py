"""JSON schemas to GBNF: a grammar whose sentences are all JSON of the schema.

Owns the form of each type of value; knows nothing of tokens. The grammar may be narrower than
the schema (properties come in its order, and only those that it names), never wider: what
cannot be enforced is refused. The converter of llama-cpp-python is not used because its
grammars are wider: control characters in strings, unescaped backslashes, ignored bounds.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from core.engines.llama.gbnf import Rules, literal
from core.engines.llama.gbnf_numbers import (
    INTEGER,
    NUMBER,
    Bounds,
    integer_between,
    number_between,
)
from core.engines.llama.json_schema import Schema, SchemaReader, refused

MAX_ENUM = 500
MAX_PATHS = 2000
"""Alternatives at one place of the text; llama.cpp follows all of them."""

SPACE = '( " " | "\\n" [ \\t]{0,20} )?'
_HEX = "[0-9a-fA-F]"
# No \u escape for half a surrogate pair: such text cannot be stored.
CHARACTER = (
    '[^"\\\\\\x00-\\x1F\\x7F] | "\\\\" (["\\\\/bfnrt] | '
    f'"u" ([0-9a-cA-CE-Fe-f] {_HEX} | [dD] [0-7]) {_HEX} {_HEX})'
)
_MONTH_AND_DAY = (
    '(("0" [1-9] | "1" [0-2]) "-" ("0" [1-9] | "1" [0-9] | "2" [0-8])'
    ' | ("0" [13-9] | "1" [0-2]) "-" ("29" | "30")'
    ' | ("0" [13578] | "1" [02]) "-31")'
)
_DATE = f'[1-2] [0-9]{{3}} "-" {_MONTH_AND_DAY}'
_TIME = '([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9] ":" [0-5] [0-9] ("." [0-9]{1,6})?'
_ZONE = '("Z" | [-+] ([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9])'
FORMATS = {
    "date": _DATE,
    "time": f"{_TIME} {_ZONE}",
    "date-time": f'{_DATE} "T" {_TIME} {_ZONE}',
    "uuid": f'{_HEX}{{8}} "-" {_HEX}{{4}} "-" {_HEX}{{4}} "-" {_HEX}{{4}} "-" {_HEX}{{12}}',
}


def json_grammar(schema: Schema) -> str:
    """GBNF for JSON of `schema`.

    Raises: InvalidInput, for a schema that is wrong, too large, or that cannot be enforced.
    """
    rules = Rules("json_schema")
    return rules.text(JsonRules(rules, schema).value(schema))


class JsonRules:
    """Rules for JSON values of the schemas of one document."""

    def __init__(self, rules: Rules, document: Schema) -> None:
        self._rules = rules
        self._reader = SchemaReader(document)
        self._references: dict[str, str] = {}
        self._paths: dict[str, int] = {}
        self._space = rules.add(SPACE)
        self._character = rules.add(CHARACTER)

    def value(self, schema: object, depth: int = 0) -> str:
        """The name of the rule for values of `schema`.

        Raises: InvalidInput.
        """
        reference = self._reader.last_reference(schema)
        if reference is not None:
            return self._referred(reference, depth)
        alternatives = self._reader.alternatives(schema, depth)
        if not alternatives:
            raise refused("a part of it allows no value at all")
        return self._union([self._plain(each, depth) for each in alternatives])

    def _referred(self, reference: str, depth: int) -> str:
        """One rule for each target, so that schemas may contain themselves."""
        if reference not in self._references:
            self._references[reference] = name = self._rules.reserve()
            target = self.value(self._reader.target(reference), depth + 1)
            self._rules.define(name, target)
            self._paths[name] = self._paths.get(target, 1)
        return self._references[reference]

    def _union(self, names: Sequence[str]) -> str:
        unique = list(dict.fromkeys(names))
        if len(unique) == 1:
            return unique[0]
        paths = sum(self._paths.get(name, 1) for name in unique)
        if paths > MAX_PATHS:
            raise self._rules.too_large(f"more than {MAX_PATHS} alternatives in one place")
        name = self._rules.add(" | ".join(unique))
        self._paths[name] = paths
        return name

    def _plain(self, schema: Schema, depth: int) -> str:
        if "const" in schema or "enum" in schema:
            return self._constants(schema)
        match schema.get("type"):
            case None:
                return self._anything()
            case "object":
                return self._object(schema, depth)
            case "array":
                return self._array(schema, depth)
            case kind:
                return self._rules.add(self._scalar(schema, kind))

    def _scalar(self, schema: Schema, kind: str) -> str:
        match kind:
            case "string":
                return self._string(schema)
            case "integer" | "number":
                return _number(schema, whole=kind == "integer")
            case "boolean":
                return '"true" | "false"'
            case "null":
                return '"null"'
            case _:
                raise refused(f"there is no type {kind!r}")

    def _constants(self, schema: Schema) -> str:
        values = [schema["const"]] if "const" in schema else schema["enum"]
        fitting = [value for value in values if _fits(value, schema)]
        if not fitting or len(fitting) > MAX_ENUM:
            raise refused(f"`enum` has {len(fitting)} values of its type, 1 to {MAX_ENUM} can be")
        return self._rules.add(" | ".join(literal(_json(value)) for value in fitting))

    def _string(self, schema: Schema) -> str:
        least, most = schema.get("minLength", 0), schema.get("maxLength")
        if schema.get("format") in FORMATS:
            if least or most is not None:
                raise refused("a string has both a `format` and a length")
            return f'"\\"" {FORMATS[schema["format"]]} "\\""'
        _require_range("Length", least, most)
        return f'"\\"" {self._rules.repeat(self._character, least, most)} "\\""'

    def _array(self, schema: Schema, depth: int) -> str:
        first = [self.value(each, depth + 1) for each in schema.get("prefixItems", ())]
        least, most = schema.get("minItems", 0), schema.get("maxItems")
        _require_range("Items", least, most)
        more = schema.get("items", True)
        if more is False:
            most = len(first) if most is None else min(most, len(first))
            _require_range("Items", least, most)
        item = self.value(more, depth + 1) if most is None or most > len(first) else ""
        return self._enclosed("[", self._elements(first, item, least, most), "]")

    def _elements(self, first: list[str], item: str, least: int, most: int | None) -> str:
        """What follows "[": from the end of the fixed items to their beginning."""
        tail = ""
        if item and (most is None or most > len(first)):
            further = self._rules.add(f'"," {self._space} {item}')
            limit = None if most is None else most - len(first)
            rest = max(0, least - len(first))
            if not first:
                others = self._rules.repeat(further, max(0, rest - 1), limit and limit - 1)
                return f"{item} {others}" if rest else f"({item} {others})?"
            tail = self._rules.repeat(further, rest, limit)
        for index in range(len(first) if most is None else min(len(first), most), 0, -1):
            comma = f'"," {self._space} ' if index > 1 else ""
            name = self._rules.add(f"{comma}{first[index - 1]} {tail}")
            tail = name if index <= least else f"{name}?"
        return tail

    def _object(self, schema: Schema, depth: int) -> str:
        properties: dict[str, object] = dict(schema.get("properties", {}))
        required = set(schema.get("required", ()))
        extra = schema.get("additionalProperties", True)
        for name in sorted(required - properties.keys()):
            properties[name] = extra
        _require_count(schema, len(required), len(properties))
        if not properties:
            return self._map(schema, extra, depth)
        pairs = [
            (self._pair(name, each, depth), name in required)
            for name, each in properties.items()
            if each is not False or name in required
        ]
        return self._enclosed("{", self._members(pairs), "}")

    def _members(self, pairs: list[tuple[str, bool]]) -> str:
        """What follows "{": rules for the rest of the pairs, with and without one before."""
        begin = more = ""
        for pair, needed in reversed(pairs):
            begins, follows = f"{pair} {more}", f'"," {self._space} {pair}'
            if not needed:
                begins = f"{begins} | {begin}" if begin else f"({begins})?"
                follows = f"({follows})?"
            begin, more = self._rules.add(begins), self._rules.add(f"{follows} {more}")
        return begin

    def _pair(self, name: str, schema: object, depth: int) -> str:
        value = self.value(schema, depth + 1)
        return self._rules.add(f'{literal(_json(name))} ":" {self._space} {value}')

    def _map(self, schema: Schema, extra: object, depth: int) -> str:
        """An object whose names are free."""
        if extra is False:
            return self._rules.add('"{" "}"')
        if schema.get("minProperties", 0):
            raise refused("`minProperties` of unnamed properties is not supported")
        key = self._rules.add(self._string({}))
        pair = self._rules.add(f'{key} ":" {self._space} {self.value(extra, depth + 1)}')
        most = schema.get("maxProperties")
        return self._enclosed("{", self._elements([], pair, 0, most) if most != 0 else "", "}")

    def _enclosed(self, begin: str, inside: str, end: str) -> str:
        body = f"{literal(begin)} {self._space} {inside} {self._space} {literal(end)}"
        return self._rules.add(body)

    def _anything(self) -> str:
        """Any JSON value."""
        if "" not in self._references:
            self._references[""] = name = self._rules.reserve()
            kinds = ("object", "array", "string", "number", "boolean", "null")
            self._rules.define(name, self._union([self._plain({"type": k}, 0) for k in kinds]))
            self._paths[name] = len(kinds)
        return self._references[""]


def _number(schema: Schema, *, whole: bool) -> str:
    low, low_open = _bound(schema, "minimum", "exclusiveMinimum", max)
    high, high_open = _bound(schema, "maximum", "exclusiveMaximum", min)
    if low is None and high is None:
        return INTEGER if whole else NUMBER
    between = integer_between if whole else number_between
    body = between(Bounds(low, high, low_open, high_open))
    if body is None:
        raise refused(f"there is no number from {low} to {high}")
    return body


def _bound(schema: Schema, closed: str, open_: str, tighter: Any) -> tuple[int | None, bool]:
    """The tighter of the two bounds that a schema may set on one side, and whether it is open."""
    given = [(schema[key], key == open_) for key in (closed, open_) if key in schema]
    if not given:
        return None, False
    strictest = tighter(value for value, _ in given)
    if strictest != int(strictest):
        raise refused(f"the bound {strictest} is not a whole number")
    return int(strictest), (strictest, True) in given


def _fits(value: object, schema: Schema) -> bool:
    """Whether a constant is of the schema's own `type`, if it has one."""
    types = schema.get("type", [])
    kinds = {
        "object": isinstance(value, dict),
        "array": isinstance(value, list),
        "string": isinstance(value, str),
        "boolean": isinstance(value, bool),
        "null": value is None,
        "number": isinstance(value, int | float) and not isinstance(value, bool),
        "integer": isinstance(value, int) and not isinstance(value, bool),
    }
    names = [types] if isinstance(types, str) else types
    return not names or any(kinds.get(name, False) for name in names)


def _require_range(what: str, least: int, most: int | None) -> None:
    if least < 0 or (most is not None and most < least):
        raise refused(f"nothing has from {least} to {most} (`min{what}`, `max{what}`)")


def _require_count(schema: Schema, needed: int, named: int) -> None:
    if schema.get("minProperties", 0) > needed and named:
        raise refused("`minProperties` asks for more than the required properties")
    if schema.get("maxProperties", named) < named:
        raise refused("`maxProperties` is less than the named properties")


def _json(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    # Half a surrogate pair has no other form.
    return text if text.isascii() or _encodes(text) else json.dumps(value)


def _encodes(text: str) -> bool:
    return text.encode(errors="replace").decode() == text

"""JSON schemas to GBNF: a grammar whose sentences are all JSON of the schema.

Owns the form of each type of value; knows nothing of tokens. The grammar may be narrower than
the schema (properties come in its order, and only those that it names), never wider: what
cannot be enforced is refused. The converter of llama-cpp-python is not used because its
grammars are wider: control characters in strings, unescaped backslashes, ignored bounds.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.engines.llama.schema.gbnf import Rules, literal
from core.engines.llama.schema.json_scalars import (
    constants_rule,
    json_text,
    require_range,
    scalar_rule,
    string_rule,
)
from core.engines.llama.schema.json_schema import Schema, SchemaReader, refused

MAX_PATHS = 2000
"""Alternatives at one place of the text; llama.cpp follows all of them."""

SPACE = '( " " | "\\n" [ \\t]{0,20} )?'


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
            return self._rules.add(constants_rule(schema))
        match schema.get("type"):
            case None:
                return self._anything()
            case "object":
                return self._object(schema, depth)
            case "array":
                return self._array(schema, depth)
            case _:
                return self._rules.add(scalar_rule(self._rules, schema))

    def _array(self, schema: Schema, depth: int) -> str:
        first = [self.value(each, depth + 1) for each in schema.get("prefixItems", ())]
        least, most = schema.get("minItems", 0), schema.get("maxItems")
        require_range("Items", least, most)
        more = schema.get("items", True)
        if more is False:
            most = len(first) if most is None else min(most, len(first))
            require_range("Items", least, most)
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
        return self._rules.add(f'{literal(json_text(name))} ":" {self._space} {value}')

    def _map(self, schema: Schema, extra: object, depth: int) -> str:
        """An object whose names are free."""
        if extra is False:
            return self._rules.add('"{" "}"')
        if schema.get("minProperties", 0):
            raise refused("`minProperties` of unnamed properties is not supported")
        key = self._rules.add(string_rule(self._rules, {}))
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


def _require_count(schema: Schema, needed: int, named: int) -> None:
    if schema.get("minProperties", 0) > needed and named:
        raise refused("`minProperties` asks for more than the required properties")
    if schema.get("maxProperties", named) < named:
        raise refused("`maxProperties` is less than the named properties")

"""JSON values without parts, as GBNF: text, numbers and constants.

Owns how each is spelled; knows nothing of objects and arrays.
"""

from __future__ import annotations

import json
from typing import Any

from core.engines.llama.schema.gbnf import Rules, literal
from core.engines.llama.schema.gbnf_numbers import (
    INTEGER,
    NUMBER,
    Bounds,
    integer_between,
    number_between,
)
from core.engines.llama.schema.json_schema import Schema, refused

MAX_ENUM = 500
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


def scalar_rule(rules: Rules, schema: Schema) -> str:
    """The body of a rule for values of `schema`, which has a type without parts.

    Raises: InvalidInput.
    """
    match schema["type"]:
        case "string":
            return string_rule(rules, schema)
        case "integer" | "number" as kind:
            return _number(schema, whole=kind == "integer")
        case "boolean":
            return '"true" | "false"'
        case "null":
            return '"null"'
        case kind:
            raise refused(f"there is no type {kind!r}")


def string_rule(rules: Rules, schema: Schema) -> str:
    """The body of a rule for JSON strings.

    Raises: InvalidInput.
    """
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    if schema.get("format") in FORMATS:
        if least or most is not None:
            raise refused("a string has both a `format` and a length")
        return f'"\\"" {FORMATS[schema["format"]]} "\\""'
    require_range("Length", least, most)
    return f'"\\"" {rules.repeat(rules.add(CHARACTER), least, most)} "\\""'


def constants_rule(schema: Schema) -> str:
    """The body of a rule for the values of `const` or `enum` that are of the schema's type.

    Raises: InvalidInput.
    """
    if others := schema.keys() - {"const", "enum", "type", "format"}:
        raise refused(f"`{min(others)}` stands beside constants")
    values = schema["enum"] if "enum" in schema else [schema["const"]]
    if "const" in schema:
        values = [value for value in values if value == schema["const"]]
    fitting = [value for value in values if _fits(value, schema)]
    if not fitting or len(fitting) > MAX_ENUM:
        raise refused(f"`enum` has {len(fitting)} values of its type, 1 to {MAX_ENUM} can be")
    return " | ".join(literal(json_text(value)) for value in fitting)


def require_range(what: str, least: int, most: int | None) -> None:
    """Raises: InvalidInput, for limits that nothing is within."""
    if least < 0 or (most is not None and most < least):
        raise refused(f"nothing has from {least} to {most} (`min{what}`, `max{what}`)")


def json_text(value: object) -> str:
    """`value` as it stands in an answer."""
    text = json.dumps(value, ensure_ascii=False)
    # Half a surrogate pair has no other form.
    return text if text.isascii() or _encodes(text) else json.dumps(value)


def _encodes(text: str) -> bool:
    return text.encode(errors="replace").decode() == text


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

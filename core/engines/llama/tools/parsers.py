"""Tool calls as models write them: JSON, XML, Python, and names with brackets.

Owns one small parser for each; knows nothing of templates. None of them runs anything.
"""

from __future__ import annotations

import ast
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Parameters = Mapping[str, Mapping[str, Any]]
"""The JSON schema of the parameters of each tool."""
MAX_DEPTH = 64
"""Values inside values of an argument; what reads it later has limits of its own."""
_CONSTANTS = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class RawCall:
    """A call as it was written; `id` is empty where the model gave none."""

    name: str
    arguments: dict[str, Any]
    id: str = ""


def json_calls(text: str, _: Parameters) -> list[RawCall]:
    """`{"name": ..., "arguments": {...}}`, also "parameters", one or a list of them.

    Raises: ValueError.
    """
    value = _quietly(json.loads, text.strip().removeprefix("<|python_tag|>"))
    return [_from_json(each) for each in (value if isinstance(value, list) else [value])]


def xml_calls(text: str, parameters: Parameters) -> list[RawCall]:
    """`<function=name><parameter=key>value</parameter></function>`, or JSON.

    A value is text where its schema says so, and else JSON if it is any.

    Raises: ValueError.
    """
    if text.lstrip().startswith(("{", "[")):
        return json_calls(text, parameters)
    found = re.fullmatch(r"\s*<function=([^>\s]+)>(.*?)(</function>)?\s*", text, re.DOTALL)
    if found is None:
        raise ValueError("there is no <function=...>")
    name, body, _ = found.groups()
    properties = parameters.get(name, {}).get("properties", {})
    pattern = r"\s*<parameter=([^>\s]+)>\n?(.*?)\n?</parameter>\s*"
    arguments = {
        key: _typed(value, properties.get(key))
        for key, value in re.findall(pattern, body, re.DOTALL)
    }
    if re.sub(pattern, "", body, flags=re.DOTALL).strip():
        raise ValueError("a parameter is not closed")
    return [RawCall(name, arguments)]


def python_calls(text: str, parameters: Parameters) -> list[RawCall]:
    """`[name(key=value, ...), ...]` with literal values, or JSON.

    Raises: ValueError.
    """
    stripped = text.strip()
    if re.match(r"\[?\s*\{", stripped):
        return json_calls(stripped, parameters)
    tree = _quietly(lambda source: ast.parse(source, mode="eval"), stripped)
    calls = tree.body.elts if isinstance(tree.body, ast.List) else [tree.body]
    return [_from_python(call) for call in calls]


def bracketed_calls(text: str, parameters: Parameters) -> list[RawCall]:
    """`name[ARGS]{...}`, with `[CALL_ID]...` between, or JSON.

    Raises: ValueError.
    """
    found = re.fullmatch(
        r"\s*([\w-]+)(?:\[CALL_ID\](\w+))?(?:\[ARGS\])?\s*(\{.*\})\s*", text, re.DOTALL
    )
    if found is None:
        return json_calls(text, parameters)
    name, call_id, arguments = found.groups()
    return [RawCall(name, _object(_quietly(json.loads, arguments)), call_id or "")]


def require_plain(value: object, room: int = MAX_DEPTH) -> None:
    """Raises: ValueError, for what JSON and text on disk cannot hold, and for what lies deep."""
    if room == 0:
        raise ValueError(f"it is nested deeper than {MAX_DEPTH}")
    if isinstance(value, str):
        value.encode()  # not half a surrogate pair
    elif isinstance(value, list):
        for each in value:
            require_plain(each, room - 1)
    elif isinstance(value, dict):
        for key, each in value.items():
            if not isinstance(key, str):
                raise ValueError(f"{key!r:.40} is no name")  # noqa: TRY004
            require_plain(key)
            require_plain(each, room - 1)
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} is no number")
    elif not isinstance(value, int | float | None):
        raise ValueError(f"{type(value).__name__} is nothing that JSON has")


def _from_json(value: object) -> RawCall:
    call = _object(value)
    name, arguments = call.get("name"), call.get("arguments", call.get("parameters", {}))
    if isinstance(arguments, str):
        arguments = _quietly(json.loads, arguments)
    if not isinstance(name, str) or not name:
        raise ValueError("a call has no name")
    call_id = call.get("id", "")
    return RawCall(name, _object(arguments), call_id if isinstance(call_id, str) else "")


def _from_python(node: ast.expr) -> RawCall:
    if not isinstance(node, ast.Call) or node.args or not isinstance(node.func, ast.Name):
        raise ValueError("it is not a call with named arguments")
    arguments = {}
    for keyword in node.keywords:
        if keyword.arg is None:
            raise ValueError("an argument has no name")
        arguments[keyword.arg] = _literal(keyword.value)
    return RawCall(node.func.id, arguments)


def _literal(node: ast.expr) -> Any:
    """The value of a literal of Python or of JSON."""

    class Constants(ast.NodeTransformer):
        def visit_Name(self, name: ast.Name) -> ast.expr:  # as `ast` names it
            return ast.Constant(_CONSTANTS[name.id]) if name.id in _CONSTANTS else name

    return _quietly(ast.literal_eval, Constants().visit(node))


def _typed(text: str, schema: object) -> Any:
    kinds = schema.get("type") if isinstance(schema, Mapping) else None
    if kinds == "string":
        return text
    try:
        return _quietly(json.loads, text)
    except ValueError:
        return text


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("it is not a JSON object")  # noqa: TRY004  # what was read is text
    return value


def _quietly(parse: Callable[[Any], Any], source: object) -> Any:
    """What `parse` gives; every way in which it fails on hostile text is a ValueError."""
    try:
        return parse(source)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError(f"it cannot be read: {error}") from error

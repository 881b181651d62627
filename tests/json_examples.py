"""Values of JSON schemas, for emulated servers that keep to one."""

from __future__ import annotations

from typing import Any


def example(schema: Any) -> Any:
    """A value that is valid under a simple schema."""
    if "const" in schema or "enum" in schema:
        return schema.get("const", (schema.get("enum") or [None])[0])
    properties = schema.get("properties", {})
    values: dict[str, Any] = {
        "object": {name: example(properties[name]) for name in properties},
        "array": [example(schema["items"])] if "items" in schema else [],
        "string": "ñ" * schema.get("minLength", 1),
        "integer": schema.get("minimum", 0),
        "number": schema.get("minimum", 0),
        "boolean": True,
    }
    return values.get(schema.get("type"))

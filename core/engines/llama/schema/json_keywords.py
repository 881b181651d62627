"""The keywords of JSON schemas, and what each is to the reader of schemas.

Owns the tables; knows nothing of their use.
"""

from __future__ import annotations

ANNOTATIONS = frozenset(
    {
        "title",
        "description",
        "default",
        "examples",
        "deprecated",
        "readOnly",
        "writeOnly",
        "discriminator",
        "$schema",
        "$id",
        "$comment",
        "$defs",
        "definitions",
        "$anchor",
        "format",
        "contentEncoding",
        "contentMediaType",
    }
)
"""Keywords that restrict no value; of `format` only some are enforced."""
UNENFORCEABLE = frozenset(
    {
        "not",
        "if",
        "then",
        "else",
        "dependentSchemas",
        "dependentRequired",
        "dependencies",
        "patternProperties",
        "propertyNames",
        "contains",
        "minContains",
        "maxContains",
        "multipleOf",
        "pattern",
        "uniqueItems",
        "$dynamicRef",
        "$recursiveRef",
    }
)
COMBINING = frozenset({"$ref", "allOf", "anyOf", "oneOf"}) | (ANNOTATIONS - {"format"})
"""What is resolved or dropped before a schema is enforced."""
SHAPES: dict[str, tuple[type, ...]] = {
    "properties": (dict,),
    "required": (list,),
    "additionalProperties": (dict, bool),
    "prefixItems": (list,),
    "items": (dict, bool),
    "enum": (list,),
    "type": (str, list),
    "format": (str,),
    **dict.fromkeys(("minItems", "maxItems", "minLength", "maxLength"), (int,)),
    **dict.fromkeys(("minProperties", "maxProperties"), (int,)),
    **dict.fromkeys(("minimum", "maximum"), (int, float)),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), (int, float)),
}
"""The Python types of what follows a keyword."""
TYPE_OF_KEYWORD = {
    "properties": "object",
    "required": "object",
    "additionalProperties": "object",
    "items": "array",
    "prefixItems": "array",
    "minItems": "array",
    "maxItems": "array",
    "minLength": "string",
    "maxLength": "string",
    "minimum": "number",
    "maximum": "number",
    "exclusiveMinimum": "number",
    "exclusiveMaximum": "number",
}
"""What type a schema without `type` is about."""

"""Answers that hold to a JSON schema, from a model that knows no JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from core.engines.llama.schema.gbnf import Rules
from core.engines.protocol import Completion, GenerationRequest, Message, TextDelta
from core.errors import InvalidInput
from tests.engines.json_validity import is_valid
from tests.engines.llama.conftest import Models, spec_for

if TYPE_CHECKING:
    from core.engines.llama.serving.chat_model import ChatModel

QUESTION = (Message.text("user", "hola"),)
pytestmark = pytest.mark.usefixtures("llama_cpp_in_this_process")


@pytest.fixture(scope="module")
def model(models: Models, llama_cpp_in_this_process: None) -> Iterator[ChatModel]:
    from core.engines.llama.serving.chat_model import ChatModel  # noqa: PLC0415  only for those who ask

    opened = ChatModel(spec_for(models.random))
    yield opened
    opened.close()


def ask(
    model: ChatModel, schema: dict[str, Any], *, seed: int = 0, max_tokens: int = 400
) -> tuple[str, Completion]:
    request = GenerationRequest(
        QUESTION, max_tokens, temperature=1.5, top_p=1, seed=seed, json_schema=schema
    )
    *deltas, completion = model.generate(request)
    assert isinstance(completion, Completion)
    return "".join(d.text for d in deltas if isinstance(d, TextDelta)), completion


def assert_valid(model: ChatModel, schema: dict[str, Any], seed: int = 0) -> Any:
    text, completion = ask(model, schema, seed=seed)
    assert completion.finish_reason == "stop"
    value = json.loads(text)
    assert is_valid(value, schema, schema), text
    return value


def merged(*parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(*parts).map(lambda found: {k: v for part in found for k, v in part.items()})


def bounds(low: str, high: str, least: int, most: int) -> st.SearchStrategy[dict[str, Any]]:
    pair = st.tuples(st.integers(least, most), st.integers(least, most)).map(sorted)
    both = pair.map(lambda found: {low: found[0], high: found[1]})
    return st.one_of(both, pair.map(lambda found: {high: found[1]}))


NAMES = st.text(min_size=1, max_size=4)
STRINGS = merged(st.just({"type": "string"}), bounds("minLength", "maxLength", 0, 9))
FORMATS = st.sampled_from(["date", "time", "date-time", "uuid"]).map(
    lambda name: {"type": "string", "format": name}
)
WHOLE = merged(st.just({"type": "integer"}), bounds("minimum", "maximum", -2000, 2000))
OPEN_WHOLE = st.tuples(st.integers(-99, 99), st.integers(2, 99)).map(
    lambda p: {"type": "integer", "exclusiveMinimum": p[0], "exclusiveMaximum": p[0] + p[1]}
)
NUMBERS = st.tuples(st.integers(-120, 120), st.integers(1, 150)).flatmap(
    lambda p: st.tuples(
        st.sampled_from(["minimum", "exclusiveMinimum"]),
        st.sampled_from(["maximum", "exclusiveMaximum"]),
    ).map(lambda keys: {"type": "number", keys[0]: p[0], keys[1]: p[0] + p[1]})
)
FREE = st.sampled_from(
    [{"type": kind} for kind in ("boolean", "null", "integer", "number")]
    + [{"type": ["integer", "null"]}, {"type": "number", "minimum": 0}]
)
CONSTANTS = st.one_of(
    st.lists(st.one_of(NAMES, st.integers(), st.booleans(), st.none()), min_size=1, max_size=5).map(
        lambda values: {"enum": values}
    ),
    st.recursive(NAMES, lambda v: st.lists(v, max_size=2)).map(lambda value: {"const": value}),
)
SIMPLE = st.one_of(STRINGS, FORMATS, WHOLE, OPEN_WHOLE, NUMBERS, FREE, CONSTANTS)


@st.composite
def objects(draw: st.DrawFn, values: st.SearchStrategy[Any]) -> dict[str, Any]:
    properties = draw(st.dictionaries(NAMES, values, max_size=4))
    required = [name for name in properties if draw(st.booleans())]
    return {"type": "object", "properties": properties, "required": required}


def compound(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    arrays = merged(
        values.map(lambda each: {"type": "array", "items": each}),
        bounds("minItems", "maxItems", 0, 4),
    )
    tuples = st.lists(values, min_size=1, max_size=3).flatmap(
        lambda first: st.integers(0, len(first)).map(
            lambda least: {
                "type": "array",
                "prefixItems": first,
                "minItems": least,
                "items": False,
            }
        )
    )
    unions = st.lists(values, min_size=1, max_size=3).map(lambda each: {"anyOf": each})
    return st.one_of(arrays, tuples, unions, objects(values))


SCHEMAS = st.recursive(SIMPLE, compound, max_leaves=8)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(schema=SCHEMAS, seed=st.integers(0, 2**31))
def test_any_answer_that_ends_is_valid(model: ChatModel, schema: dict[str, Any], seed: int) -> None:
    text, completion = ask(model, schema, seed=seed)
    event(f"finish_reason {completion.finish_reason}")
    if completion.finish_reason == "stop":
        assert is_valid(json.loads(text), schema, schema), text
    else:
        assert completion.finish_reason == "length"
        assert completion.usage.completion_tokens == 400


TREE = {
    "$ref": "#/$defs/node",
    "$defs": {
        "node": {
            "type": "object",
            "description": "recursive",
            "properties": {
                "name": {"enum": ["a", 'ñ"\\\n', 3, None]},
                "children": {"type": "array", "items": {"$ref": "#/$defs/node"}, "maxItems": 1},
            },
            "required": ["name"],
        }
    },
}
SHAPES = {
    "oneOf": [
        {
            "type": "object",
            "properties": {"kind": {"const": kind}, size: {"type": "integer", "minimum": 1}},
            "required": ["kind", size],
        }
        for kind, size in (("circle", "radius"), ("square", "side"))
    ]
}
OPTIONAL = {
    "type": "object",
    "properties": {"x": {"allOf": [{"$ref": "#/$defs/short"}, {"description": "merged"}]}},
    "required": ["x"],
    "$defs": {"short": {"type": ["string", "null"], "maxLength": 5}},
}
NAMED = {"type": "object", "additionalProperties": {"type": "boolean"}, "maxProperties": 3}


@pytest.mark.parametrize(
    "schema", [TREE, SHAPES, OPTIONAL, NAMED], ids=["ref", "oneOf", "allOf", "map"]
)
@pytest.mark.parametrize("seed", range(4))
def test_references_and_combinations(model: ChatModel, schema: dict[str, Any], seed: int) -> None:
    text, completion = ask(model, schema, seed=seed, max_tokens=2000)
    assert completion.finish_reason == "stop"
    assert is_valid(json.loads(text), schema, schema), text


def test_one_alternative_only_must_be_followed_to_its_end(model: ChatModel) -> None:
    assert assert_valid(model, {"const": {"city": "São Paulo", "tags": ["a\tb", 1.5, None]}}) == {
        "city": "São Paulo",
        "tags": ["a\tb", 1.5, None],
    }


def test_an_answer_cut_short_says_so(model: ChatModel) -> None:
    schema = {"type": "array", "items": {"type": "integer"}, "minItems": 900}
    text, completion = ask(model, schema, max_tokens=20)
    assert completion.finish_reason == "length"
    assert completion.usage.completion_tokens == 20
    assert text.startswith("[")


def test_limits_of_arrays_hold(model: ChatModel) -> None:
    schema = {"type": "array", "items": {"const": 0}, "minItems": 300, "maxItems": 301}
    text, completion = ask(model, schema, max_tokens=4000)
    assert completion.finish_reason == "stop"
    assert len(json.loads(text)) in (300, 301)


@pytest.mark.parametrize("most", [1999, 2000, 2500, 3000])
def test_limits_beyond_those_of_llama_cpp_hold(model: ChatModel, most: int) -> None:
    rules = Rules("grammar")
    grammar = rules.text(rules.repeat(rules.add("[!-~]"), 3, most))
    request = GenerationRequest(QUESTION, 3500, temperature=0, grammar=grammar)
    *deltas, completion = model.generate(request)
    assert isinstance(completion, Completion)
    assert completion.finish_reason == "stop"
    assert sum(len(d.text) for d in deltas if isinstance(d, TextDelta)) == most


def nested(depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "null"}
    for _ in range(depth):
        schema = {"type": "array", "items": schema}
    return schema


WIDE = {f"p{index}": {"type": "string", "maxLength": 1900 + index % 90} for index in range(400)}
FAN = {f"d{n}": {"anyOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(20)}


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"$ref": "#"}, "refers to itself"),
        ({"$ref": "#/$defs/none"}, "is not there"),
        ({"$ref": "https://example.com/schema.json"}, "outside of itself"),
        ({"anyOf": [{"$ref": "#"}, {"type": "null"}]}, "refers to itself"),
        (nested(80), "nested deeper"),
        ({"$ref": "#/$defs/d0", "$defs": {**FAN, "d20": {"type": "null"}}}, "too many"),
        ({"type": "string", "minLength": 10**9}, "repetition of 1000000000"),
        ({"type": "object", "properties": WIDE}, "too many long repetitions"),
        ({"enum": list(range(501))}, "501 values"),
        ({"enum": []}, "0 values"),
        ({"enum": ["a", "abc"], "maxLength": 1}, "beside constants"),
        ({"type": "strung"}, "no type 'strung'"),
        ({"type": {"a": 1}}, "`type` cannot be"),
        ({"required": [["a"]]}, "something else than names"),
        ({"anyOf": []}, "must be a list"),
        ({"type": "string", "pattern": "^a+$"}, "`pattern` is not supported"),
        ({"not": {"type": "null"}}, "`not` is not supported"),
        ({"type": "array", "uniqueItems": True}, "`uniqueItems`"),
        ({"type": "number", "minimum": 0.5}, "not a whole number"),
        ({"type": "integer", "minimum": 5, "maximum": 4}, "no number from 5 to 4"),
        ({"type": "array", "minItems": 3, "maxItems": 2}, "from 3 to 2"),
        ({"oneOf": [{"type": "integer"}, {"type": "number"}]}, "overlap"),
        ({"properties": {"a": False}, "required": ["a"]}, "no value at all"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_enforced_is_refused(
    model: ChatModel, schema: dict[str, Any], reason: str
) -> None:
    with pytest.raises(InvalidInput, match=reason) as caught:
        ask(model, schema)
    assert caught.value.key == "json_schema"
    assert caught.value.hint
    assert assert_valid(model, {"type": "boolean"}) in (True, False)

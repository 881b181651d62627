"""Tool calls: told by the template, read from the answer, continued with their results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from core.engines.llama.answer.answer_text import AnswerText
from core.engines.llama.engine import LlamaEngine
from core.engines.llama.tools.formats import tool_format
from core.engines.llama.tools.text import ToolText
from core.engines.protocol import GenerationRequest, Message, Tool, ToolCall
from core.errors import InvalidInput, ModelLacksModality
from tests import tiny_models
from tests.engines.contract import answer
from tests.engines.json_validity import is_valid
from tests.engines.llama import tool_templates
from tests.engines.llama.conftest import Open, spec_for
from tests.gguf_fixtures.text_model import write_random_model

WEATHER = Tool(
    "get_weather",
    "The weather of a city.",
    {
        "type": "object",
        "properties": {
            "city": {"type": "string", "maxLength": 9},
            "days": {"type": "integer", "minimum": 1, "maximum": 3},
        },
        "required": ["city"],
    },
)
CLOCK = Tool("clock", "What time it is.", {"type": "object", "properties": {}})
ASK = GenerationRequest(
    (Message.text("user", "¿Qué tiempo hace?"),), 200, 0, tools=(WEATHER, CLOCK)
)
PARIS = {"city": "París", "days": 2}
REPLIES: dict[str, tuple[bytes, ...]] = {
    "hermes": (
        b"Miro.",
        b"<tool_call>",
        '{"name": "get_weather", "arguments": {"city": "París", "days": 2}}'.encode(),
        b"</tool_call>",
        b" <tool_call> ",
        b'{"name": "clock", "arguments": {}} </tool_call>',
    ),
    "coder": (
        b"Miro.",
        b"<tool_call>",
        "<function=get_weather> <parameter=city>París</parameter> ".encode(),
        b"<parameter=days>2</parameter> </function>",
        b"</tool_call><tool_call><function=clock></function>",
        b" </tool_call>",
    ),
    "mistral": (
        b"Miro.",
        b"[TOOL_CALLS]",
        '[{"name": "get_weather", "arguments": {"city": "París", "days": 2}}, '.encode(),
        b'{"name": "clock", "arguments": {}, "id": "abc456789"}]',
    ),
    "lfm2": (
        b"Miro.",
        b"<|tool_call_start|>",
        "[get_weather(city='París', days=2),".encode(),
        b" clock()]",
        b"<|tool_call_end|>",
    ),
    "llama": (
        b" [",
        '{"name": "get_weather", "parameters": {"city": "París", "days": 2}},'.encode(),
        b'{"name": "clock", "parameters": {}}]',
    ),
}


def read(family: str, reply: tuple[bytes, ...]) -> tuple[str, tuple[ToolCall, ...], str]:
    """What is made of a reply: text, calls and problem. Its tokens are its pieces."""
    form = tool_format(tool_templates.ALL[family])
    assert form is not None
    text = ToolText(AnswerText(reply.__getitem__, ()), form, ASK.tools, begun=False)
    shown = [text.feed(token) for token in range(len(reply))]
    return "".join([*shown, text.finish()]), text.calls, text.problem


FAMILIES = sorted(tool_templates.ALL)
OpenFamily = Callable[..., LlamaEngine]


@pytest.fixture
def open_family(tmp_path: Path, lend_llama: Open) -> OpenFamily:
    """A model of a family that recites a reply, or (None) says anything."""

    def open_one(family: str, reply: tuple[bytes, ...] | None) -> LlamaEngine:
        template = tool_templates.ALL[family]
        if reply is not None:
            return lend_llama(
                spec_for(tiny_models.scripted_text(tmp_path, reply, chat_template=template))
            )
        path = tmp_path / "random.gguf"
        write_random_model(path, chat_template=template)
        return lend_llama(spec_for(path))

    return open_one


@pytest.mark.parametrize("family", FAMILIES)
def test_calls_are_read_and_their_text_is_not_shown(family: str, open_family: OpenFamily) -> None:
    engine = open_family(family, REPLIES[family])
    assert engine.capabilities.tools
    text, completion = answer(engine, ASK)
    assert text == ("" if family == "llama" else "Miro.")
    assert completion.problem == ""
    assert completion.finish_reason == "stop"
    assert [(call.name, call.arguments) for call in completion.tool_calls] == [
        ("get_weather", PARIS),
        ("clock", {}),
    ]
    assert all(len(call.id) == 9 and call.id.isalnum() for call in completion.tool_calls)
    assert len({call.id for call in completion.tool_calls}) == 2


@pytest.mark.parametrize("family", FAMILIES)
def test_a_loop_goes_on_with_the_results(family: str, open_family: OpenFamily) -> None:
    engine = open_family(family, REPLIES[family])
    _, first = answer(engine, ASK)
    (call, *_) = first.tool_calls
    said = Message("assistant", ("Miro.",), (call,))
    longer = replace(ASK, messages=(*ASK.messages, said, Message.tool_result(call, "20 °C")))
    _, second = answer(engine, longer)
    assert second.usage.prompt_tokens > first.usage.prompt_tokens + len("get_weather París 20")


@pytest.mark.parametrize("family", FAMILIES)
def test_an_answer_without_a_call_stays_text(family: str) -> None:
    reply = (b"Hola", b" <", b"tool", b"_call", b" o", b" [TOOL_", b"CALLS no", b" <tool_ca")
    text, calls, problem = read(family, reply)
    assert text == b"".join(reply).decode()
    assert calls == ()
    assert problem == ""


@pytest.mark.parametrize(
    ("family", "broken"),
    [
        ("hermes", (b"<tool_call>", b'{"name": "clock", "arguments": {', b"</tool_call>")),
        ("hermes", (b"<tool_call>", b'{"arguments": {}}')),
        ("hermes", (b"<tool_call>", b"[" * 3000)),
        ("hermes", (b"<tool_call>", b'{"name": "clock", "arguments": {"x": NaN}}')),
        ("hermes", (b"<tool_call>", b'{"name": "clock", "arguments": {"x": 1e999}}')),
        ("hermes", (b"<tool_call>", b'{"name": "clock", "arguments": {"x": "\\ud800"}}')),
        (
            "hermes",
            (b"<tool_call>", b'{"name": "a", "arguments": {"x": ' + b"[" * 70 + b"]" * 70 + b"}}"),
        ),
        ("lfm2", (b"<|tool_call_start|>", b"[clock(x={1: 2})]")),
        ("coder", (b"<tool_call>", b"<function=clock><parameter=a>1", b"</tool_call>")),
        ("mistral", (b"[TOOL_CALLS]", b"clock[ARGS]{")),
        ("lfm2", (b"<|tool_call_start|>", b"[clock(__import__('os'))]")),
        ("lfm2", (b"<|tool_call_start|>", b"[clock(x=open('f'))]", b"<|tool_call_end|>")),
        ("lfm2", (b"<|tool_call_start|>", b"[clock(x=b'raw')]", b"<|tool_call_end|>")),
    ],
)
def test_what_cannot_be_read_is_told_and_kept(family: str, broken: tuple[bytes, ...]) -> None:
    text, calls, problem = read(family, (b"Miro.", *broken))
    assert text == "Miro." + b"".join(broken).decode()
    assert calls == ()
    assert "cannot be understood" in problem


def test_one_broken_call_does_not_cost_the_others() -> None:
    good = b'<tool_call>{"name": "clock"}</tool_call>'
    text, calls, problem = read("hermes", (good, b"<tool_call>{</tool_call>", b" fin"))
    assert text == "<tool_call>{</tool_call> fin"
    assert [call.name for call in calls] == ["clock"]
    assert problem


def test_an_answer_in_json_is_no_call_of_a_model_without_markup() -> None:
    text, calls, problem = read("llama", (b'{"temperature"', b": 20}"))
    assert (text, calls, problem) == ('{"temperature": 20}', (), "")


@pytest.mark.parametrize("family", FAMILIES)
def test_a_call_can_be_required_of_any_model(family: str, open_family: OpenFamily) -> None:
    engine = open_family(family, None)
    request = replace(ASK, temperature=1.5, top_p=1)
    for choice, seed in product(("required", "get_weather", "clock"), range(3)):
        text, completion = answer(engine, replace(request, tool_choice=choice, seed=seed))
        assert (text, completion.problem, completion.finish_reason) == ("", "", "stop")
        (call,) = completion.tool_calls
        assert call.name in ({"get_weather", "clock"} if choice == "required" else {choice})
        schema = next(tool for tool in ASK.tools if tool.name == call.name).parameters
        assert is_valid(call.arguments, schema, schema)


def test_parameters_that_cannot_be_enforced_are_refused_only_where_they_must_be(
    open_family: OpenFamily,
) -> None:
    odd = replace(CLOCK, parameters={"properties": {"at": {"type": "string", "pattern": "^a"}}})
    engine = open_family("hermes", REPLIES["hermes"])
    assert answer(engine, replace(ASK, tools=(odd, WEATHER)))[1].tool_calls
    with pytest.raises(InvalidInput, match=r"parameters of clock.*`pattern`") as caught:
        answer(engine, replace(ASK, tools=(odd,), tool_choice="required"))
    assert caught.value.key == "tools"


def test_a_required_call_cut_short_is_text_and_told(open_family: OpenFamily) -> None:
    engine = open_family("hermes", None)
    request = replace(ASK, tool_choice="get_weather", max_tokens=10)
    text, completion = answer(engine, request)
    assert text.startswith('<tool_call>{"name": ')
    assert completion.finish_reason == "length"
    assert completion.problem


def test_tools_may_be_forbidden(open_family: OpenFamily) -> None:
    engine = open_family("hermes", REPLIES["hermes"])
    text, completion = answer(engine, replace(ASK, tool_choice="none"))
    assert text == b"".join(REPLIES["hermes"]).decode()
    assert completion.tool_calls == ()


def test_a_template_without_tools_is_told(scripted: LlamaEngine) -> None:
    assert not scripted.capabilities.tools
    with pytest.raises(ModelLacksModality, match="tools") as caught:
        answer(scripted, ASK)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"tools": (replace(CLOCK, name="a b"),)}, "tools"),
        ({"tools": (replace(CLOCK, name="required"),)}, "tools"),
        ({"tools": (CLOCK, CLOCK)}, "tools"),
        ({"tools": (replace(CLOCK, parameters={"x": {1, 2}}),)}, "tools"),
        ({"tool_choice": "unheard_of"}, "tool_choice"),
        ({"tools": (), "tool_choice": "required"}, "tool_choice"),
        ({"json_schema": {}}, "tools"),
        ({"messages": (Message("user", (), (ToolCall("clock"),)),)}, "messages"),
    ],
)
def test_wrong_settings_are_refused(
    scripted: LlamaEngine, change: dict[str, object], key: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        answer(scripted, replace(ASK, **change))  # type: ignore[arg-type]
    assert caught.value.key == key

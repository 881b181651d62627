"""What every engine must do, whatever runs the weights: plain checks on an open engine.

Each takes an engine that can chat. Those that stop an answer need one whose answers are long
(hundreds of tokens), and say so.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from core.cancellation import Cancellation
from core.engines.protocol import Completion, Engine, GenerationRequest, Message, TextDelta, Tool
from core.errors import ContextOverflow, InvalidInput, ModelError, ModelLacksModality
from core.media.content import AudioClip, RgbImage
from tests.engines.json_validity import is_valid

QUESTION = (Message.text("user", "hola"),)
GREEDY = GenerationRequest(QUESTION, max_tokens=24, temperature=0)
LONG = GenerationRequest(QUESTION, max_tokens=2000, temperature=0)


def answer(
    engine: Engine, request: GenerationRequest, cancel: Cancellation | None = None
) -> tuple[str, Completion]:
    """The whole answer; checks that deltas come first and one completion last."""
    *deltas, last = list(engine.generate(request, cancel))
    assert isinstance(last, Completion)
    texts = [delta.text for delta in deltas if isinstance(delta, TextDelta)]
    assert len(texts) == len(deltas), "one completion, and only at the end"
    assert all(texts), "no empty delta"
    return "".join(texts), last


def check_answers_and_repeats_itself_when_greedy(engine: Engine) -> None:
    first, completion = answer(engine, GREEDY)
    again, _ = answer(engine, GREEDY)
    assert first
    assert again == first
    assert completion.finish_reason in ("stop", "length")
    assert completion.usage.prompt_tokens > 0
    assert 0 < completion.usage.completion_tokens <= GREEDY.max_tokens


def check_max_tokens(engine: Engine) -> None:
    request = GenerationRequest(QUESTION, max_tokens=2, temperature=0)
    text, completion = answer(engine, request)
    whole, _ = answer(engine, GREEDY)
    assert completion.finish_reason == "length"
    assert completion.usage.completion_tokens == 2
    assert whole.startswith(text)
    assert text != whole


def check_stop_string(engine: Engine) -> None:
    whole, _ = answer(engine, GREEDY)
    stop = whole[3:6]
    request = GenerationRequest(QUESTION, max_tokens=24, temperature=0, stop=(stop,))
    text, completion = answer(engine, request)
    assert text == whole[: whole.index(stop)]
    assert completion.finish_reason == "stop"


def check_cancel_in_the_middle(engine: Engine) -> None:
    """Needs long answers."""
    cancel = Cancellation()
    stream = engine.generate(LONG, cancel)
    assert isinstance(next(stream), TextDelta)
    cancel.cancel()
    *_, last = list(stream)
    assert isinstance(last, Completion)
    assert last.finish_reason == "cancelled"
    assert last.usage.completion_tokens < LONG.max_tokens
    check_answers_and_repeats_itself_when_greedy(engine)


def check_cancelled_before_the_start(engine: Engine) -> None:
    cancel = Cancellation()
    cancel.cancel()
    text, completion = answer(engine, LONG, cancel)
    assert text == ""
    assert completion.finish_reason == "cancelled"


def check_closing_the_iterator(engine: Engine) -> None:
    """Needs long answers."""
    whole, _ = answer(engine, GREEDY)
    stream = engine.generate(LONG)
    next(stream)
    stream.close()
    assert answer(engine, GREEDY)[0] == whole


def check_empty_prompt(engine: Engine) -> None:
    """An empty question is answered or refused, and hurts nobody."""
    request = GenerationRequest((Message.text("user", ""),), max_tokens=4, temperature=0)
    _, completion = answer(engine, request)
    assert completion.usage.completion_tokens <= 4
    assert engine.alive()


def check_counts_no_fewer_tokens_than_generate_uses(engine: Engine) -> None:
    """An engine without a tokenizer may count too many; too few would overflow the context."""
    _, completion = answer(engine, GREEDY)
    assert engine.count_tokens(QUESTION) >= completion.usage.prompt_tokens


def check_prompt_longer_than_the_context(engine: Engine) -> None:
    """It is refused before any token, with the figures, and hurts nobody."""
    too_long = Message.text("user", "palabra " * engine.context_tokens)
    with pytest.raises(ContextOverflow) as caught:
        answer(engine, GenerationRequest((too_long,), max_tokens=4, temperature=0))
    assert caught.value.prompt_tokens > caught.value.context_tokens == engine.context_tokens
    assert caught.value.model == engine.model
    assert "context_length" in caught.value.hint
    assert answer(engine, GREEDY)[0]


def check_refuses_what_it_cannot_take(engine: Engine) -> None:
    """Needs a model that neither sees nor hears nor embeds."""
    picture = RgbImage(np.zeros((64, 64, 3), np.uint8))
    recording = AudioClip(np.zeros(16_000, np.float32))
    for part in (picture, recording):
        with pytest.raises(ModelLacksModality) as caught:
            answer(engine, GenerationRequest((Message("user", (part, "?")),), max_tokens=4))
        assert caught.value.model == engine.model
        assert caught.value.hint
    with pytest.raises(ModelLacksModality):
        engine.embed(["hola"])
    assert answer(engine, GREEDY)[0]


SCHEMA = {
    "type": "object",
    "properties": {
        "city": {"enum": ["Lima", "Bogotá"]},
        "tags": {"type": "array", "items": {"type": "string", "maxLength": 3}, "maxItems": 2},
        "days": {"type": "integer", "minimum": 1, "maximum": 9},
    },
    "required": ["city", "tags", "days"],
    "additionalProperties": False,
}
LOOK = Tool("look", "Looks.", {"type": "object", "properties": {"at": {"type": "boolean"}}})


def check_json_schema(engine: Engine) -> None:
    """An answer that ends by itself is JSON of the schema; one that was cut says so."""
    request = GenerationRequest(QUESTION, max_tokens=200, temperature=0, json_schema=SCHEMA)
    if not engine.capabilities.json_schema:
        require_refusal(engine, request)
        return
    text, completion = answer(engine, request)
    assert completion.finish_reason == "stop"
    assert is_valid(json.loads(text), SCHEMA, SCHEMA)
    cut, completion = answer(engine, replace(request, max_tokens=2))
    assert completion.finish_reason == "length"
    assert text.startswith(cut)
    with pytest.raises(InvalidInput):
        answer(engine, replace(request, stop=("x",)))


def check_grammar(engine: Engine) -> None:
    request = GenerationRequest(QUESTION, max_tokens=9, temperature=0, grammar='root ::= "ñ"')
    if not engine.capabilities.grammar:
        require_refusal(engine, request)
        return
    text, completion = answer(engine, request)
    assert (text, completion.finish_reason) == ("ñ", "stop")


def check_tools(engine: Engine) -> None:
    """Without being made to, no model has to call a tool; what it calls is data."""
    request = GenerationRequest(QUESTION, max_tokens=24, temperature=0, tools=(LOOK,))
    if not engine.capabilities.tools:
        require_refusal(engine, request)
        return
    _, completion = answer(engine, request)
    assert all(call.name and call.id for call in completion.tool_calls)
    text, completion = answer(engine, replace(request, tool_choice="none"))
    assert text
    assert completion.tool_calls == ()


def check_logprobs(engine: Engine) -> None:
    request = replace(GREEDY, top_logprobs=2)
    if not engine.capabilities.logprobs:
        require_refusal(engine, request)
        return
    text, completion = answer(engine, request)
    assert "".join(token.text for token in completion.logprobs) == text
    assert all(token.top[0] == (token.text, token.logprob) for token in completion.logprobs)


def check_settings_that_exclude_each_other(engine: Engine) -> None:
    with pytest.raises(InvalidInput) as caught:
        answer(engine, replace(GREEDY, json_schema=SCHEMA, tools=(LOOK,)))
    assert caught.value.key == "tools"
    assert answer(engine, GREEDY)[0]


def check_refuses_to_rerank(engine: Engine) -> None:
    assert not engine.capabilities.rerank
    with pytest.raises(ModelLacksModality):
        engine.rerank("hola", ["adiós"])


def check_refuses_vectors_of_words(engine: Engine) -> None:
    assert not engine.capabilities.word_vectors
    with pytest.raises(ModelLacksModality):
        engine.word_vectors(["hola"])


def require_refusal(engine: Engine, request: GenerationRequest) -> None:
    """What an engine cannot heed it says, and hurts nobody."""
    with pytest.raises(ModelLacksModality) as caught:
        answer(engine, request)
    assert caught.value.hint
    assert answer(engine, GREEDY)[0]


def check_closed_engine(engine: Engine) -> None:
    """Closes the engine."""
    assert engine.alive()
    engine.close()
    engine.close()
    assert not engine.alive()
    assert engine.memory_mb() is None
    assert engine.peak_memory_mb() is None
    with pytest.raises(ModelError):
        answer(engine, GREEDY)
    with pytest.raises(ModelError):
        engine.count_tokens(QUESTION)


Check = Callable[[Engine], None]
CHECKS: tuple[Check, ...] = (
    check_answers_and_repeats_itself_when_greedy,
    check_max_tokens,
    check_stop_string,
    check_cancel_in_the_middle,
    check_cancelled_before_the_start,
    check_closing_the_iterator,
    check_empty_prompt,
    check_counts_no_fewer_tokens_than_generate_uses,
    check_prompt_longer_than_the_context,
    check_refuses_what_it_cannot_take,
    check_json_schema,
    check_grammar,
    check_tools,
    check_logprobs,
    check_settings_that_exclude_each_other,
    check_refuses_to_rerank,
    check_refuses_vectors_of_words,
)
"""Every check that leaves the engine open, for an engine that meets all their needs."""


def check_id(check: Check) -> str:
    """The name of a test case."""
    return check.__name__.removeprefix("check_")

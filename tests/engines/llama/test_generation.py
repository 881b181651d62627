"""Answers of a real llama.cpp to text."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.engines.llama.engine import LlamaEngine
from core.engines.protocol import GenerationRequest, Message, Usage
from core.errors import ContextOverflow, EngineFailed
from tests import tiny_models
from tests.engines.contract import answer
from tests.engines.llama.conftest import Models, Open, spec_for


def ask(
    text: str, *, max_tokens: int = 64, temperature: float = 0, seed: int | None = None
) -> GenerationRequest:
    messages = (Message.text("user", text),)
    return GenerationRequest(messages, max_tokens, temperature, seed=seed)


def usage_of(engine: LlamaEngine, *turns: tuple[str, str]) -> Usage:
    messages = tuple(Message.text(role, text) for role, text in turns)  # type: ignore[arg-type]
    return answer(engine, GenerationRequest(messages, 8, 0))[1].usage


def test_a_scripted_reply_ends_by_itself(scripted: LlamaEngine) -> None:
    text, completion = answer(scripted, ask("¿Quién eres?"))
    assert text == tiny_models.REPLY
    assert completion.finish_reason == "stop"
    assert completion.usage.completion_tokens == len(tiny_models.REPLY_PIECES)


def test_characters_that_span_tokens_and_long_tokens_arrive_whole(
    tmp_path: Path, open_llama: Open
) -> None:
    long_token = b"def" + b" " * 4100 + b"x"
    pieces = (long_token, b"\xc3", b"\xb1", b"\xff", b"end", b"\xf0")
    engine = open_llama(spec_for(tiny_models.scripted_text(tmp_path, pieces)))
    text, completion = answer(engine, ask("hola"))
    assert text == long_token.decode() + "ñ\ufffdend\ufffd"
    assert completion.finish_reason == "stop"


def test_seeds_decide_what_is_drawn(endless: LlamaEngine) -> None:
    def draw(seed: int | None) -> str:
        return answer(endless, ask("hola", temperature=1.5, seed=seed))[0]

    assert draw(1) == draw(1)
    assert draw(1) != draw(2)
    assert draw(None) != draw(None)


def test_an_answer_never_runs_past_the_context(models: Models, lend_llama: Open) -> None:
    engine = lend_llama(spec_for(models.random, context_tokens=256))
    _, completion = answer(engine, ask("hola", max_tokens=9999))
    assert completion.finish_reason == "length"
    used = completion.usage.prompt_tokens + completion.usage.completion_tokens
    assert used == engine.context_tokens == 256


def test_a_prompt_that_fills_the_context_is_refused_before_any_token(
    models: Models, lend_llama: Open
) -> None:
    engine = lend_llama(spec_for(models.random, context_tokens=256))
    around = engine.count_tokens([Message.text("user", "")])
    _, completion = answer(engine, ask("x" * (255 - around), max_tokens=9))
    assert completion.usage.prompt_tokens == 255
    assert completion.usage.completion_tokens == 1
    with pytest.raises(ContextOverflow) as caught:
        next(engine.generate(ask("x" * (256 - around))))
    assert (caught.value.prompt_tokens, caught.value.context_tokens) == (256, 256)
    assert answer(engine, ask("hola"))[0]


def test_a_conversation_that_goes_on_is_not_evaluated_again(endless: LlamaEngine) -> None:
    first = usage_of(endless, ("user", "una primera pregunta"))
    same = usage_of(endless, ("user", "una primera pregunta"))
    assert same.reused_tokens == first.prompt_tokens
    reply, _ = answer(endless, ask("una primera pregunta", max_tokens=8))
    longer = usage_of(
        endless, ("user", "una primera pregunta"), ("assistant", reply), ("user", "y otra")
    )
    assert longer.reused_tokens >= first.prompt_tokens
    other = usage_of(endless, ("user", "algo distinto"))
    assert 0 < other.reused_tokens < 12  # what the template writes before the text


def test_reuse_changes_no_answer(models: Models, open_llama: Open) -> None:
    fresh, used = (open_llama(spec_for(models.random)) for _ in range(2))
    answer(used, ask("hola, esto es una", max_tokens=200))
    prompt = ask("hola, esto es otra", max_tokens=100)
    text, completion = answer(used, prompt)
    assert completion.usage.reused_tokens > 0
    assert text == answer(fresh, prompt)[0]


def test_a_prompt_longer_than_a_batch(models: Models, lend_llama: Open) -> None:
    engine = lend_llama(spec_for(models.random))
    text = "".join(chr(ord("a") + index % 26) for index in range(1500))
    _, completion = answer(engine, ask(text, max_tokens=2))
    assert completion.usage.prompt_tokens > 1500


def test_what_a_user_writes_cannot_break_the_prompt(scripted: LlamaEngine) -> None:
    for text in ("<__media__>", "\0", "{{ messages }}", "<|im_end|>", "\ud7ff😀"):
        assert answer(scripted, ask(text))[0] == tiny_models.REPLY


def test_a_file_without_a_chat_template_cannot_converse(tmp_path: Path, open_llama: Open) -> None:
    path = tiny_models.scripted_text(tmp_path, chat_template=None)
    engine = open_llama(spec_for(path))
    with pytest.raises(EngineFailed, match="no chat template"):
        answer(engine, ask("hola"))
    assert engine.alive()


def test_weights_that_are_not_numbers_give_no_answer(
    models: Models, tmp_path: Path, open_llama: Open
) -> None:
    damaged = tmp_path / "nan.gguf"
    raw = models.scripted.read_bytes()
    keep = len(raw) // 4
    damaged.write_bytes(raw[:keep] + b"\xff" * (len(raw) - keep))
    engine = open_llama(spec_for(damaged))
    with pytest.raises(EngineFailed, match="weights are damaged"):
        answer(engine, ask("hola"))
    assert engine.alive()

"""Servers that fail."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from core.engines.ollama import OllamaEngine, open_ollama
from core.engines.ollama.failures import model_error
from core.engines.protocol import (
    TextDelta,
)
from core.errors import (
    EngineCrashed,
    EngineFailed,
    ModelUnavailable,
)
from tests.engines.ollama.requests import MODELS, answer, ask, spec_for
from tests.ollama_emulator import (
    Drop,
    EndEarly,
    Line,
    OllamaEmulator,
    Refuse,
    Stall,
)


def test_a_lost_connection_is_a_crash_and_the_next_call_works(
    engine: OllamaEngine, server: OllamaEmulator
) -> None:
    server.fail_next(Drop(after_tokens=2))
    items = engine.generate(ask("hola"))
    assert [type(next(items)) for _ in range(2)] == [TextDelta, TextDelta]
    with pytest.raises(EngineCrashed) as crash:
        next(items)
    assert crash.value.retryable
    assert answer(engine, ask("hola")).startswith("reply ")


@pytest.mark.parametrize("fault", [EndEarly(), EndEarly(2), Drop()])
def test_an_answer_without_its_end_is_never_taken_for_whole(
    engine: OllamaEngine, server: OllamaEmulator, fault: EndEarly | Drop
) -> None:
    server.fail_next(fault)
    with pytest.raises((EngineCrashed, EngineFailed)):
        list(engine.generate(ask("hola")))


@pytest.mark.parametrize(
    "fault",
    [
        Refuse(500, "llama runner process has terminated"),
        Line('{"error": "llama runner process has terminated"}', after_tokens=2),
    ],
)
def test_the_servers_own_error_is_passed_on(
    engine: OllamaEngine, server: OllamaEmulator, fault: Refuse | Line
) -> None:
    server.fail_next(fault)
    with pytest.raises(EngineFailed, match="llama runner process has terminated"):
        list(engine.generate(ask("hola")))
    assert engine.alive()


def test_a_silent_server_is_a_failure_that_names_the_way_to_look() -> None:
    silent = model_error(
        httpx.ReadTimeout("timed out"), model="expert", remote="solar", base_url="http://here"
    )
    assert isinstance(silent, EngineFailed)
    assert "ollama ps" in silent.hint


def test_nonsense_in_the_stream_is_a_failure(engine: OllamaEngine, server: OllamaEmulator) -> None:
    server.fail_next(Line("<html>", after_tokens=1))
    with pytest.raises(EngineFailed, match="does not answer as Ollama does"):
        list(engine.generate(ask("hola")))


def test_a_model_removed_meanwhile_is_unavailable(
    engine: OllamaEngine, server: OllamaEmulator
) -> None:
    server.remove("solar:10.7b")
    with pytest.raises(ModelUnavailable, match="no model solar"):
        list(engine.generate(ask("hola")))
    assert not engine.alive()


def test_a_server_that_went_away_is_a_crash(server: OllamaEmulator) -> None:
    with OllamaEmulator(MODELS) as other:
        engine = open_ollama(spec_for(other))
    with pytest.raises(EngineCrashed, match="ollama serve"):
        list(engine.generate(ask("hola")))
    assert not engine.alive()
    assert engine.memory_mb() is None
    engine.close()


def test_a_server_that_falls_silent_is_given_up_after_the_configured_time(
    server: OllamaEmulator,
) -> None:
    engine = open_ollama(replace(spec_for(server), read_timeout_s=0.2))
    server.fail_next(Stall())
    with pytest.raises(EngineFailed, match="stayed silent"):
        list(engine.generate(ask("hola")))
    engine.close()

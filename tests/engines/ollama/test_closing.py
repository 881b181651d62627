"""Memory, closing, and what nobody else may hear."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import langsmith
import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.runnables import RunnableLambda
from langsmith.utils import tracing_is_enabled

from core.engines.ollama import OllamaEngine, open_ollama
from core.engines.ollama.transport import OllamaExchange
from core.engines.protocol import (
    Message,
)
from core.errors import (
    EngineCrashed,
    EngineFailed,
)
from tests.engines.ollama.requests import MODELS, WAIT_S, answer, ask, spec_for
from tests.ollama_emulator import (
    OllamaEmulator,
    Refuse,
    Stall,
)


def test_memory_is_known_while_the_model_is_loaded(
    engine: OllamaEngine, server: OllamaEmulator
) -> None:
    assert engine.memory_mb() is None
    answer(engine, ask("hola"))
    assert engine.memory_mb() == 512.0
    assert engine.peak_memory_mb() == 512.0
    engine.close()
    assert not server.is_loaded("solar:10.7b")
    assert engine.memory_mb() is None


def test_a_closed_engine_stays_closed(engine: OllamaEngine, server: OllamaEmulator) -> None:
    engine.close()
    engine.close()
    assert not engine.alive()
    assert len(server.requests("/api/generate")) == 1
    with pytest.raises(EngineCrashed, match="closed"):
        list(engine.generate(ask("hola")))
    with pytest.raises(EngineCrashed, match="closed"):
        engine.count_tokens([Message.text("user", "hola")])


def test_closing_breaks_off_what_runs(engine: OllamaEngine, server: OllamaEmulator) -> None:
    server.fail_next(Stall())
    with ThreadPoolExecutor(1) as threads:
        items = threads.submit(lambda: list(engine.generate(ask("hola"))))
        request = server.wait_for("/api/chat")
        engine.close()
        with pytest.raises(EngineCrashed):
            items.result(WAIT_S)
    assert request.disconnected.wait(WAIT_S)


def test_closing_without_a_server_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with OllamaEmulator(MODELS) as gone:
        engine = open_ollama(spec_for(gone))
    engine.close()
    assert "not told to unload solar:10.7b" in caplog.text


class Eavesdropper(BaseCallbackHandler):
    """A callback of the caller's own run; it must not see the engine's tokens."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def on_llm_new_token(self, token: Any, **_: Any) -> None:
        self.heard.append(str(token))

    def on_chat_model_start(self, serialized: Any, messages: Any, **_: Any) -> None:
        self.heard.append("start")


def test_the_callers_callbacks_hear_nothing(engine: OllamaEngine) -> None:
    caller = Eavesdropper()
    inside: RunnableLambda[str, str] = RunnableLambda(lambda text: answer(engine, ask(text)))
    assert inside.invoke("hola", {"callbacks": [caller]}).startswith("reply ")
    assert caller.heard == []


def test_tracing_is_off_whatever_the_program_says() -> None:
    langsmith.configure(enabled=True)
    try:
        assert tracing_is_enabled() is True
        assert OllamaExchange().run(tracing_is_enabled) is False
    finally:
        langsmith.configure(enabled=None)


def test_proxies_of_the_environment_are_not_used(
    server: OllamaEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    assert answer(open_ollama(spec_for(server)), ask("hola")).startswith("reply ")


def test_redirects_are_not_followed(engine: OllamaEngine, server: OllamaEmulator) -> None:
    server.fail_next(Refuse(307, "elsewhere", location="/api/generate"))
    with pytest.raises(EngineFailed):
        list(engine.generate(ask("hola")))
    assert server.requests("/api/generate") == []

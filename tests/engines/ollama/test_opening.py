"""Finding a model on a server."""

from __future__ import annotations

import socket

import pytest

from core.cancellation import Cancellation
from core.engines.ollama import open_ollama
from core.engines.protocol import Capabilities, Engine
from core.engines.spec import EngineSpec
from core.errors import (
    Cancelled,
    ModelUnavailable,
)
from tests.engines.ollama.requests import MODELS, answer, ask, spec_for
from tests.ollama_emulator import (
    OllamaEmulator,
    Refuse,
)


def test_opening_reads_what_the_model_can_do(server: OllamaEmulator) -> None:
    told: list[float] = []
    engine: Engine = open_ollama(spec_for(server, "llava"), progress=told.append)
    assert engine.model == "expert"
    assert engine.capabilities == Capabilities(chat=True, vision=True, json_schema=True)
    assert engine.context_tokens == 2048
    assert told == [1.0]


def test_the_context_is_at_most_the_models_own(server: OllamaEmulator) -> None:
    engine = open_ollama(spec_for(server, "short"))
    assert engine.context_tokens == 64
    answer(engine, ask("hola"))
    assert server.requests("/api/chat")[0].body["options"]["num_ctx"] == 64


def test_no_server_says_how_to_start_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    spec = EngineSpec("expert", "ollama", 2048, 2, base_url=f"127.0.0.1:{port}")
    with pytest.raises(ModelUnavailable, match=f"does not answer at http://127.0.0.1:{port}") as no:
        open_ollama(spec)
    assert "ollama serve" in no.value.hint
    assert no.value.model == "expert"


def test_a_server_that_is_not_ollama_is_unavailable(server: OllamaEmulator) -> None:
    server.fail_next(Refuse(502, "<html>bad gateway"), "/api/version")
    with pytest.raises(ModelUnavailable, match="does not answer"):
        open_ollama(spec_for(server))


def test_a_missing_model_says_how_to_get_it(server: OllamaEmulator) -> None:
    with pytest.raises(ModelUnavailable) as missing:
        open_ollama(spec_for(server, "solar:70b"))
    assert missing.value.hint == "Get it with `ollama pull solar:70b`."


@pytest.mark.parametrize("name", ["llava", "LLaVA:latest", "library/llava", "Llava:LATEST"])
def test_names_are_compared_as_ollama_does(server: OllamaEmulator, name: str) -> None:
    assert open_ollama(spec_for(server, name)).alive()


def test_a_cloud_model_is_refused(server: OllamaEmulator) -> None:
    with pytest.raises(ModelUnavailable, match=r"runs at https://ollama\.com"):
        open_ollama(spec_for(server, "big:120b-cloud"))


@pytest.mark.parametrize(("version", "opens"), [("0.12.5", False), ("0.12.6-rc0", True)])
def test_an_ollama_that_always_cuts_prompts_is_refused(version: str, opens: bool) -> None:
    with OllamaEmulator(MODELS, version=version) as server:
        if opens:
            assert open_ollama(spec_for(server)).alive()
        else:
            with pytest.raises(ModelUnavailable, match=r"0\.12\.5 .* too old"):
                open_ollama(spec_for(server))


def test_opening_can_be_cancelled(server: OllamaEmulator) -> None:
    cancel = Cancellation()
    cancel.cancel()
    with pytest.raises(Cancelled):
        open_ollama(spec_for(server), cancel=cancel)

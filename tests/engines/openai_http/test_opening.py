"""Finding a model on a server."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from core.cancellation import Cancellation
from core.engines.openai_http import check_openai, open_openai
from core.engines.protocol import Engine
from core.errors import Cancelled, ModelUnavailable
from tests.engines.openai_http.requests import WAIT_S, answer, ask, spec_for
from tests.openai_emulator import OpenAIEmulator, Refuse

MODELS_PATH = "/v1/models"


def test_opening_finds_the_model_and_runs_nothing(server: OpenAIEmulator) -> None:
    told: list[float] = []
    engine: Engine = open_openai(spec_for(server), progress=told.append)
    assert (engine.model, engine.context_tokens) == ("expert", 2048)
    assert engine.memory_mb() is None
    assert told == [1.0]
    assert server.requests() == []


def test_no_server_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with OpenAIEmulator() as any_server:
        spec = replace(spec_for(any_server), base_url=f"http://127.0.0.1:{port}/v1")
    for find in (open_openai, check_openai):
        with pytest.raises(ModelUnavailable, match=f"{port}/v1 cannot be reached") as no:
            find(spec)
        assert "openai.servers" in no.value.hint


@pytest.mark.parametrize(
    "fault",
    [
        Refuse(200, "<html>a web page</html>", "text/html"),
        Refuse(200, '{"object": "list"}'),
        Refuse(200, '{"data": [3]}'),
        Refuse(200, "[]"),
        Refuse(503, '{"error": {"message": "Loading model", "code": 503}}'),
    ],
)
def test_a_server_that_does_not_list_models_as_it_should_is_unavailable(
    server: OpenAIEmulator, fault: Refuse
) -> None:
    server.fail_next(fault, MODELS_PATH)
    with pytest.raises(ModelUnavailable) as no:
        open_openai(spec_for(server))
    assert no.value.hint
    assert len(server.requests(MODELS_PATH)) == 1


def test_a_missing_model_names_those_that_are_there(server: OpenAIEmulator) -> None:
    with pytest.raises(ModelUnavailable, match="has no model gpt") as missing:
        check_openai(spec_for(server, "gpt"))
    assert "openai_model: qwen3-4b, thinker" in missing.value.hint


def test_a_server_without_a_list_is_believed(server: OpenAIEmulator) -> None:
    server.fail_next(Refuse(404, "no such page", "text/plain"), MODELS_PATH)
    assert answer(open_openai(spec_for(server)), ask("hola")).startswith("reply ")
    server.fail_next(Refuse(404, "no such page", "text/plain"), MODELS_PATH)
    with pytest.raises(ModelUnavailable, match="does not exist"):
        answer(open_openai(spec_for(server, "gpt")), ask("hola"))


def test_opening_can_be_cancelled() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, OpenAIEmulator() as any_server:
        port = silent.getsockname()[1]
        spec = replace(spec_for(any_server), base_url=f"http://127.0.0.1:{port}/v1")
        cancel = Cancellation()
        with ThreadPoolExecutor(1) as threads:
            opening = threads.submit(open_openai, spec, cancel=cancel)
            connection, _ = silent.accept()
            cancel.cancel()
            with pytest.raises(Cancelled):
                opening.result(WAIT_S)
        connection.close()

"""What an Ollama holds, asked of a server that answers, refuses, stays silent or is not there."""

from __future__ import annotations

import socket
import time

from core.engines.ollama.holdings import READ_TIMEOUT_S
from core.engines.table import held_elsewhere_mb
from tests.ollama_emulator import EmulatedModel, OllamaEmulator, Refuse


def held_mb(base_url: str) -> dict[str, int]:
    return held_elsewhere_mb("ollama", base_url, known=["SOLAR:10.7b"], connect_timeout_s=0.5)


def test_names_are_those_of_the_configuration_where_it_has_one() -> None:
    models = [EmulatedModel("solar:10.7b"), EmulatedModel("qwen", size_bytes=2**30 + 1)]
    with OllamaEmulator([*models, EmulatedModel("unused")]) as server:
        assert held_mb(server.base_url) == {}
        for model in models:
            server.load(model, 4096)
        assert held_mb(server.base_url) == {"SOLAR:10.7b": 512, "qwen": 1025}


def test_a_server_that_refuses_holds_nothing() -> None:
    with OllamaEmulator([EmulatedModel("solar:10.7b")]) as server:
        server.load(EmulatedModel("solar:10.7b"), 4096)
        server.fail_next(Refuse(500, "broken"), "/api/ps")
        assert held_mb(server.base_url) == {}


def test_a_server_that_stays_silent_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started_s = time.monotonic()
        assert held_mb(f"http://127.0.0.1:{silent.getsockname()[1]}") == {}
        assert time.monotonic() - started_s < READ_TIMEOUT_S + 2


def test_no_server_holds_nothing() -> None:
    assert held_mb("http://127.0.0.1:9") == {}

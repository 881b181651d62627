"""`sarai models pull --ollama`: Ollama's own progress, as it comes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from tests.interfaces.conftest import Sarai
from tests.interfaces.terminal import Terminal
from tests.ollama_emulator import EmulatedModel, EndEarly, Line, OllamaEmulator

SOLAR = EmulatedModel("solar:10.7b", size_bytes=6_072_000_000)


@pytest.fixture
def ollama(monkeypatch: pytest.MonkeyPatch) -> Iterator[OllamaEmulator]:
    with OllamaEmulator(registry=[SOLAR, EmulatedModel("phi:2b")]) as server:
        monkeypatch.setenv("SARAI__OLLAMA__BASE_URL", server.base_url)
        yield server


def test_every_model_that_is_configured_comes_with_its_progress(
    sarai: Sarai, ollama: OllamaEmulator
) -> None:
    ended = sarai("models", "pull", "--ollama")
    assert ended.code == 0
    layer = f"pulling {SOLAR.digest[:12]}"
    assert ended.about.splitlines()[1:] == [
        "pulling manifest",
        f"{layer} 00 %",
        f"{layer} 50 %",
        f"{layer} 100 %",
        "verifying sha256 digest",
        "writing manifest",
        "success",
        "solar:10.7b is here.",
    ]
    assert [model.name for model in ollama.installed] == ["solar:10.7b"]


def test_a_name_of_the_configuration_or_of_ollama(sarai: Sarai, ollama: OllamaEmulator) -> None:
    assert sarai("models", "pull", "--ollama", "solar_ollama", "phi:2b").code == 0
    assert [model.name for model in ollama.installed] == ["solar:10.7b", "phi:2b"]
    refused = sarai("models", "pull", "--ollama", "qwen3_vl_4b")
    assert refused.code == 2
    assert "qwen3_vl_4b does not come from Ollama" in refused.about


def test_a_dry_run_asks_nobody(sarai: Sarai, ollama: OllamaEmulator) -> None:
    assert sarai("models", "pull", "--ollama", "--dry-run").code == 0
    assert ollama.requests("/api/pull") == []


def test_an_unknown_name_is_told_in_ollamas_words(sarai: Sarai, ollama: OllamaEmulator) -> None:
    ended = sarai("models", "pull", "--ollama", "gone:1b")
    assert ended.code == 1
    assert "Ollama could not get gone:1b: pull model manifest: file does not exist" in ended.about


def test_an_ollama_that_is_not_there_is_named(sarai: Sarai) -> None:
    ended = sarai("models", "pull", "--ollama")
    assert ended.code == 1
    assert "Ollama does not answer at http://127.0.0.1:9. Start it" in ended.about


def test_a_bar_for_each_layer_on_a_terminal(
    on_terminal: Callable[..., Terminal],
    ollama: OllamaEmulator,
) -> None:
    where = {"SARAI__OLLAMA__BASE_URL": os.environ["SARAI__OLLAMA__BASE_URL"]}
    with on_terminal("models", "pull", "--ollama", **where) as terminal:
        terminal.expect("6.1/6.1 GB")
        terminal.expect("solar:10.7b is here.")
        assert terminal.wait() == 0


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (EndEarly(after_tokens=2), "Ollama ended before it had solar:10.7b"),
        (Line('{"error": "disk is full"}', 3), "Ollama could not get solar:10.7b: disk is full"),
        (Line('{"hello": 1}', 1), "does not answer as Ollama does"),
        (Line("[]", 1), "does not answer as Ollama does"),
    ],
)
def test_a_stream_that_breaks_is_no_success(
    sarai: Sarai, ollama: OllamaEmulator, fault: EndEarly | Line, told: str
) -> None:
    ollama.fail_next(fault, "/api/pull")
    ended = sarai("models", "pull", "--ollama")
    assert ended.code == 1
    assert told in ended.about
    assert "is here" not in ended.about

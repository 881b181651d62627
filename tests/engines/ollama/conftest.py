"""An emulated server and the engine on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from core.engines.ollama import OllamaEngine, open_ollama
from tests.engines.ollama.requests import MODELS, spec_for
from tests.ollama_emulator import (
    OllamaEmulator,
)


@pytest.fixture
def server() -> Iterator[OllamaEmulator]:
    with OllamaEmulator(MODELS) as emulator:
        yield emulator


@pytest.fixture
def engine(server: OllamaEmulator) -> Iterator[OllamaEngine]:
    opened = open_ollama(spec_for(server))
    yield opened
    opened.close()


@pytest.fixture
def embedder(server: OllamaEmulator) -> OllamaEngine:
    return open_ollama(replace(spec_for(server, "nomic"), embeddings=True))

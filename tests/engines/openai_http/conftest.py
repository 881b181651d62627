"""An emulated server and the engine on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from core.engines.openai_http import OpenAIEngine, open_openai
from tests.engines.openai_http.requests import MODELS, spec_for
from tests.openai_emulator import OpenAIEmulator


@pytest.fixture
def server() -> Iterator[OpenAIEmulator]:
    with OpenAIEmulator(MODELS) as emulator:
        yield emulator


@pytest.fixture
def engine(server: OpenAIEmulator) -> Iterator[OpenAIEngine]:
    opened = open_openai(spec_for(server))
    yield opened
    opened.close()


@pytest.fixture
def embedder(server: OpenAIEmulator) -> OpenAIEngine:
    return open_openai(replace(spec_for(server, "embedder"), embeddings=True, context_tokens=64))

"""The Ollama engine keeps the contract of all engines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.engines.ollama import OllamaEngine, open_ollama
from tests.engines import contract
from tests.engines.ollama.requests import spec_for
from tests.ollama_emulator import EmulatedModel, OllamaEmulator


@pytest.fixture(scope="module")
def talkative() -> Iterator[OllamaEmulator]:
    """A server whose model answers at length, as some of the checks need."""
    with OllamaEmulator([EmulatedModel("solar:10.7b", answer_words=2500)]) as emulator:
        yield emulator


@pytest.fixture
def endless(talkative: OllamaEmulator) -> Iterator[OllamaEngine]:
    engine = open_ollama(spec_for(talkative))
    yield engine
    engine.close()


@pytest.mark.parametrize("check", contract.CHECKS, ids=contract.check_id)
def test_contract(endless: OllamaEngine, check: contract.Check) -> None:
    check(endless)


def test_closed_engine(endless: OllamaEngine) -> None:
    contract.check_closed_engine(endless)

"""The engine of OpenAI-compatible servers keeps the contract of all engines, on each dialect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

import pytest

from core.engines.openai_http import OpenAIEngine, open_openai
from tests.engines import contract
from tests.engines.openai_http.requests import spec_for
from tests.openai_emulator import EmulatedModel, OpenAIEmulator
from tests.openai_emulator.dialects import Dialect


@pytest.fixture(scope="module", params=get_args(Dialect))
def talkative(request: pytest.FixtureRequest) -> Iterator[OpenAIEmulator]:
    """A server whose model answers at length, as some of the checks need."""
    models = [EmulatedModel("qwen3-4b", answer_words=2500, structured=True)]
    with OpenAIEmulator(models, dialect=request.param) as emulator:
        yield emulator


@pytest.fixture
def endless(talkative: OpenAIEmulator) -> Iterator[OpenAIEngine]:
    engine = open_openai(spec_for(talkative))
    yield engine
    engine.close()


@pytest.mark.parametrize("check", contract.CHECKS, ids=contract.check_id)
def test_contract(endless: OpenAIEngine, check: contract.Check) -> None:
    check(endless)


def test_closed_engine(endless: OpenAIEngine) -> None:
    contract.check_closed_engine(endless)

"""The llama engine keeps the contract of all engines."""

from __future__ import annotations

import pytest

from core.engines.llama.engine import LlamaEngine
from tests.engines import contract
from tests.engines.llama.conftest import Models, Open, spec_for


@pytest.mark.parametrize("check", contract.CHECKS, ids=contract.check_id)
def test_contract(endless: LlamaEngine, check: contract.Check) -> None:
    check(endless)


def test_tokens_are_counted_exactly(endless: LlamaEngine) -> None:
    _, completion = contract.answer(endless, contract.GREEDY)
    assert endless.count_tokens(contract.QUESTION) == completion.usage.prompt_tokens


def test_closed_engine(models: Models, open_llama: Open) -> None:
    contract.check_closed_engine(open_llama(spec_for(models.scripted)))

"""The llama engine keeps the contract of all engines."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.engines.llama.engine import LlamaEngine
from core.engines.protocol import Engine
from tests.engines import contract
from tests.engines.llama.conftest import Models, Open, spec_for


@pytest.mark.parametrize(
    "check",
    [
        contract.check_answers_and_repeats_itself_when_greedy,
        contract.check_max_tokens,
        contract.check_stop_string,
        contract.check_cancel_in_the_middle,
        contract.check_cancelled_before_the_start,
        contract.check_closing_the_iterator,
        contract.check_empty_prompt,
        contract.check_counts_what_generate_uses,
    ],
    ids=lambda check: check.__name__.removeprefix("check_"),
)
def test_contract(endless: LlamaEngine, check: Callable[[Engine], None]) -> None:
    check(endless)


def test_closed_engine(models: Models, open_llama: Open) -> None:
    contract.check_closed_engine(open_llama(spec_for(models.scripted)))

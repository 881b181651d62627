"""Orders in documents are left out of prompts, and bear no answer out."""

from __future__ import annotations

import pytest

from core.retrieval.citations import prompt_blocks
from core.retrieval.orders import LEFT_OUT, without_orders
from core.retrieval.passage import Passage
from core.retrieval.support import check_claims
from tests.retrieval.injected import DOCUMENTS, PLAIN, TRUE, Injected


@pytest.mark.parametrize("injected", DOCUMENTS, ids=lambda each: each.order[:30])
def test_an_order_is_left_out_and_what_is_true_stays(injected: Injected) -> None:
    kept = without_orders(injected.document)
    assert kept == f"{TRUE[injected.language]}\n{LEFT_OUT}"
    (block,) = prompt_blocks([Passage("a.md", 1, 2, "", injected.document, 1.0)])
    assert block == f"[1] a.md:1-2\n> {TRUE[injected.language]}\n> {LEFT_OUT}"


@pytest.mark.parametrize("injected", DOCUMENTS, ids=lambda each: each.order[:30])
def test_who_obeys_finds_no_support(injected: Injected) -> None:
    passages = {1: without_orders(injected.document)}
    claims = check_claims(injected.obeyed, injected.asked, passages)
    assert claims
    assert not any(claim.supported for claim in claims)
    (true,) = check_claims(f"{TRUE[injected.language]} [1]", injected.asked, passages)
    assert true.supported


@pytest.mark.parametrize("text", PLAIN[:-1])
def test_sentences_that_order_no_assistant_stay(text: str) -> None:
    assert without_orders(text) == text


def test_what_only_looks_like_one_is_lost_too() -> None:
    assert without_orders(PLAIN[-1]) == LEFT_OUT


@pytest.mark.parametrize(
    "text",
    [
        "The system prompt is kept in prompts.yaml and may be changed.",
        "El prompt del sistema se guarda en prompts.yaml.",
    ],
)
def test_writing_about_prompts_is_no_order(text: str) -> None:
    assert without_orders(text) == text

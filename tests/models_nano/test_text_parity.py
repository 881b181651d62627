"""llama.cpp finds in text.gguf what the reference network finds.

The reference (models/nano/text/export.py) is torch in single precision with the weights as Q8_0
rounds them. What is left between the two is that llama.cpp rounds the activations of each matrix
product to 8 bits too; the file's logits are sharpened by 4, and so is that difference.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.agent import Question
from agents.prompting import fit_messages
from agents.rag import RAG
from benchmarks.nano.text import found, talker
from core.engines.llama.engine import LlamaEngine
from core.engines.protocol import Completion, GenerationRequest
from core.retrieval.citations import prompt_blocks
from core.state import PastTurn

REFERENCE = Path(__file__).parent / "text_reference.json"
LIKELY = -3.0
TOLERANCE = 0.6

TALKS: list[dict[str, Any]] = json.loads(REFERENCE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def engine() -> Iterator[LlamaEngine]:
    with talker(threads=1) as opened:
        yield opened.engine


@pytest.mark.parametrize("talk", TALKS, ids=lambda talk: talk["asked"][-1])
def test_answers_and_logprobs_are_those_of_torch(engine: LlamaEngine, talk: dict[str, Any]) -> None:
    *before, last = talk["asked"]
    history = tuple(PastTurn(user=each, assistant=talk["reply"]) for each in before)
    sources = prompt_blocks(found([(p["heading"], p["text"]) for p in talk["passages"]]))
    question = Question((last,), "en", history, sources=sources)
    messages = fit_messages(RAG, question, engine, 64).messages
    request = GenerationRequest(messages, 64, temperature=0, top_logprobs=5)
    *_, done = engine.generate(request)
    assert isinstance(done, Completion)
    assert [each.text for each in done.logprobs] == [top[0][0] for top in talk["answer"]]
    compared = 0
    for ours, reference in zip(done.logprobs, talk["answer"], strict=True):
        top = dict(ours.top)
        for text, logprob in reference:
            if logprob > LIKELY:
                assert top[text] == pytest.approx(logprob, abs=TOLERANCE)
                compared += 1
    assert compared >= len(talk["answer"])

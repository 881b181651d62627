"""What of a conversation's second turn is evaluated again.

Owns the conversations; knows nothing of how an engine remembers. An agent that shares the
model has its own system text and comes between the turns.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.measuring.throughput import fresh_prompt
from benchmarks.report import Figure
from core.engines.protocol import (
    Completion,
    Engine,
    GenerationRequest,
    Message,
    Part,
    TextDelta,
    Usage,
)
from core.media.content import RgbImage

ANSWER_TOKENS = 24
PROMPT_TOKENS = 300
NEXT_TOKENS = 20
ALLOWED_TOKENS = 32
IMAGE_PX = 224


def second_turn_figures(name: str, engine: Engine) -> list[Figure]:
    """Tokens evaluated beyond the new ones, at once and after another agent's turn."""
    figures = [
        _figure(f"{name}: second turn", engine, (fresh_prompt(PROMPT_TOKENS),)),
        _figure(
            f"{name}: second turn after another agent's",
            engine,
            (fresh_prompt(PROMPT_TOKENS),),
            others=True,
        ),
    ]
    if engine.capabilities.vision:
        question = fresh_prompt(NEXT_TOKENS)
        figures += [
            _figure(f"{name}: second turn after a picture", engine, (_picture(0), question)),
            _figure(
                f"{name}: second turn after a picture and another agent's",
                engine,
                (_picture(1), question),
                others=True,
            ),
        ]
    return figures


def _figure(name: str, engine: Engine, first: tuple[Part, ...], *, others: bool = False) -> Figure:
    system = Message.text("system", fresh_prompt(NEXT_TOKENS))
    opening = (system, Message("user", first))
    answer, before = _answer(engine, opening)
    if others:
        other = Message.text("system", fresh_prompt(NEXT_TOKENS))
        _answer(engine, (other, Message.text("user", fresh_prompt(PROMPT_TOKENS))))
    following = Message.text("user", fresh_prompt(NEXT_TOKENS))
    _, usage = _answer(engine, (*opening, Message.text("assistant", answer), following))
    evaluated = usage.prompt_tokens - usage.reused_tokens
    new = usage.prompt_tokens - before.prompt_tokens - before.completion_tokens
    goal, met = f"<= {ALLOWED_TOKENS}", evaluated - new <= ALLOWED_TOKENS
    peers = {"prompt": usage.prompt_tokens, "new": new, "evaluated": evaluated}
    return Figure(
        f"{name}, evaluated beyond new", evaluated - new, "tokens", goal, met, peers=peers
    )


def _answer(engine: Engine, messages: Sequence[Message]) -> tuple[str, Usage]:
    request = GenerationRequest(tuple(messages), max_tokens=ANSWER_TOKENS, temperature=0)
    text, usage = "", Usage(0, 0)
    for item in engine.generate(request):
        if isinstance(item, TextDelta):
            text += item.text
        elif isinstance(item, Completion):
            usage = item.usage
    return text, usage


def _picture(seed: int) -> RgbImage:
    shape = (IMAGE_PX, IMAGE_PX, 3)
    return RgbImage(np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8))

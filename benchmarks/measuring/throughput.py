"""Tokens per second: our worker against the raw loop, one stream against several.

Owns the clock and the order of the trials: the sides take turns, so that what else the
machine does falls on all of them. Every prompt is new, so no reuse helps anybody.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Protocol

from benchmarks.measuring.full_use import ask
from benchmarks.measuring.raw_llama import RawModel
from benchmarks.report import Figure, median_figure
from benchmarks.synthetic_models.vocabulary import prompt_of
from core.engines.protocol import Engine

SHORT_PROMPT_TOKENS = 16
LONG_PROMPT_TOKENS = 512
ANSWER_TOKENS = 64
STREAMS = 4
AT_LEAST = 0.97
STREAMS_AT_LEAST = 1.6
_numbers = count()


class Answer(Protocol):
    """Answers one prompt with `max_tokens` tokens; nothing is reused."""

    def __call__(self, prompt: str, max_tokens: int) -> object: ...


def through(engine: Engine) -> Answer:
    def answer(prompt: str, max_tokens: int) -> None:
        ask(engine, prompt, max_tokens=max_tokens)

    return answer


def raw(model: RawModel) -> Answer:
    """The raw loop, given the text that the chat template would make."""

    def answer(prompt: str, max_tokens: int) -> None:
        turn = f"<|im_start|>user\n{prompt}<|im_end|>\n<|im_start|>assistant\n"
        model.answer(turn, max_tokens)

    return answer


def prompt_rate(answer: Answer) -> float:
    """Prompt tokens per second, the first token of the answer included."""
    prompt = fresh_prompt(LONG_PROMPT_TOKENS)
    return LONG_PROMPT_TOKENS / seconds(lambda: answer(prompt, 1))


def generation_rate(answer: Answer) -> float:
    """Answer tokens per second, a short prompt included."""
    prompt = fresh_prompt(SHORT_PROMPT_TOKENS)
    return ANSWER_TOKENS / seconds(lambda: answer(prompt, ANSWER_TOKENS))


def compared(
    name: str,
    sides: Sequence[tuple[str, Answer]],
    rate: Callable[[Answer], float],
    pairs: int,
    at_least: float | None = None,
) -> Figure:
    """The first side's rate over the second's: the median of the pairs, after one unmeasured."""
    trials = [[rate(answer) for _, answer in sides] for _ in range(pairs + 1)][1:]
    medians = [statistics.median(column) for column in zip(*trials, strict=True)]
    peers = {f"{label} (token/s)": value for (label, _), value in zip(sides, medians, strict=True)}
    ratios = [ours / theirs for ours, theirs in trials]
    return median_figure(name, ratios, "ratio", at_least=at_least, peers=peers)


def streams_figure(name: str, engine: Engine, pairs: int) -> Figure:
    """Tokens per second of several requests at once over those of one alone."""
    answer = through(engine)
    trials = [(_together_rate(answer), generation_rate(answer)) for _ in range(pairs + 1)][1:]
    together, alone = (statistics.median(side) for side in zip(*trials, strict=True))
    return median_figure(
        f"{name}: {STREAMS} streams at once over one",
        [several / one for several, one in trials],
        "ratio",
        at_least=STREAMS_AT_LEAST,
        peers={"together (token/s)": together, "alone (token/s)": alone},
    )


def _together_rate(answer: Answer) -> float:
    prompts = [fresh_prompt(SHORT_PROMPT_TOKENS) for _ in range(STREAMS)]
    with ThreadPoolExecutor(STREAMS) as pool:
        begun_s = time.perf_counter()
        list(pool.map(lambda prompt: answer(prompt, ANSWER_TOKENS), prompts))
        return STREAMS * ANSWER_TOKENS / (time.perf_counter() - begun_s)


def fresh_prompt(tokens: int) -> str:
    """A prompt that begins as none before."""
    return prompt_of(tokens, next(_numbers) * LONG_PROMPT_TOKENS)


def seconds(work: Callable[[], object]) -> float:
    begun_s = time.perf_counter()
    work()
    return time.perf_counter() - begun_s

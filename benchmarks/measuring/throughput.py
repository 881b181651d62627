"""Tokens per second: our worker against the raw loop, one stream against several.

Owns the clock and the order of the trials: the sides take turns, so that what else the
machine does falls on all of them; on a busy one the ratio of processor times says more.
Every prompt is new, so no reuse helps anybody. Between two trials there is a pause, as between
two questions of a person: the worker uses it for copies, and the other side is not to feel that.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Protocol

from benchmarks.measuring.full_use import ask
from benchmarks.measuring.processes import processor_s
from benchmarks.measuring.raw_llama import RawModel
from benchmarks.report import Figure, median_figure
from benchmarks.synthetic_models.vocabulary import prompt_of
from core.engines.protocol import Engine

SHORT_PROMPT_TOKENS = 16
LONG_PROMPT_TOKENS = 512
ANSWER_TOKENS = 64
STREAMS = 4
PAUSE_S = 1.0
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
    trials = [(label, partial(rate, answer)) for label, answer in sides]
    return _paired(name, trials, pairs, at_least)


def streams_figure(name: str, engine: Engine, pairs: int) -> Figure:
    """Tokens per second of several requests at once over those of one alone."""
    answer = through(engine)
    trials = [
        ("together", partial(_together_rate, answer)),
        ("alone", partial(generation_rate, answer)),
    ]
    title = f"{name}: {STREAMS} streams at once over one"
    return _paired(title, trials, pairs, STREAMS_AT_LEAST, work=STREAMS)


def _paired(
    name: str,
    trials: Sequence[tuple[str, Callable[[], float]]],
    pairs: int,
    at_least: float | None,
    *,
    work: int = 1,
) -> Figure:
    """Two rates taken in turns, and the same held against processor time.

    Args:
        work: how many times the second side's tokens the first one makes in a trial.
    """
    rounds = [[_timed(trial) for _, trial in trials] for _ in range(pairs + 1)][1:]
    rates = [[each.rate for each in one] for one in rounds]
    medians = [statistics.median(side) for side in zip(*rates, strict=True)]
    names = [f"{label} (token/s)" for label, _ in trials]
    peers = dict(zip(names, medians, strict=True))
    thrift = [work * theirs.processor_s / ours.processor_s for ours, theirs in rounds]
    peers["by processor time (ratio)"] = statistics.median(thrift)
    ratios = [ours / theirs for ours, theirs in rates]
    return median_figure(name, ratios, "ratio", at_least=at_least, peers=peers)


@dataclass(frozen=True, slots=True)
class _Timed:
    rate: float
    processor_s: float


def _timed(trial: Callable[[], float]) -> _Timed:
    begun_s = processor_s()
    rate = trial()
    time.sleep(PAUSE_S)
    return _Timed(rate, processor_s() - begun_s)


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

"""Would what was learned have chosen better? A replay of the user's own log.

Owns the estimate and the rule for switching on; knows nothing of files or settings.

Doubly robust, and each turn is judged by what was known before it: a model of rewards (the
means of the beta distributions) says what each option was worth, and the reward that came
corrects it, divided by the logged probability of the option that was taken. Source: Dudík,
Langford and Li, "Doubly Robust Policy Evaluation and Learning", 2011.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean, stdev

from core.feedback import bandit
from core.feedback.evidence import Evidence
from core.feedback.record import Context, TurnRecord
from core.feedback.signals import reward_of, score_of
from core.state import ModelDraw

MARGIN = 0.02
"""Of the reward in [0, 1]: what is worse by less than this is not worse."""
LEAST_COMPARED = 50
"""With fewer turns an interval says little, and its own width is uncertain."""
NORMAL_95 = 1.96
SECONDS_PER_DAY = 86_400

Policy = Callable[[Evidence, Context, Sequence[str], float, dict[str, float]], dict[str, float]]
"""Takes what was known, the kind of turn, the options, the day and the default's probabilities;
gives the probability of each option."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of it. Rewards are from 0 (bad) to 1 (good), of one turn.

    Args:
        judged: turns whose answer was judged, silence included.
        free: those of them in which each of several models could have been drawn.
        compared: those of them of whose kind enough was known before.
        default: the estimated reward without learning; None before two turns were compared.
        gain: how much more there would have been with learning, within `low` and `high` with
            a confidence of 95 %.
    """

    judged: int
    free: int
    compared: int
    default: float | None = None
    gain: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def enough(self) -> bool:
        """Whether there were turns enough to say anything."""
        return self.compared >= LEAST_COMPARED

    @property
    def not_worse(self) -> bool:
        """Whether learning may be switched on."""
        return self.enough and self.low is not None and self.low >= -MARGIN


@dataclass(frozen=True, slots=True)
class _Compared:
    """One turn; `least` and `most` are the gains of the worst and the best luck in it."""

    default: float
    gain: float
    least: float
    most: float


def replay(turns: Iterable[TurnRecord], policy: Policy = bandit.learned) -> Replay:
    """Go through the log as if `policy` had chosen. `turns` are in the order of time."""
    judged = [turn for turn in turns if turn.signal and turn.model]
    free = sum(_draw_of(turn) is not None for turn in judged)
    compared = list(_compare(judged, policy))
    if len(compared) < 2:
        return Replay(len(judged), free, len(compared))
    gains = [each.gain for each in compared]
    return Replay(
        len(judged),
        free,
        len(compared),
        default=fmean(each.default for each in compared),
        gain=fmean(gains),
        low=_end([*gains, min(each.least for each in compared)], -NORMAL_95),
        high=_end([*gains, max(each.most for each in compared)], NORMAL_95),
    )


def learn_from(evidence: Evidence, turn: TurnRecord) -> None:
    """Add what a turn tells of its model, if anything."""
    if turn.signal and turn.model:
        evidence.add(turn.context, turn.model, reward_of(turn.signal), day_of(turn.at))


def day_of(moment: datetime) -> float:
    """Days since 1970."""
    return moment.timestamp() / SECONDS_PER_DAY


def _compare(judged: Sequence[TurnRecord], policy: Policy) -> Iterator[_Compared]:
    evidence = Evidence()
    for turn in judged:
        draw = _draw_of(turn)
        if draw is not None:
            options = tuple(draw["shares"])
            if bandit.is_taught(evidence, turn.context, options, day_of(turn.at)):
                yield _compared(turn, draw, options, evidence, policy)
        learn_from(evidence, turn)


def _end(gains: Sequence[float], deviations: float) -> float:
    """One end of the interval. Rare answers that count much make few turns look alike, so that
    by the normal distribution alone 5 to 11 of 100 low ends were above the truth, not 2.5; with
    one turn more of the worst luck, at most 2.5 (docs/measurements.md)."""
    return fmean(gains) + deviations * stdev(gains) / math.sqrt(len(gains))


def _compared(
    turn: TurnRecord,
    draw: ModelDraw,
    options: Sequence[str],
    evidence: Evidence,
    policy: Policy,
) -> _Compared:
    context, day = turn.context, day_of(turn.at)
    base = {model: float(model == draw["default"]) for model in options}
    target = policy(evidence, context, options, day, base)
    worth = {model: evidence.beta(context, model, day).mean for model in options}

    def value(of: Mapping[str, float], model: str, reward: float) -> float:
        surprise = (reward - worth[model]) / draw["shares"][model]
        return sum(of[each] * worth[each] for each in options) + of[model] * surprise

    moved = {model: target[model] - base[model] for model in options}
    chosen, reward = draw["chosen"], (1 + score_of(turn.signal)) / 2
    luck = [value(moved, model, extreme) for model in options for extreme in (0, 1)]
    return _Compared(
        default=value(base, chosen, reward),
        gain=value(moved, chosen, reward),
        least=min(luck),
        most=max(luck),
    )


def _draw_of(turn: TurnRecord) -> ModelDraw | None:
    """The draw that decided who answered, where each option could have been drawn."""
    draw = turn.draw
    if draw is None or draw["chosen"] != turn.model or len(draw["shares"]) < 2:
        return None
    return draw if min(draw["shares"].values()) > 0 else None

"""What a recorded trace says about the configuration, tried in the simulation.

Owns which changes are tried and when one is worth a word; knows nothing of how it is shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from core.model_pool.replay.comparison import fitting, ours
from core.model_pool.replay.recorded import RecordedTrace
from core.model_pool.replay.simulation import Request

WORTH_A_WORD = 0.05
"""Of the time spent on loading: less may be the chance of one trace."""
BUDGET_STEP_MB = 2048
PINS_TRIED = 6
"""The models that would take longest if each of their requests loaded them. Each is a whole
replay: with two dozen small models in memory at once, seconds."""

Change = Literal["pin", "unpin", "more_memory"]


@dataclass(frozen=True, slots=True)
class Advice:
    """One change that would have spared loading on this trace.

    `model` is who would be permanent, or would not; empty for `more_memory`, which is
    BUDGET_STEP_MB.
    """

    change: Change
    model: str
    load_s: float
    instead_of_s: float


def advise(trace: RecordedTrace, budget_mb: int, pinned: Collection[str] = ()) -> Advice | None:
    """The one pin, set or taken away, that spares most; else more memory; None when neither
    is worth a word.

    A pin comes first because it takes no more memory. It is not considered when it would
    leave any model of the trace without room.
    """
    requests = fitting(trace, budget_mb, pinned)
    if not requests:
        return None
    now_s = ours(trace, requests, budget_mb, pinned).load_s
    worth_s = now_s * (1 - WORTH_A_WORD)
    with_pin_s, model = min(_other_pins(trace, requests, budget_mb, pinned), default=(now_s, ""))
    if with_pin_s < worth_s:
        return Advice("unpin" if model in pinned else "pin", model, with_pin_s, now_s)
    with_memory_s = ours(trace, requests, budget_mb + BUDGET_STEP_MB, pinned).load_s
    if with_memory_s < worth_s:
        return Advice("more_memory", "", with_memory_s, now_s)
    return None


def _other_pins(
    trace: RecordedTrace,
    requests: Sequence[Request],
    budget_mb: int,
    pinned: Collection[str],
) -> Iterator[tuple[float, str]]:
    """The seconds of loading if one model were pinned, or one of the pinned no more."""
    uses = Counter(request.model for request in requests)
    most_s = {name: count * trace.models[name].load_s for name, count in uses.items()}
    most = sorted(uses, key=lambda name: (-most_s[name], name))[:PINS_TRIED]
    for name in {*most, *(name for name in pinned if name in uses)}:
        other = set(pinned) ^ {name}
        if len(fitting(trace, budget_mb, other)) >= len(requests):
            yield ours(trace, requests, budget_mb, other).load_s, name

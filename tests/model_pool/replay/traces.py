"""Recorded traces for tests, without a file."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st

from core.model_pool.replay.recorded import RecordedTrace
from core.model_pool.replay.simulation import Request, SimulatedModel

BUDGET_MB = 100
MODELS = {
    model.name: model
    for model in (
        SimulatedModel("a", 30, 3.0),
        SimulatedModel("b", 50, 1.0),
        SimulatedModel("c", 60, 4.0),
        SimulatedModel("d", 20, 2.0),
        SimulatedModel("remote", 0, 0.0),
        SimulatedModel("huge", 120, 9.0),
    )
}
trace_names = st.lists(st.sampled_from(sorted(MODELS)), min_size=1, max_size=12)


def recorded(names: Iterable[str], pause_s: float = 10.0) -> RecordedTrace:
    requests = tuple(Request(name, i * pause_s) for i, name in enumerate(names))
    return RecordedTrace(requests, MODELS, {})

"""What every node gets around it: its time, and its warnings told and kept.

Owns the wrapper; knows nothing of what a node does.
"""

from __future__ import annotations

import functools
import time
from dataclasses import replace
from typing import Protocol, TypeVar

from langgraph.runtime import Runtime

from core.events import Warned
from core.services import TurnContext
from core.state import State

Value = TypeVar("Value")


class Node(Protocol):
    """A step of the flow: what it adds to the state, given the state and the services."""

    __name__: str

    def __call__(self, state: State, runtime: Runtime[TurnContext]) -> State: ...


def filled(value: Value | None) -> Value:
    """A key that an earlier node has filled; without it the wiring is wrong."""
    if value is None:
        raise LookupError("A node ran before the one that fills what it needs.")
    return value


def measured(node: Node, bound: TurnContext | None = None) -> Node:
    """`node` with its wall time added to `timings_ms` and its warnings to the earlier ones.

    A node returns only its own warnings. Each is also streamed as `Warned`, once in a turn,
    however many nodes say it. `bound` stands in where the caller gives no context.
    """

    @functools.wraps(node)
    def run(state: State, runtime: Runtime[TurnContext]) -> State:
        started = time.perf_counter()
        if bound is not None:
            runtime = replace(runtime, context=bound)
        update = node(state, runtime)
        told = state.get("warnings") or []
        new = [each for each in dict.fromkeys(update.get("warnings", ())) if each not in told]
        for warning in new:
            runtime.stream_writer(Warned(warning))
        update["warnings"] = [*told, *new]
        elapsed_ms = (time.perf_counter() - started) * 1000
        update["timings_ms"] = {**(state.get("timings_ms") or {}), node.__name__: elapsed_ms}
        return update

    return run

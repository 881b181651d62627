"""One run of the compiled graph, from the checked input to the final state.

Owns how LangGraph is called and what its stream means; knows nothing of the wiring.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Mapping
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, cast

from langchain_core.runnables import RunnableConfig
from langgraph.graph.state import CompiledStateGraph
from langsmith import tracing_context

from core.events import Event, NodeFinished, NodeStarted
from core.services import TurnContext
from core.state import State

Graph = CompiledStateGraph[State, TurnContext, State, State]
MS_PER_S = 1000


def untraced() -> Context:
    """A context in which nothing is traced to an outside service, whatever is configured."""
    context = copy_context()
    context.run(tracing_context(enabled=False).__enter__)
    return context


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn about to run. It runs once, by `run` or by `events`."""

    graph: Graph
    state: State
    context: TurnContext
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    _started_s: float = field(default_factory=time.perf_counter)
    _untraced: Context = field(default_factory=untraced)

    def elapsed_ms(self) -> float:
        """Wall time since the turn was made."""
        return (time.perf_counter() - self._started_s) * MS_PER_S

    def run(self) -> State:
        """The final state, at once. Raises what the nodes raise."""
        final = self._untraced.run(
            self.graph.invoke,
            self.state,
            self._config(),
            context=self.context,
            durability=self._durability(),
        )
        return cast(State, final)

    def events(self) -> Generator[Event, None, State]:
        """What happens, as it happens; returns the final state. Raises what the nodes raise."""
        steps = self._untraced.run(self._steps)
        state = self.state
        try:
            while (step := self._untraced.run(next, steps, None)) is not None:
                mode, payload = step
                if mode == "values":
                    state = payload
                elif mode == "custom":
                    yield payload
                else:
                    yield from _node_events(payload)
        except GeneratorExit:
            # LangGraph waits for the running node when its stream is closed, so the model
            # has to be stopped first.
            self.context.cancel.cancel()
            raise
        finally:
            self._untraced.run(steps.close)
        return state

    def _steps(self) -> Generator[tuple[str, Any], None, None]:
        """LangGraph's own stream: what nodes write, tasks, and the growing state."""
        steps = self.graph.stream(
            self.state,
            self._config(),
            context=self.context,
            durability=self._durability(),
            stream_mode=["custom", "tasks", "values"],
        )
        return cast("Generator[tuple[str, Any], None, None]", steps)

    def _config(self) -> RunnableConfig:
        thread_id = self.state["thread_id"]
        return {"configurable": {"thread_id": thread_id}} if thread_id else {}

    def _durability(self) -> Literal["exit"] | None:
        """One checkpoint at the end of a turn is a fifth of the cost of one per node."""
        return "exit" if self.state["thread_id"] else None


def _node_events(task: Mapping[str, Any]) -> Iterator[NodeStarted | NodeFinished]:
    """LangGraph tells of a task twice: with its input, then with its result or its error.

    An error is raised by the stream right behind, so it is no event.
    """
    name = task["name"]
    if "result" not in task:
        yield NodeStarted(name)
    elif task["error"] is None:
        yield NodeFinished(name, dict(task["result"])["timings_ms"][name])

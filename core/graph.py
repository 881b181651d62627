"""The flow, and the one object that people use: `SARAiOrchestrator`.

Owns the wiring of the nodes, top to bottom in the order of the drawing in
docs/architecture.md, and the life of a turn; knows nothing of YAML or HTTP.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Generator, Iterator, Mapping
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, cast

from langchain_core.runnables import RunnableConfig
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Durability
from langsmith import tracing_context

from core.cancellation import Cancellation
from core.errors import StorageError
from core.events import Event, Final, NodeFinished, NodeStarted
from core.intake import fresh_turn
from core.model_pool import ModelPool, get_model_pool
from core.nodes.classify import classify
from core.nodes.detect_input_type import after_detection, detect_input_type
from core.nodes.enhance_emotion import after_emotion, enhance_emotion
from core.nodes.feedback import feedback
from core.nodes.generate_vision import generate_vision
from core.nodes.instrument import measured
from core.nodes.process_voice import after_voice, process_voice
from core.nodes.route import after_route, route
from core.nodes.speak import speak
from core.nodes.text_branches import expert, omni, rag, tiny
from core.nodes.weigh import weigh
from core.services import Services, TurnContext, open_services
from core.settings import Settings
from core.state import State
from core.storage.folder import open_data_folder
from core.threads import Conversations, open_checkpoints, remembering_state

Graph = CompiledStateGraph[State, TurnContext, State, State]
Builder = StateGraph[State, TurnContext, State, State]
TurnInputs = Mapping[str, Any] | str


def build_graph(bound: TurnContext | None = None) -> Builder:
    """The whole flow, not yet compiled; `bound` serves callers that give no context."""
    graph = StateGraph(remembering_state(), context_schema=TurnContext)
    for node in (
        detect_input_type,
        generate_vision,
        process_voice,
        classify,
        weigh,
        route,
        expert,
        tiny,
        rag,
        omni,
        enhance_emotion,
        speak,
        feedback,
    ):
        graph.add_node(node.__name__, measured(node, bound))

    graph.add_edge(START, "detect_input_type")
    graph.add_conditional_edges("detect_input_type", after_detection)
    graph.add_conditional_edges("process_voice", after_voice)
    graph.add_edge("classify", "weigh")
    graph.add_edge("weigh", "route")
    graph.add_conditional_edges("route", after_route)
    for answering in ("generate_vision", "expert", "tiny", "rag", "omni"):
        graph.add_edge(answering, "enhance_emotion")
    graph.add_conditional_edges("enhance_emotion", after_emotion)
    graph.add_edge("speak", "feedback")
    graph.add_edge("feedback", END)
    return graph


def compiled_graph() -> Graph:
    """The flow without threads, for drawing and for turns that nobody remembers."""
    return build_graph().compile()


@dataclass(slots=True)
class _Turn:
    """One run of the graph, from the caller's input to the final state."""

    graph: Graph
    state: State
    config: RunnableConfig
    context: TurnContext
    untraced: Context
    durability: Durability | None
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    started_s: float = field(default_factory=time.perf_counter)


class SARAiOrchestrator:
    """The assistant. Safe to use from several threads; close it to free all models.

    Without settings it reads the configuration and shares the pool of this process; with
    settings it has a pool of its own. Models marked load_on_startup begin to load at once,
    in the background.
    """

    def __init__(self, settings: Settings | None = None, *, pool: ModelPool | None = None) -> None:
        if pool is None:
            pool = get_model_pool() if settings is None else ModelPool(settings, open_data_folder())
        self._services = open_services(pool.settings, pool.folder, pool)
        self._graph = compiled_graph()
        self._threaded: Graph | None = None
        self._checkpoints: Conversations | None = None
        self._lock = threading.Lock()
        pool.preload()

    @property
    def services(self) -> Services:
        """What the nodes work with: settings, pool, logs."""
        return self._services

    def invoke(self, state: TurnInputs, *, cancel: Cancellation | None = None) -> State:
        """Answer one turn and return the whole final state.

        Args:
            state: the input keys of `core.state.State`, or the user's words alone.
            cancel: stops the answer when raised; what was said until then is kept.

        Raises: InvalidInput before anything runs; MediaError, ModelError, Cancelled.
        """
        turn = self._begin(state, cancel)
        final = turn.untraced.run(
            turn.graph.invoke,
            turn.state,
            turn.config,
            context=turn.context,
            durability=turn.durability,
        )
        return self._finish(turn, cast(State, final))

    def stream(self, state: TurnInputs, *, cancel: Cancellation | None = None) -> Iterator[Event]:
        """`invoke`, piece by piece; the last event is `Final`.

        The input is checked at the call. Leaving the loop early stops the model.
        """
        return self._events(self._begin(state, cancel))

    async def ainvoke(self, state: TurnInputs, *, cancel: Cancellation | None = None) -> State:
        """`invoke` on a thread; cancelling the task stops the answer."""
        cancel = cancel or Cancellation()
        try:
            return await asyncio.to_thread(self.invoke, state, cancel=cancel)
        except asyncio.CancelledError:
            cancel.cancel()
            raise

    async def astream(
        self, state: TurnInputs, *, cancel: Cancellation | None = None
    ) -> AsyncIterator[Event]:
        """`stream` on a thread; leaving the loop early stops the model."""
        cancel = cancel or Cancellation()
        events = self.stream(state, cancel=cancel)
        try:
            while (event := await asyncio.to_thread(next, events, None)) is not None:
                yield event
        finally:
            cancel.cancel()

    def get_graph(self) -> Any:
        """LangGraph's drawable graph of the flow."""
        return self._graph.get_graph()

    def forget(self, thread_id: str) -> None:
        """Delete everything that a conversation remembers."""
        self._with_threads()
        if self._checkpoints is not None:
            self._checkpoints.delete_thread(thread_id)

    def close(self) -> None:
        """Unload every model and close the conversations; safe to call twice."""
        with self._lock:
            checkpoints, self._checkpoints = self._checkpoints, None
            self._threaded = None
        if checkpoints is not None:
            checkpoints.conn.close()
        self._services.pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _begin(self, state: TurnInputs, cancel: Cancellation | None) -> _Turn:
        services = self._services
        turn_state = fresh_turn(state, services.settings, services.media_store)
        thread_id = turn_state["thread_id"]
        return _Turn(
            graph=self._with_threads() if thread_id else self._graph,
            state=turn_state,
            config={"configurable": {"thread_id": thread_id}} if thread_id else {},
            context=TurnContext(services, cancel or Cancellation()),
            untraced=_untraced(),
            # One checkpoint at the end of a turn is a fifth of the cost of one per node.
            durability="exit" if thread_id else None,
        )

    def _with_threads(self) -> Graph:
        with self._lock:
            if self._threaded is None:
                self._checkpoints = open_checkpoints(self._services.folder.checkpoints)
                self._threaded = build_graph().compile(checkpointer=self._checkpoints)
            return self._threaded

    def _events(self, turn: _Turn) -> Iterator[Event]:
        items = turn.untraced.run(_steps, turn)
        state = turn.state
        try:
            while (item := turn.untraced.run(next, items, None)) is not None:
                mode, payload = item
                if mode == "values":
                    state = payload
                elif mode == "custom":
                    yield payload
                elif not payload.get("error"):  # the error itself is raised next
                    yield _node_event(payload)
        except GeneratorExit:
            # LangGraph waits for the running node when its stream is closed, so the model
            # has to be stopped first.
            turn.context.cancel.cancel()
            raise
        finally:
            turn.untraced.run(items.close)
        yield Final(self._finish(turn, state))

    def _finish(self, turn: _Turn, final: State) -> State:
        elapsed_ms = (time.perf_counter() - turn.started_s) * 1000
        final.setdefault("history", [])
        final["timings_ms"] = {**final["timings_ms"], "total": elapsed_ms}
        final["warnings"] = [*final["warnings"], *self._unsaved(final["thread_id"])]
        try:
            self._record(turn, final, elapsed_ms)
        except StorageError as error:
            final["warnings"] = [*final["warnings"], f"The run was not recorded: {error}"]
        return final

    def _unsaved(self, thread_id: str | None) -> Iterator[str]:
        checkpoints = self._checkpoints
        problem = checkpoints.problem(thread_id) if checkpoints and thread_id else None
        if problem:
            yield f"The conversation does not remember this turn: {problem}."

    def _record(self, turn: _Turn, final: State, elapsed_ms: float) -> None:
        self._services.runs.record(
            started_at=turn.started_at,
            path=[node for node in final["timings_ms"] if node != "total"],
            timings_ms=final["timings_ms"],
            total_ms=elapsed_ms,
            thread_id=final["thread_id"],
            input_type=final["input_type"],
            route=final["route"],
            agent_used=final["agent_used"],
            model_used=final["model_used"],
            warnings=final["warnings"],
        )


def _steps(turn: _Turn) -> Generator[tuple[str, Any]]:
    """LangGraph's own stream of the turn: what nodes write, tasks, and the growing state."""
    steps = turn.graph.stream(
        turn.state,
        turn.config,
        context=turn.context,
        durability=turn.durability,
        stream_mode=["custom", "tasks", "values"],
    )
    return cast("Generator[tuple[str, Any]]", steps)


def _node_event(task: Mapping[str, Any]) -> NodeStarted | NodeFinished:
    """LangGraph tells of a task twice: with its input, then with its result."""
    name = task["name"]
    if "result" not in task:
        return NodeStarted(name)
    return NodeFinished(name, dict(task["result"])["timings_ms"][name])


def _untraced() -> Context:
    """A context in which nothing is traced to an outside service, whatever is configured."""
    context = copy_context()
    context.run(tracing_context(enabled=False).__enter__)
    return context


def studio_graph() -> Graph:
    """The flow for LangGraph's own tools (langgraph.json), with its services bound."""
    return build_graph(TurnContext(SARAiOrchestrator().services)).compile()

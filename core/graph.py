"""The flow, and the one object that people use: `SARAiOrchestrator`.

Owns the wiring of the nodes, top to bottom in the order of the drawing in
docs/architecture.md, and the life of a turn; knows nothing of YAML or HTTP.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any

from langgraph.graph import END, START, StateGraph

from core.async_events import pumped
from core.cancellation import Cancellation
from core.errors import StorageError
from core.events import Event, Final
from core.intake import fresh_turn
from core.model_pool import ModelPool, get_model_pool
from core.nodes.classify import classify
from core.nodes.detect_input_type import after_detection, detect_input_type
from core.nodes.enhance_emotion import after_emotion, enhance_emotion
from core.nodes.feedback import feedback
from core.nodes.generate_vision import generate_vision
from core.nodes.instrument import measured
from core.nodes.process_voice import after_voice, process_voice
from core.nodes.rag import rag
from core.nodes.route import after_route, route
from core.nodes.speak import speak
from core.nodes.text_branches import expert, omni, tiny
from core.nodes.weigh import weigh
from core.profiles import with_what_is_here
from core.services import Services, TurnContext, open_services
from core.settings import Settings
from core.state import State
from core.storage.folder import open_data_folder
from core.threads import Conversations, open_checkpoints, remembering_state
from core.turn import Graph, Turn

Builder = StateGraph[State, TurnContext, State, State]
TurnInputs = Mapping[str, Any] | str


def _own_pool(settings: Settings) -> ModelPool:
    folder = open_data_folder()
    return ModelPool(with_what_is_here(settings, folder), folder)


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


class SARAiOrchestrator(AbstractContextManager["SARAiOrchestrator"]):
    """The assistant. Safe to use from several threads; close it to free all models.

    Without settings it reads the configuration and shares the pool of this process; with
    settings it has a pool of its own. Models marked load_on_startup begin to load at once,
    in the background, unless `preload` is off: one question needs one model.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        pool: ModelPool | None = None,
        preload: bool = True,
    ) -> None:
        if pool is None:
            pool = get_model_pool() if settings is None else _own_pool(settings)
        self._services = open_services(pool.settings, pool.folder, pool)
        self._graph = compiled_graph()
        self._threaded: Graph | None = None
        self._checkpoints: Conversations | None = None
        self._lock = threading.Lock()
        if preload:
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
        return self._finish(turn, turn.run())

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
        events = await asyncio.to_thread(self.stream, state, cancel=cancel)
        async with pumped(events, stop=cancel.cancel) as arriving:
            async for event in arriving:
                yield event

    def get_graph(self) -> Any:
        """LangGraph's drawable graph of the flow."""
        return self._graph.get_graph()

    def forget(self, thread_id: str) -> None:
        """Delete everything that a conversation remembers; facts that were told are kept."""
        self._services.memory.forget_thread(thread_id)
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
        self._services.database.close()
        self._services.documents.close()
        self._services.memory.close()
        self._services.pool.close()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _begin(self, given: TurnInputs, cancel: Cancellation | None) -> Turn:
        services = self._services
        state = fresh_turn(given, services.settings, services.media_store)
        graph = self._with_threads() if state["thread_id"] else self._graph
        return Turn(graph, state, TurnContext(services, cancel or Cancellation()))

    def _with_threads(self) -> Graph:
        with self._lock:
            if self._threaded is None:
                self._checkpoints = open_checkpoints(self._services.folder.checkpoints)
                self._threaded = build_graph().compile(checkpointer=self._checkpoints)
            return self._threaded

    def _events(self, turn: Turn) -> Iterator[Event]:
        final = yield from turn.events()
        yield Final(self._finish(turn, final))

    def _finish(self, turn: Turn, final: State) -> State:
        final.setdefault("history", [])
        final["timings_ms"] = {**final["timings_ms"], "total": turn.elapsed_ms()}
        final["warnings"] = [*final["warnings"], *self._unsaved(final["thread_id"])]
        try:
            self._record(turn, final)
        except StorageError as error:
            final["warnings"] = [*final["warnings"], f"The run was not recorded: {error}"]
        return final

    def _unsaved(self, thread_id: str | None) -> Iterator[str]:
        checkpoints = self._checkpoints
        problem = checkpoints.problem(thread_id) if checkpoints and thread_id else None
        if problem:
            yield f"The conversation does not remember this turn: {problem}."

    def _record(self, turn: Turn, final: State) -> None:
        self._services.runs.record(
            started_at=turn.started_at,
            path=[node for node in final["timings_ms"] if node != "total"],
            timings_ms=final["timings_ms"],
            total_ms=final["timings_ms"]["total"],
            thread_id=final["thread_id"],
            input_type=final["input_type"],
            route=final["route"],
            agent_used=final["agent_used"],
            model_used=final["model_used"],
            warnings=final["warnings"],
        )


def studio_graph() -> Graph:
    """The flow for LangGraph's own tools (langgraph.json), with its services bound."""
    return build_graph(TurnContext(SARAiOrchestrator().services)).compile()

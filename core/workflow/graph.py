"""The phases of one job as a LangGraph: a node each, and edges for what waits for what.

Owns the wiring; the rules of failure are `progress`'s, the work is `phase_run`'s.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, TypedDict

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from core.workflow.events import PhaseFinished, PhaseSkipped, PhaseStarted
from core.workflow.job import Job
from core.workflow.phase_run import Tools, run_phase
from core.workflow.phases import TaskPhase
from core.workflow.plan import Dependencies, Memory, ordered, plan
from core.workflow.profiles import AgentTaskProfile
from core.workflow.progress import Progress
from core.workflow.results import PhaseResult

KEPT_SHAPES = 32


class WorkflowState(TypedDict):
    """All that a run is made of, as plain values: `Job.as_dict`, and `PhaseResult.as_dict` of
    each phase that ran."""

    job: dict[str, Any]
    results: Annotated[list[dict[str, Any]], operator.add]


@dataclass(frozen=True, slots=True)
class RunContext:
    """The runtime context of one run."""

    job: Job
    tools: Tools


WorkflowGraph = CompiledStateGraph[WorkflowState, RunContext, WorkflowState, WorkflowState]
Checkpointer = BaseCheckpointSaver[Any]


def build_graph(waits_for: Dependencies, checkpointer: Checkpointer | None = None) -> WorkflowGraph:
    """The graph of phases, each after those that it waits for.

    A review leads to its refinement or past it; a refinement, back to the review or on.
    """
    graph = StateGraph(WorkflowState, context_schema=RunContext)
    for phase in waits_for:
        graph.add_node(str(phase), _node(phase))
    looped = {TaskPhase.REVIEW, TaskPhase.REFINEMENT} <= waits_for.keys()
    behind = _behind_refinement(waits_for) if looped else ()
    for phase, before in waits_for.items():
        if looped and (phase is TaskPhase.REFINEMENT or str(phase) in behind):
            continue  # the choices below lead there
        _add_edges(graph, phase, sorted(before))
    if looped:
        on = behind or (END,)
        _add_choice(graph, TaskPhase.REVIEW, lambda now: now.refine, TaskPhase.REFINEMENT, on)
        _add_choice(graph, TaskPhase.REFINEMENT, lambda now: now.review_again, TaskPhase.REVIEW, on)
    awaited = {each for before in waits_for.values() for each in before}
    for phase in waits_for:
        if phase not in awaited and not (looped and phase is TaskPhase.REFINEMENT):
            graph.add_edge(str(phase), END)
    return graph.compile(checkpointer=checkpointer)


def graphs_on(checkpointer: Checkpointer) -> Callable[[Dependencies], WorkflowGraph]:
    """As `build_graph`, each shape built once: compiling takes longer than running a phase."""

    @lru_cache(maxsize=KEPT_SHAPES)
    def of_shape(shape: tuple[tuple[TaskPhase, frozenset[TaskPhase]], ...]) -> WorkflowGraph:
        return build_graph(dict(shape), checkpointer)

    return lambda waits_for: of_shape(tuple(waits_for.items()))


def usual_graph(profile: AgentTaskProfile, max_parallel: int) -> WorkflowGraph:
    """The graph of an agent whose models all have room, for drawing.

    Raises: InvalidInput, when phases wait for one another in a circle.
    """
    waits = ordered(profile.dependencies())
    room = Memory({}, 0)
    made = plan(waits, {phase: str(phase) for phase in waits}, room, max_parallel=max_parallel)
    return build_graph(made.waits_for(waits))


Builder = StateGraph[WorkflowState, RunContext, WorkflowState, WorkflowState]


def _add_edges(graph: Builder, phase: TaskPhase, before: Sequence[TaskPhase]) -> None:
    match [str(each) for each in before]:
        case []:
            graph.add_edge(START, str(phase))
        case [only]:
            graph.add_edge(only, str(phase))
        case several:
            graph.add_edge(several, str(phase))


def _behind_refinement(waits_for: Dependencies) -> tuple[str, ...]:
    return tuple(
        str(phase) for phase, before in waits_for.items() if TaskPhase.REFINEMENT in before
    )


def _add_choice(
    graph: Builder,
    phase: TaskPhase,
    again: Callable[[Progress], bool],
    there: TaskPhase,
    on: tuple[str, ...],
) -> None:
    def route(state: WorkflowState, runtime: Runtime[RunContext]) -> list[str]:
        now = _progress(state, runtime.context.job)
        return [str(there)] if now.stopped_by is None and again(now) else list(on)

    graph.add_conditional_edges(str(phase), route, [str(there), *on])


def _node(phase: TaskPhase) -> Any:
    def node(state: WorkflowState, runtime: Runtime[RunContext]) -> Mapping[str, Any]:
        job, tools = runtime.context.job, runtime.context.tools
        emit, now = runtime.stream_writer, _progress(state, job)
        if reason := now.skipped(phase):
            emit(PhaseSkipped(str(phase), reason))
            return {}
        first = job.strategy.choice(phase).primary_model.model
        emit(PhaseStarted(str(phase), len(now.runs(phase)) + 1, first))
        try:
            result = run_phase(phase, job, now, tools.telling(emit))
        except BaseException:
            tools.reach.cancel.cancel()  # of phases that run beside this one
            raise
        emit(PhaseFinished(result))
        return {"results": [result.as_dict()]}

    return node


def _progress(state: WorkflowState, job: Job) -> Progress:
    return job.progress([PhaseResult.from_dict(each) for each in state["results"]])

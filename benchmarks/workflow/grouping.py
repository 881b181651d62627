"""Phases on two models: in the order in which they stand and in the planned one, with room for
one model; and with room for both, the second fetched ahead or not.

Real llama.cpp on generated files. The phases depend on nothing, so that all ways ask the same
questions, one at a time and greedily; their answers have to be the same. Who goes first
changes from one repeat to the next.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report import Figure, median_figure
from benchmarks.synthetic_models.catalogue import default_folder, written
from benchmarks.workflow.worlds import AGENT, TASK, World
from core.cancellation import Cancellation
from core.clock import SystemClock
from core.model_pool import ModelPool
from core.model_pool.scheduling.events import ModelReady
from core.workflow import MultiModelExecutor, PhaseResult
from core.workflow.asking import Reach
from core.workflow.phase_run import Tools, run_phase
from core.workflow.phases import in_order
from core.workflow.preparing import Wanted, prepare
from core.workflow.research import Findings

MODEL = "qwen3-0.6b"
WHO = {"planning": "first", "research": "second", "generation": "first", "refinement": "second"}
TOKENS = 32
REPEATS = 5


@dataclass(frozen=True, slots=True)
class Way:
    """`room_models` fit; `told` is whether the pool hears what comes next."""

    name: str
    planned: bool
    told: bool
    room_models: int


LISTED = Way("as listed", planned=False, told=False, room_models=1)
PLANNED = Way("planned", planned=True, told=True, room_models=1)
UNTOLD = Way("room for both", planned=True, told=False, room_models=2)
FETCHED = Way("room for both, fetched ahead", planned=True, told=True, room_models=2)
WAYS = (LISTED, PLANNED, UNTOLD, FETCHED)


@dataclass(frozen=True, slots=True)
class Side:
    """What one way took. `outputs` are by phase."""

    seconds: float
    loads: int
    outputs: dict[str, str]


def measure(path: Path | None = None, *, repeats: int = REPEATS) -> Sequence[Figure]:
    """Loads and seconds of all ways; `path` is a file to use in place of a generated one."""
    with ExitStack() as stack:
        if path is None:
            path = stack.enter_context(written(MODEL, default_folder())).gguf_path
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        phases = {
            phase: {"after": [], "models": [who], "max_tokens": TOKENS}
            for phase, who in WHO.items()
        }
        world = World(folder, dict.fromkeys(sorted(set(WHO.values())), path), phases)
        sides = [_each_way(world, first=number) for number in range(repeats)]
    if any(side.outputs != each[LISTED].outputs for each in sides for side in each.values()):
        raise RuntimeError("The ways gave different outputs.")
    return _figures(sides)


def _each_way(world: World, *, first: int) -> dict[Way, Side]:
    turns = [WAYS[(first + place) % len(WAYS)] for place in range(len(WAYS))]
    return {way: _side(world, way) for way in turns}


def _figures(repeats: Sequence[Mapping[Way, Side]]) -> Sequence[Figure]:
    loads = {way: repeats[-1][way].loads for way in WAYS}
    peers: dict[str, float | str] = {
        f"{way.name} (s)": statistics.median(repeat[way].seconds for repeat in repeats)
        for way in WAYS
    }

    def ratios(after: Way, before: Way) -> list[float]:
        return [repeat[after].seconds / repeat[before].seconds for repeat in repeats]

    return [
        Figure(
            "loads of models, phases planned",
            loads[PLANNED],
            "loads",
            f"< {loads[LISTED]}",
            loads[PLANNED] < loads[LISTED],
            peers={LISTED.name: loads[LISTED]},
        ),
        median_figure(
            "wall time, planned over as listed",
            ratios(PLANNED, LISTED),
            "ratio",
            at_most=1,
            peers=peers,
        ),
        median_figure("wall time, fetched ahead over not", ratios(FETCHED, UNTOLD), "ratio"),
    ]


def _side(world: World, way: Way) -> Side:
    budget_mb = max(world.need_mb().values()) * (2 * way.room_models + 1) // 2
    with world.opened(budget_mb) as pool, MultiModelExecutor(pool) as executor:
        loads: list[ModelReady] = []
        pool.listen(lambda event: loads.append(event) if isinstance(event, ModelReady) else None)
        started_s = time.perf_counter()
        if way.told:
            results: Sequence[PhaseResult] = executor.execute(
                AGENT, TASK, use_cache=False
            ).phase_results
        else:
            results = list(_one_by_one(executor, pool, planned=way.planned))
        seconds = time.perf_counter() - started_s
    failed = [each.error for each in results if not each.success]
    if failed or len(results) != len(WHO):
        raise RuntimeError(f"Not all phases were done: {failed}.")
    return Side(seconds, len(loads), {each.phase: each.result for each in results})


def _one_by_one(
    executor: MultiModelExecutor, pool: ModelPool, *, planned: bool
) -> Iterator[PhaseResult]:
    """One phase after the other, and nobody told what comes next."""
    job = prepare(Wanted(AGENT, TASK, {}), executor.matcher, pool, executor.checks)
    reach = Reach(pool, SystemClock(), lambda event: None, Cancellation())
    tools = Tools(reach, lambda query: Findings(), executor.checks, lambda phase, name: None)
    order = [phase for wave in job.plan.waves for phase in wave]
    done: list[PhaseResult] = []
    for phase in order if planned else in_order(order):
        done.append(run_phase(phase, job, job.progress(done), tools))
        yield done[-1]

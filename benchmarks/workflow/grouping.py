"""Phases on two models of which only one fits: planned, against the order in which they stand.

Real llama.cpp on generated files. The phases depend on nothing, so that both orders ask the
same questions, one at a time and greedily; their answers have to be the same.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
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
class Side:
    """What one order took. `outputs` are by phase."""

    seconds: float
    loads: int
    outputs: dict[str, str]


def measure(path: Path | None = None) -> Sequence[Figure]:
    """Loads and seconds of both orders; `path` is a file to use in place of a generated one."""
    with ExitStack() as stack:
        if path is None:
            path = stack.enter_context(written(MODEL, default_folder())).gguf_path
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        phases = {
            phase: {"after": [], "models": [who], "max_tokens": TOKENS}
            for phase, who in WHO.items()
        }
        world = World(folder, dict.fromkeys(("first", "second"), path), phases)
        sides = [(_side(world, planned=False), _side(world, planned=True)) for _ in range(REPEATS)]
    if any(listed.outputs != planned.outputs for listed, planned in sides):
        raise RuntimeError("The two orders gave different outputs.")
    listed, planned = sides[-1]
    ratios = [after.seconds / before.seconds for before, after in sides]
    peers = {"as listed (s)": listed.seconds, "planned (s)": planned.seconds}
    return [
        Figure(
            "loads of models, phases planned",
            planned.loads,
            "loads",
            f"< {listed.loads}",
            planned.loads < listed.loads,
            peers={"as listed": listed.loads},
        ),
        median_figure("wall time, planned over as listed", ratios, "ratio", at_most=1, peers=peers),
    ]


def _side(world: World, *, planned: bool) -> Side:
    budget_mb = max(world.need_mb().values()) * 3 // 2  # room for one
    with world.opened(budget_mb) as pool, MultiModelExecutor(pool) as executor:
        loads: list[ModelReady] = []
        pool.listen(lambda event: loads.append(event) if isinstance(event, ModelReady) else None)
        started_s = time.perf_counter()
        if planned:
            results: Sequence[PhaseResult] = executor.execute(
                AGENT, TASK, use_cache=False
            ).phase_results
        else:
            results = list(_as_listed(executor, pool))
        seconds = time.perf_counter() - started_s
    failed = [each.error for each in results if not each.success]
    if failed or len(results) != len(WHO):
        raise RuntimeError(f"Not all phases were done: {failed}.")
    return Side(seconds, len(loads), {each.phase: each.result for each in results})


def _as_listed(executor: MultiModelExecutor, pool: ModelPool) -> Iterator[PhaseResult]:
    """One phase after the other, and nobody told what comes next."""
    job = prepare(Wanted(AGENT, TASK, {}), executor.matcher, pool, executor.checks)
    reach = Reach(pool, SystemClock(), lambda event: None, Cancellation())
    tools = Tools(reach, lambda query: Findings(), executor.checks, lambda phase, name: None)
    done: list[PhaseResult] = []
    for phase in in_order(job.profile.phases_needed):
        done.append(run_phase(phase, job, job.progress(done), tools))
        yield done[-1]

"""What work in phases costs beside the models: with an engine that answers at once, all of it.

Matching and planning once for each task; then, for each phase, the graph, its checkpoint, the
lease, the prompt and its fitting, the result.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Generator, Sequence
from pathlib import Path

from benchmarks.overhead import MS_PER_S, InstantEngine
from benchmarks.report import Figure, median_figure
from core.cancellation import Cancellation
from core.engines.protocol import Completion, GenerationRequest, LoadProgress, TextDelta, Usage
from core.engines.spec import EngineSpec

RUNS = 100
WARM_UP_RUNS = 5
TASK = "Design a distributed lock service with leases and fencing tokens in Go"
PHASES = ("planning", "generation", "review", "validation")
VERDICT = '{"passed": true, "problems": []}'


class InstantJudge(InstantEngine):
    """Gives a verdict where one is asked for, in no time too."""

    def generate(
        self, request: GenerationRequest, cancel: Cancellation | None = None
    ) -> Generator[TextDelta | Completion, None, None]:
        yield TextDelta("A plan." if request.json_schema is None else VERDICT)
        yield Completion("stop", Usage(10, 3))


def open_judge(
    spec: EngineSpec,
    *,
    progress: LoadProgress | None = None,
    cancel: Cancellation | None = None,
) -> InstantJudge:
    """Satisfies `OpenEngine`."""
    return InstantJudge(spec)


def measure() -> Sequence[Figure]:
    """Milliseconds for each phase, and before the first."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SARAI_HOME"] = folder
        return _figures(Path(folder))


def _figures(folder: Path) -> Sequence[Figure]:
    from core.model_pool import ModelPool  # noqa: PLC0415  its import is not measured
    from core.profiles import with_what_is_here  # noqa: PLC0415
    from core.settings import load_settings  # noqa: PLC0415
    from core.storage.folder import open_data_folder  # noqa: PLC0415
    from core.workflow import (  # noqa: PLC0415
        AgentTaskProfile,
        MultiModelExecutor,
        TaskPhase,
        WorkflowFinished,
    )

    data = open_data_folder(folder)
    settings = with_what_is_here(load_settings(), data)
    pool = ModelPool(settings, data, open_engine=open_judge)
    before_ms, phase_ms, cpu_ms = [], [], []
    with MultiModelExecutor(pool) as executor:
        phases = [TaskPhase(name) for name in PHASES]
        profile = AgentTaskProfile("measured_agent", "coding", phases_needed=phases)
        executor.matcher.agent_profiles["measured_agent"] = profile
        for _ in range(WARM_UP_RUNS + RUNS):
            started_s = time.perf_counter()
            events = executor.stream("measured_agent", TASK, use_cache=False)
            matched_s, matched_cpu_s = time.perf_counter(), time.process_time()
            *_, last = events
            ended_s, ended_cpu_s = time.perf_counter(), time.process_time()
            if not isinstance(last, WorkflowFinished) or last.result.total_phases != len(PHASES):
                raise RuntimeError(f"Not all phases ran: {last}.")
            before_ms.append((matched_s - started_s) * MS_PER_S)
            phase_ms.append((ended_s - matched_s) * MS_PER_S / len(PHASES))
            cpu_ms.append((ended_cpu_s - matched_cpu_s) * MS_PER_S / len(PHASES))
    pool.close()
    name = "own cost per phase, one after the other"
    return [
        median_figure(name, phase_ms[WARM_UP_RUNS:], "ms", at_most=10),
        median_figure("processor time of that", cpu_ms[WARM_UP_RUNS:], "ms"),
        median_figure("matching and planning of a task", before_ms[WARM_UP_RUNS:], "ms"),
        Figure("90th percentile of the cost per phase", _p90(phase_ms[WARM_UP_RUNS:]), "ms"),
    ]


def _p90(samples: Sequence[float]) -> float:
    return statistics.quantiles(samples, n=10)[-1]

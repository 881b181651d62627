"""Analyse, fix, validate: a small model for the first and last and a large one between them,
against the large one for all three.

Generated models with the dimensions of real ones; every phase writes the same number of
tokens. There is room for one model at a time, so that changing them costs what it costs.
Memory is what the pool has reserved for loaded models, read twenty times a second.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report import Figure
from benchmarks.synthetic_models.catalogue import default_folder, written
from benchmarks.workflow.worlds import AGENT, TASK, World
from core.model_pool import ModelPool
from core.model_pool.scheduling.events import ModelReady
from core.workflow import MultiModelExecutor
from core.workflow.asking import GB_PER_MIB

SMALL, LARGE = "qwen3-1.7b", "qwen3-14b"
STEPS = {"analyse": "planning", "fix": "generation", "validate": "refinement"}
"""The phases that stand for them: all write text, of a length that is set."""
TOKENS = 64
LOOK_EVERY_S = 0.05


@dataclass(frozen=True, slots=True)
class Side:
    """What one way took."""

    seconds: float
    gb_s: float
    loads: int


@dataclass(slots=True)
class _Meter:
    """Reserved memory, summed over time."""

    gb_s: float = 0.0


def measure(files: Mapping[str, Path] | None = None) -> Sequence[Figure]:
    """What two models save; `files` are used for SMALL and LARGE in place of generated ones."""
    with ExitStack() as stack:
        if files is None:
            files = {
                name: stack.enter_context(written(name, default_folder())).gguf_path
                for name in (SMALL, LARGE)
            }
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        one = _side(World(folder, files, _phases(LARGE, LARGE, LARGE)))
        two = _side(World(folder, files, _phases(SMALL, LARGE, SMALL)))
    return [
        _saved("memory-seconds saved by two models", one.gb_s, two.gb_s, "GB s", 0.5),
        _saved("time saved by two models", one.seconds, two.seconds, "s", 0.4),
        Figure("loads, two models", two.loads, "loads", peers={"one model": one.loads}),
    ]


def _phases(*models: str) -> dict[str, dict[str, object]]:
    return {
        phase: {"models": [model], "max_tokens": TOKENS}
        for phase, model in zip(STEPS.values(), models, strict=True)
    }


def _side(world: World) -> Side:
    budget_mb = max(world.need_mb().values()) + 64
    with world.opened(budget_mb) as pool, MultiModelExecutor(pool) as executor:
        loads: list[ModelReady] = []
        pool.listen(lambda event: loads.append(event) if isinstance(event, ModelReady) else None)
        started_s = time.perf_counter()
        with _metered(pool) as meter:
            result = executor.execute(AGENT, TASK, use_cache=False)
        seconds = time.perf_counter() - started_s
    written_tokens = [each.completion_tokens for each in result.phase_results]
    if written_tokens != [TOKENS] * len(STEPS):
        raise RuntimeError(f"The phases wrote {written_tokens} tokens: {result.warnings}.")
    return Side(seconds, meter.gb_s, len(loads))


@contextmanager
def _metered(pool: ModelPool) -> Iterator[_Meter]:
    """While inside, what is reserved counts."""
    meter, over = _Meter(), threading.Event()

    def watch() -> None:
        last_s = time.perf_counter()
        while not over.wait(LOOK_EVERY_S):
            now_s = time.perf_counter()
            reserved_mb = sum(each.reserved_mb for each in pool.status().models)
            meter.gb_s += reserved_mb * GB_PER_MIB * (now_s - last_s)
            last_s = now_s

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield meter
    finally:
        over.set()
        thread.join()


def _saved(name: str, one: float, two: float, unit: str, goal: float) -> Figure:
    share = 1 - two / one
    peers = {f"one model ({unit})": one, f"two models ({unit})": two}
    return Figure(name, share, "of 1", f">= {goal:g}", share >= goal, peers=peers)

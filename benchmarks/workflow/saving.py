"""Analyse, fix, validate: a small model for the first and last and a large one between them,
against the large one for all three.

Generated models with the dimensions of real ones. Every phase of both ways is asked the same and
writes the same number of tokens; the words that models make up are each one token, so that
prompts are as long too (checked, see SAME_PROMPTS).

Memory-seconds are the resident memory of every process that holds a model, mapped files
included, looked at twenty times a second from the first phase's start to the last one's end
and summed over that time: loading, loaded and leaving models alike, working or not. There is
room for one model at a time, as where the large one is as large as the machine allows; so the
small one has to be loaded twice and the large one once between. Where both fit side by side,
no swaps are needed and the large one's memory is held longer. Files are read before each run,
so that no run is the one that pays for the disk.

A pair is one run of each way; who goes first alternates. Each run is written to `--state` when
it is done and not done again by the next call. Peak need: the disk of both files (10 GB for the
2B and the 14B class) and as much memory.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measuring.memory_meter import metered, workers_mb
from benchmarks.report import Figure, median_figure
from benchmarks.synthetic_models.catalogue import default_folder, written
from benchmarks.workflow.kept_runs import KeptRuns
from benchmarks.workflow.worlds import AGENT, TASK, World
from core.model_pool.scheduling.events import ModelReady
from core.workflow import MultiModelExecutor, MultiModelResult, PhaseFinished, WorkflowFinished

STEPS = {"planning": "analyse", "generation": "fix", "refinement": "validate"}
"""The phases that stand for them: all write text, of a length that is set."""
SAME_PROMPTS = 0.03
"""So much may the prompts of the two ways differ in length."""
ONE, TWO = "one model", "two models"
READ_BYTES = 1 << 24


@dataclass(frozen=True, slots=True)
class Trial:
    """What is compared. `small` and `large` are of the catalogue of generated models."""

    small: str = "qwen3-1.7b"
    large: str = "qwen3-14b"
    tokens: int = 128
    pairs: int = 3

    def models(self, way: str) -> tuple[str, str, str]:
        outer = self.large if way == ONE else self.small
        return outer, self.large, outer


@dataclass(frozen=True, slots=True)
class Side:
    """What one run took; `told_gb_s` are the memory-seconds that its result tells its user."""

    seconds: float
    gb_s: float
    peak_gb: float
    told_gb_s: float
    loads: int
    load_s: float
    prompt_tokens: int
    step_s: dict[str, float]


def measure(
    trial: Trial, state: Path | None, files: Mapping[str, Path] | None = None
) -> Sequence[Figure]:
    """What two models save; `files` are used in place of generated ones."""
    kept = KeptRuns(state, Side, {"small": trial.small, "large": trial.large, "n": trial.tokens})
    sides: dict[str, list[Side]] = {ONE: [], TWO: []}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if files is None:
            _say(f"generating {trial.small} and {trial.large}")
            files = {
                name: stack.enter_context(written(name, default_folder())).gguf_path
                for name in (trial.small, trial.large)
            }
        for pair in range(trial.pairs):
            for way in (ONE, TWO) if pair % 2 == 0 else (TWO, ONE):
                title = f"pair {pair + 1} of {trial.pairs}, {way}"
                world = World(folder, files, _phases(trial, way))
                run = _runner(world, trial, title)
                sides[way].append(kept.done(f"{way} {pair}", run))
    _require_same_prompts(sides)
    return _figures(sides[ONE], sides[TWO])


def _phases(trial: Trial, way: str) -> dict[str, dict[str, object]]:
    return {
        phase: {"models": [model], "max_tokens": trial.tokens}
        for phase, model in zip(STEPS, trial.models(way), strict=True)
    }


def _runner(world: World, trial: Trial, title: str) -> Callable[[], Side]:
    def run() -> Side:
        for path in world.files.values():
            _read(path)
        _say(title)
        side = _side(world, trial.tokens)
        _say(f"{title}: {side.seconds:.1f} s, {side.gb_s:.0f} GB s, {side.loads} loads")
        return side

    return run


def _side(world: World, tokens: int) -> Side:
    budget_mb = max(world.need_mb().values()) + 64
    with world.opened(budget_mb) as pool, MultiModelExecutor(pool) as executor:
        loads: list[ModelReady] = []
        pool.listen(lambda event: loads.append(event) if isinstance(event, ModelReady) else None)
        started_s = time.perf_counter()
        with metered(workers_mb) as meter:
            result = _followed(executor)
            seconds = time.perf_counter() - started_s
    made = [each.completion_tokens for each in result.phase_results]
    if made != [tokens] * len(STEPS) or result.memory_gb_s is None:
        raise RuntimeError(f"The phases wrote {made} tokens: {result.error}, {result.warnings}.")
    return Side(
        seconds=seconds,
        gb_s=meter.gb_s,
        peak_gb=meter.peak_gb,
        told_gb_s=result.memory_gb_s,
        loads=len(loads),
        load_s=sum(each.load_s for each in loads),
        prompt_tokens=sum(each.prompt_tokens for each in result.phase_results),
        step_s={STEPS[each.phase]: each.execution_time for each in result.phase_results},
    )


def _followed(executor: MultiModelExecutor) -> MultiModelResult:
    for event in executor.stream(AGENT, TASK, use_cache=False):
        if isinstance(event, PhaseFinished):
            step, seconds = STEPS[event.result.phase], event.result.execution_time
            _say(f"  {step}: {event.result.model_used}, {seconds:.1f} s")
        elif isinstance(event, WorkflowFinished):
            return event.result
    raise LookupError("The run ended without a result.")


def _require_same_prompts(sides: Mapping[str, Sequence[Side]]) -> None:
    counts = [side.prompt_tokens for way in sides.values() for side in way]
    if max(counts) > min(counts) * (1 + SAME_PROMPTS):
        raise RuntimeError(f"The prompts are not equally long: {counts} tokens.")


def _figures(one: Sequence[Side], two: Sequence[Side]) -> Sequence[Figure]:
    last_one, last_two = one[-1], two[-1]
    told = [side.told_gb_s / side.gb_s for side in (*one, *two)]
    return [
        _saved("memory-seconds saved by two models", "gb_s", one, two, 0.5),
        _saved("time saved by two models", "seconds", one, two, 0.4),
        Figure("loads, two models", last_two.loads, "loads", peers={ONE: last_one.loads}),
        median_figure("seconds of loading, two models", [each.load_s for each in two], "s"),
        median_figure("most memory, two models", [each.peak_gb for each in two], "GB"),
        median_figure("memory-seconds as results tell, over measured", told, "ratio"),
        Figure(
            "prompt tokens, two models",
            last_two.prompt_tokens,
            "tokens",
            peers={ONE: last_one.prompt_tokens},
        ),
        *(_step(step, one, two) for step in STEPS.values()),
    ]


def _saved(name: str, field: str, one: Sequence[Side], two: Sequence[Side], goal: float) -> Figure:
    before = [float(getattr(each, field)) for each in one]
    after = [float(getattr(each, field)) for each in two]
    shares = [1 - less / more for more, less in zip(before, after, strict=True)]
    peers: dict[str, float | str] = {}
    for way, values in ((ONE, before), (TWO, after)):
        peers[f"{way} ({'s' if field == 'seconds' else 'GB s'})"] = (
            median_figure(way, values, "").value or 0.0
        )
    return median_figure(name, shares, "of 1", at_least=goal, peers=peers)


def _step(step: str, one: Sequence[Side], two: Sequence[Side]) -> Figure:
    peers: dict[str, float | str] = {ONE: one[-1].step_s[step]}
    return median_figure(
        f"{step}, two models", [each.step_s[step] for each in two], "s", peers=peers
    )


def _read(path: Path) -> None:
    with path.open("rb", buffering=0) as file:
        while file.read(READ_BYTES):
            pass


def _say(words: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {words}", file=sys.stderr, flush=True)

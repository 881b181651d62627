"""One strategy on the cases: who was mended, how long it took, how much memory the models held.

Owns the measuring; knows nothing of how it is shown.
"""

from __future__ import annotations

import shlex
import shutil
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from agents.developer import CodeFixer, FixResult
from benchmarks.measuring.memory_meter import metered
from core.errors import ModelError
from core.model_pool import ModelPool
from tests.developer.case_runs import steps
from tests.developer.cases import Case


@dataclass(frozen=True)
class CaseResult:
    case: str
    held_out: bool
    success: bool
    seconds: float
    attempts: int
    check: str


@dataclass(frozen=True)
class StrategyResult:
    """`problem` is why nothing was measured; empty when something was."""

    strategy: str
    cases: tuple[CaseResult, ...] = ()
    models: tuple[str, ...] = ()
    peak_ram_gb: float = 0.0
    mean_ram_gb: float = 0.0
    problem: str = ""

    @property
    def success_rate(self) -> float:
        """In per cent."""
        return 100 * statistics.fmean(case.success for case in self.cases)

    @property
    def mean_s(self) -> float:
        return statistics.fmean(case.seconds for case in self.cases)


def measure(strategy: str, cases: Sequence[Case], pool: ModelPool) -> StrategyResult:
    """Every case once, in order, with whatever models the pool has."""
    fixer = CodeFixer(pool, strategy=strategy)
    results: list[CaseResult] = []
    models: set[str] = set()
    try:
        with metered(lambda: _held_mb(pool)) as memory:
            for case in cases:
                result, used = _mended(case, fixer)
                results.append(result)
                models |= used
    except ModelError as error:
        return StrategyResult(strategy, problem=str(error))
    return StrategyResult(
        strategy, tuple(results), tuple(sorted(models)), memory.peak_gb, memory.mean_gb
    )


def _held_mb(pool: ModelPool) -> float:
    """What the pool's models take now, those on servers too where these tell."""
    return sum(model.memory_mb or 0 for model in pool.status().models)


def _mended(case: Case, fixer: CodeFixer) -> tuple[CaseResult, set[str]]:
    with tempfile.TemporaryDirectory(prefix="sarai-case-") as name:
        folder = Path(name)
        for test in case.folder.glob("test.*"):
            shutil.copy(test, folder)
        started_s = time.perf_counter()
        made = fixer.fix_code(
            case.before,
            case.error,
            filename=case.file,
            code_language=case.language,
            command=command_of(case, folder),
            folder=folder,
            document=False,
        )
        seconds = time.perf_counter() - started_s
    used = set((made.models or {}).values())
    mended = made.success and _prints(made, case)
    result = CaseResult(case.name, case.held_out, mended, seconds, len(made.attempts), made.check)
    return result, used


def _prints(made: FixResult, case: Case) -> bool:
    """Whether a sketch still says what it is there to say; other cases' commands compare it."""
    verdict = made.attempts[-1].verdict
    return verdict is not None and case.prints in verdict.runs[-1].ran.output


def command_of(case: Case, folder: Path) -> str:
    """The case's own check as a line of sh; sketches need none, as their check is a run."""
    if case.language == "arduino":
        return ""
    (folder / "stdin.txt").write_text(case.stdin, encoding="utf-8")
    *before, last = [shlex.join(step) for step in steps(case, python="python3")]
    last += " < stdin.txt"
    if case.stdout is not None:
        (folder / "stdout.txt").write_text(case.stdout, encoding="utf-8")
        last += " > printed.txt && diff printed.txt stdout.txt"
    return " && ".join((*before, last))

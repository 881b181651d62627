"""benchmark_results.json: every strategy with the seed's fields, and each case behind them.

Owns the form of that file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.strategies.claims import CLAIMED
from benchmarks.strategies.measure import StrategyResult


def write_results(path: Path, results: Sequence[StrategyResult]) -> None:
    """`avg_time` in seconds and RAM in GB (10^9 bytes) for each case; null where nothing ran."""
    text = json.dumps({each.strategy: _fields(each) for each in results}, indent=2)
    path.write_text(text + "\n", encoding="utf-8")


def _fields(result: StrategyResult) -> dict[str, Any]:
    claim = CLAIMED.get(result.strategy)
    measured = not result.problem
    return {
        "avg_time": result.mean_s if measured else None,
        "avg_ram": result.mean_ram_gb if measured else None,
        "peak_ram": result.peak_ram_gb if measured else None,
        "success_rate": result.success_rate if measured else None,
        "models": result.models,
        "problem": result.problem,
        "claimed": claim._asdict() if claim else None,
        "cases": [asdict(case) for case in result.cases],
    }

"""The benchmark of strategies, on models that know the answer to one case."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.strategies.chart import chart
from benchmarks.strategies.measure import measure
from benchmarks.strategies.results_file import write_results
from core.model_pool import ModelPool
from core.sandbox import walls_hold
from core.settings import load_settings
from core.storage.folder import DataFolder
from tests.developer.cases import load_cases
from tests.developer.scripted_models import pool_saying
from tests.environments import NO_OLLAMA

NAMES = ("py_missing_return", "py_indentation")


def test_what_is_mended_is_counted(folder: DataFolder, tmp_path: Path) -> None:
    if not walls_hold():
        pytest.skip("bubblewrap is not installed, or this system does not let it work")
    cases = [case for case in load_cases() if case.name in NAMES]
    known = next(case for case in cases if case.name == NAMES[0])
    replies = {"analyst": "Falta algo.", "fixer": f"```python\n{known.after}```\n"}
    tables = {"analyze": "analyst", "fix": "fixer", "document": "analyst"}
    with pool_saying(replies, tables, folder, tmp_path) as pool:
        result = measure("ours", cases, pool)
    mended = {case.case: case.success for case in result.cases}
    assert mended == {NAMES[0]: True, NAMES[1]: False}
    assert result.success_rate == 50
    assert result.models == ("analyst", "fixer")
    assert result.peak_ram_gb >= result.mean_ram_gb > 0
    write_results(tmp_path / "results.json", [result])
    written = json.loads((tmp_path / "results.json").read_text())["ours"]
    assert {"avg_time", "avg_ram", "success_rate"} <= written.keys()
    drawn = chart([result])
    assert drawn.startswith("<svg")
    assert ">50<" in drawn


def test_without_a_model_that_can_nothing_is_claimed(folder: DataFolder) -> None:
    settings = load_settings(environ={**NO_OLLAMA, "SARAI__RUNTIME__PROFILE": "nano"})
    with closing(ModelPool(settings, folder)) as pool:
        result = measure("balanced", load_cases()[:1], pool)
    assert "cannot mend code" in result.problem
    assert ">43<" in chart([result])

"""GPU memory where models are shown, and not a word of it where no model asked for a GPU."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from rich.console import Console

from core.engines.devices import Device
from core.interfaces.evictions import eviction_lines
from core.interfaces.fit_report import FitReport, fit_report
from core.interfaces.fit_table import explanations, fit_table
from core.interfaces.model_tables import status_view
from core.model_pool import ModelPool
from core.model_pool.eviction_log import EvictionLog
from core.model_pool.memory.devices import Devices
from core.model_pool.memory.shared_budget import SharedBudget
from core.storage.database import Database
from core.storage.folder import DataFolder, open_data_folder
from tests import tiny_models
from tests.model_pool.fakes import PATIENCE_S, Bench, settings_for
from tests.model_pool.memory.machines import ToldMachine

CARD = Device("CUDA0", "a card", total_mb=700, free_mb=600)


def shown(view: object) -> str:
    console = Console(file=io.StringIO(), width=200)
    console.print(view)
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench(
        {"half": 50, "tenth": 10, "plain": 10},
        device_needs_mb={"half": 15, "tenth": 30},
        device_budget_mb=60,
    )
    yield made
    made.end()


def test_the_bar_has_a_second_line(bench: Bench) -> None:
    for name in ("half", "tenth", "plain"):
        bench.use(name)
    bench.budget.device_limit_mb = 50
    first, second, *_ = shown(status_view(bench.pool)).splitlines()
    assert first.rstrip() == "A" * 20 + "B" * 4 + "C" * 4 + "░" * 12 + "  70 of 100 MiB reserved"
    told = "  GPU: 45 of 60 MiB reserved; others leave 50"
    assert second.rstrip() == "A" * 10 + "B" * 20 + "░" * 10 + told
    assert "50 MiB + 15 MiB of GPU memory" in shown(status_view(bench.pool))


def test_who_waits_for_a_gpu_is_told_so(bench: Bench) -> None:
    bench.models.device_needs_mb = {"half": 50, "tenth": 30}
    bench.engines.device_needs_mb = {}
    with bench.pool.lease("half"):
        waiting = bench.using("tenth")
        bench.until_waiting_for_memory("tenth")
        assert "number 1: needs 30 MiB of GPU memory" in shown(status_view(bench.pool))
    waiting.result(PATIENCE_S)


def test_why_a_model_left_tells_both(bench: Bench, tmp_path: Path) -> None:
    bench.models.device_needs_mb = {"half": 50, "tenth": 30}
    bench.engines.device_needs_mb = {}
    bench.use("half")
    bench.use("tenth")
    database = Database(open_data_folder(tmp_path).database)
    log = EvictionLog(lambda: database)
    for eviction in bench.evictions:
        log.record(eviction)
    heading, left, *_ = eviction_lines(log.newest_first())
    assert heading.endswith(
        "tenth needed 10 MiB + 30 MiB of GPU memory and 50 MiB were free, 10 MiB of GPU memory"
    )
    assert "half (50 MiB + 50 MiB of GPU memory, cost" in left


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = open_data_folder(tmp_path / "home")
    tiny_models.scripted_text(folder.models)
    return folder


def report(folder: DataFolder, device: Device | None, gpu_layers: int) -> FitReport:
    (path,) = folder.models.glob("*.gguf")
    models: dict[str, dict[str, object]] = {
        "a": {"gguf_file": str(path)},
        "plain": {"gguf_file": str(path)},
    }
    models["plain"]["gpu_layers"] = 0
    settings = settings_for(models, budget_mb=4000, gpu_layers=gpu_layers)
    devices = Devices(lambda _: () if device is None else (device,))
    budget = SharedBudget(settings, folder, machine=ToldMachine(), devices=devices)
    pool = ModelPool(settings, folder, budget=budget, devices=devices)
    with closing(budget), closing(pool):
        return fit_report(pool, budget)


def test_what_fits_is_held_against_the_gpu_too(folder: DataFolder) -> None:
    found = report(folder, CARD, -1)
    by_name = {model.name: model for model in found.models}
    assert by_name["a"].device_mb > 457  # the driver's share
    assert by_name["plain"].device_mb == 0
    assert by_name["a"].alone is not None
    assert by_name["a"].alone.verdict == "never"
    lines = "\n".join(explanations(found))
    assert "Of GPU memory they may take 344 MiB now and 344 at most: CUDA0 had 600 of 700" in lines
    assert "of GPU memory and the models' GPU budget is 344 MiB (CUDA0 had 600 of 700" in lines
    assert "on the GPU" in shown(fit_table(found))
    assert found.as_data()["machine"]["devices"][0]["name"] == "CUDA0"  # type: ignore[index]


@pytest.mark.parametrize(("device", "gpu_layers"), [(None, -1), (CARD, 0)])
def test_without_a_gpu_nothing_is_said_of_it(
    folder: DataFolder, device: Device | None, gpu_layers: int
) -> None:
    """No GPU, or nobody who asks for it."""
    found = report(folder, device, gpu_layers)
    text = shown(fit_table(found)) + "\n".join(explanations(found))
    assert "GPU" not in text
    assert {model.alone.verdict for model in found.models if model.alone} == {"fits"}


def test_the_bar_is_as_ever_without_one() -> None:
    plain = Bench({"a": 50})
    plain.use("a")
    assert "GPU" not in shown(status_view(plain.pool))
    plain.end()

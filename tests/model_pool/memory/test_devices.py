"""The GPUs' memory: asked once, shared with other processes, and never counted without one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from core.engines.devices import Device
from core.errors import EngineFailed
from core.model_pool.memory.amount import Amount
from core.model_pool.memory.devices import DEVICE_MARGIN_MB, DeviceBudget, Devices
from core.model_pool.memory.shared_budget import SharedBudget
from core.model_pool.memory.shared_ledger import Refused, Reservation
from core.storage.folder import DataFolder, open_data_folder
from tests.model_pool.fakes import settings_for
from tests.model_pool.memory.machines import ToldMachine

CARD = Device("CUDA0", "a card", total_mb=8192, free_mb=8000)
BUSY = Device("CUDA1", "another", total_mb=4096, free_mb=100)
FREE_MB = 8000 - DEVICE_MARGIN_MB
Make = Callable[[Devices], SharedBudget]


def found(*devices: Device) -> Devices:
    """GPUs that have been asked for already."""
    known = Devices(lambda _: devices)
    known.find("a")
    return known


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return open_data_folder(tmp_path / "home")


@pytest.fixture
def make(folder: DataFolder) -> Iterator[Make]:
    with ExitStack() as stack:

        def budget(devices: Devices) -> SharedBudget:
            settings = settings_for({"a": {}}, budget_mb=10_000)
            made = SharedBudget(settings, folder, machine=ToldMachine(), devices=devices)
            stack.callback(made.close)
            made.refresh()
            return made

        yield budget


def test_gpus_are_asked_once_however_many_want_one() -> None:
    asked: list[str] = []

    def ask(model: str) -> tuple[Device, ...]:
        asked.append(model)
        return (CARD,)

    devices = Devices(ask)
    threads = [threading.Thread(target=devices.find, args=("a",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert devices.known == devices.find("b") == (CARD,)
    assert asked == ["a"]


def test_a_gpu_that_could_not_be_asked_is_asked_again() -> None:
    answers: list[tuple[Device, ...] | EngineFailed] = [EngineFailed("No.", model="a"), (CARD,)]

    def ask(model: str) -> tuple[Device, ...]:
        answer = answers.pop(0)
        if isinstance(answer, EngineFailed):
            raise answer
        return answer

    devices = Devices(ask)
    with pytest.raises(EngineFailed):
        devices.find("a")
    assert devices.find("a") == (CARD,)


@pytest.mark.parametrize(
    ("configured_mb", "devices", "others_mb", "budget_mb"),
    [
        ("auto", (), 0, 0),
        ("auto", (CARD,), 0, FREE_MB),
        ("auto", (CARD, BUSY), 0, FREE_MB),  # the other one has no more than its margin
        ("auto", (CARD,), 100, FREE_MB + 100),  # what other SARAi hold comes back
        ("auto", (CARD,), 5000, 8192 - DEVICE_MARGIN_MB),  # but had not all been taken yet
        (3000, (CARD,), 0, 3000),
        (9000, (CARD,), 0, 8192),
        (3000, (), 0, 0),
    ],
)
def test_the_budget(
    configured_mb: int | str, devices: tuple[Device, ...], others_mb: int, budget_mb: int
) -> None:
    budget = DeviceBudget(configured_mb, found(*devices))  # type: ignore[arg-type]
    budget.look(others_mb)
    assert budget.budget_mb == budget_mb
    budget.look(others_mb + 1000)
    assert budget.budget_mb == budget_mb  # settled
    assert ("CUDA0" in budget.reason()) == bool(devices)


def test_before_anybody_wants_a_gpu_nothing_is_counted(make: Make) -> None:
    devices = Devices(lambda _: (CARD,))
    budget = make(devices)
    assert budget.view.devices == ()
    assert budget.ceiling().limit.device_mb == budget.allowance().limit.device_mb == 0
    devices.find("a")
    budget.refresh()
    assert budget.ceiling().limit.device_mb == budget.allowance().limit.device_mb == FREE_MB
    assert budget.ceiling().device_reason == (
        "CUDA0 had 8000 of 8192 MiB free, less 256 that stay free on each"
    )


def test_processes_share_the_gpus(make: Make) -> None:
    """Both kinds of memory are reserved in one step, and refused if one of them is lacking."""
    mine, other = make(found(CARD)), make(found(CARD))
    held = other.reserve("a", Amount(100, 5000))
    assert isinstance(held, Reservation)
    refused = mine.reserve("a", Amount(100, FREE_MB - 4999))
    assert isinstance(refused, Refused)
    assert refused.limit.device_mb == FREE_MB - 5000
    assert "others hold 5000 (SARAi (process" in mine.allowance().device_reason
    assert mine.allowance().limit_mb == 10_000 - 100  # the refused one took nothing of either
    assert isinstance(mine.reserve("a", Amount(9000)), Reservation)  # it wants no GPU
    assert isinstance(mine.reserve("a", Amount(100, FREE_MB - 5000)), Reservation)
    other.release([held])
    mine.refresh()
    assert mine.allowance().limit.device_mb == mine.ceiling().limit.device_mb == FREE_MB


def test_what_another_process_held_at_the_start_is_not_lost_for_ever(
    make: Make, folder: DataFolder
) -> None:
    other = make(found(CARD))
    held = other.reserve("a", Amount(100, 5000))
    assert isinstance(held, Reservation)
    later = make(found(Device("CUDA0", "a card", total_mb=8192, free_mb=3000)))
    assert later.allowance().limit.device_mb == 3000 - DEVICE_MARGIN_MB
    other.release([held])
    later.refresh()
    assert later.allowance().limit.device_mb == 8000 - DEVICE_MARGIN_MB

"""The budget beside a real (emulated) Ollama and other ledgers of the same folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.model_pool.memory.amount import Amount
from core.model_pool.memory.budget import MARGIN_MB, Allowance
from core.model_pool.memory.interface import Budget
from core.model_pool.memory.shared_budget import ASKED_AGAIN_S, SharedBudget
from core.model_pool.memory.shared_ledger import Refused, Reservation, SharedLedger
from core.settings.schema import Settings
from core.storage.folder import DataFolder
from tests.model_pool.fakes import settings_for
from tests.model_pool.memory.machines import AloneBudget, ToldMachine
from tests.ollama_emulator import EmulatedModel, OllamaEmulator, Refuse
from tests.virtual_clock import VirtualClock

MODELS = {
    "a": {},
    "solar": {"engine": "ollama", "ollama_model": "Solar:10.7b", "gguf_file": None},
}
BUDGET_MB = 10_000
Make = Callable[..., SharedBudget]


def settings(base_url: str = "http://127.0.0.1:9") -> Settings:
    made = settings_for(MODELS, budget_mb=BUDGET_MB)
    return made.model_copy(update={"ollama": made.ollama.model_copy(update={"base_url": base_url})})


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path)


@pytest.fixture
def machine() -> ToldMachine:
    return ToldMachine(total=16_000, available=14_000)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def make(folder: DataFolder, machine: ToldMachine, clock: VirtualClock) -> Iterator[Make]:
    made: list[SharedBudget] = []

    def new(base_url: str = "http://127.0.0.1:9") -> SharedBudget:
        made.append(SharedBudget(settings(base_url), folder, machine=machine, clock=clock))
        made[-1].refresh()
        return made[-1]

    yield new
    for each in made:
        each.close()


@pytest.fixture
def ollama() -> Iterator[OllamaEmulator]:
    models = [EmulatedModel("solar:10.7b"), EmulatedModel("guest", size_bytes=2**30 + 1)]
    with OllamaEmulator(models) as server:
        for model in models:
            server.load(model, 4096)
        yield server


def reserved(answer: Reservation | Refused) -> Reservation:
    assert isinstance(answer, Reservation)
    return answer


@pytest.mark.parametrize("kind", ["shared", "alone"])
def test_the_tests_stand_in_refuses_as_the_real_one_does(make: Make, kind: str) -> None:
    budget: Budget = make() if kind == "shared" else AloneBudget(BUDGET_MB)
    assert (budget.allowance(), budget.ceiling()) == (Allowance(BUDGET_MB, ""),) * 2
    first, second = (reserved(budget.reserve("a", Amount(5000))) for _ in range(2))
    assert isinstance(budget.reserve("a", Amount(1)), Refused)
    assert isinstance(budget.reserve("a", Amount(5001), instead_of=[first]), Refused)
    third = reserved(budget.reserve("a", Amount(5000), instead_of=[first]))
    budget.release([second, third, first])
    reserved(budget.reserve("a", Amount(BUDGET_MB)))
    budget.refresh()
    budget.close()
    budget.close()


def test_without_others_the_budget_is_ours(make: Make) -> None:
    assert make().allowance().limit_mb == BUDGET_MB
    assert make().ceiling().limit_mb == BUDGET_MB


def test_what_ollama_holds_counts_except_for_what_is_ours(
    make: Make, ollama: OllamaEmulator
) -> None:
    budget = make(ollama.base_url)
    assert budget.allowance().limit_mb == BUDGET_MB - 512 - 1025
    assert "Ollama: Solar:10.7b 512 MiB" in budget.allowance().reason
    assert "Ollama: guest 1025 MiB" in budget.allowance().reason
    assert budget.allowance(["a", "solar"]).limit_mb == BUDGET_MB - 1025
    assert budget.ceiling().limit_mb == BUDGET_MB


def test_ollama_is_asked_again_after_a_while_or_when_something_was_given_back(
    make: Make, ollama: OllamaEmulator, clock: VirtualClock
) -> None:
    budget = make(ollama.base_url)
    for _ in range(3):
        budget.refresh()
    assert len(ollama.requests("/api/ps")) == 1
    clock.advance(ASKED_AGAIN_S)
    budget.refresh()
    assert len(ollama.requests("/api/ps")) == 2
    held = reserved(budget.reserve("solar", Amount(500)))
    ollama.unload("solar:10.7b")
    budget.release([held])
    budget.refresh()
    assert budget.allowance().limit_mb == BUDGET_MB - 1025


def test_an_ollama_that_hangs_up_counts_for_nothing(make: Make, ollama: OllamaEmulator) -> None:
    ollama.fail_next(Refuse(500, "no"), "/api/ps")
    assert make(ollama.base_url).allowance().limit_mb == BUDGET_MB


def test_a_server_elsewhere_is_not_asked(make: Make) -> None:
    assert make("http://192.0.2.1:11434").allowance().limit_mb == BUDGET_MB


def test_processes_share_the_budget(make: Make, machine: ToldMachine) -> None:
    mine, other = make(), make()
    held = reserved(other.reserve("a", Amount(6000)))
    refused = mine.reserve("a", Amount(4001))
    assert isinstance(refused, Refused)
    assert refused.limit.system_mb == 4000
    assert mine.allowance().limit_mb == 4000  # the refusal was a look as well
    assert "a 6000 MiB" in mine.allowance().reason
    reserved(mine.reserve("a", Amount(4000)))
    other.release([held])
    mine.refresh()
    assert mine.allowance().limit_mb == BUDGET_MB


def test_what_another_process_will_take_is_not_available(make: Make, machine: ToldMachine) -> None:
    """Both would fit the budget; on a machine this full only one of them does."""
    machine.available = 5000
    mine, other = make(), make()
    reserved(other.reserve("a", Amount(3000)))
    assert isinstance(mine.reserve("a", Amount(2000)), Refused)
    reserved(mine.reserve("a", Amount(2000 - MARGIN_MB)))


def test_a_model_of_ollamas_is_reserved_once_for_all_processes(
    make: Make, ollama: OllamaEmulator
) -> None:
    mine, other = make(ollama.base_url), make(ollama.base_url)
    reserved(other.reserve("solar", Amount(7000)))
    reserved(mine.reserve("solar", Amount(7000)))
    refused = mine.reserve("a", Amount(2000), models=["solar"])
    assert isinstance(refused, Refused)
    assert refused.limit.system_mb == BUDGET_MB - 1025  # of which the model takes 7000
    reserved(mine.reserve("a", Amount(1900), models=["solar"]))


def test_one_model_for_another_in_one_step(make: Make, folder: DataFolder) -> None:
    budget = make()
    old = reserved(budget.reserve("a", Amount(9000)))
    new = reserved(budget.reserve("a", Amount(1000)))
    reserved(budget.reserve("a", Amount(9500), instead_of=[old, new]))
    watcher = SharedLedger(folder.reservations)
    assert [entry.reservations for entry in watcher.others()] == [(("a", Amount(9500)),)]

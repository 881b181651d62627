"""The budget of this process's models, shared with everybody else on the machine.

Owns the looking: at the machine, its GPUs, other SARAi processes and a local Ollama. The
arithmetic is in `budget`. Only `allowance` and `ceiling` may be called with the pool's lock
held: they tell what the last look found. Everything else reads files or asks a server.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from core.clock import Clock, SystemClock
from core.engines.table import held_elsewhere_mb
from core.model_pool.memory.amount import Amount
from core.model_pool.memory.budget import (
    OLLAMA,
    SERVED,
    Allowance,
    Holding,
    MemoryView,
    allowance,
    ceiling,
    device_allowance,
)
from core.model_pool.memory.devices import DeviceBudget, Devices
from core.model_pool.memory.machine import MachineMemory, this_machine
from core.model_pool.memory.shared_ledger import (
    ProcessEntry,
    Refused,
    Reservation,
    SharedLedger,
)
from core.settings.addresses import is_this_machine
from core.settings.schema import Settings
from core.storage.folder import DataFolder

ASKED_AGAIN_S = 3.0
"""How long an answer of Ollama's holds; a load seldom waits for a second question."""


class SharedBudget:
    """What may be reserved, and reserving it so that no other process can take it too."""

    def __init__(
        self,
        settings: Settings,
        folder: DataFolder,
        *,
        machine: MachineMemory | None = None,
        devices: Devices | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._settings = settings
        self._machine = machine or this_machine()
        self._clock = clock or SystemClock()
        self._gpus = DeviceBudget(settings.runtime.device_budget_mb, devices or Devices())
        self._ledger = SharedLedger(folder.reservations)
        self._served: tuple[Holding, ...] = ()
        self._served_until_s: float | None = None
        self._view = MemoryView()

    @property
    def view(self) -> MemoryView:
        """What the last look found."""
        return self._view

    def refresh(self) -> None:
        """Look at the machine, the other processes and Ollama.

        Raises: StorageError.
        """
        served = self._ask_ollama()
        self._view = self._look(self._ledger.others(), served)

    def allowance(self, models: Iterable[str] = ()) -> Allowance:
        """The most that this process may reserve in all, as of the last look.

        `models` are the names that it has reserved, and the one that it wants.
        """
        return self._allowance(self._view, models)

    def ceiling(self) -> Allowance:
        """The most that this process could ever reserve, as of the last look."""
        runtime = self._settings.runtime
        at_most = ceiling(
            self._view.total_mb,
            budget_mb=runtime.models_budget_mb,
            system_reserve_mb=runtime.system_reserve_mb,
        )
        return replace(
            at_most, device_limit_mb=self._gpus.budget_mb, device_reason=self._gpus.reason()
        )

    def reserve(
        self,
        model: str,
        reserved: Amount,
        *,
        instead_of: Collection[Reservation] = (),
        models: Iterable[str] = (),
    ) -> Reservation | Refused:
        """Reserve among all processes, in one step with giving `instead_of` back.

        Looks again at the machine and the others while nobody else can reserve. What adds
        nothing to this process's sum is no reason to refuse. `models` as in `allowance`.

        Raises: StorageError.
        """
        if instead_of:
            self._served_until_s = None
        served = self._ask_ollama()

        def limit(others: Sequence[ProcessEntry]) -> Amount:
            self._view = self._look(others, served)
            return self._allowance(self._view, (*models, model)).limit

        return self._ledger.reserve(self.label(model), reserved, limit, instead_of=instead_of)

    def release(self, reservations: Collection[Reservation]) -> None:
        """Give memory back to all processes, once it is really free.

        Raises: StorageError.
        """
        self._ledger.release(reservations)
        self._served_until_s = None  # Ollama holds less now, if it was one of its models

    def close(self) -> None:
        """Give everything back; safe to call twice.

        Raises: StorageError.
        """
        self._ledger.close()

    def _allowance(self, view: MemoryView, models: Iterable[str]) -> Allowance:
        served = {self.label(name) for name in models}
        now = allowance(view, self._settings.runtime.models_budget_mb, served)
        device_limit_mb, device_reason = device_allowance(view.others, self._gpus.budget_mb)
        return replace(now, device_limit_mb=device_limit_mb, device_reason=device_reason)

    def _look(self, others: Sequence[ProcessEntry], served: tuple[Holding, ...]) -> MemoryView:
        holdings = [holding for entry in others for holding in _holdings(entry)]
        self._gpus.look(sum(holding.device_mb for holding in holdings))
        return MemoryView(
            total_mb=self._machine.total_mb(),
            available_mb=self._machine.available_mb(),
            own_private_mb=self._machine.private_mb(os.getpid()),
            unseen_mb=sum(self._unseen_mb(entry) for entry in others),
            others=(*holdings, *served),
            devices=self._gpus.devices,
        )

    def _unseen_mb(self, entry: ProcessEntry) -> int:
        reserved_mb = sum(
            reserved.system_mb
            for name, reserved in entry.reservations
            if not name.startswith(SERVED)
        )
        return max(0, reserved_mb - self._machine.private_mb(entry.process_id))

    def _ask_ollama(self) -> tuple[Holding, ...]:
        """What a local Ollama holds; an answer holds for ASKED_AGAIN_S, also silence."""
        ollama, now_s = self._settings.ollama, self._clock.now_s()
        if not is_this_machine(ollama.base_url):
            return ()
        if self._served_until_s is None or now_s >= self._served_until_s:
            held_mb = held_elsewhere_mb(
                "ollama",
                ollama.base_url,
                known={m.ollama_model for m in self._settings.models.values() if m.ollama_model},
                connect_timeout_s=ollama.connect_timeout_s,
            )
            self._served_until_s = self._clock.now_s() + ASKED_AGAIN_S
            self._served = tuple(Holding(OLLAMA, SERVED + name, mb) for name, mb in held_mb.items())
        return self._served

    def label(self, name: str) -> str:
        """The model's name in the ledger."""
        model = self._settings.models[name]
        return f"{SERVED}{model.ollama_model}" if model.engine == "ollama" else name


def _holdings(entry: ProcessEntry) -> Iterable[Holding]:
    holder = f"SARAi (process {entry.process_id})"
    for name, reserved in entry.reservations:
        yield Holding(holder, name, reserved.system_mb, reserved.device_mb)

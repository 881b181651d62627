"""What the scheduler knows of each model and of each caller.

Owns the records; decides nothing. They are changed by the scheduler alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from core.cancellation import Cancellation
from core.engines.protocol import Engine
from core.model_pool.memory.amount import NOTHING, Amount
from core.model_pool.memory.shared_ledger import Reservation
from core.model_pool.resolve import ResolvedModel
from core.model_pool.scheduling.plan import Resident
from core.settings.models import ModelSettings

Phase = Literal["waiting", "making_room", "opening"]


@dataclass(slots=True, eq=False)
class Loaded:
    """An engine that answers.

    `in_use_since_s` is when it was last taken up from idle. `next_ttl_s` was asked for by
    `schedule_unload`, once; `leaves_at_s` is the appointment that follows from it or from
    the configured TTL, and `overdue` says that the appointment has passed and it was let
    stay. While it is `draining`, nobody new gets it: a starving load needs its memory.
    `reservation` is what other processes see of it.
    """

    name: str
    settings: ModelSettings
    resolved: ResolvedModel
    engine: Engine
    reserved: Amount
    reservation: Reservation | None
    load_s: float
    last_used_s: float
    in_use_since_s: float = 0.0
    leases: int = 0
    threads: int = 0
    next_ttl_s: float | None = None
    leaves_at_s: float | None = None
    leaves_strictly: bool = True
    overdue: bool = False
    draining: bool = False

    @classmethod
    def by(cls, load: Load, engine: Engine, load_s: float, now_s: float) -> Loaded:
        """What `load` came to."""
        return cls(
            name=load.name,
            settings=load.settings,
            resolved=load.resolved,
            engine=engine,
            reserved=load.reserved,
            reservation=load.reservation,
            load_s=load_s,
            last_used_s=now_s,
            threads=load.resolved.spec.threads,
            next_ttl_s=load.next_ttl_s,
        )

    def resident(self, uses_per_s: float = 0.0, *, in_use: bool = True) -> Resident:
        """What it holds, as the plan wants it.

        Args:
            in_use: False: as it will be when every lease has ended.
        """
        return Resident(
            self.name,
            self.reserved.system_mb,
            leases=self.leases if in_use else 0,
            permanent=self.settings.permanent,
            priority=self.settings.priority,
            load_s=self.load_s,
            uses_per_s=uses_per_s,
            device_mb=self.reserved.device_mb,
        )


@dataclass(slots=True, eq=False)
class Load:
    """One load, shared by all who want the model.

    It waits for memory, then for its victims to go, then for the engine to open. `lacking`
    says what it waits for. A `background` load goes on without callers; a `speculative` one
    is a background load that gives way to everybody. `number` is its place in the order of
    arrival.
    """

    number: int
    name: str
    settings: ModelSettings
    resolved: ResolvedModel
    asked_at_s: float
    background: bool = False
    speculative: bool = False
    may_evict: bool = False
    phase: Phase = "waiting"
    phase_since_s: float = 0.0
    lacking: str = ""
    told_lacking: str = ""
    reserved: Amount = NOTHING
    reservation: Reservation | None = None
    not_before_s: float = 0.0
    fraction: float = 0.0
    tickets: list[Ticket] = field(default_factory=list)
    next_ttl_s: float | None = None
    cancel: Cancellation = field(default_factory=Cancellation)


@dataclass(slots=True, eq=False)
class Ticket:
    """One caller's wish. It ends with a lease on `model`, or with `error`.

    `deadline_s` bounds the wait for memory, not the loading.
    """

    name: str
    deadline_s: float
    load: Load | None = None
    model: Loaded | None = None
    error: Exception | None = None

    @property
    def done(self) -> bool:
        return self.model is not None or self.error is not None

    def outcome(self) -> Loaded:
        """The leased model of a ticket that is done.

        Raises: the error that it ended with.
        """
        if self.model is None:
            raise self.error or LookupError(f"{self.name} is still waited for.")
        return self.model

"""How much the models of this process may take, given the machine and everybody else.

Owns the arithmetic and its wording; asks nobody and changes nothing: `shared_budget` looks.
All sizes in MiB. Two bounds hold at once, and the smaller one is the limit:

- The budget of the configuration, less what others have reserved.
- The machine: what is available now and what our own models hold privately, since that
  would come back if they left, less what other SARAi processes have reserved and not yet
  taken, less a margin. What our own have reserved and not yet taken needs no term: it is
  within the reservations that this limit is for.

The kernel counts the pages of a mapped file as available even while a model uses them. So
our own models are added without theirs, and other processes' reservations are subtracted
except for what they hold privately: either way each page counts once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from core.engines.devices import Device
from core.model_pool.memory.amount import KINDS, Amount, Kind
from core.model_pool.scheduling.plan import Decision, Never, Resident, Wait, plan_admission
from core.model_pool.scheduling.reasons import UNITS

MARGIN_MB = 256
"""Never promised to models: with nothing available the kernel begins to throw out programs."""
LARGEST_RESERVE = 1 / 8
"""Of the machine. The configured reserve is meant for 16 GiB; on less it would leave nothing."""
OLLAMA = "Ollama"
SERVED = "ollama:"
"""Begins the names of models that an Ollama server loads, as they stand between processes."""


@dataclass(frozen=True, slots=True)
class Holding:
    """Memory that somebody else holds, or was promised; `device_mb` of it is GPUs'."""

    holder: str
    model: str
    reserved_mb: int
    device_mb: int = 0

    @property
    def shared(self) -> bool:
        """Whether it is one model however many hold it: Ollama loads each once for all."""
        return self.model.startswith(SERVED)

    def __str__(self) -> str:
        reserved = Amount(self.reserved_mb, self.device_mb)
        return f"{self.holder}: {self.model.removeprefix(SERVED)} {reserved}"


@dataclass(frozen=True, slots=True)
class MemoryView:
    """The machine and the others at one moment; None where the system does not tell.

    `own_private_mb` is what our workers hold that is no page of a file; `unseen_mb` what
    other SARAi processes have reserved and `available_mb` does not show as taken; `devices`
    are the GPUs, once a model wanted one.
    """

    total_mb: int | None = None
    available_mb: int | None = None
    own_private_mb: int = 0
    unseen_mb: int = 0
    others: tuple[Holding, ...] = ()
    devices: tuple[Device, ...] = ()


@dataclass(frozen=True, slots=True)
class Allowance:
    """The most that this process's reservations may be together, and why no more: `reason`
    is empty where the configured budget alone decides. The same of the GPUs' memory."""

    limit_mb: int
    reason: str
    device_limit_mb: int = 0
    device_reason: str = ""

    @property
    def limit(self) -> Amount:
        return Amount(self.limit_mb, self.device_limit_mb)

    def why(self, kind: Kind) -> str:
        return self.reason if kind == "system" else self.device_reason


def allowance(view: MemoryView, budget_mb: int, ours: Collection[str] = ()) -> Allowance:
    """What may be reserved now.

    Args:
        budget_mb: what the configuration gives to models.
        ours: shared models that this process has reserved or is about to.
    """
    others = counted_once(view.others, ours)
    others_mb = sum(holding.reserved_mb for holding in others)
    by_budget = Allowance(max(0, budget_mb - others_mb), _budget_reason(budget_mb, others))
    by_machine = _by_machine(view, ours)
    if by_machine is None or by_budget.limit_mb <= by_machine.limit_mb:
        return by_budget
    return by_machine


def device_allowance(others: Sequence[Holding], budget_mb: int) -> tuple[int, str]:
    """What may be reserved of the GPUs' memory now, and why no more."""
    held = [holding for holding in others if holding.device_mb]
    others_mb = sum(holding.device_mb for holding in held)
    told = ", ".join(f"{each.holder}: {each.model} {each.device_mb} MiB" for each in held)
    reason = (
        f"of the GPU budget of {budget_mb} MiB others hold {others_mb} ({told})" if held else ""
    )
    return max(0, budget_mb - others_mb), reason


def ceiling(total_mb: int | None, *, budget_mb: int, system_reserve_mb: int) -> Allowance:
    """What could be reserved if nobody else held anything: more can never be had."""
    by_budget = Allowance(budget_mb, "")
    if total_mb is None:
        return by_budget
    reserve_mb = min(system_reserve_mb, int(total_mb * LARGEST_RESERVE))
    if total_mb - reserve_mb >= budget_mb:
        return by_budget
    return Allowance(
        total_mb - reserve_mb,
        f"this machine gives SARAi {total_mb} MiB, of which {reserve_mb} are for the system",
    )


def plan_within(
    need: Amount, residents: Sequence[Resident], now: Allowance, at_most: Allowance
) -> Decision:
    """As `plan_admission`, where only `at_most` tells what can never fit.

    What does not fit into `now`, whoever leaves, waits: others may give memory back.
    """
    ever = plan_admission(need, residents, at_most.limit)
    if isinstance(ever, Never):
        return replace(ever, reason=_because(ever.reason, at_most.why(ever.kind)))
    if not at_most.limit.beyond(now.limit):
        return ever
    limit = Amount(*(min(now.limit.of(kind), at_most.limit.of(kind)) for kind in KINDS))
    decision = plan_admission(need, residents, limit)
    if isinstance(decision, Never):
        kind = decision.kind
        return Wait(f"needs {need.of(kind)} {UNITS[kind]}: {now.why(kind)}", kind)
    if isinstance(decision, Wait):
        return replace(decision, reason=_because(decision.reason, now.why(decision.kind)))
    return decision


def _because(reason: str, why: str) -> str:
    return f"{reason} ({why})" if why else reason


def counted_once(others: Iterable[Holding], ours: Collection[str] = ()) -> tuple[Holding, ...]:
    """The holdings that count beside our own: each shared model once, at its largest."""
    alone = [holding for holding in others if not holding.shared]
    shared: dict[str, Holding] = {}
    for holding in others:
        if holding.shared and holding.model not in ours:
            known = shared.get(holding.model, holding)
            shared[holding.model] = max(known, holding, key=lambda each: each.reserved_mb)
    return (*alone, *shared.values())


def _by_machine(view: MemoryView, ours: Collection[str]) -> Allowance | None:
    if view.available_mb is None:
        return None
    served_mb = sum(  # ours already, but in the server's memory and not in our workers'
        holding.reserved_mb
        for holding in view.others
        if holding.holder == OLLAMA and holding.model in ours
    )
    held_mb = view.own_private_mb + served_mb
    parts = f"{view.available_mb} MiB are available on this machine"
    parts += f" and {held_mb} more if our own models left" if held_mb else ""
    parts += f", less {view.unseen_mb} that other SARAi processes will take" * bool(view.unseen_mb)
    limit_mb = max(0, view.available_mb + held_mb - view.unseen_mb - MARGIN_MB)
    return Allowance(limit_mb, f"{parts}, less {MARGIN_MB} that stay free: {limit_mb} for models")


def _budget_reason(budget_mb: int, others: Sequence[Holding]) -> str:
    if not others:
        return ""
    others_mb = sum(holding.reserved_mb for holding in others)
    held = ", ".join(str(holding) for holding in others)
    return f"of the models' budget of {budget_mb} MiB others hold {others_mb} ({held})"

"""Which models fit: alone, and beside those that SARAi loads at its start.

Owns the verdicts, by the pool's own plan; loads nothing and asks nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from core.model_pool.memory.amount import Amount
from core.model_pool.memory.budget import Allowance, plan_within
from core.model_pool.scheduling.plan import Admit, Decision, Never, Resident
from core.settings.models import Priority

Verdict = Literal["fits", "fits_after_evicting", "not_now", "never"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that might be loaded and what it would reserve."""

    name: str
    need_mb: int
    permanent: bool = False
    priority: Priority = "normal"
    device_mb: int = 0

    @property
    def need(self) -> Amount:
        return Amount(self.need_mb, self.device_mb)


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether one model fits. `reason` holds the arithmetic when it does not."""

    verdict: Verdict
    evicts: tuple[str, ...] = ()
    reason: str = ""


def fit(
    candidate: Candidate, loaded: Iterable[Candidate], now: Allowance, at_most: Allowance
) -> Fit:
    """What would come of loading `candidate` while the others of `loaded` stand idle."""
    residents = [_resident(each) for each in loaded if each.name != candidate.name]
    return fit_of(plan_within(candidate.need, residents, now, at_most))


def fit_of(decision: Decision) -> Fit:
    """What the pool's plan comes to, in a word."""
    if isinstance(decision, Admit):
        verdict: Verdict = "fits_after_evicting" if decision.victims else "fits"
        return Fit(verdict, decision.victims)
    never = isinstance(decision, Never)
    return Fit("never" if never else "not_now", (), decision.reason)


def loaded_at_start(
    chains: Iterable[Sequence[str]], usable: Iterable[Candidate]
) -> tuple[Candidate, ...]:
    """The first usable model of each fallback chain, in order and each once."""
    by_name = {candidate.name: candidate for candidate in usable}
    firsts = (next((name for name in chain if name in by_name), None) for chain in chains)
    return tuple(by_name[name] for name in dict.fromkeys(firsts) if name is not None)


def _resident(candidate: Candidate) -> Resident:
    return Resident(
        candidate.name,
        candidate.need_mb,
        permanent=candidate.permanent,
        priority=candidate.priority,
        device_mb=candidate.device_mb,
    )

"""In which order phases run, and which of them at once: dependencies turned into waves.

Owns the search for the order with the fewest loads of models; pure, and knows nothing of what
a phase does. All phases of a wave run at once, and a wave begins when the one before has ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations

from core.errors import InvalidInput
from core.workflow.phases import TaskPhase

Dependencies = Mapping[TaskPhase, frozenset[TaskPhase]]
Wave = tuple[TaskPhase, ...]


@dataclass(frozen=True, slots=True)
class Memory:
    """What the planner knows of models: what each needs and what all may take, MiB, and who
    is loaded already. A model without a figure needs nothing here."""

    need_mb: Mapping[str, int]
    budget_mb: int
    loaded: frozenset[str] = frozenset()

    def fits(self, models: Iterable[str]) -> bool:
        return sum(self.need_mb.get(model, 0) for model in models) <= self.budget_mb

    def after_loading(
        self, wanted: frozenset[str], loaded: frozenset[str], later: frozenset[str]
    ) -> frozenset[str]:
        """Who is loaded once `wanted` are: those go first that are not needed `later`."""
        staying = set(loaded | wanted)
        leaving = sorted(
            loaded - wanted, key=lambda name: (name in later, -self.need_mb.get(name, 0), name)
        )
        for name in leaving:
            if self.fits(staying):
                break
            staying.remove(name)
        return frozenset(staying)


@dataclass(frozen=True, slots=True)
class Plan:
    """`waves` in their order; `loads` is how often a model has to be loaded for them."""

    waves: tuple[Wave, ...]
    loads: int

    def following(self, phase: TaskPhase) -> Wave:
        """The wave behind the one of `phase`; empty after the last."""
        for wave, behind in zip(self.waves, (*self.waves[1:], ()), strict=True):
            if phase in wave:
                return behind
        return ()

    def waits_for(self, dependencies: Dependencies) -> dict[TaskPhase, frozenset[TaskPhase]]:
        """For each phase who has to be done before it starts, and no more than that tells."""
        found: dict[TaskPhase, frozenset[TaskPhase]] = {}
        before: frozenset[TaskPhase] = frozenset()
        for wave in self.waves:
            for phase in wave:
                wanted = dependencies[phase]
                found[phase] = wanted if wanted & before else wanted | before
            before = frozenset(wave)
        return {phase: _without_implied(wanted, found) for phase, wanted in found.items()}


def ordered(shown: Dependencies) -> dict[TaskPhase, frozenset[TaskPhase]]:
    """What each phase waits for: what it is shown, and that a review and its refinement are
    neighbours, so that one can send back to the other; a validation sees the last of them.

    Raises: InvalidInput, when phases wait for one another in a circle.
    """
    waits = {phase: set(before) for phase, before in shown.items()}
    if TaskPhase.REFINEMENT in waits:
        if TaskPhase.REVIEW in waits:
            others = waits[TaskPhase.REFINEMENT] - {TaskPhase.REVIEW}
            waits[TaskPhase.REVIEW] |= others
            waits[TaskPhase.REFINEMENT] = {TaskPhase.REVIEW}
        if TaskPhase.VALIDATION in waits:
            waits[TaskPhase.VALIDATION].add(TaskPhase.REFINEMENT)
    made = {phase: frozenset(before) for phase, before in waits.items()}
    _require_no_circle(made)
    return made


def plan(
    dependencies: Dependencies,
    models: Mapping[TaskPhase, str],
    memory: Memory,
    *,
    max_parallel: int,
) -> Plan:
    """The order with the fewest loads, then with the fewest waves, then with the fewest changes
    of model from one wave to the next.

    Args:
        dependencies: as `ordered` gives them.
        models: who does each phase.
    """
    everything = frozenset(dependencies)

    @cache
    def best(
        done: frozenset[TaskPhase], loaded: frozenset[str], last: frozenset[str]
    ) -> tuple[int, int, int, tuple[Wave, ...]]:
        if done == everything:
            return 0, 0, 0, ()
        found = []
        for wave in _waves(dependencies, done, max_parallel):
            wanted = frozenset(models[phase] for phase in wave)
            if len(wanted) > 1 and not memory.fits(wanted):
                continue
            rest = everything - done - frozenset(wave)
            later = frozenset(models[phase] for phase in rest)
            then = memory.after_loading(wanted, loaded, later)
            loads, waves, changes, behind = best(done | frozenset(wave), then, wanted)
            found.append(
                (
                    loads + len(wanted - loaded),
                    waves + 1,
                    changes + len(wanted - last),
                    (wave, *behind),
                )
            )
        return min(found, key=lambda each: each[:3])

    loads, _, _, waves = best(frozenset(), memory.loaded, memory.loaded)
    return Plan(waves, loads)


def _waves(
    dependencies: Dependencies, done: frozenset[TaskPhase], max_parallel: int
) -> Iterator[Wave]:
    """All that could run at once now, larger ones first. A refinement that a review may send
    back to runs alone, so that whatever follows finds everything else done."""
    alone = {TaskPhase.REFINEMENT} if TaskPhase.REVIEW in dependencies else set()
    ready = [p for p, before in dependencies.items() if p not in done and before <= done]
    for size in range(min(max_parallel, len(ready)), 0, -1):
        for wave in combinations(ready, size):
            if size == 1 or alone.isdisjoint(wave):
                yield wave


def _without_implied(wanted: frozenset[TaskPhase], waits: Dependencies) -> frozenset[TaskPhase]:
    """`wanted` without those that another of them has waited for anyway."""
    implied = {earlier for each in wanted for earlier in _ancestors(each, waits)}
    return wanted - implied


def _ancestors(phase: TaskPhase, waits: Dependencies) -> set[TaskPhase]:
    found: set[TaskPhase] = set()
    open_ = list(waits[phase])
    while open_:
        each = open_.pop()
        if each not in found:
            found.add(each)
            open_ += waits[each]
    return found


def _require_no_circle(dependencies: Dependencies) -> None:
    for phase in dependencies:
        if phase in _ancestors(phase, dependencies):
            raise InvalidInput(
                f"The phase {phase} waits for itself, by way of others.",
                key="after",
                hint="Let `after` name only phases that come before.",
            )

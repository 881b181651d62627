"""Who holds how much memory: loaded, on the way in, or on the way out.

Owns the sum of reservations; decides nothing. Whoever leaves stays reserved until its engine
is really gone, so that the sum is true at every moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.model_pool.memory.amount import Amount, total
from core.model_pool.scheduling.expectation import Expectation
from core.model_pool.scheduling.plan import Resident
from core.model_pool.scheduling.records import Load, Loaded


class Table:
    """All reservations by name; `expectation` tells what each is worth."""

    def __init__(self, expectation: Expectation) -> None:
        self.loaded: dict[str, Loaded] = {}
        self.loads: dict[str, Load] = {}
        self._leaving: list[Loaded | Load] = []
        self._expectation = expectation

    @property
    def reserved(self) -> Amount:
        return total(each.reserved for each in (*self.loaded.values(), *self._moving()))

    @property
    def empty(self) -> bool:
        return not (self.loaded or self.loads or self._leaving)

    def names(self) -> tuple[str, ...]:
        """Everybody who has memory reserved."""
        return (*self.loaded, *(each.name for each in self._moving() if each.reserved))

    def residents(self, now_s: float) -> list[Resident]:
        """Everybody's reservation and what it is worth at `now_s`, as the plan wants it."""
        ready = self._ready(now_s, in_use=True)
        moving = [
            Resident(
                each.name, each.reserved.system_mb, leases=1, device_mb=each.reserved.device_mb
            )
            for each in self._moving()
            if each.reserved
        ]
        return ready + moving

    def permanent_after_all(self) -> Amount:
        """What those will hold who never leave, when what loads now is there."""
        coming = (load for load in self.loads.values() if load.phase != "waiting")
        return total(
            [
                *(each.reserved for each in self.loaded.values() if each.settings.permanent),
                *(load.resolved.need for load in coming if load.settings.permanent),
            ]
        )

    def after_all(self, now_s: float) -> list[Resident]:
        """Who will hold memory when what leaves has left, what loads is there, and every
        lease has ended."""
        ready = self._ready(now_s, in_use=False)
        coming = [
            Resident(
                load.name,
                load.resolved.need_mb,
                permanent=load.settings.permanent,
                device_mb=load.resolved.device_mb,
            )
            for load in self.loads.values()
            if load.phase != "waiting"
        ]
        return ready + coming

    def _ready(self, now_s: float, *, in_use: bool) -> list[Resident]:
        load_s = {model.name: model.load_s for model in self.loaded.values()}
        uses_per_s = self._expectation.uses_per_s(load_s, now_s)
        return [
            model.resident(uses_per_s[model.name], in_use=in_use) for model in self.loaded.values()
        ]

    def still_here(self, model: Loaded) -> bool:
        return self.loaded.get(model.name) is model

    def leaves(self, who: Loaded | Load) -> bool:
        """Nobody gets it any more; False when it had left before. Its memory stays counted."""
        held: dict[str, Loaded] | dict[str, Load]
        held = self.loaded if isinstance(who, Loaded) else self.loads
        if held.get(who.name) is not who:
            return False
        del held[who.name]
        self._leaving.append(who)
        return True

    def forget(self, gone: Iterable[Loaded | Load]) -> None:
        """Their memory is free again."""
        for each in gone:
            if each in self._leaving:
                self._leaving.remove(each)
            elif isinstance(each, Load) and self.loads.get(each.name) is each:
                del self.loads[each.name]

    def _moving(self) -> Iterator[Loaded | Load]:
        yield from self.loads.values()
        yield from self._leaving

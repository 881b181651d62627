"""What others do, in their own terms: one order of leaving, a count or a TTL.

Owns the known policies that ours is held against; knows nothing of any one program.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from core.model_pool.replay.simulation import SimulatedModel


class OrderedPolicy:
    """Models leave in one order until the wanted one fits; by default the stalest first.

    Args:
        budget_mb: what all models together may take; None is no limit.
        count: how many models may be loaded; None is no limit.
        ttl_s: how long a model may stand unused; None is for ever.
    """

    def __init__(
        self, budget_mb: int | None, *, count: int | None = None, ttl_s: float | None = None
    ) -> None:
        self._budget_mb = budget_mb
        self._count = count
        self._ttl_s = ttl_s
        self._last_used_s: dict[str, float] = {}

    def expired(self, loaded: Sequence[SimulatedModel], now_s: float) -> Iterable[str]:
        if self._ttl_s is None:
            return ()
        oldest_s = now_s - self._ttl_s
        return [model.name for model in loaded if self._last_used_s[model.name] < oldest_s]

    def victims(
        self, wanted: SimulatedModel, loaded: Sequence[SimulatedModel], now_s: float
    ) -> Iterator[str]:
        staying = sorted(loaded, key=self.leaves_before)
        while staying and not self._fits([*staying, wanted]):
            leaving = staying.pop(0)
            self.left(leaving)
            yield leaving.name

    def used(self, model: SimulatedModel, now_s: float) -> None:
        self._last_used_s[model.name] = now_s

    def leaves_before(self, model: SimulatedModel) -> tuple[float, str]:
        """The key of the order of leaving."""
        return self._last_used_s[model.name], model.name

    def left(self, model: SimulatedModel) -> None:
        """`model` was chosen to leave."""

    def _fits(self, models: Sequence[SimulatedModel]) -> bool:
        if self._count is not None and len(models) > self._count:
            return False
        return self._budget_mb is None or sum(m.size_mb for m in models) <= self._budget_mb


class Gdsf(OrderedPolicy):
    """Greedy-Dual-Size-Frequency: uses x load seconds / size, plus the value of who left last.

    Source: Cherkasova, "Improving WWW Proxies Performance with GDSF Caching Policy", 1998.
    """

    def __init__(self, budget_mb: int) -> None:
        super().__init__(budget_mb)
        self._inflation = 0.0
        self._uses: dict[str, int] = {}
        self._values: dict[str, float] = {}

    def used(self, model: SimulatedModel, now_s: float) -> None:
        uses = self._uses[model.name] = self._uses.get(model.name, 0) + 1
        self._values[model.name] = self._inflation + uses * model.load_s / max(1, model.size_mb)

    def leaves_before(self, model: SimulatedModel) -> tuple[float, str]:
        return self._values[model.name], model.name

    def left(self, model: SimulatedModel) -> None:
        self._inflation = self._values[model.name]
        del self._uses[model.name]

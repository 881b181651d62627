"""What fits into memory, gathered for a table or for a program.

Owns the report; the verdicts are the pool's, the look of it is in `fit_table`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from core.errors import ModelTooLarge, ModelUnavailable
from core.interfaces.model_tables import Prospect, prospect
from core.model_pool.fit import Candidate, Fit, fit, loaded_at_start
from core.model_pool.memory.budget import MARGIN_MB, Allowance, MemoryView, counted_once
from core.model_pool.preload import startup_chains

if TYPE_CHECKING:
    from core.model_pool import ModelPool
    from core.model_pool.memory.shared_budget import SharedBudget
    from core.settings.runtime import RuntimeSettings


@dataclass(frozen=True, slots=True)
class ModelFit:
    """One configured model. `predicted_mb` and `measured_mb` are None when unknown.

    `device_mb` is what it would reserve of GPUs' memory. `expected_mb` stands in for a
    prediction of a model that is not here: its max_memory_mb. `alone` and `at_work` are None
    when nothing is known of its size.
    """

    name: str
    state: str
    predicted_mb: int | None
    measured_mb: int | None
    expected_mb: int | None
    device_mb: int
    alone: Fit | None
    at_work: Fit | None


@dataclass(frozen=True, slots=True)
class FitReport:
    """All models, and the memory that they were held against.

    `at_start` are the models that SARAi loads at its start, taken for installed; in
    `at_work` they stand idle beside each.
    """

    runtime: RuntimeSettings
    view: MemoryView
    now: Allowance
    at_most: Allowance
    at_start: tuple[str, ...]
    models: tuple[ModelFit, ...]

    def as_data(self) -> Mapping[str, object]:
        """The report in values that JSON knows."""
        return {
            "budget_mb": self.runtime.budget_mb,
            "system_reserve_mb": self.runtime.system_reserve_mb,
            "machine": {
                "total_mb": self.view.total_mb,
                "available_mb": self.view.available_mb,
                "kept_free_mb": MARGIN_MB,
                "devices": [asdict(device) for device in self.view.devices],
            },
            "others": [asdict(holding) for holding in counted_once(self.view.others)],
            "now": asdict(self.now),
            "at_most": asdict(self.at_most),
            "at_start": list(self.at_start),
            "models": [asdict(model) for model in self.models],
        }


def fit_report(pool: ModelPool, budget: SharedBudget) -> FitReport:
    """Look at every configured model, and at the memory that there is for them now.

    Raises: StorageError.
    """
    settings = pool.settings
    found = [prospect(name, pool) for name in settings.models]
    budget.refresh()  # now, since who wants a GPU has made it known
    usable = [candidate for each in found if (candidate := _candidate(each)) is not None]
    at_start = loaded_at_start(startup_chains(settings), usable)
    now, at_most = budget.allowance(), budget.ceiling()
    models = tuple(_model_fit(each, at_start, now, at_most) for each in found)
    names = tuple(candidate.name for candidate in at_start)
    return FitReport(settings.runtime, budget.view, now, at_most, names, models)


def _model_fit(
    found: Prospect, at_start: tuple[Candidate, ...], now: Allowance, at_most: Allowance
) -> ModelFit:
    candidate, resolved = _candidate(found), found.resolved
    alone = at_work = None
    if isinstance(found.error, ModelTooLarge):
        alone = at_work = Fit("never", (), str(found.error))
    elif candidate is not None:
        alone, at_work = (fit(candidate, loaded, now, at_most) for loaded in ((), at_start))
    return ModelFit(
        found.name,
        found.word,
        predicted_mb=resolved.predicted_mb if resolved else None,
        measured_mb=resolved.measured_mb if resolved else None,
        expected_mb=candidate.need_mb if candidate and not resolved else None,
        device_mb=resolved.device_mb if resolved else 0,
        alone=alone,
        at_work=at_work,
    )


def _candidate(found: Prospect) -> Candidate | None:
    """The model if it is here or could be; a file that cannot be used is neither."""
    model, absent = found.settings, isinstance(found.error, ModelUnavailable)
    if found.error is not None and not absent:
        return None
    need_mb = found.resolved.need_mb if found.resolved else model.max_memory_mb
    if need_mb is None:
        return None
    device_mb = found.resolved.device_mb if found.resolved else 0
    return Candidate(found.name, need_mb, model.permanent, model.priority, device_mb)

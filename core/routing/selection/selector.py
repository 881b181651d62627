"""ModelSelector: which model does which task, for every caller.

Owns the order of what decides: a forced model, the strategy's table, the weights. Tables and
ratings are copied, so that an edit stays in its instance. Knows nothing of engines or prompts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from core.routing.selection import catalogue, choice, tables
from core.routing.selection.choice import Selection
from core.routing.selection.estimates import PIPELINE, ModelConfig, StrategyInfo, strategy_info
from core.routing.selection.inventory import CatalogueInventory, Inventory
from core.routing.selection.lead import best, by_table, forced
from core.routing.selection.quality import Belief, Outcome, believed
from core.routing.selection.scales import declared_quality
from core.routing.selection.scoring import Score, ScoreWeights, Wishes, certainty_of
from core.routing.selection.snapshot import Snapshot
from core.routing.selection.tasks import TaskType, task_type
from core.settings import Settings, load_settings

PRIOR_WEIGHTS = ScoreWeights()
NO_WISHES = Wishes()


class ModelSelector:
    """Chooses models, by tables and by weights.

    `TASK_MODEL_MAPPING`, `local_models` and `routing_rules` are this instance's own and may be
    edited at any time.

    Args:
        strategy: the table of `get_model_for_task`; None is selection.strategy.
        fallback_model: who does what the table has nobody for, or nobody usable; None is
            selection.fallback_model.
        settings: what is configured; None reads the configuration.
        inventory: which models there are; None is the catalogue, taken for installed.
        outcomes: how answers were received, oldest first; asked at each choice. `learn` adds
            this instance's own.

    Raises: InvalidInput, for an unknown strategy or fallback model.
    """

    def __init__(
        self,
        strategy: str | None = None,
        fallback_model: str | None = None,
        *,
        settings: Settings | None = None,
        inventory: Inventory | None = None,
        outcomes: Callable[[], Iterable[Outcome]] = tuple,
    ) -> None:
        self._settings = settings or load_settings()
        wanted = self._settings.selection
        self.local_models = dict(catalogue.local_models())
        self.routing_rules = {task: list(ids) for task, ids in catalogue.routing_rules().items()}
        self.TASK_MODEL_MAPPING = catalogue.task_tables(wanted.strategies)
        self.strategy = strategy or wanted.strategy
        self.fallback_model = fallback_model or wanted.fallback_model
        self._inventory = inventory or CatalogueInventory(
            self.local_models, self._settings.runtime.models_budget_mb
        )
        self._outcomes = outcomes
        self._own_outcomes: list[Outcome] = []
        tables.check_strategy(self.TASK_MODEL_MAPPING, self.strategy)
        if self.fallback_model:
            self._snapshot().find(self.fallback_model)

    def get_model_for_task(
        self, task: str, *, text: str = "", difficulty: float | None = None
    ) -> str:
        """The name of the model that does `task` by this selector's strategy.

        Arguments and errors as of `select`, which also says why.
        """
        return self.select(task, strategy=self.strategy, text=text, difficulty=difficulty).model

    def select(
        self,
        task: str,
        *,
        strategy: str | None = None,
        wishes: Wishes = NO_WISHES,
        confidence: float = 1.0,
        probabilities: Mapping[str, float] | None = None,
        text: str = "",
        difficulty: float | None = None,
        model: str | None = None,
    ) -> Selection:
        """Who does `task`: by a table where `strategy` is given, else by weights.

        Args:
            wishes: how much more speed and quality matter than usual; weights only.
            confidence: in [0, 1], how sure it is that `task` is meant.
            probabilities: of each task, in place of `confidence`.
            text, difficulty: for the strategy `auto`, see `tables.look_up`.
            model: this one; counts before LLM_MODEL_OVERRIDE and all else.

        Raises:
            InvalidInput: an unknown task, strategy or model, or a figure out of range.
            ModelUnavailable: a forced model, or every model, cannot be used.
            ModelTooLarge: a forced model never fits.
        """
        kind, now, weights = task_type(task), self._snapshot(), PRIOR_WEIGHTS.shifted(wishes)
        certainty = certainty_of(kind, confidence, probabilities)
        ranked = self._ranked(kind, now, weights, certainty)
        fallback = now.find(self.fallback_model) if self.fallback_model else None
        lead = forced(model, self._settings, now)
        if lead is None and strategy is not None:
            entry = tables.look_up(
                self.TASK_MODEL_MAPPING, strategy, kind, text=text, difficulty=difficulty
            )
            lead = by_table(entry, kind, now, ranked, fallback)
        lead = lead or best(ranked, now)
        return Selection(
            task=kind,
            model=lead.candidate.name,
            reason=lead.reason,
            chain=choice.chain_from(lead.candidate, now.candidates, ranked, fallback),
            ranked=ranked,
            refused=choice.refusals(now.candidates),
            weights=weights,
            strategy=lead.strategy,
            override=lead.override,
            stand_in=lead.candidate.stand_in,
        )

    def learn(self, outcome: Outcome) -> Belief:
        """Move what is believed of a model's quality at a task; the belief that came of it.

        Raises: InvalidInput, for an unknown model or task.
        """
        candidate, kind = self._snapshot().find(outcome.model), task_type(outcome.task)
        self._own_outcomes.append(replace(outcome, model=candidate.name, task=kind))
        quality = declared_quality(candidate.declared)
        belief = believed(quality, self._outcomes_of(kind)[candidate.name])
        return belief or Belief.from_prior(quality)

    def add_strategy(self, name: str, table: Mapping[str, str]) -> None:
        """Add a table of this instance's own, or lay it over the one of that name.

        Raises: InvalidInput, for an unknown task or model; then nothing has changed.
        """
        now = self._snapshot()
        lines = {str(task_type(task)): now.find(model).name for task, model in table.items()}
        self.TASK_MODEL_MAPPING[name] = {**self.TASK_MODEL_MAPPING.get(name, {}), **lines}

    def list_available_models(self) -> list[str]:
        """The names of all that can be chosen now."""
        return [each.name for each in self._snapshot().candidates if each.usable]

    def get_model_config(self, name: str) -> ModelConfig:
        """What is known of a model, measured before declared. Raises: InvalidInput."""
        return self._snapshot().config(name)

    def get_strategy_info(
        self, strategy: str | None = None, tasks: Sequence[str] = PIPELINE
    ) -> StrategyInfo:
        """A strategy's table and what `tasks` take by it; the fallback model does what it has
        nobody for. Raises: InvalidInput, for an unknown name."""
        strategy = strategy or self.strategy
        description, table = tables.describe(self.TASK_MODEL_MAPPING, strategy)
        kinds = [task_type(task).value for task in tasks]
        fallback = dict.fromkeys(kinds, self.fallback_model) if self.fallback_model else {}
        return strategy_info(
            strategy, description, {**fallback, **table}, kinds, self._snapshot().config
        )

    def compare_strategies(self, tasks: Sequence[str] = PIPELINE) -> dict[str, StrategyInfo]:
        """Every table on the same tasks. Raises: InvalidInput."""
        return {name: self.get_strategy_info(name, tasks) for name in self.TASK_MODEL_MAPPING}

    def estimate_memory_usage(self, tasks: Sequence[str] = PIPELINE) -> float | None:
        """The largest model of `tasks`, GB (10^9 bytes); None when one is not known."""
        return self.get_strategy_info(tasks=tasks).memory_peak_gb

    def estimate_total_time(self, tasks: Sequence[str] = PIPELINE) -> float | None:
        """Seconds for `tasks`, 500 tokens each, loading aside; None when one is not known."""
        return self.get_strategy_info(tasks=tasks).total_time_s

    def _ranked(
        self,
        task: TaskType,
        now: Snapshot,
        weights: ScoreWeights,
        certainty: Mapping[TaskType, float],
    ) -> tuple[Score, ...]:
        outcomes = self._outcomes_of(task)
        return choice.ranking(
            now.candidates,
            task,
            rules=self.routing_rules,
            weights=weights,
            certainty=certainty,
            belief_of=lambda each: believed(declared_quality(each.declared), outcomes[each.name]),
        )

    def _outcomes_of(self, task: TaskType) -> Mapping[str, list[Outcome]]:
        """Those of one task, by model."""
        found: defaultdict[str, list[Outcome]] = defaultdict(list)
        for outcome in (*self._outcomes(), *self._own_outcomes):
            if outcome.task == task:
                found[outcome.model].append(outcome)
        return found

    def _snapshot(self) -> Snapshot:
        return Snapshot(self._inventory.candidates(), self.local_models)

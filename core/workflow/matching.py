"""From an agent and its task to a strategy: several models in phases, or one.

Owns the profiles in use and the decision between the two; how phases are run nobody here knows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.model_pool import ModelPool
from core.routing import Classifier
from core.routing.selection import ModelSelector, Outcome
from core.routing.selection.pooled import PoolInventory
from core.settings import Settings
from core.settings.workflow import StrategyType
from core.workflow.choice import Chooser, FixedInventory
from core.workflow.demands import Demands, demands_of
from core.workflow.history import History
from core.workflow.phases import TaskPhase, in_order
from core.workflow.profiles import AgentTaskProfile, profile_named, profiles_of
from core.workflow.strategy import Strategy


class AgentModelMatcher:
    """Matches agents and tasks to models. `agent_profiles` may be edited at any time.

    Args:
        history: what models were worth in phases so far.
        said: what people said of answers, asked at each match.
    """

    def __init__(
        self,
        pool: ModelPool,
        history: History,
        *,
        said: Callable[[], Sequence[Outcome]] = tuple,
        classifier: Classifier | None = None,
    ) -> None:
        self._pool = pool
        self._history = history
        self._said = said
        self._classifier = classifier or Classifier.load()
        self.agent_profiles = profiles_of(pool.settings)

    async def match_agent_to_models(
        self,
        agent_name: str,
        task_description: str,
        task_parameters: Mapping[str, Any] | None = None,
        enable_phases: Sequence[str] | None = None,
    ) -> dict[str, Any]:
        """`match` as plain values, on a thread: servers may have to be asked who is there."""
        strategy = await asyncio.to_thread(
            self.match, agent_name, task_description, task_parameters, enable_phases
        )
        return strategy.as_dict()

    def match(
        self,
        agent_name: str,
        task_description: str,
        task_parameters: Mapping[str, Any] | None = None,
        enable_phases: Sequence[str] | None = None,
    ) -> Strategy:
        """Who does each phase of the task; loads nothing.

        Args:
            agent_name: of a profile; `coding` is `coding_agent`.
            task_parameters: `complexity`, `speed` and `creativity` count before what the
                classifier reads in the description.
            enable_phases: only these phases of the profile.

        Raises:
            UnknownAgent: no profile has this name.
            InvalidInput: a phase that the agent has not, or a parameter out of range.
            ModelUnavailable: no model can be used, or a forced one cannot.
        """
        profile = self.profile(agent_name).with_phases(enable_phases)
        demands = demands_of(profile, task_description, task_parameters or {}, self._classifier)
        kind, reason = _one_or_several(profile, demands, self._pool.settings)
        chooser = self._chooser()
        if kind == "single_model":
            return self._single(profile, demands, chooser, reason, enable_phases)
        phases = in_order(profile.phases_needed)
        choices = tuple(chooser.choose(phase, profile, demands) for phase in phases)
        return Strategy(kind, profile.agent_name, demands, choices, reason)

    def profile(self, agent_name: str) -> AgentTaskProfile:
        """The profile of an agent, by its whole or its short name.

        Raises: UnknownAgent.
        """
        return profile_named(agent_name, self.agent_profiles)

    def _single(
        self,
        profile: AgentTaskProfile,
        demands: Demands,
        chooser: Chooser,
        reason: str,
        enable_phases: Sequence[str] | None,
    ) -> Strategy:
        """One model, the one for the draft. Of an agent that may use several it does what
        was asked for outright, else only the draft."""
        phases = in_order(profile.phases_needed)
        drafts = TaskPhase.GENERATION in phases
        if enable_phases is None and profile.can_use_multiple_models and drafts:
            phases = (TaskPhase.GENERATION,)
        choice = chooser.choose(TaskPhase.GENERATION if drafts else phases[0], profile, demands)
        return Strategy(
            "single_model",
            profile.agent_name,
            demands,
            tuple(choice.of(phase) for phase in phases),
            reason,
        )

    def _chooser(self) -> Chooser:
        settings, candidates = self._pool.settings, PoolInventory(self._pool).candidates()
        known = (*self._said(), *self._history.outcomes({each.name for each in candidates}))
        selector = ModelSelector(
            settings=settings, inventory=FixedInventory(candidates), outcomes=lambda: known
        )
        return Chooser(settings, selector, candidates)


def _one_or_several(
    profile: AgentTaskProfile, demands: Demands, settings: Settings
) -> tuple[StrategyType, str]:
    workflow = settings.workflow
    if not workflow.multi_model:
        return "single_model", "workflow.multi_model is off."
    if workflow.strategy == "single_model":
        return "single_model", "workflow.strategy is single_model."
    if not profile.can_use_multiple_models:
        return "single_model", f"{profile.agent_name} uses one model."
    told = f"The task's difficulty is {demands.complexity:.2f}"
    if demands.complexity < workflow.simple_below:
        return "single_model", f"{told}, below {workflow.simple_below:g}."
    return "multi_model", f"{told}."

"""Which models do one phase: the preferred that are here, else whom their kind is left to,
else the best by weights.

Owns that order and what each phase wishes for; the weighing is the selector's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from core.routing.selection import ModelSelector, Selection, TaskType, Wishes
from core.routing.selection.choice import FALLBACKS
from core.routing.selection.inventory import Candidate
from core.settings import Settings
from core.workflow.catalogue import cloud_models
from core.workflow.demands import REQUIRED, Demands
from core.workflow.phases import DRAFTING, TaskPhase
from core.workflow.profiles import AgentTaskProfile
from core.workflow.strategy import ModelChoice, PhaseChoice

_SWIFT = 0.5
_CAREFUL = 0.5


@dataclass(frozen=True, slots=True)
class FixedInventory:
    """The models as they were at one moment, so that a whole match sees the same."""

    found: tuple[Candidate, ...]

    def candidates(self) -> tuple[Candidate, ...]:
        return self.found


class Chooser:
    """Chooses for the phases of one task. `candidates` are all models of this moment."""

    def __init__(
        self, settings: Settings, selector: ModelSelector, candidates: Sequence[Candidate]
    ) -> None:
        self._settings = settings
        self._selector = selector
        self._candidates = {each.name: each for each in candidates}

    def choose(self, phase: TaskPhase, profile: AgentTaskProfile, demands: Demands) -> PhaseChoice:
        """Who does `phase`.

        Raises: ModelUnavailable, when nobody can; what `ModelSelector.select` raises.
        """
        task, wishes = _wanted(phase, profile, demands)
        selection = self._selector.select(task, wishes=wishes)
        scores = {each.model: each.total for each in selection.ranked}
        chain, reason = self._chain(phase, profile, selection)
        first, *others = (self._choice(name, scores.get(name)) for name in chain)
        return PhaseChoice(phase, first, tuple(others), reason)

    def _chain(
        self, phase: TaskPhase, profile: AgentTaskProfile, selection: Selection
    ) -> tuple[tuple[str, ...], str]:
        if selection.override:
            return selection.chain, selection.reason
        named = [*profile.spec(phase).models]
        if phase in DRAFTING:
            named += profile.preferred_models
        here = self._usable(named)
        if here:
            return _chained(here, selection.chain), f"{profile.agent_name} prefers it."
        if selection.stand_in:
            # The embedded ones differ in what they take, which their roles tell.
            chain = self._usable(self._settings.chain("expert")) or list(selection.chain)
            return tuple(chain), "It stands in for real models, of which none is here."
        for name in named:
            if kind := cloud_models().class_of(name):
                label, rating = kind
                instead = self._selector.select(rating.task, wishes=rating.wishes)
                told = f"{name} is not configured here; of its kind ({label}): {instead.reason}"
                return instead.chain, told
        return selection.chain, selection.reason

    def _usable(self, names: Iterable[str]) -> list[str]:
        """Those that can be used now, by their configured names, each once."""
        return list(dict.fromkeys(self._found(names)))

    def _found(self, names: Iterable[str]) -> Iterator[str]:
        for name in names:
            served = set(cloud_models().served_names(name))
            for candidate in self._candidates.values():
                if candidate.usable and served.intersection(candidate.names):
                    yield candidate.name

    def _choice(self, name: str, score: float | None) -> ModelChoice:
        rounded = None if score is None else round(score, 1)
        return ModelChoice(provider_of(name, self._settings), name, rounded)


def provider_of(name: str, settings: Settings) -> str:
    """Who runs a configured model: its server, else its engine."""
    model = settings.models[name]
    return model.openai_server or model.engine


def _chained(first: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *others)))[: FALLBACKS + 1]


def _wanted(
    phase: TaskPhase, profile: AgentTaskProfile, demands: Demands
) -> tuple[TaskType, Wishes]:
    """The task that a phase is to the selector, and what matters more than usual in it."""
    required = set(profile.requirements)
    swift = REQUIRED * ("speed" in required)
    careful = REQUIRED * bool(required & {"accuracy", "reasoning"})
    match phase:
        case TaskPhase.PLANNING:
            return TaskType.REASONING, Wishes(demands.speed_wish(_SWIFT + swift), 0.0)
        case TaskPhase.RESEARCH:
            task = TaskType.RESEARCH
        case TaskPhase.REVIEW | TaskPhase.VALIDATION:
            task, careful = TaskType.VALIDATE, careful + _CAREFUL
        case _:
            task = demands.task
    return task, Wishes(demands.speed_wish(swift), demands.quality_wish(careful))

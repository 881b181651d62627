"""What must agree between the profiles' tables, the models and the routing.

Owns these cross-checks; knows nothing of files and lines. Whoever follows chains here has made
sure that every name is known and that no chain is a circle.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.settings.keys import KeyPath, dotted, nearest
from core.settings.problems import Problem
from core.settings.profiles import FROM_OLLAMA, ROLES
from core.settings.schema import Settings


def impossible_names(settings: Settings) -> Iterator[Problem]:
    """A profile that is not there, and a model whose name means something else."""
    if FROM_OLLAMA in settings.models:
        yield Problem(
            ("models", FROM_OLLAMA),
            f"In a profile `{FROM_OLLAMA}` stands for what Ollama has; no model can be called so.",
            "Give the model another name.",
        )
    name = settings.runtime.profile
    if name not in settings.profiles:
        guess = nearest(name, settings.profiles)
        hint = f"Did you mean {guess}?" if guess else f"There are {', '.join(settings.profiles)}."
        yield Problem(("runtime", "profile"), f"There is no profile `{name}`.", hint)


def too_many_permanent(settings: Settings) -> Iterator[Problem]:
    """Models that are never unloaded and do not fit into the budget together."""
    runtime = settings.runtime
    stay = _stay(settings)
    needs_mb = {n: model.max_memory_mb or 0 for n, model in settings.models.items() if n in stay}
    total_mb = sum(needs_mb.values())
    if 0 < runtime.models_budget_mb < total_mb:
        yield Problem(
            ("runtime", "budget_mb"),
            f"The permanent models may take {total_mb} MiB and only "
            f"{runtime.models_budget_mb} MiB are for models.",
            "Make one of them not permanent, or raise runtime.budget_mb.",
            rivals=tuple(("models", name, "max_memory_mb") for name, mb in needs_mb.items() if mb),
        )


def _stay(settings: Settings) -> set[str]:
    """The permanent models that are expected side by side: of each role's chain the first that
    is one, and those that no profile knows."""
    models = settings.models
    stay = {name for name in models if models[name].permanent} - settings.in_profiles
    for role in ROLES:
        stay.update([name for name in settings.chain(role) if models[name].permanent][:1])
    return stay


def wrong_embeddings(settings: Settings) -> Iterator[Problem]:
    """Models that shall make embeddings and make none."""
    routing, profile = settings.routing, settings.runtime.profile
    key: KeyPath = ("routing", "embeddings_model")
    if routing.embeddings_model is None:
        key = ("profiles", profile, "embeddings")
    for name in settings.chain("embeddings"):
        if not settings.models[name].embeddings:
            yield Problem(
                key,
                f"{dotted(key)} names `{name}`, which makes no embeddings.",
                f"Write `embeddings: true` in models.{name}, or name another model.",
                rivals=(("models", name, "embeddings"),),
            )

"""The profile in force, narrowed to what this machine has.

Owns that rule; which of Ollama's models serve is told in `from_ollama`. Only file names are
looked at: a file that is there and damaged is told when it is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from core.errors import ModelUnavailable
from core.model_files.locate import locate
from core.profiles.from_ollama import Served, served_by_ollama
from core.settings.profiles import FROM_OLLAMA, ROLES, Role
from core.settings.schema import Settings
from core.storage.folder import DataFolder


def with_what_is_here(settings: Settings, folder: DataFolder) -> Settings:
    """`settings` with the table in force as it holds now.

    What Ollama has for a role stands in it by name and among the models; what is missing is left
    out of a table that skips it. Roles whose model the user names are not looked at.
    """
    roles = [role for role in ROLES if settings.routing.named(role) is None]
    if not roles:
        return settings
    name = settings.runtime.profile
    profile = settings.profiles[name]
    asking = [role for role in roles if FROM_OLLAMA in profile.listed(role)]
    served = served_by_ollama(asking, settings) if asking else {}
    models_folder = settings.paths.models or folder.models
    narrowed: dict[str, tuple[str, ...]] = {
        role: tuple(_present(role, settings, served, models_folder))
        for role in roles
        if asking or profile.skip_missing
    }
    own = {each.name: each.settings for each in served.values()}
    return settings.model_copy(
        update={
            "models": {**settings.models, **own},
            "profiles": {**settings.profiles, name: profile.model_copy(update=narrowed)},
        }
    )


def _present(
    role: Role, settings: Settings, served: Mapping[Role, Served], models_folder: Path
) -> Iterator[str]:
    profile = settings.profiles[settings.runtime.profile]
    for listed in profile.listed(role):
        if listed == FROM_OLLAMA:
            if role in served:
                yield served[role].name
            continue
        for name in settings.fallback_chain(listed):
            if not profile.skip_missing or _is_here(name, settings, models_folder):
                yield name


def _is_here(name: str, settings: Settings, models_folder: Path) -> bool:
    """Servers are not asked, and what came with SARAi counts as here: its absence is a fault."""
    model = settings.models[name]
    if model.engine != "llama" or model.embedded:
        return True
    try:
        locate(name, model, models_folder=models_folder)
    except ModelUnavailable:
        return False
    return True

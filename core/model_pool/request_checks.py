"""What may be asked of the pool: names that are configured, times that make sense.

Owns the checks and their messages; knows nothing of what is loaded.
"""

from __future__ import annotations

import difflib
import math

from core.errors import InvalidInput
from core.settings.models import ModelSettings
from core.settings.schema import Settings


def configured(settings: Settings, name: str) -> ModelSettings:
    """The settings of `name`. Raises: InvalidInput, which names the nearest one."""
    model = settings.models.get(name)
    if model is not None:
        return model
    nearest = difflib.get_close_matches(name, settings.models, n=1, cutoff=0.0)
    raise InvalidInput(
        f"No model is named {name!r}.",
        key=name,
        hint=f"Did you mean {nearest[0]}?" if nearest else "",
    )


def check_unload_schedule(name: str, model: ModelSettings, ttl_s: float) -> None:
    """Whether `name` may be unloaded after `ttl_s` unused. Raises: InvalidInput."""
    if model.permanent:
        raise InvalidInput(
            f"{name} is permanent, so it cannot be scheduled to unload.",
            key=name,
            hint=f"Set models.{name}.permanent to false, or call unload to unload it now.",
        )
    if not (ttl_s >= 0 and math.isfinite(ttl_s)):
        raise InvalidInput(f"ttl is {ttl_s} seconds.", key="ttl", hint="Give 0 or more.")

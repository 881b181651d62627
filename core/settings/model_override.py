"""The one model that shall do everything, when somebody named one.

Owns the variable LLM_MODEL_OVERRIDE and its order with `selection.model_override`; knows nothing
of whether such a model exists.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from core.settings.schema import Settings

OVERRIDE_VARIABLE = "LLM_MODEL_OVERRIDE"


@dataclass(frozen=True, slots=True)
class ModelOverride:
    """The model, and what named it."""

    model: str
    source: str


def model_override(
    settings: Settings, environ: Mapping[str, str] | None = None
) -> ModelOverride | None:
    """Whom the variable names at this moment, else the configuration; None when neither does.

    Args:
        environ: the environment to read; None is the process's own.
    """
    environ = os.environ if environ is None else environ
    if named := environ.get(OVERRIDE_VARIABLE, "").strip():
        return ModelOverride(named, OVERRIDE_VARIABLE)
    if settings.selection.model_override:
        return ModelOverride(settings.selection.model_override, "selection.model_override")
    return None

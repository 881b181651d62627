"""The older way to write models: each at the top level instead of under `models:`.

Owns the recognition of such entries; knows nothing of what a model's keys mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.settings.composition import Composition
from core.settings.schema import Settings

_MARKS = {"name", "gguf_file", "repo_id"}


def gather_models(document: Composition) -> Composition:
    """The document with its top-level model entries moved under `models:`.

    Raises: ConfigError, when a model stands in both places.
    """
    loose = {key: value for key, value in document.values.items() if _is_model(key, value)}
    listed = document.values.get("models") or {}
    if not loose or not isinstance(listed, Mapping):
        return document
    for name in loose.keys() & listed.keys():
        line = document.place(("models", name)).line
        raise document.place((name,)).error(
            f"The model `{name}` stands here and under models, in line {line}.",
            "Keep one of them.",
        )
    values = {key: value for key, value in document.values.items() if key not in loose}
    places = {
        ("models", *key) if key and key[0] in loose else key: place
        for key, place in document.places.items()
    }
    return replace(document, values={**values, "models": {**listed, **loose}}, places=places)


def _is_model(key: str, value: Any) -> bool:
    return (
        key not in Settings.model_fields
        and isinstance(value, Mapping)
        and not _MARKS.isdisjoint(value)
    )

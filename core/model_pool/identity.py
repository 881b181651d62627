"""What a model's answers depend on: how it is configured, and its files.

Owns what tells one model from the same name later.
"""

from __future__ import annotations

from typing import Any

from core.errors import SARAiError
from core.model_pool.pool import ModelPool


def model_identity(name: str, pool: ModelPool) -> list[Any]:
    """What is configured of a model, and its files as they are now; plain values."""
    try:
        files = [str(file) for file in pool.resolve(name).files]
    except SARAiError as error:
        files = [error.code]
    return [pool.settings.models[name].model_dump(mode="json"), files]

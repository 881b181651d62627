"""Selectors by the name of their strategy, as the configuration stands.

Owns five shorthands; everything else is the selector's.
"""

from __future__ import annotations

from core.routing.selection.selector import ModelSelector


def create_default_selector() -> ModelSelector:
    """By selection.strategy, which is `balanced` unless it is configured otherwise."""
    return ModelSelector()


def create_quality_selector() -> ModelSelector:
    return ModelSelector("quality")


def create_fast_selector() -> ModelSelector:
    return ModelSelector("fast")


def create_low_ram_selector() -> ModelSelector:
    return ModelSelector("low_ram")


def create_auto_selector() -> ModelSelector:
    """By the complexity of what is given to `get_model_for_task`."""
    return ModelSelector("auto")

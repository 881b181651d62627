"""From words to a route: classify, weigh, choose; and from a task to a model.

Owns the decision; knows nothing of engines or prompts.
"""

from core.routing import selection
from core.routing.classifier import Classification, Classifier
from core.routing.control_plane import BranchWeights, weigh
from core.routing.route import RouteChoice, Thresholds, choose_route
from core.routing.selection import (
    LocalModel,
    ModelCapabilities,
    ModelSelector,
    TaskType,
    create_auto_selector,
    create_default_selector,
    create_fast_selector,
    create_low_ram_selector,
    create_quality_selector,
)

LOCAL_MODELS: dict[str, LocalModel]
ROUTING_RULES: dict[TaskType, list[str]]

__all__ = [
    "LOCAL_MODELS",
    "ROUTING_RULES",
    "BranchWeights",
    "Classification",
    "Classifier",
    "LocalModel",
    "ModelCapabilities",
    "ModelSelector",
    "RouteChoice",
    "TaskType",
    "Thresholds",
    "choose_route",
    "create_auto_selector",
    "create_default_selector",
    "create_fast_selector",
    "create_low_ram_selector",
    "create_quality_selector",
    "weigh",
]


def __getattr__(name: str) -> object:
    if name in ("LOCAL_MODELS", "ROUTING_RULES"):
        return getattr(selection, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""Which model does which task: tables, weights, fallbacks.

Owns the choice among models; knows nothing of engines, prompts or routes.
"""

from core.routing.selection.catalogue import (
    LocalModel,
    ModelCapabilities,
    local_models,
    routing_rules,
)
from core.routing.selection.choice import Refusal, Selection
from core.routing.selection.defaults import (
    create_auto_selector,
    create_default_selector,
    create_fast_selector,
    create_low_ram_selector,
    create_quality_selector,
)
from core.routing.selection.estimates import ModelConfig, StrategyInfo
from core.routing.selection.quality import Belief, Outcome, posterior
from core.routing.selection.scoring import Score, ScoreWeights, Wishes
from core.routing.selection.selector import ModelSelector
from core.routing.selection.tasks import TaskType

LOCAL_MODELS: dict[str, LocalModel]
ROUTING_RULES: dict[TaskType, list[str]]

__all__ = [
    "LOCAL_MODELS",
    "ROUTING_RULES",
    "Belief",
    "LocalModel",
    "ModelCapabilities",
    "ModelConfig",
    "ModelSelector",
    "Outcome",
    "Refusal",
    "Score",
    "ScoreWeights",
    "Selection",
    "StrategyInfo",
    "TaskType",
    "Wishes",
    "create_auto_selector",
    "create_default_selector",
    "create_fast_selector",
    "create_low_ram_selector",
    "create_quality_selector",
    "posterior",
]


def __getattr__(name: str) -> object:
    """LOCAL_MODELS and ROUTING_RULES, read when somebody first asks: few callers do."""
    if name == "LOCAL_MODELS":
        return local_models()
    if name == "ROUTING_RULES":
        return routing_rules()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

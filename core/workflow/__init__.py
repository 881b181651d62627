"""Complex work in phases, each by the model suited to it.

Owns profiles, matching, the order of phases and their results; knows no concrete agent.
"""

from core.workflow.events import (
    ModelFailed,
    PhaseFinished,
    PhaseSkipped,
    PhaseStarted,
    PhaseToken,
    WorkflowEvent,
    WorkflowFinished,
    WorkflowStarted,
)
from core.workflow.executor import MultiModelExecutor
from core.workflow.matching import AgentModelMatcher
from core.workflow.phases import TaskPhase
from core.workflow.profiles import AgentTaskProfile, PhaseSpec
from core.workflow.results import MultiModelResult, PhaseResult, Try
from core.workflow.shared import get_agent_model_matcher, get_multi_model_executor
from core.workflow.strategy import ModelChoice, PhaseChoice, Strategy

__all__ = [
    "AgentModelMatcher",
    "AgentTaskProfile",
    "ModelChoice",
    "ModelFailed",
    "MultiModelExecutor",
    "MultiModelResult",
    "PhaseChoice",
    "PhaseFinished",
    "PhaseResult",
    "PhaseSkipped",
    "PhaseSpec",
    "PhaseStarted",
    "PhaseToken",
    "Strategy",
    "TaskPhase",
    "Try",
    "WorkflowEvent",
    "WorkflowFinished",
    "WorkflowStarted",
    "get_agent_model_matcher",
    "get_multi_model_executor",
]

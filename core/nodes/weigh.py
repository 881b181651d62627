"""Node: the control plane turns independent scores into two weights."""

from __future__ import annotations

from langgraph.runtime import Runtime

from core.nodes.instrument import filled
from core.routing import control_plane
from core.services import TurnContext
from core.state import State


def weigh(state: State, runtime: Runtime[TurnContext]) -> State:
    """alpha for the expert branch, beta for the empathic one; they sum to 1."""
    weights = control_plane.weigh(filled(state["scores"]))
    return {"alpha": weights.alpha, "beta": weights.beta}

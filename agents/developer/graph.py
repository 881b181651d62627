"""The order of mending code: analyze, fix, validate, fix again when that fails, document.

Owns the wiring; what happens in a step is in `nodes`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime

from agents.developer.nodes import analyze, document, fix, validate
from agents.developer.state import FixContext, FixState

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph

MOST_ATTEMPTS = 3


@cache
def developer_graph() -> CompiledStateGraph[FixState, FixContext, FixState, Any]:
    """The compiled graph; it keeps nothing between runs."""
    graph = StateGraph(FixState, FixContext)
    graph.add_node("analyze", analyze)
    graph.add_node("fix", fix)
    graph.add_node("validate", validate)
    graph.add_node("document", document)
    graph.add_edge(START, "analyze")
    graph.add_edge("analyze", "fix")
    graph.add_edge("fix", "validate")
    graph.add_conditional_edges("validate", _after_validate, ["fix", "document", END])
    graph.add_edge("document", END)
    return graph.compile()


def _after_validate(state: FixState, runtime: Runtime[FixContext]) -> str:
    if state["attempts"][-1].objection:
        return "fix" if len(state["attempts"]) < MOST_ATTEMPTS else END
    return "document" if runtime.context.document else END

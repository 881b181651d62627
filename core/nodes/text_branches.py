"""Nodes: the branches that answer words with words. Each is its agent, streamed."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agents.table import AGENTS
from core.nodes.answering import reply
from core.services import TurnContext
from core.state import State, TextRoute


def expert(state: State, runtime: Runtime[TurnContext]) -> State:
    """Hard questions."""
    return _branch("expert", state, runtime)


def tiny(state: State, runtime: Runtime[TurnContext]) -> State:
    """Everyday questions."""
    return _branch("tiny", state, runtime)


def omni(state: State, runtime: Runtime[TurnContext]) -> State:
    """Words that carry feeling."""
    return _branch("omni", state, runtime)


def _branch(name: TextRoute, state: State, runtime: Runtime[TurnContext]) -> State:
    return reply(AGENTS[name], state, runtime, parts=(state.get("input") or "",))

"""Nodes: the branches that answer words with words. Each is its agent, streamed."""

from __future__ import annotations

from langgraph.runtime import Runtime

from core.nodes.acknowledging import acknowledged
from core.nodes.chosen_reply import chosen_reply
from core.services import TurnContext
from core.state import State


def expert(state: State, runtime: Runtime[TurnContext]) -> State:
    """Hard questions."""
    return acknowledged("expert", state, runtime) or chosen_reply("expert", state, runtime)


def tiny(state: State, runtime: Runtime[TurnContext]) -> State:
    """Everyday questions."""
    return acknowledged("tiny", state, runtime) or chosen_reply("tiny", state, runtime)


def omni(state: State, runtime: Runtime[TurnContext]) -> State:
    """Words that carry feeling."""
    return chosen_reply("omni", state, runtime)

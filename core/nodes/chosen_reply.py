"""An agent's answer by the model that was chosen for this turn.

Owns the order of who chooses: the caller's wishes, then what was learned, else the agent's own.
"""

from __future__ import annotations

from collections.abc import Sequence

from langgraph.runtime import Runtime

from agents.table import AGENTS
from core.nodes.answering import reply
from core.nodes.learned_choice import drawn_model, told_draw
from core.nodes.model_choice import chosen_model, told_choice
from core.nodes.remembering import Recollections
from core.retrieval.passage import Passage
from core.services import TurnContext
from core.state import State, TextRoute


def chosen_reply(
    name: TextRoute,
    state: State,
    runtime: Runtime[TurnContext],
    sources: Sequence[Passage] = (),
    recalled: Recollections | None = None,
    *,
    quoted: str = "",
) -> State:
    """The update of the branch's node, with who chose told in it."""
    agent, context = AGENTS[name], runtime.context
    chosen = chosen_model(state, context.services)
    drawn = None if chosen else drawn_model(agent.role, state, context)
    either = chosen or drawn
    update = reply(
        agent,
        state,
        runtime,
        parts=(state.get("input") or "",),
        sources=sources,
        models=either.chain if either else (),
        recalled=recalled,
        quoted=quoted,
    )
    if drawn:
        update |= told_draw(state, drawn)
    return update | told_choice(state, update, chosen) if chosen else update

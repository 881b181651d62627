"""Nodes: the branches that answer words with words. Each is its agent, streamed."""

from __future__ import annotations

from collections.abc import Mapping

from langgraph.runtime import Runtime

from agents.rag import NO_DOCUMENTS, NOT_LOOKED_AT, NOTHING_FOUND
from agents.table import AGENTS
from core.nodes.answering import fixed_reply, language_of, reply
from core.nodes.learned_choice import drawn_model, told_draw
from core.nodes.model_choice import chosen_model, told_choice
from core.retrieval.citations import cite, prompt_block
from core.services import Services, TurnContext
from core.state import Language, State, TextRoute


def expert(state: State, runtime: Runtime[TurnContext]) -> State:
    """Hard questions."""
    return _answered("expert", state, runtime)


def tiny(state: State, runtime: Runtime[TurnContext]) -> State:
    """Everyday questions."""
    return _answered("tiny", state, runtime)


def omni(state: State, runtime: Runtime[TurnContext]) -> State:
    """Words that carry feeling."""
    return _answered("omni", state, runtime)


def _answered(
    name: TextRoute, state: State, runtime: Runtime[TurnContext], sources: str = ""
) -> State:
    """The agent's answer, by its own model or by the one that was chosen for this turn."""
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
    )
    if drawn:
        update |= told_draw(state, drawn)
    return update | told_choice(state, update, chosen) if chosen else update


def rag(state: State, runtime: Runtime[TurnContext]) -> State:
    """Answer from documents, or say plainly that it cannot be known.

    Raises: StorageError, when the documents cannot be read; ModelError.
    """
    services = runtime.context.services
    words = state.get("input") or ""
    wanted = state.get("retrieve_context") is not False
    documents = services.documents if wanted else None
    passages = documents.search(words, services.settings.retrieval.top_k) if documents else []
    if not passages and not state.get("context"):
        answered = fixed_reply(_refusal(services, wanted=wanted)[language_of(state)], runtime)
        return {**answered, "agent_used": "rag", "rag_metadata": {"passages": 0}}
    sources = prompt_block(passages)
    update = _answered("rag", state, runtime, sources)
    update["citations"] = cite(passages)
    update["rag_metadata"] = {"passages": len(passages)}
    return update


def _refusal(services: Services, *, wanted: bool) -> Mapping[Language, str]:
    """Says what was looked at, and claims nothing else."""
    if services.documents is None:
        return NO_DOCUMENTS
    return NOTHING_FOUND if wanted else NOT_LOOKED_AT

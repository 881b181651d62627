"""Nodes: the branches that answer words with words. Each is its agent, streamed."""

from __future__ import annotations

from collections.abc import Mapping

from langgraph.runtime import Runtime

from agents.rag import NO_DOCUMENTS, NOT_LOOKED_AT, NOTHING_FOUND
from agents.table import AGENTS
from core.nodes.answering import fixed_reply, language_of, reply
from core.retrieval.index import SearchResult
from core.services import Services, TurnContext
from core.state import Language, State, TextRoute


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


def rag(state: State, runtime: Runtime[TurnContext]) -> State:
    """Answer from documents, or say plainly that it cannot be known.

    Raises: StorageError, when the documents cannot be read; ModelError.
    """
    services = runtime.context.services
    words = state.get("input") or ""
    wanted = state.get("retrieve_context") is not False
    top_k = services.settings.retrieval.top_k
    cancel = runtime.context.cancel
    found = services.documents.search(words, top_k, cancel=cancel) if wanted else SearchResult(())
    if not found.passages and not state.get("context"):
        answered = fixed_reply(_refusal(services, wanted=wanted)[language_of(state)], runtime)
        return {**answered, "agent_used": "rag", "rag_metadata": {"passages": 0}}
    update = reply(AGENTS["rag"], state, runtime, parts=(words,), sources=found.passages)
    update["rag_metadata"] = {"passages": len(update["citations"])}
    update["warnings"] = [*filter(None, [found.note]), *update["warnings"]]
    return update


def _refusal(services: Services, *, wanted: bool) -> Mapping[Language, str]:
    """Says what was looked at, and claims nothing else."""
    if not wanted:
        return NOT_LOOKED_AT
    return NO_DOCUMENTS if services.documents.empty() else NOTHING_FOUND

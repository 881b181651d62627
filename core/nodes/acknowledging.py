"""The answer to somebody who only asks that something be remembered: that it is.

Owns when that needs no model; what is kept, and of which words, is `core.memory`'s.
"""

from __future__ import annotations

from langgraph.runtime import Runtime

from core.errors import SARAiError
from core.memory.statements import stated_fact
from core.nodes.answering import fixed_reply, language_of, manner_for, noted
from core.nodes.kept_reply import is_felt
from core.routing.injected import what_was_asked
from core.services import TurnContext
from core.state import Language, State, TextRoute

REMEMBERED: dict[Language, str] = {
    "es": "De acuerdo, lo recordaré: «{fact}».",
    "en": "All right, I will remember it: “{fact}”.",
}
FORGOTTEN: dict[Language, str] = {
    "es": "No lo recuerdo, porque pediste que lo olvidara. Con /remember lo guardo de todos modos.",
    "en": "I do not remember it, because you had it forgotten. /remember keeps it all the same.",
}


def acknowledged(agent: TextRoute, state: State, runtime: Runtime[TurnContext]) -> State | None:
    """The update of the branch's node; None for a turn that has more to be answered.

    Where feelings are told with it, a model answers those, and the fact is kept after that, as
    it is where it could not be kept now.
    """
    services = runtime.context.services
    fact = stated_fact(what_was_asked(state.get("input") or ""))
    if fact is None or not fact.is_all or not _may_keep(state, services.settings.memory.enabled):
        return None
    manner = manner_for(state, services)
    if is_felt(state, manner):
        return None
    try:
        kept = services.memory.learn(fact.text, user=state.get("user_id") or "")
    except SARAiError:  # `remembering.keep` tries again, and tells
        return None
    language = language_of(state)
    text = FORGOTTEN[language] if kept is None else REMEMBERED[language].format(fact=kept.text)
    return {
        **fixed_reply(text, runtime),
        **noted(manner),
        "agent_used": agent,
        "remembered": kept.text if kept else None,
        "citations": [],
    }


def _may_keep(state: State, enabled: bool) -> bool:
    return enabled and state.get("input_type") == "text" and state.get("store_memory") is not False

"""What a turn gets from memory, and what it leaves there.

Owns when either is done; knows nothing of how memories are found or kept. Nothing that fails
here costs the answer: it becomes a warning.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.errors import SARAiError, StorageError
from core.memory.prompt_lines import holds_orders, prompt_line
from core.memory.searching import Recalled, Recollection
from core.memory.statements import StatedFact, stated_fact
from core.routing.injected import what_was_asked
from core.services import Services, TurnContext
from core.state import Language, State, UsedMemory

FORGOTTEN = "Not remembered, because you had it forgotten; /remember keeps it all the same."
ORDERS = "Memory #{id} holds orders to an assistant, which were not passed on."


@dataclass(frozen=True, slots=True)
class Recollections:
    """What bears on a question, best first, and as lines for a prompt."""

    found: tuple[Recollection, ...] = ()
    lines: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def used(self, count: int) -> list[UsedMemory]:
        """The first `count` for the state: what the model was shown."""
        return [_used(each) for each in self.found[:count]]


def recall(state: State, context: TurnContext, language: Language) -> Recollections:
    """What is remembered of the user and bears on what they ask.

    What this conversation still holds is not told twice, and nothing is looked up with
    `retrieve_context` False.
    """
    services, wish = context.services, state.get("retrieve_context")
    top_k = services.settings.memory.top_k
    asked = what_was_asked(state.get("input") or "")
    if wish is False or not services.settings.memory.enabled or not asked.strip():
        return Recollections()
    scores, user = state.get("scores"), state.get("user_id") or ""
    hard = None if scores is None else scores["hard"]
    try:
        recalled = services.memory.recall(
            asked, 2 * top_k, user=user, difficulty=hard, cancel=context.cancel
        )
    except StorageError as error:
        return Recollections(warnings=(f"Nothing was remembered: {error}",))
    return _told(_without_known(recalled, state), top_k, language)


def keep(state: State, context: TurnContext) -> State:
    """Keep the turn, and what was asked to be remembered in it.

    Nothing with `store_memory` False; turns where it is True, or `memory.turns` is on.
    """
    services, wish = context.services, state.get("store_memory")
    said = state.get("input") or ""
    if wish is False or not services.settings.memory.enabled or not state.get("response"):
        return {}
    update: State = {}
    try:
        fact = stated_fact(what_was_asked(said))
        if fact and not _is_settled(fact, state):
            update = _learnt(fact.text, state, services)
        if wish or (services.settings.memory.turns and state.get("thread_id")):
            _keep_turn(said, state, services)
    except SARAiError as error:
        update["warnings"] = [*update.get("warnings", ()), f"Not remembered: {error}"]
    return update


def _is_settled(fact: StatedFact, state: State) -> bool:
    """Whether no model answered, for the answer was that it is remembered: see `acknowledging`."""
    return fact.is_all and state.get("model_used") is None


def _learnt(fact: str, state: State, services: Services) -> State:
    kept = services.memory.learn(fact, user=state.get("user_id") or "")
    return {"warnings": [FORGOTTEN]} if kept is None else {"remembered": kept.text}


def _keep_turn(said: str, state: State, services: Services) -> None:
    scores = state.get("scores")
    services.memory.keep_turn(
        said,
        state["response"] or "",
        user=state.get("user_id") or "",
        thread=state.get("thread_id") or "",
        difficulty=None if scores is None else scores["hard"],
    )


def _without_known(recalled: Recalled, state: State) -> Recalled:
    """Without the turns that stand in the history of this conversation anyway."""
    thread = state.get("thread_id") or ""
    said = {text for turn in state.get("history") or () for text in turn.values()}
    kept = tuple(
        each
        for each in recalled.recollections
        if not (thread and each.memory.thread == thread and each.memory.text in said)
    )
    return replace(recalled, recollections=kept)


def _told(recalled: Recalled, top_k: int, language: Language) -> Recollections:
    chosen = recalled.recollections[:top_k]
    lines = {each: line for each in chosen if (line := prompt_line(each, language))}
    warnings = [ORDERS.format(id=each.memory.id) for each in chosen if holds_orders(each)]
    return Recollections(tuple(lines), tuple(lines.values()), tuple(warnings))


def _used(each: Recollection) -> UsedMemory:
    memory = each.memory
    return {
        "id": memory.id,
        "kind": memory.kind,
        "speaker": memory.speaker,
        "text": each.passage,
        "said_at": memory.said_at.isoformat(),
        "thread": memory.thread,
        "valid_until": memory.valid_until.isoformat() if memory.valid_until else None,
        "score": each.score,
    }

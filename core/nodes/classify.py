"""Node: how hard, how personal, how current is what was asked?"""

from __future__ import annotations

from langgraph.runtime import Runtime

from core.errors import StorageError
from core.retrieval.follow_up import earlier_question
from core.routing.decision import scores_of
from core.routing.skills import choose_skill, longest_answer
from core.services import Services, TurnContext
from core.state import State


def classify(state: State, runtime: Runtime[TurnContext]) -> State:
    """Score the words, and probe the user's documents for them."""
    services = runtime.context.services
    words = state.get("input") or ""
    found = services.classifier.classify(words, state.get("history"))
    skill = choose_skill(found)
    doc_match, problems = _doc_match(state, words, services)
    return {
        "task": found.task,
        "scores": scores_of(found, doc_match),
        "out_of_scope": found.out_of_scope,
        "token_budget": longest_answer(found, skill),
        "skill_used": skill.id if skill else None,
        "warnings": problems,
    }


def _doc_match(state: State, words: str, services: Services) -> tuple[float, list[str]]:
    """A folder that cannot be read costs its documents, not every answer."""
    if state.get("retrieve_context") is False:
        return 0.0, []
    try:
        earlier = earlier_question(words, state.get("history") or ())
        return max(services.documents.match(each) for each in (words, earlier)), []
    except StorageError as error:
        return 0.0, [str(error)]

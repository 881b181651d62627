"""Node: an answer from the user's documents, held to what they say.

Owns the order of work: look, ask, hold the answer against its passages. A sentence that they
do not bear out is told; where none is borne out, the answer is taken back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from langgraph.runtime import Runtime

from agents.answering import NEVER_REPLACED, WAS_CUT
from agents.rag import (
    NEAREST,
    NO_DOCUMENTS,
    NO_MODEL,
    NOT_BORNE_OUT,
    NOT_IN_PASSAGES,
    NOT_LOOKED_AT,
    NOTHING_ANYWHERE,
    NOTHING_FOUND,
    NOTHING_ON_THE_WEB,
    THEIR_WORDS,
    quoting,
    unsupported_warning,
)
from core.errors import ModelError, StorageError, WebSearchError
from core.events import Restarted
from core.nodes.acknowledging import acknowledged
from core.nodes.answering import fixed_reply, language_of
from core.nodes.chosen_reply import chosen_reply
from core.nodes.remembering import recall
from core.retrieval.citations import cite
from core.retrieval.extracts import holds_half, nearest
from core.retrieval.follow_up import whole_question
from core.retrieval.orders import without_orders
from core.retrieval.passage import Passage
from core.retrieval.results import SearchResult
from core.retrieval.support import Claim, check_claims
from core.services import Services, TurnContext
from core.state import Language, State

TAKEN_BACK = "The passages do not bear the answer out."


def rag(state: State, runtime: Runtime[TurnContext]) -> State:
    """Answer from documents, or say plainly that it cannot be known.

    Raises: StorageError, when the documents cannot be read; ModelError, for a question that
        no model could take.
    """
    if told := acknowledged("rag", state, runtime):
        return told
    found, web_asked = _looked_up(state, runtime)
    recalled = recall(state, runtime.context, language_of(state))
    more = state.get("context") or _memory_knows(state, runtime)
    if not (found.passages or more):
        refusal = _refusal(state, runtime.context.services, web_asked=web_asked)
        warnings = [*filter(None, [found.note]), *recalled.warnings]
        return {**_refused(refusal, state, runtime), "warnings": warnings}
    try:
        quoted = "" if more else _nearest(state, found.passages, THEIR_WORDS)
        update = chosen_reply("rag", state, runtime, found.passages, recalled, quoted=quoted)
    except NEVER_REPLACED:
        raise
    except ModelError as error:
        if not found.passages:
            raise
        update = _without_model(state, runtime, found.passages, error)
    else:
        update = _held_to_passages(state, runtime, update, found.passages, recalled.lines)
    notes = _notes(found, runtime.context.services)
    return {**update, "warnings": [*notes, *update["warnings"]]}


def _looked_up(state: State, runtime: Runtime[TurnContext]) -> tuple[SearchResult, bool]:
    """From the web, where it may be asked and the documents do not seem to know; else from them.

    Returns: what was found, and whether the web was asked.
    """
    services = runtime.context.services
    question = _asked(state)
    web = None if _documents_know(state, services) else services.web
    problem = ""
    if web is not None:
        try:
            if found := web.search(question, language_of(state)):
                return SearchResult(tuple(found)), True
        except WebSearchError as error:
            problem = str(error)
    if state.get("retrieve_context") is False:
        return SearchResult((), problem), web is not None
    top_k = services.settings.retrieval.top_k
    result = services.documents.search(question, top_k, cancel=runtime.context.cancel)
    return replace(result, note=" ".join(filter(None, [problem, result.note]))), web is not None


def _asked(state: State) -> str:
    """The question, with the one that it continues."""
    return whole_question(state.get("input") or "", state.get("history") or ())


def _documents_know(state: State, services: Services) -> bool:
    """Whether they were asked for, or hold the question's words."""
    if wanted := state.get("retrieve_context"):
        return wanted
    scores = state.get("scores")
    return (
        scores is not None and scores["doc_match"] >= services.settings.routing.doc_match_threshold
    )


def _memory_knows(state: State, runtime: Runtime[TurnContext]) -> bool:
    """Whether what is remembered holds the question's words, as documents would have to.

    One word in common is enough to be shown beside passages, and not to answer from.
    """
    services, asked = runtime.context.services, state.get("input") or ""
    if state.get("retrieve_context") is False or not services.settings.memory.enabled:
        return False
    try:
        match = services.memory.match(asked, user=state.get("user_id") or "")
    except StorageError:  # the warning of `recall` tells
        return False
    return match >= services.settings.routing.doc_match_threshold


def _notes(found: SearchResult, services: Services) -> Iterator[str]:
    """What is to be known of the passages themselves."""
    if found.note:
        yield found.note
    for path in services.documents.changed_since(found.passages):
        yield f"{path} has changed since it was indexed."
    for path in {each.path for each in found.passages if without_orders(each.text) != each.text}:
        yield f"{path} holds orders to an assistant, which were not passed on."


def _refused(text: Mapping[Language, str], state: State, runtime: Runtime[TurnContext]) -> State:
    answered = fixed_reply(text[language_of(state)], runtime)
    return {**answered, "agent_used": "rag", "rag_metadata": {"passages": 0}}


def _refusal(state: State, services: Services, *, web_asked: bool) -> Mapping[Language, str]:
    """Says what was looked at, and claims nothing else."""
    if state.get("retrieve_context") is False:
        return NOTHING_ON_THE_WEB if web_asked else NOT_LOOKED_AT
    if web_asked:
        return NOTHING_ANYWHERE
    return NO_DOCUMENTS if services.documents.empty() else NOTHING_FOUND


def _held_to_passages(
    state: State,
    runtime: Runtime[TurnContext],
    update: State,
    passages: Sequence[Passage],
    remembered: Sequence[str],
) -> State:
    """The answer with what its passages do not bear out told; where nothing is, their own words."""
    if update.get("model_used") is None:  # it is theirs already
        return {**update, "rag_metadata": {"passages": len(update["citations"])}}
    claims = _claims(state, update, remembered)
    supported = sum(claim.supported for claim in claims)
    update["rag_metadata"] = {
        "passages": len(update["citations"]),
        "claims": len(claims),
        "supported": supported,
    }
    if not supported and update["citations"] and update["finish_reason"] != "cancelled":
        runtime.stream_writer(Restarted(TAKEN_BACK))
        shown = passages[: len(update["citations"])]
        told_of_it = NOT_BORNE_OUT if claims else None
        answered = fixed_reply(_nearest(state, shown, told_of_it), runtime)
        told = [each for each in update["warnings"] if not each.startswith(WAS_CUT)]
        return {**update, **answered, "emotion_diff": None, "warnings": told}
    wrong = [unsupported_warning(claim.text) for claim in claims if not claim.supported]
    return {**update, "warnings": [*update["warnings"], *wrong]}


def _nearest(
    state: State, passages: Sequence[Passage], heading: Mapping[Language, str] | None
) -> str:
    """What the passages say next to the question, in place of an answer.

    `heading` stands above what seems to answer it; None: nothing does, as a model said.
    """
    question = _asked(state)
    found = nearest(question, passages)
    language = language_of(state)
    if heading and any(holds_half(question, sentence) for _, sentence in found):
        return quoting(heading[language], found)
    nothing = NOT_IN_PASSAGES[language]
    return quoting(f"{nothing} {NEAREST[language]}", found) if found else nothing


def _claims(state: State, update: State, remembered: Sequence[str]) -> list[Claim]:
    quotes = {each["number"]: without_orders(each["quote"]) for each in update["citations"]}
    if not quotes and not remembered:  # only what the caller gave
        return []
    known = (*(state.get("context") or ()), *remembered)
    return check_claims(update["response"] or "", _asked(state), quotes, known)


def _without_model(
    state: State, runtime: Runtime[TurnContext], passages: Sequence[Passage], error: ModelError
) -> State:
    text = quoting(NO_MODEL[language_of(state)], nearest(_asked(state), passages))
    return {
        **fixed_reply(text, runtime),
        "agent_used": "rag",
        "citations": cite(passages),
        "rag_metadata": {"passages": len(passages)},
        "warnings": [str(error)],
    }

"""The part that all answering nodes share: from the state to a question, and back.

Owns the mapping between `State` and the agents' `Question` and `Answer`; knows nothing of
models or engines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from langgraph.runtime import Runtime

from agents.agent import Agent, Answer, Question
from agents.answering import Silent, answer, expect
from core.emotion.manner import Manner, manner_of
from core.engines.protocol import Part
from core.events import Restarted, Token
from core.nodes.kept_reply import keeping_of
from core.nodes.remembering import Recollections, recall
from core.retrieval.citations import cite, prompt_blocks
from core.retrieval.passage import Passage
from core.routing.injected import what_was_asked
from core.routing.skills import skills
from core.services import Services, TurnContext
from core.state import EmotionDiff, Language, State, TurnUsage

AS_THEY_SAY = 0.0
"""The temperature of an answer from passages: it is to repeat them, not to vary them."""


@dataclass(frozen=True, slots=True)
class Streamed:
    """A listener that passes the answer on to whoever follows the turn."""

    write: Callable[[object], None]

    def text(self, piece: str) -> None:
        self.write(Token(piece))

    def restarted(self, reason: str) -> None:
        self.write(Restarted(reason))


def manner_for(state: State, services: Services) -> Manner:
    """Chosen before the first token, so that what is streamed is the final text."""
    asked = what_was_asked(state.get("input") or "")
    emotion = services.settings.emotion
    if not emotion.enabled or not asked.strip():
        return Manner()
    return manner_of(
        asked,
        services.emotion_reader,
        written_in=state.get("language") or "es",
        reply_in=language_of(state),
        history=state.get("history") or (),
        intensity=emotion.intensity,
    )


def language_of(state: State) -> Language:
    """The language of the reply: as wished, else the user's own."""
    wished = (state.get("preferences") or {}).get("language")
    return wished or state.get("language") or "es"


def reply(
    agent: Agent,
    state: State,
    runtime: Runtime[TurnContext],
    *,
    parts: Sequence[Part],
    sources: Sequence[Passage] = (),
    models: Sequence[str] = (),
    recalled: Recollections | None = None,
    quoted: str = "",
) -> State:
    """The update of an answering node: the agent's streamed answer, and what it cost.

    `citations` are those of `sources` that the model was shown, `memories` those of `recalled`
    (None: what is remembered is looked up here). `models` are asked in place of the agent's own.
    `quoted` is the answer where a model is reached that leaves passages their own words.
    `response` is still without the opening; `enhance_emotion` puts it there.
    """
    context = runtime.context
    manner = manner_for(state, context.services)
    if manner.answer:
        told = fixed_reply(manner.answer, runtime)
        return {**told, "agent_used": agent.name, **noted(manner), "citations": [], "warnings": []}
    if recalled is None:
        recalled = recall(state, context, language_of(state))
    listener = Streamed(runtime.stream_writer)
    question = _question(
        state,
        manner,
        parts,
        sources=sources,
        memories=recalled.lines,
        models=models,
        quoted=quoted,
    )
    keeping = keeping_of(
        agent, question, state, manner=manner, sources=sources, services=context.services
    )
    given = keeping.given_before() if keeping else None
    if given:
        made = given.answer
        listener.text(made.text)
    else:
        made = answer(
            agent, question, context.services.pool, listener=listener, cancel=context.cancel
        )
        if keeping:
            keeping.keep(made)
    return {
        "agent_used": agent.name,
        "model_used": None if made.quoted else made.model,
        "tried": list(made.tried),
        "response": made.text,
        "finish_reason": made.finish_reason,
        **noted(manner),
        "emotion_diff": _diff(manner, made),
        "cached_at": given.at if given else None,
        "usage": _usage(state, made, asked=not (given or made.quoted)),
        "memories": recalled.used(made.memories),
        "citations": cite(sources[: made.sources]),
        "warnings": [*recalled.warnings, *made.warnings],
    }


def _usage(state: State, made: Answer, *, asked: bool) -> TurnUsage | None:
    """What the turn has cost; nothing more where no model was asked."""
    so_far = state.get("usage")
    return added_usage(so_far, made) if asked else so_far


def noted(manner: Manner) -> State:
    """What the state tells of how the user's words read."""
    return {
        "emotion": manner.emotion,
        "tone_style": manner.style,
        "spanish": manner.spanish,
        "prosody": manner.prosody,
    }


def _diff(manner: Manner, made: Answer) -> EmotionDiff | None:
    """What the answer has that the model did not say; None when it is all the model's own."""
    if not made.text or not (manner.opening or made.numbers_left_out):
        return None
    return {"opening": manner.opening, "numbers_left_out": made.numbers_left_out}


def ask_silently(
    agent: Agent, state: State, runtime: Runtime[TurnContext], parts: Sequence[Part]
) -> Answer:
    """A model call whose words are not the answer: no history, nothing streamed."""
    context = runtime.context
    question = Question(
        parts=tuple(parts), language=language_of(state), preferences={"temperature": 0.0}
    )
    return answer(
        agent,
        question,
        context.services.pool,
        listener=Silent(),
        cancel=context.cancel,
    )


@contextmanager
def expected(agent: Agent, state: State, runtime: Runtime[TurnContext]) -> Iterator[None]:
    """The agent's model may load while what it is to be asked is prepared inside.

    When that fails, nobody needs the model.
    """
    wished = (state.get("preferences") or {}).get("model")
    prefetch = expect(agent, wished, runtime.context.services.pool)
    try:
        yield
    except BaseException:
        if prefetch is not None:
            prefetch.cancel()
        raise


def _question(
    state: State,
    manner: Manner,
    parts: Sequence[Part],
    *,
    sources: Sequence[Passage],
    memories: tuple[str, ...],
    models: Sequence[str],
    quoted: str,
) -> Question:
    skill = skills().get(state.get("skill_used") or "")
    return Question(
        parts=tuple(parts),
        language=language_of(state),
        history=tuple(state.get("history") or ()),
        context=tuple(state.get("context") or ()),
        sources=prompt_blocks(sources),
        memories=memories,
        system_prompt=state.get("system_prompt"),
        tone_instruction=manner.instruction,
        skill_instruction=skill.instruction(language_of(state)) if skill else "",
        max_tokens=state.get("token_budget"),
        temperature=skill.temperature if skill else AS_THEY_SAY if sources else None,
        opening=manner.opening,
        without_telephones=manner.careful,
        preferences=state.get("preferences") or {},
        models=tuple(models),
        quoted=quoted,
    )


def fixed_reply(text: str, runtime: Runtime[TurnContext]) -> State:
    """An answer that needs no model; `model_used` stays None, so that nobody is misled."""
    runtime.stream_writer(Token(text))
    return {"response": text, "finish_reason": "stop"}


def added_usage(so_far: TurnUsage | None, made: Answer) -> TurnUsage:
    """What the turn has cost, with one more model call."""
    base = so_far or TurnUsage(
        calls=0, prompt_tokens=0, reused_tokens=0, completion_tokens=0, memory_mb=None
    )
    return {
        "calls": base["calls"] + 1,
        "prompt_tokens": base["prompt_tokens"] + made.usage.prompt_tokens,
        "reused_tokens": base["reused_tokens"] + made.usage.reused_tokens,
        "completion_tokens": base["completion_tokens"] + made.usage.completion_tokens,
        "memory_mb": made.memory_mb,
    }

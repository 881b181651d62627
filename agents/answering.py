"""How every agent gets its answer: lease, fit, stream, and fall back when a model fails.

Owns the one call that reaches a model; knows nothing of the graph or of what is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Protocol

from agents.agent import Agent, Answer, Question
from agents.prompting import Fitted, fit_messages, with_newest_turns
from core.cancellation import Cancellation
from core.emotion.telephone import TelephoneGuard
from core.engines.protocol import Completion, Engine, GenerationRequest, Message, Usage
from core.errors import (
    Cancelled,
    ContextOverflow,
    ModelError,
    ModelLacksModality,
    ModelUnavailable,
)
from core.model_pool import ModelPool, Prefetch
from core.settings import Settings

WAS_CUT = "The answer was cut at"
NEVER_REPLACED = (ContextOverflow, ModelLacksModality)
"""Errors of the question or the configuration: another model would only hide them."""


class Listener(Protocol):
    """Hears the answer while it is made."""

    def text(self, piece: str) -> None:
        """The next piece of the answer."""

    def restarted(self, reason: str) -> None:
        """All pieces so far are void; another model starts over."""


class Silent:
    """A listener for answers that nobody follows piece by piece."""

    def text(self, piece: str) -> None:
        """Ignore it."""

    def restarted(self, reason: str) -> None:
        """Ignore it."""


@dataclass(frozen=True, slots=True)
class _Call:
    """One question on its way through the fallback chain."""

    agent: Agent
    question: Question
    pool: ModelPool
    settings: Settings
    listener: Listener
    cancel: Cancellation | None

    def chain(self) -> tuple[str, ...]:
        return chain_of(self.agent, self.question, self.settings)


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a model is shown of a question: `sources` and `memories` are how many of its own."""

    messages: tuple[Message, ...]
    notices: tuple[str, ...]
    sources: int = 0
    memories: int = 0


def answer(
    agent: Agent,
    question: Question,
    pool: ModelPool,
    *,
    listener: Listener | None = None,
    cancel: Cancellation | None = None,
) -> Answer:
    """Ask the agent's model, or the first of its fallbacks that can answer.

    A model that fails hands over to its `fallback`, under that one's own name; the answer
    lists who was tried and why in `tried` and `warnings`.

    Raises:
        ModelError: when all failed, the error that says most (see `_telling`), with the
            others as notes; at once when the question or the configuration is at fault.
        Cancelled: when `cancel` was raised before there was an answer.
    """
    call = _Call(agent, question, pool, pool.settings, listener or Silent(), cancel)
    failures: list[ModelError] = []
    for model in call.chain():
        try:
            made = _ask(model, call)
        except NEVER_REPLACED:
            raise
        except ModelError as error:
            failures.append(error)
            continue
        reasons = tuple(f"{model} answered instead: {failure}" for failure in failures)
        tried = tuple(failure.model for failure in failures)
        return replace(made, tried=tried, warnings=reasons + made.warnings)
    raise _all_failed(failures) if failures else _nobody(agent)


def chain_of(agent: Agent, question: Question, settings: Settings) -> tuple[str, ...]:
    """The models that are asked, each when the one before it fails."""
    if question.models:
        return question.models
    return settings.chain(agent.role, question.preferences.get("model"))


def warmth_for(question: Question, model: str, settings: Settings) -> float:
    """The temperature at which `model` answers: as wished, else its own, else the question's."""
    own = settings.models[model].temperature
    usual = settings.generation.warmth(question.temperature) if own is None else own
    return question.preferences.get("temperature", usual)


def expect(agent: Agent, wished: str | None, pool: ModelPool) -> Prefetch | None:
    """Begin to load the model that will answer, while its question is still being prepared.

    That is the first of the chain that is installed; None when none is.
    """
    for model in pool.settings.chain(agent.role, wished):
        try:
            pool.check_available(model)
        except ModelError:  # the answer will tell
            continue
        return pool.prefetch(model)
    return None


def _nobody(agent: Agent) -> ModelUnavailable:
    return ModelUnavailable(
        f"No model is configured for the role {agent.role}.",
        model=agent.role,
        hint="`sarai models` shows the roles.",
    )


def _all_failed(failures: list[ModelError]) -> ModelError:
    raised = max(failures, key=_telling)
    for failure in failures:
        if failure is not raised:
            raised.add_note(f"{failure.model}: {failure}")
    return raised


def _telling(failure: ModelError) -> int:
    """What may succeed at the next try says most; that a model was never installed, least."""
    return 2 if failure.retryable else int(not isinstance(failure, ModelUnavailable))


def _ask(model: str, call: _Call) -> Answer:
    """One model's answer. Once it exists, nothing that fails afterwards may lose it."""
    if call.question.quoted and call.settings.models[model].quotes_passages:
        return _quoted(model, call)
    made: Answer | None = None
    try:
        with call.pool.lease(model, cancel=call.cancel) as engine:
            made = _generate(engine, call)
    except Exception as error:
        if made is None:
            raise
        return replace(made, warnings=(*made.warnings, f"Clean-up after {model} failed: {error}"))
    return made


def _quoted(model: str, call: _Call) -> Answer:
    """The passages' own words, which this model would not put better. It is not even loaded."""
    _say(call.question.quoted, call, [])
    shown = len(call.question.sources)
    return Answer(
        call.question.quoted, model, "stop", Usage(0, 0), None, sources=shown, quoted=True
    )


def _generate(engine: Engine, call: _Call) -> Answer:
    request, shown = _request(engine, call)
    pieces: list[str] = []
    guard = TelephoneGuard(call.question.language) if call.question.without_telephones else None
    try:
        completion = _stream(engine, request, call, pieces, guard)
    except ModelError as error:
        if pieces:
            call.listener.restarted(str(error))
        raise
    if completion.finish_reason == "cancelled" and not pieces:
        raise Cancelled("Stopped on request, before the first word.")
    call.pool.answered(engine.model, completion.usage)
    return Answer(
        text="".join(pieces),
        model=engine.model,
        finish_reason=completion.finish_reason,
        usage=completion.usage,
        memory_mb=engine.memory_mb(),
        sources=shown.sources,
        memories=shown.memories,
        numbers_left_out=guard.left_out if guard else 0,
        warnings=(*shown.notices, *_notices(completion)),
    )


def _request(engine: Engine, call: _Call) -> tuple[GenerationRequest, _Shown]:
    wishes, defaults = call.question.preferences, call.settings.generation
    own = call.settings.models[engine.model]
    wished_tokens = wishes.get("max_tokens", defaults.tokens(call.question.max_tokens))
    # Half the context stays for the question, however long an answer was asked for.
    max_tokens = min(wished_tokens, max(1, engine.context_tokens // 2))
    if own.max_tokens is not None:
        max_tokens = min(max_tokens, own.max_tokens)
    shown = _shown(engine, call, max_tokens)
    request = GenerationRequest(
        messages=shown.messages,
        max_tokens=max_tokens,
        temperature=warmth_for(call.question, engine.model, call.settings),
        top_p=defaults.top_p,
        seed=wishes.get("seed"),
        json_schema=call.question.json_schema,
    )
    return request, shown


def _shown(engine: Engine, call: _Call, max_tokens: int) -> _Shown:
    question = call.question
    if question.compose is not None:
        return _Shown(*question.compose(engine, max_tokens))
    question = with_newest_turns(question, call.settings.models[engine.model].history_turns)
    fitted = fit_messages(call.agent, question, engine, max_tokens)
    sources = len(question.sources) - fitted.sources_left_out
    memories = len(question.memories) - fitted.memories_left_out
    return _Shown(fitted.messages, tuple(_left_out(fitted)), sources, memories)


def _left_out(fitted: Fitted) -> Iterator[str]:
    for count, what in (
        (fitted.turns_left_out, "earlier turns"),
        (fitted.memories_left_out, "memories"),
        (fitted.sources_left_out, "passages"),
    ):
        if count:
            yield f"{count} {what} did not fit the model's context and were left out."


def _stream(
    engine: Engine,
    request: GenerationRequest,
    call: _Call,
    pieces: list[str],
    guard: TelephoneGuard | None,
) -> Completion:
    """Collect the model's words in `pieces` and pass them on, the opening first."""
    with closing(engine.generate(request, call.cancel)) as items:
        for item in items:
            if isinstance(item, Completion):
                _say(guard.rest() if guard else "", call, pieces)
                return item
            _say(guard.feed(item.text) if guard else item.text, call, pieces)
    raise LookupError("An engine ended its stream without a Completion.")


def _say(text: str, call: _Call, pieces: list[str]) -> None:
    # Some models begin with a space or empty lines.
    text = text if pieces else text.lstrip()
    if not text:
        return
    if call.question.opening and not pieces:
        call.listener.text(call.question.opening)
    pieces.append(text)
    call.listener.text(text)


def _notices(completion: Completion) -> Iterator[str]:
    if completion.finish_reason == "length":
        yield f"{WAS_CUT} {completion.usage.completion_tokens} tokens."
    if completion.finish_reason == "cancelled":
        yield "The answer was stopped on request."

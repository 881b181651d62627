"""How every agent gets its answer: lease, fit, stream, and fall back when a model fails.

Owns the one call that reaches a model; knows nothing of the graph or of what is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Protocol

from agents.agent import Agent, Answer, Question
from agents.prompting import fit_messages
from core.cancellation import Cancellation
from core.engines.protocol import Completion, Engine, GenerationRequest
from core.errors import ContextOverflow, ModelError, ModelLacksModality
from core.model_pool import ModelPool
from core.settings import Settings

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


@dataclass(slots=True)
class _Attempts:
    """What went wrong so far, in the order of the fallback chain."""

    errors: list[ModelError] = field(default_factory=list)

    @property
    def tried(self) -> tuple[str, ...]:
        return tuple(error.model for error in self.errors)

    def warnings(self, model: str) -> tuple[str, ...]:
        return tuple(f"{model} answered instead: {error}" for error in self.errors)


def answer(
    agent: Agent,
    question: Question,
    pool: ModelPool,
    settings: Settings,
    *,
    listener: Listener | None = None,
    cancel: Cancellation | None = None,
) -> Answer:
    """Ask the agent's model, or the first of its fallbacks that can answer.

    A model that fails hands over to its `fallback`, under that one's own name; the answer
    lists who was tried and why in `tried` and `warnings`.

    Raises:
        ModelError: the first model's error, with the others as notes, when all failed;
            at once when the question or the configuration is at fault.
        Cancelled: when `cancel` was raised before there was an answer.
    """
    listener = listener or Silent()
    chosen = question.preferences.get("model") or agent.variant(settings).model
    attempts = _Attempts()
    for model in settings.fallback_chain(chosen):
        try:
            made = _ask(model, agent, question, pool, settings, listener, cancel)
        except NEVER_REPLACED:
            raise
        except ModelError as error:
            attempts.errors.append(error)
            continue
        return replace(
            made, tried=attempts.tried, warnings=attempts.warnings(model) + made.warnings
        )
    raise _all_failed(attempts)


def _all_failed(attempts: _Attempts) -> ModelError:
    first, *others = attempts.errors
    for error in others:
        first.add_note(f"{error.model}: {error}")
    return first


def _ask(
    model: str,
    agent: Agent,
    question: Question,
    pool: ModelPool,
    settings: Settings,
    listener: Listener,
    cancel: Cancellation | None,
) -> Answer:
    """One model's answer. Once it exists, nothing that fails afterwards may lose it."""
    made: Answer | None = None
    try:
        with pool.lease(model, cancel=cancel) as engine:
            made = _generate(engine, agent, question, settings, listener, cancel)
    except Exception as error:
        if made is None:
            raise
        return replace(made, warnings=(*made.warnings, f"Clean-up after {model} failed: {error}"))
    return made


def _generate(
    engine: Engine,
    agent: Agent,
    question: Question,
    settings: Settings,
    listener: Listener,
    cancel: Cancellation | None,
) -> Answer:
    request, left_out = _request(engine, agent, question, settings)
    pieces: list[str] = []
    try:
        completion = _stream(engine, request, question.opening, pieces, listener, cancel)
    except ModelError as error:
        if pieces:
            listener.restarted(str(error))
        raise
    return Answer(
        text="".join(pieces),
        model=engine.model,
        finish_reason=completion.finish_reason,
        usage=completion.usage,
        memory_mb=engine.memory_mb(),
        warnings=tuple(_notices(completion, request, left_out)),
    )


def _request(
    engine: Engine, agent: Agent, question: Question, settings: Settings
) -> tuple[GenerationRequest, int]:
    wishes, defaults = question.preferences, settings.generation
    # Half the context stays for the question, however long an answer was asked for.
    max_tokens = min(
        wishes.get("max_tokens", defaults.max_tokens), max(1, engine.context_tokens // 2)
    )
    messages, left_out = fit_messages(agent, question, engine, max_tokens)
    request = GenerationRequest(
        messages=messages,
        max_tokens=max_tokens,
        temperature=wishes.get("temperature", defaults.temperature),
        top_p=defaults.top_p,
        seed=wishes.get("seed"),
    )
    return request, left_out


def _stream(
    engine: Engine,
    request: GenerationRequest,
    opening: str,
    pieces: list[str],
    listener: Listener,
    cancel: Cancellation | None,
) -> Completion:
    """Collect the model's words in `pieces` and pass them on, the opening first."""
    with closing(_iterate(engine, request, cancel)) as items:
        for item in items:
            if isinstance(item, Completion):
                return item
            if opening and not pieces:
                listener.text(opening)
            pieces.append(item.text)
            listener.text(item.text)
    raise AssertionError("an engine ended its stream without a Completion")


def _iterate(
    engine: Engine, request: GenerationRequest, cancel: Cancellation | None
) -> Iterator[object]:
    yield from engine.generate(request, cancel)


def _notices(completion: Completion, request: GenerationRequest, left_out: int) -> Iterator[str]:
    if left_out:
        yield f"{left_out} earlier turns did not fit the model's context and were left out."
    if completion.finish_reason == "length":
        yield f"The answer was cut at {completion.usage.completion_tokens} tokens."
    if completion.finish_reason == "cancelled":
        yield "The answer was stopped on request."

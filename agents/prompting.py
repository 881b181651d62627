"""From a question to the messages of one model, within its context.

Owns prompt assembly and the fitting of earlier turns; knows nothing of leases or routes.
"""

from __future__ import annotations

from collections.abc import Iterator

from agents.agent import Agent, Question
from core.engines.protocol import Engine, Message

PASSAGES_HEADING = {
    "es": "Responde con estos pasajes y cita los que uses por su número, así: [1]. "
    "Si no contienen la respuesta, dilo.",
    "en": "Answer from these passages and cite the ones you use by number, like this: [1]. "
    "If they do not hold the answer, say so.",
}


def fit_messages(
    agent: Agent, question: Question, engine: Engine, max_tokens: int
) -> tuple[tuple[Message, ...], int]:
    """The messages that fit the engine's context with room for the answer.

    The oldest turns are left out first, whole; the question itself is never shortened.

    Returns: the messages, and how many earlier turns were left out.
    """
    room_tokens = engine.context_tokens - max_tokens
    turns = question.history
    first = 0
    messages = _messages(agent, question, first)
    while first < len(turns) and engine.count_tokens(messages) > room_tokens:
        first += max(1, (len(turns) - first) // 4)
        messages = _messages(agent, question, first)
    return messages, first


def _messages(agent: Agent, question: Question, first_turn: int) -> tuple[Message, ...]:
    return tuple(_conversation(agent, question, first_turn))


def _conversation(agent: Agent, question: Question, first_turn: int) -> Iterator[Message]:
    system = _system_text(agent, question)
    if system:
        yield Message.text("system", system)
    for turn in question.history[first_turn:]:
        yield Message.text("user", turn["user"])
        yield Message.text("assistant", turn["assistant"])
    yield Message("user", question.parts)


def _system_text(agent: Agent, question: Question) -> str:
    own = question.system_prompt
    instructions = agent.system_prompt[question.language] if own is None else own
    blocks = [instructions, question.tone_instruction, _passages_text(question)]
    return "\n\n".join(block for block in blocks if block)


def _passages_text(question: Question) -> str:
    if not question.passages:
        return ""
    numbered = [f"[{n}] {passage}" for n, passage in enumerate(question.passages, start=1)]
    return "\n\n".join([PASSAGES_HEADING[question.language], *numbered])

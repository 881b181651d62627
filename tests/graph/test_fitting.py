"""What is left out when a question does not fit a model's context, and in which order."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from agents.agent import Question
from agents.prompting import Fitted, fit_messages
from agents.rag import RAG
from core.engines.protocol import Message
from core.state import PastTurn


class Counting:
    """An engine whose tokens are words."""

    def __init__(self, context_tokens: int) -> None:
        self.context_tokens = context_tokens

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return len(words(messages))


def words(messages: Sequence[Message]) -> list[str]:
    return [word for message in messages for part in message.parts for word in str(part).split()]


def fitted(question: Question, room: int) -> Fitted:
    return fit_messages(RAG, question, Counting(room + 1), 1)  # type: ignore[arg-type]


def question(turns: int, sources: int) -> Question:
    history = tuple(PastTurn(user=f"u{n}", assistant=f"a{n}") for n in range(turns))
    passages = tuple(f"[{n}] " + "texto " * 10 + f"s{n}" for n in range(1, sources + 1))
    return Question(("¿Quién?",), "es", history, sources=passages)


def test_old_turns_go_first_then_the_last_sources() -> None:
    asked = question(turns=4, sources=3)
    whole = fitted(asked, 10_000)
    size = len(words(whole.messages))
    assert (whole.turns_left_out, whole.sources_left_out) == (0, 0)
    without_turns = fitted(asked, size - 8)
    assert (without_turns.turns_left_out, without_turns.sources_left_out) == (4, 0)
    fewer = fitted(asked, size - 8 - 12)
    assert (fewer.turns_left_out, fewer.sources_left_out) == (4, 1)
    assert "s2" in words(fewer.messages)
    assert "s3" not in words(fewer.messages)


@given(st.integers(0, 6), st.integers(0, 5), st.integers(1, 200))
def test_the_question_and_the_best_source_always_stay(turns: int, sources: int, room: int) -> None:
    made = fitted(question(turns, sources), room)
    said = words(made.messages)
    assert said[-1] == "¿Quién?"
    assert not sources or "s1" in said
    assert made.turns_left_out <= turns
    assert made.sources_left_out <= max(0, sources - 1)
    if len(said) > room:  # nothing more could be left out
        assert (made.turns_left_out, made.sources_left_out) == (turns, max(0, sources - 1))

"""Out to lines of JSON and in again: whole, or not at all."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.memory.memory import Memory
from core.memory.record import Remembered
from core.memory.transfer import Imported, export_lines, import_lines
from tests.memory.conftest import NOON, Calendar, texts

LUNA = "Mi perro se llama Luna"

words = st.text(min_size=1, max_size=40).filter(str.strip)


def without_numbers(memories: list[Remembered]) -> list[tuple[Any, ...]]:
    return [
        (m.kind, m.text, m.said_at, m.thread, m.speaker, m.difficulty, m.subject, m.valid_from,
         m.valid_until)
        for m in memories
    ]  # fmt: skip


def test_facts_turns_and_their_times_come_back(memory: Memory, calendar: Calendar) -> None:
    memory.remember("Vivo en Lugo")
    calendar.pass_by(days=3)
    memory.remember("Vivo en Vigo")
    memory.remember("Vacaciones", valid_until=NOON + timedelta(days=9))
    memory.keep_turn("hola", "¡Hola!", thread="t", difficulty=0.25)
    lines = list(export_lines(memory))
    assert import_lines(memory, lines, user="ana") == Imported(5, 0, 0)
    assert without_numbers(memory.listed(user="ana")) == without_numbers(memory.listed())
    assert list(export_lines(memory, user="ana")) == lines
    assert import_lines(memory, lines) == Imported(0, 5, 0)
    assert import_lines(memory, ["", *lines, "  "], user="ana") == Imported(0, 5, 0)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(
    st.lists(st.tuples(words, st.sampled_from(["", "a", "b"]), st.integers(0, 900)), max_size=6),
    st.lists(st.tuples(words, words, st.none() | st.floats(0, 1)), max_size=4),
)
def test_any_memory_survives_the_journey(
    memory: Memory,
    facts: list[tuple[str, str, int]],
    turns: list[tuple[str, str, float | None]],
) -> None:
    user, other = uuid4().hex, uuid4().hex
    for text, subject, days in facts:
        began = NOON - timedelta(days=days)
        memory.remember(text, subject=subject, valid_from=began, user=user)
    for asked, answered, difficulty in turns:
        memory.keep_turn(asked, answered, thread="t", difficulty=difficulty, user=user)
    before = memory.listed(user=user)
    done = import_lines(memory, list(export_lines(memory, user=user)), user=other)
    assert done == Imported(len(before), 0, 0)
    assert sorted(without_numbers(memory.listed(user=other)), key=repr) == sorted(
        without_numbers(before), key=repr
    )


def test_what_was_forgotten_stays_forgotten(memory: Memory) -> None:
    memory.remember("Vivo en Lugo")
    luna = memory.remember(LUNA)
    lines = list(export_lines(memory))
    memory.forget([luna])
    assert import_lines(memory, lines) == Imported(0, 1, 1)
    assert texts(memory, "perro") == []


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{", "no JSON"),
        ("[]", "valid dictionary"),
        ('"text"', "valid dictionary"),
        ("{}", "text: Field required"),
        ('{"text": "  "}', "text is blank"),
        ('{"text": 3}', "text: Input should be a valid string"),
        ('{"text": "a", "colour": "red"}', "colour: Extra inputs"),
        ('{"text": "a", "kind": "rumour"}', "kind: Input should be 'fact' or 'turn'"),
        ('{"text": "a", "said_at": "yesterday"}', "said_at: "),
        ('{"text": "a", "said_at": "2026-05-04T12:00:00"}', "timezone"),
        ('{"text": "a", "kind": "turn", "difficulty": 2}', "difficulty: "),
        ('{"text": "a", "kind": "turn", "difficulty": NaN}', "difficulty: "),
        ('{"text": "a", "kind": "turn", "subject": "a"}', "a turn has no subject"),
        ('{"text": "a", "thread": "t"}', "belongs to no thread"),
        (
            '{"text": "a", "valid_from": "2026-05-04T12:00:00Z",'
            ' "valid_until": "2025-05-04T12:00:00Z"}',
            "before valid_from",
        ),
        ("[" * 100_000, "no memory"),
    ],
)
def test_a_bad_line_is_named_and_nothing_comes_in(memory: Memory, bad: str, reason: str) -> None:
    good = json.dumps({"text": LUNA})
    with pytest.raises(InvalidInput, match="Line 3 is no memory") as told:
        import_lines(memory, [good, "", bad, good])
    assert reason in str(told.value)
    assert "Nothing was imported" in str(told.value)
    assert memory.listed() == []


def test_a_line_by_hand_needs_nothing_but_its_text(memory: Memory) -> None:
    line = '{"text": "Vivo en Lugo"}'
    assert import_lines(memory, [line]) == Imported(1, 0, 0)
    (fact,) = memory.listed()
    assert (fact.kind, fact.subject, fact.said_at, fact.valid_from) == (
        "fact", "live at", NOON, NOON,
    )  # fmt: skip

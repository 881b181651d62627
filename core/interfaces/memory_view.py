"""Memories as lines on a terminal, and which of them somebody means.

Owns their form for people; knows nothing of commands or of how memories are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.errors import InvalidInput
from core.memory.memory import Memory
from core.memory.record import Remembered
from core.memory.searching import Recollection

LONGEST_LINE = 160  # characters of a memory; the whole is in the export


def memory_lines(memories: Sequence[Remembered]) -> Iterator[str]:
    """One line each."""
    for each in memories:
        yield memory_line(each)


def found_lines(found: Sequence[Recollection]) -> Iterator[str]:
    """One line each, with the score and the part that was found."""
    for each in found:
        yield f"{each.score:.2f}  {memory_line(each.memory, each.passage)}"


def memory_line(memory: Remembered, text: str | None = None) -> str:
    """Number, day, where it is from, words, and what has to be known of it."""
    words = " ".join((memory.text if text is None else text).split())
    if len(words) > LONGEST_LINE:
        words = f"{words[: LONGEST_LINE - 1]}…"
    until = f" (until {memory.valid_until:%Y-%m-%d})" if memory.valid_until else ""
    return f"#{memory.id:<4} {memory.said_at:%Y-%m-%d}  {_origin(memory)}  {words}{until}"


def meant_by(what: str, memory: Memory, user: str) -> list[Remembered]:
    """What `/forget what` means: a number, or a memory's very words. Nothing is guessed.

    Raises: InvalidInput, with the nearest ones, when nothing is meant.
    """
    if found := memory.matching(what, user=user):
        return found
    near = memory.search(what, 3, user=user).recollections
    hint = " ".join(f"#{each.memory.id}: {each.passage}" for each in near)
    raise InvalidInput(
        f"Nothing is remembered as {what!r}; nothing was forgotten.",
        key="what",
        hint=f"Give its number. The nearest: {hint}" if hint else "",
    )


def _origin(memory: Remembered) -> str:
    if memory.kind == "fact":
        return "fact"
    return "asked" if memory.speaker == "user" else "answer"

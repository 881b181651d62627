"""What somebody said, made into memories.

Owns what can be one; knows nothing of how it is kept.
"""

from __future__ import annotations

from datetime import datetime

from core.errors import InvalidInput
from core.memory.record import NewMemory, Speaker
from core.memory.subjects import subject_of
from core.text.halves import without_halves

LONGEST_FACT = 4000  # characters


def fact_of(
    text: str,
    now: datetime,
    *,
    user: str,
    subject: str | None = None,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> NewMemory:
    """A fact that was told now; without a `subject`, its words tell what it is about.

    Raises: InvalidInput, for no words or too many.
    """
    fact = without_halves(text).strip()
    if not fact:
        raise InvalidInput("There is nothing to remember.", key="fact")
    if len(fact) > LONGEST_FACT:
        raise InvalidInput(
            f"That has {len(fact)} characters; a fact has {LONGEST_FACT} at most.",
            key="fact",
            hint="Save it as a file and have that indexed: sarai index FILE.",
        )
    return NewMemory(
        kind="fact",
        text=fact,
        said_at=now,
        user=user,
        subject=subject_of(fact) if subject is None else subject,
        valid_from=valid_from or now,
        valid_until=valid_until,
    )


def turns_of(
    asked: str,
    answered: str,
    now: datetime,
    *,
    user: str,
    thread: str,
    difficulty: float | None,
) -> list[NewMemory]:
    """Both sides of an exchange, each a memory; a side that said nothing is none."""
    said: tuple[tuple[Speaker, str], ...] = (("user", asked), ("assistant", answered))
    return [
        NewMemory("turn", without_halves(text), now, user, thread, speaker, difficulty)
        for speaker, text in said
        if text.strip()
    ]

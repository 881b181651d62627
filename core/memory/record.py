"""What one memory is.

Owns the types; knows nothing of how memories are kept or found.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from core.retrieval.duplicates import normalised
from core.text.folding import folded_words

Kind = Literal["fact", "turn"]
Speaker = Literal["user", "assistant"]

DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class NewMemory:
    """What shall be kept. Times are aware.

    Args:
        user: whose it is; "" for the one who uses the command line.
        thread: the conversation that it was said in; "" for none. Facts belong to no thread.
        difficulty: how hard the question was, 0 to 1; None where that is not known.
        subject: what a fact is about; facts of one subject supersede one another. "" for none.
        valid_from: since when a fact is true; None for turns.
        valid_until: when it ends to be true, where that was told.
    """

    kind: Kind
    text: str
    said_at: datetime
    user: str = ""
    thread: str = ""
    speaker: Speaker = "user"
    difficulty: float | None = None
    subject: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Remembered(NewMemory):
    """A memory that is kept. `superseded_by` is the next fact of the same subject, if any.

    `valid_until` is when that one began, where the fact itself was told no earlier end.
    """

    id: int = 0
    superseded_by: int | None = None

    def is_over(self, now: datetime) -> bool:
        """Whether it was true once, and is no longer."""
        return self.valid_until is not None and self.valid_until <= now


def utc_now() -> datetime:
    return datetime.now(UTC)


def text_digest(text: str) -> bytes:
    """Equal for texts of the same words in the same order, however they are written."""
    said = " ".join(folded_words(text)) or normalised(text)
    return hashlib.blake2b(said.encode(errors="replace"), digest_size=DIGEST_BYTES).digest()

"""Memories as lines of JSON, out and in.

Owns the form of a line; knows nothing of files' places or of how memories are kept. An import
is all or nothing: a bad line is named, and then nothing of the file was taken.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.errors import InvalidInput
from core.memory.memory import Memory
from core.memory.record import Kind, NewMemory, Remembered, Speaker
from core.memory.subjects import subject_of
from core.text.halves import without_halves

LONGEST_TEXT = 200_000


class _Line(BaseModel):
    """One memory. What is not given is as for one that is new."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: Kind = "fact"
    text: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
    said_at: Annotated[AwareDatetime, Field(strict=False)] | None = None
    thread: str = ""
    speaker: Speaker = "user"
    difficulty: Annotated[float, Field(ge=0, le=1)] | None = None
    subject: str | None = None
    valid_from: Annotated[AwareDatetime, Field(strict=False)] | None = None
    valid_until: Annotated[AwareDatetime, Field(strict=False)] | None = None

    @model_validator(mode="after")
    def _is_one_memory(self) -> Self:
        if not self.text.strip():
            raise ValueError("text is blank")
        if self.kind == "turn" and (self.subject or self.valid_from or self.valid_until):
            raise ValueError("a turn has no subject and no validity")
        if self.kind == "fact" and self.thread:
            raise ValueError("a fact belongs to no thread")
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError("valid_until is before valid_from")
        return self

    def memory(self, user: str, now: datetime) -> NewMemory:
        said_at, text = self.said_at or now, without_halves(self.text)
        fact = self.kind == "fact"
        own_subject = subject_of(text) if self.subject is None else self.subject
        return NewMemory(
            kind=self.kind,
            text=text,
            said_at=said_at,
            user=user,
            thread=without_halves(self.thread),
            speaker=self.speaker,
            difficulty=self.difficulty,
            subject=own_subject if fact else "",
            valid_from=(self.valid_from or said_at) if fact else None,
            valid_until=self.valid_until,
        )


@dataclass(frozen=True, slots=True)
class Imported:
    """How many memories are new, were there already, and stay forgotten."""

    new: int
    known: int
    forgotten: int


def export_lines(memory: Memory, *, user: str = "") -> Iterator[str]:
    """The user's memories, the oldest first, a JSON object each. Raises: StorageError."""
    for each in reversed(memory.listed(user=user)):
        yield json.dumps(exported(each), ensure_ascii=False)


def import_lines(memory: Memory, lines: Iterable[str], *, user: str = "") -> Imported:
    """Bring memories in; blank lines are skipped, and what was forgotten stays so.

    Raises: InvalidInput, naming the first line that cannot be used, with nothing brought in;
        StorageError.
    """
    new = [
        _memory(number, line, user, memory.now())
        for number, line in enumerate(lines, start=1)
        if line.strip()
    ]
    before = {each.id for each in memory.listed(user=user)}
    kept = [each.id for each in memory.add(new) if each is not None]
    fresh = set(kept) - before
    return Imported(len(fresh), len(kept) - len(fresh), len(new) - len(kept))


def exported(each: Remembered) -> dict[str, Any]:
    """A memory as a line holds it."""
    line: dict[str, Any] = {"kind": each.kind, "text": each.text, "said_at": _time(each.said_at)}
    if each.kind == "turn":
        line |= {"thread": each.thread, "speaker": each.speaker, "difficulty": each.difficulty}
        return line
    until = None if each.valid_until is None else _time(each.valid_until)
    since = None if each.valid_from is None else _time(each.valid_from)
    return line | {"subject": each.subject, "valid_from": since, "valid_until": until}


def _time(time: datetime) -> str:
    return time.astimezone(UTC).isoformat()


def _memory(number: int, line: str, user: str, now: datetime) -> NewMemory:
    try:
        return _Line.model_validate(json.loads(line)).memory(user, now)
    except json.JSONDecodeError as error:
        raise _bad(number, f"no JSON: {error.msg} at column {error.colno}") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _bad(number, f"{where}: {first['msg']}" if where else first["msg"]) from None
    except RecursionError:
        raise _bad(number, "nested too deep") from None


def _bad(number: int, reason: str) -> InvalidInput:
    return InvalidInput(
        f"Line {number} is no memory: {reason}. Nothing was imported.",
        key="line",
        hint="`sarai memory export FILE` shows the form.",
    )

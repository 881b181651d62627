"""The commands of the conversation about memory: /remember, /memory, /forget.

Owns what they say; knows nothing of how they are called.
"""

from __future__ import annotations

from core.errors import InvalidInput
from core.interfaces.memory_view import found_lines, meant_by, memory_line, memory_lines
from core.interfaces.session import Session

SHOWN = 20
SEARCH = "search"


def remember(session: Session, words: str) -> None:
    """Keep a fact. Raises: InvalidInput, StorageError."""
    services = session.assistant.services
    if not services.settings.memory.enabled:
        raise InvalidInput(
            "Memory is switched off.", key="memory.enabled", hint="Set memory.enabled: true."
        )
    kept = services.memory.remember(words)
    session.presenter.note(f"remembered: {memory_line(kept)}")


def show_memory(session: Session, words: str) -> None:
    """The newest memories, or those that fit a question. Raises: InvalidInput, StorageError."""
    memory, (first, *rest) = session.assistant.services.memory, words.split(maxsplit=1) or [""]
    if first not in {"", SEARCH} or (first == SEARCH and not rest):
        raise InvalidInput(
            f"What of memory? Not {words!r}.", key="/memory", hint="Use /memory search WORDS."
        )
    if first == SEARCH:
        found = memory.search(rest[0], SHOWN)
        lines = [*found_lines(found.recollections)]
        if found.note:
            session.presenter.note(found.note)
    else:
        lines = [*memory_lines(memory.listed(limit=SHOWN))]
    for line in lines or ["Nothing is remembered."]:
        session.presenter.line(line)


def forget(session: Session, words: str) -> None:
    """Delete what is meant, for good. Raises: InvalidInput, StorageError."""
    memory = session.assistant.services.memory
    count = memory.forget(meant_by(words, memory, ""))
    session.presenter.note(
        f"Forgotten: {count}. It does not come back by itself; this conversation may still "
        "hold the words: /clear forgets it."
    )

"""Finding known phrases in a list of words, on word borders only.

Owns the matching; knows nothing of what a phrase means: that is the caller's payload.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from core.text.folding import fold

Payload = TypeVar("Payload")


@dataclass(frozen=True, slots=True)
class Found(Generic[Payload]):
    """One phrase at words `start` to `end` (exclusive), and what the caller attached to it."""

    start: int
    end: int
    payloads: tuple[Payload, ...]


class PhraseTable(Generic[Payload]):
    """Phrases with payloads. Immutable after construction, so safe to share among threads.

    A phrase is words with blanks between; `configur*` stands for every word that begins
    so, and a lone `*` for any one word (not the first). Of the phrases that begin at a
    word the longest wins, and takes its words, so that "kernel panic" is no panic.

    Args:
        entries: pairs of phrase and payload; the same phrase may come with several.
    """

    def __init__(self, entries: Iterable[tuple[str, Payload]]) -> None:
        payloads: defaultdict[tuple[str, ...], list[Payload]] = defaultdict(list)
        for phrase, payload in entries:
            payloads[tuple(fold(phrase).split())].append(payload)
        self._payloads = {pattern: tuple(found) for pattern, found in payloads.items()}
        self._by_first: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
        # Longest first, so that the first pattern that matches is the one wanted.
        for pattern in sorted(self._payloads, key=lambda p: (-len(p), -sum(map(len, p)))):
            self._by_first[pattern[0]].append(pattern)
        stems = (first[:-1] for first in self._by_first if first.endswith("*"))
        self._stem_lengths = sorted({len(stem) for stem in stems}, reverse=True)

    def find(self, words: Sequence[str]) -> list[Found[Payload]]:
        """Every phrase in the folded `words`, left to right, none overlapping another."""
        found = []
        position = 0
        while position < len(words):
            pattern = self._longest_at(words, position)
            if pattern is None:
                position += 1
                continue
            end = position + len(pattern)
            found.append(Found(position, end, self._payloads[pattern]))
            position = end
        return found

    def _longest_at(self, words: Sequence[str], position: int) -> tuple[str, ...] | None:
        word = words[position]
        best: tuple[str, ...] | None = None
        for first in self._keys_of(word):
            for pattern in self._by_first.get(first, ()):
                if best is not None and len(pattern) <= len(best):
                    break
                if _matches(pattern, words, position):
                    best = pattern
        return best

    def _keys_of(self, word: str) -> Iterable[str]:
        yield word
        for length in self._stem_lengths:
            if length <= len(word):
                yield word[:length] + "*"


def _matches(pattern: tuple[str, ...], words: Sequence[str], position: int) -> bool:
    if position + len(pattern) > len(words):
        return False
    return all(
        words[position + offset].startswith(part[:-1])
        if part.endswith("*")
        else words[position + offset] == part
        for offset, part in enumerate(pattern)
    )

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

_START = 2  # letters; a stem has at least as many


@dataclass(frozen=True, slots=True)
class Found(Generic[Payload]):
    """One phrase at words `start` to `end` (exclusive), and what the caller attached to it."""

    start: int
    end: int
    payloads: tuple[Payload, ...]


class PhraseTable(Generic[Payload]):
    """Phrases with payloads. Immutable after construction, so safe to share among threads.

    A phrase is words with blanks between; `configur*` stands for every word that begins
    so (two letters at least), and a lone `*` for any one word (not the first). Of the phrases
    that begin at a word the longest wins, and takes its words, so that "kernel panic" is no
    panic.

    Args:
        entries: pairs of phrase and payload; the same phrase may come with several.
    """

    def __init__(self, entries: Iterable[tuple[str, Payload]]) -> None:
        payloads: defaultdict[tuple[str, ...], list[Payload]] = defaultdict(list)
        for phrase, payload in entries:
            payloads[tuple(fold(phrase).split())].append(payload)
        self._payloads = {pattern: tuple(found) for pattern, found in payloads.items()}
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        self._open_by_start: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
        # Longest first, so that the first pattern that matches is the one wanted.
        for pattern in sorted(self._payloads, key=lambda p: (-len(p), -sum(map(len, p)))):
            if any(part.endswith("*") for part in pattern):
                self._open_by_start[pattern[0][:_START]].append(pattern)
            else:
                lengths[pattern[0]].add(len(pattern))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

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
        best = self._longest_of(self._lengths.get(word, ()), words, position)
        for pattern in self._open_by_start.get(word[:_START], ()):
            if best is not None and len(pattern) <= len(best):
                break
            if _matches(pattern, words, position):
                return pattern
        return best

    def _longest_of(
        self, lengths: Iterable[int], words: Sequence[str], position: int
    ) -> tuple[str, ...] | None:
        """The first phrase without * of one of `lengths` that begins at `position`."""
        for length in lengths:
            pattern = tuple(words[position : position + length])
            if pattern in self._payloads:
                return pattern
        return None


def _matches(pattern: tuple[str, ...], words: Sequence[str], position: int) -> bool:
    first, word = pattern[0], words[position]
    begins = word.startswith(first[:-1]) if first.endswith("*") else word == first
    if not begins or position + len(pattern) > len(words):
        return False
    return all(
        words[position + offset].startswith(part[:-1])
        if part.endswith("*")
        else words[position + offset] == part
        for offset, part in enumerate(pattern)
    )

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

_STEM = 2  # letters that a stem has at least


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
        # By the first part, a whole word or a stem with its star; the longest has the lowest rank.
        self._open: defaultdict[str, list[tuple[int, tuple[str, ...]]]] = defaultdict(list)
        ends: defaultdict[str, set[int]] = defaultdict(set)  # of stems, by their start
        longest_first = sorted(self._payloads, key=lambda p: (-len(p), -sum(map(len, p))))
        for rank, pattern in enumerate(longest_first):
            if any(part.endswith("*") for part in pattern):
                first = pattern[0]
                self._open[first].append((rank, pattern))
                if first.endswith("*"):
                    ends[first[:_STEM]].add(len(first) - 1)
            else:
                lengths[pattern[0]].add(len(pattern))
        self._ends = {start: sorted(found) for start, found in ends.items()}
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def phrases(self) -> Iterable[tuple[str, ...]]:
        """All of them, as words."""
        return self._payloads.keys()

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
        longer_than = len(best) if best else 0
        stems = [f"{word[:end]}*" for end in self._ends.get(word[:_STEM], ()) if end <= len(word)]
        matching = [
            ranked
            for begin in (word, *stems)
            for ranked in self._open.get(begin, ())
            if len(ranked[1]) > longer_than and _goes_on(ranked[1], words, position)
        ]
        return min(matching)[1] if matching else best

    def _longest_of(
        self, lengths: Iterable[int], words: Sequence[str], position: int
    ) -> tuple[str, ...] | None:
        """The first phrase without * of one of `lengths` that begins at `position`."""
        for length in lengths:
            pattern = tuple(words[position : position + length])
            if pattern in self._payloads:
                return pattern
        return None


def _goes_on(pattern: tuple[str, ...], words: Sequence[str], position: int) -> bool:
    """Whether the parts after the first match the words after the one at `position`."""
    return position + len(pattern) <= len(words) and all(
        words[position + offset].startswith(part[:-1])
        if part.endswith("*")
        else words[position + offset] == part
        for offset, part in enumerate(pattern[1:], start=1)
    )

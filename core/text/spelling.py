"""Which telling word was meant by one that nobody knows.

Owns the comparison of an unknown word with those that tell something; knows nothing of what they
tell. A word is never changed that was met in training. A slip of the hand is one letter too many,
too few or another, or two that changed places, behind the first letter, which hardly anybody
mistypes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Sequence

FEWEST_LETTERS = 4  # shorter words have too many neighbours
MOST_LETTERS = 20  # longer ones cost time, and are no words


class Spelling:
    """Immutable after construction, so safe to share among threads.

    A slip leaves the first or the second half of a word as it was, and telling words are found by
    either: about five microseconds for an unknown word. Two letters that changed places in the
    very middle touch both halves, and are tried by themselves.

    Args:
        telling: folded words; of two that may be meant the earlier one is.
        known: every word that stands for itself, those included.
    """

    def __init__(self, telling: Sequence[str], known: Container[str]) -> None:
        self._known = known
        self._rank = {word: rank for rank, word in enumerate(telling)}
        self._by_half: defaultdict[str, set[str]] = defaultdict(set)
        for word in telling:
            # Half as long as what was typed, which may be a letter shorter or longer.
            for length in {(len(word) - 1) // 2, len(word) // 2, (len(word) + 1) // 2}:
                for half in _halves(word, length):
                    self._by_half[half].add(word)

    def meant(self, word: str) -> str:
        """The telling word that the folded `word` misspells, else `word`."""
        if not FEWEST_LETTERS <= len(word) <= MOST_LETTERS or word in self._known:
            return word
        middle = len(word) // 2
        near = [
            telling
            for half in _halves(word, middle)
            for telling in self._by_half.get(half, ())
            if telling[0] == word[0] and is_slip(telling, word)
        ]
        swapped = word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :]
        if swapped in self._rank:
            near.append(swapped)
        return min(near, key=self._rank.__getitem__, default=word)


def is_slip(meant: str, typed: str) -> bool:
    """Whether the two, which differ, do so by one letter or by two that changed places."""
    shorter = min(len(meant), len(typed))
    pairs = zip(meant, typed, strict=False)
    start = next((place for place, (one, other) in enumerate(pairs) if one != other), shorter)
    rest, other = meant[start:], typed[start:]
    return (
        rest[1:] == other
        or rest == other[1:]
        or rest[1:] == other[1:]
        or (rest[:2] == other[1::-1] and rest[2:] == other[2:])
    )


def _halves(word: str, length: int) -> tuple[str, str]:
    """The first and the last `length` letters; the mark tells them apart."""
    return f"{word[:length]}-", f"-{word[-length:]}"

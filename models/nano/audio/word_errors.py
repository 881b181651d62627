"""How transcripts are held against what was said. Needs nothing but the words."""

from __future__ import annotations

from collections.abc import Sequence


def words_of(text: str) -> list[str]:
    """`text` in lower case without punctuation."""
    kept = "".join(letter if letter.isalnum() else " " for letter in text.lower())
    return kept.split()


def word_error_rate(pairs: Sequence[tuple[str, str]]) -> float:
    """Edits of (reference, hypothesis) pairs, over the words of the references."""
    edits = sum(_edits(words_of(right), words_of(said)) for right, said in pairs)
    return edits / max(1, sum(len(words_of(right)) for right, _ in pairs))


def _edits(right: list[str], said: list[str]) -> int:
    row = list(range(len(said) + 1))
    for number, word in enumerate(right, 1):
        before, row[0] = row[0], number
        for place, other in enumerate(said, 1):
            before, row[place] = (
                row[place],
                min(row[place] + 1, row[place - 1] + 1, before + (word != other)),
            )
    return row[-1]

"""From a text to the numbers that the linear heads weigh.

Owns what a feature is (letters, words, cues, form, opening), how it is hashed and how much it
counts before anything is learned; knows no weights, nor what the form of a text may show: that
is the caller's. Training and answering share it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from core.text.lexicon import Lexicon
from core.text.pieces import Pieces, pieces_of
from core.text.reading import Reading, read

# From a text and its number of words to the names of what its form shows.
Form = Callable[[str, int], Iterable[str]]

LETTERS = (2, 3, 4, 5)  # lengths of the pieces of letters
# A long text is judged by its beginning and its end, where people say what they want.
HEAD_LETTERS, TAIL_LETTERS = 500, 200
READ_HEAD, READ_TAIL = 700, 300  # of these the words and cues are read at all

# What a group of features weighs in sum (squared), however many of them there are.
GROUP_WEIGHT = {"letters": 1.0, "word": 1.0, "cue": 1.2, "form": 0.5, "opening": 0.6}
# The checksum goes on from these, so that the word "fault" is not the cue "fault".
_SEEDS = {"letters": 0} | {
    group: crc32(bytes([number]))
    for number, group in enumerate(("word", "cue", "form", "opening"), start=1)
}


@dataclass(frozen=True, slots=True)
class Features:
    """The features of one text: `checksums[i]` is that of `names()[i]`, of size `values[i]`.

    The letters come first; `groups` are all others.
    """

    pieces: Pieces
    groups: Mapping[str, Sequence[bytes]]
    checksums: NDArray[np.int64]
    values: NDArray[np.float32]
    reading: Reading

    def names(self) -> list[tuple[str, bytes]]:
        """Group and name of every feature, in order."""
        letters = [("letters", name) for name in self.pieces.names()]
        return letters + [(group, name) for group in self.groups for name in self.groups[group]]


def features_of(text: str, lexicon: Lexicon, form_of: Form, *, opening_words: int = 0) -> Features:
    """All features of `text`. Each counts once, however often it occurs.

    Args:
        opening_words: how many words the text opens with that count apart from where else they
            occur: in "draft a mail ..." the first says what is to be done, however much follows.
    """
    if len(text) > READ_HEAD + READ_TAIL:
        text = f"{text[:READ_HEAD]}\n{text[-READ_TAIL:]}"
    reading = read(text, lexicon)
    pieces = _letters(reading.words)
    groups = {
        "word": _words(reading.words),
        "cue": list(dict.fromkeys(cue.encode() for cue in reading.cues)),
        "form": [name.encode() for name in form_of(text, len(reading.words))],
        "opening": _opening(reading.words[:opening_words]),
    }
    named: list[int] = []
    values = [_share("letters", len(pieces))] * len(pieces)
    for group, names in groups.items():
        if names:
            seed = _SEEDS[group]
            named += [crc32(name, seed) for name in names]
            values += [_share(group, len(names))] * len(names)
    checksums = np.concatenate([pieces.checksums, np.array(named, np.int64)])
    return Features(pieces, groups, checksums, np.array(values, np.float32), reading)


def checksum_of(group: str, name: str) -> int:
    """That of the feature `name` of a group."""
    return crc32(name.encode(), _SEEDS[group])


def _share(group: str, count: int) -> float:
    """What each of `count` features of a group weighs."""
    return GROUP_WEIGHT[group] / math.sqrt(count)


def _letters(words: Sequence[str]) -> Pieces:
    text = f" {' '.join(words)} ".encode()
    whole = len(text) <= HEAD_LETTERS + TAIL_LETTERS
    parts = (text,) if whole else (text[:HEAD_LETTERS], text[-TAIL_LETTERS:])
    return pieces_of(parts, LETTERS)


def _words(words: Sequence[str]) -> list[bytes]:
    shown = [_without_digits(word) for word in _ends(words)]
    return list(dict.fromkeys([*(word.encode() for word in shown), *_pairs(shown)]))


def _opening(words: Sequence[str]) -> list[bytes]:
    """The first word, the first two, and so on."""
    return [" ".join(words[: count + 1]).encode() for count in range(len(words))]


def _ends(words: Sequence[str]) -> Sequence[str]:
    head, tail = HEAD_LETTERS // 6, TAIL_LETTERS // 6
    return words if len(words) <= head + tail else [*words[:head], *words[-tail:]]


def _pairs(words: Sequence[str]) -> Iterator[bytes]:
    padded = ["^", *words]
    for first, second in pairwise(padded):
        yield f"{first} {second}".encode()


def _without_digits(word: str) -> str:
    return "0" if word.isdigit() else word

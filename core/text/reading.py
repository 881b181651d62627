"""Words, cues and form of a text, read once.

Owns how the words around a cue change it: what is refused or denied is another cue than
what is wanted. Knows nothing of what a cue speaks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.text.folding import WORD, fold
from core.text.lexicon import Cue, Lexicon
from core.text.phrases import Found

# A refusal or an intensifier does not reach into the next clause.
_TOKEN = re.compile(rf"{WORD}|[,;:.!?)\]](?=\s|$)|[\n¿¡(]")
_TURNING_WORDS = frozenset({"pero", "sino", "but", "just", "solo", "only"})
_BREAKS = frozenset(",;:.!?)]\n¿¡(")

REACH_WORDS = {"refusal": 4, "denial": 3, "intensifier": 2}


@dataclass(frozen=True, slots=True)
class Reading:
    """`words` are folded, and spelt as they were meant; `cues` are names such as "fault" or
    "denied sadness", in order."""

    words: tuple[str, ...]
    cues: tuple[str, ...]


def read(text: str, lexicon: Lexicon) -> Reading:
    """Read `text` for the cues of `lexicon`."""
    tokens = _TOKEN.findall(fold(text))
    if lexicon.spelling:
        tokens = [lexicon.spelling.meant(token) for token in tokens]
    cues = tuple(_cues(tokens, lexicon.cues.find(tokens)))
    return Reading(tuple(token for token in tokens if token not in _BREAKS), cues)


def _cues(tokens: Sequence[str], found: Sequence[Found[Cue]]) -> Iterator[str]:
    reach = dict.fromkeys(REACH_WORDS, -1)  # the last token that each bears on
    for match in found:
        for cue in match.payloads:
            if cue.kind == "concept":
                yield _named(cue, match.start, reach)
            else:
                reach[cue.kind] = _end_of_reach(tokens, match.end, REACH_WORDS[cue.kind])


def _named(cue: Cue, start: int, reach: dict[str, int]) -> str:
    for kind, said in (("refusal", "unwanted"), ("denial", "denied"), ("intensifier", "very")):
        if start <= reach[kind]:
            return f"{said} {cue.id}"
    return cue.id


def _end_of_reach(tokens: Sequence[str], start: int, words: int) -> int:
    for position in range(start, min(start + words, len(tokens))):
        if tokens[position] in _BREAKS or tokens[position] in _TURNING_WORDS:
            return position - 1
    return start + words - 1

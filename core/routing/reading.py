"""Cues in their context: refused, denied, repeated or shielded words count less.

Owns how the words around a cue change its evidence; knows nothing of scores or routes.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from core.routing.evidence import Evidence
from core.routing.lexicon import Concept, Lexicon
from core.text.folding import folded_words
from core.text.phrases import PhraseTable

# A refusal or an intensifier does not reach into the next clause.
_CLAUSE_END = re.compile(r"[,;:.!?)\]](?=\s|$)|[\n¿¡(]")
_TURNING_WORDS = frozenset({"pero", "sino", "but", "just", "solo", "only"})

REFUSAL_REACH = 4
DENIAL_REACH = 3
INTENSIFIER_REACH = 2
INTENSIFIER_GAIN = 1.35
REPETITION_GAIN = 0.5  # each further word of the same concept counts half of the one before


@dataclass(frozen=True, slots=True)
class _Cue:
    """A concept found in a clause, and what the words before it do to it."""

    concept: Concept
    words: str
    refused: bool
    denied: bool
    intensified: bool
    shielded: bool  # its own clause holds a shielding concept


def cue_evidence(text: str, lexicon: Lexicon) -> list[Evidence]:
    """The evidence of all cues in `text`, in order."""
    cues = [
        cue for clause in _CLAUSE_END.split(text) for cue in _cues_of(folded_words(clause), lexicon)
    ]
    anchored = _anchored(cues)
    shield = 1.0 if anchored else _shield(cues)
    seen: Counter[str] = Counter()
    evidence = []
    for cue in cues:
        repetition = REPETITION_GAIN ** seen[cue.concept.id]
        seen[cue.concept.id] += 1
        evidence.append(_evidence_of(cue, repetition, shield, anchored=anchored))
    return evidence


def _cues_of(words: list[str], lexicon: Lexicon) -> list[_Cue]:
    found = lexicon.concepts.find(words)
    if not found:
        return []
    refused = _reach(lexicon.refusals, words, REFUSAL_REACH)
    denied = _reach(lexicon.denials, words, DENIAL_REACH)
    intensified = _reach(lexicon.intensifiers, words, INTENSIFIER_REACH)
    shielded = any(concept.shields < 1 for match in found for concept in match.payloads)
    return [
        _Cue(
            concept,
            " ".join(words[match.start : match.end]),
            match.start in refused,
            match.start in denied,
            match.start in intensified,
            shielded,
        )
        for match in found
        for concept in match.payloads
    ]


def _reach(table: PhraseTable[None], words: list[str], reach: int) -> set[int]:
    """Positions of the words that a phrase of `table` before them bears on."""
    reached: set[int] = set()
    for match in table.find(words):
        for position in range(match.end, min(match.end + reach, len(words))):
            if words[position] in _TURNING_WORDS:
                break
            reached.add(position)
    return reached


def _anchored(cues: list[_Cue]) -> bool:
    """A program is ordered: a poem in the same prompt is only what it prints."""
    return any(cue.concept.anchor and not cue.refused for cue in cues)


def _shield(cues: list[_Cue]) -> float:
    return min((cue.concept.shields for cue in cues if not cue.refused), default=1.0)


def _evidence_of(cue: _Cue, repetition: float, shield: float, *, anchored: bool) -> Evidence:
    concept = cue.concept
    base = Evidence(
        f"{concept.id}: {cue.words}",
        concept.hard,
        concept.soft,
        concept.web_query,
        dict(concept.tasks),
    )
    wanted = 0.0 if cue.refused else 1.0
    outranked = anchored and concept.shields < 1
    felt = (0.0 if cue.denied else 1.0) * (INTENSIFIER_GAIN if cue.intensified else 1.0)
    return base.scaled(
        technical=wanted * repetition * shield,
        soft=felt * repetition * (shield if cue.shielded else 1.0),
        tasks=0.0 if outranked else wanted * repetition,
    )

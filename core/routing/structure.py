"""What the form of a prompt says, whatever its words mean.

Owns code, formulas, length and questions as evidence; knows no vocabulary.
"""

from __future__ import annotations

import re

from core.routing.evidence import Evidence

_CODE = re.compile(
    r"```|\bdef \w+\(|\bclass \w+[:({]|\bimport \w+|#include|=>|\bSELECT\b.+\bFROM\b"
    r"|\w+\([^()\n]*\);|\{\s*\n|</\w+>|Traceback \(most|^\s*\$ \w+|\b\w+(?:Error|Exception):",
    re.MULTILINE,
)
_FORMULA = re.compile(
    r"[a-z]\s*\^\s*\d|\d\s*[a-z]\s*[-+=]|\b[a-z]\s*=\s*\d|[∫∑√∂]|\b[a-z]\([a-z]\)", re.IGNORECASE
)
_HOW_TO = re.compile(
    r"\bc[oó]mo (?:se )?\w+(?:o|ar|er|ir|a|e)\b"
    r"|\bhow (?:to|(?:do|can|should|would) (?:i|you|we))\b",
    re.IGNORECASE,
)
_THIS_AGE = re.compile(r"\b20(?:2[4-9]|3\d)\b")

LONG_WORDS = 40


def structural_evidence(text: str, word_count: int) -> list[Evidence]:
    """Evidence from the form of `text`. Weights are set by hand, like those of the cues."""
    found = []
    if _CODE.search(text):
        found.append(Evidence("source code", hard=1.0, tasks={"coding": 1.5}))
    if _FORMULA.search(text):
        found.append(Evidence("a formula", hard=0.7, tasks={"reasoning": 1.0}))
    if word_count >= LONG_WORDS:
        found.append(Evidence("a long prompt", hard=min(0.5, word_count / 200)))
    if text.count("?") > 1:
        found.append(Evidence("several questions", hard=0.25))
    if _HOW_TO.search(text):
        found.append(Evidence("asks how to", hard=0.2))
    if _THIS_AGE.search(text):
        found.append(Evidence("a recent year", web_query=0.45))
    return found

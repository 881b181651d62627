"""The sentences of a passage.

Owns where one ends, also in text whose lines were wrapped to a page's width; knows nothing of
what they are read for.
"""

from __future__ import annotations

import re

FULL_LINE_SIGNS = 50
"""A shorter line without a full stop was not wrapped: it is a heading, an item, a row or code."""

# "Dr. Gil", "Ana B. Ferro": a short word with a capital and a point is cut short.
_END = re.compile(r"(?<!\b[A-Z]\.)(?<!\b[A-Z]\w\.)(?<=[.!?…])[\"'»”)\]]*\s+")
_ITEM = re.compile(r"[-*+|#>]|\d+[.)]\s")
_ALIGNED = re.compile(r"\S\s{2,}\S")


def sentences(text: str) -> list[str]:
    """In their order, verbatim but for the line breaks within them."""
    return [said for part in _parts(text) for said in map(str.strip, _END.split(part)) if said]


def _parts(text: str) -> list[str]:
    """Lines, those joined that one was wrapped into."""
    parts: list[str] = []
    wrapped = False
    for line in map(str.strip, text.splitlines()):
        if wrapped and line and not _ITEM.match(line):
            parts[-1] = f"{parts[-1]} {line}"
        else:
            parts.append(line)
        wrapped = len(line) >= FULL_LINE_SIGNS and not _ALIGNED.search(line)
    return parts

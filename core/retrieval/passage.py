"""What a search gives.

Owns the type; knows nothing of how a passage was found.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a passage came to its score: what each stage gave it; None, where it was not asked.

    `words` is BM25 with context, `meaning` the cosine; `alpha` is the weight of the latter.
    `late_interaction` is the mean cosine of the question's words with the nearest here.
    """

    words: float
    meaning: float | None
    alpha: float
    fusion: str
    late_interaction: float | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """Verbatim `text` of lines `first_line` to `last_line` (from 1) of a document.

    With `page` (from 1) they are lines of that page; where a format has no lines (DOCX), its
    paragraphs are counted. A page of the web has the address as `path` and no lines: both are 0.
    `path` is relative to `retrieval.folder` for what lies in it, else
    absolute. `score` only ranks within one search. `sha256` is of the whole file as it was
    indexed. `also` names other places of the same words.
    """

    path: str
    first_line: int
    last_line: int
    heading: str
    text: str
    score: float
    page: int | None = None
    sha256: str = ""
    also: tuple[str, ...] = ()
    explanation: Explanation | None = None

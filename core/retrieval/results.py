"""What a search gives its callers.

Owns how passages are named and whether their files still say so; knows nothing of how they
were found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.retrieval.catalogue.catalogue import StoredPassage
from core.retrieval.indexing import read_bytes
from core.retrieval.passage import Passage
from core.retrieval.searching import Hit


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Passages, best first. `note` says what could not be taken into account, if anything."""

    passages: tuple[Passage, ...]
    note: str = ""


class PassageNames:
    """Passages by paths relative to one folder, where they lie in it, else absolute."""

    def __init__(self, folder: str | None) -> None:
        self._folder = folder

    def passage(self, hit: Hit, *, explain: bool) -> Passage:
        """A hit as callers see it; with `explain`, the scores of each stage too."""
        chunk = hit.passage.chunk
        return Passage(
            path=self._shown(hit.passage),
            first_line=chunk.first_line,
            last_line=chunk.last_line,
            heading=chunk.heading,
            text=chunk.text,
            score=hit.score,
            page=chunk.page,
            sha256=hit.passage.sha256,
            also=tuple(self._shown(other) for other in hit.also),
            explanation=hit.explanation if explain else None,
        )

    def changed(self, passages: Sequence[Passage]) -> list[str]:
        """Paths of those whose file is gone, or says something else than when it was indexed."""
        return sorted({each.path for each in passages if not self._as_indexed(each)})

    def _as_indexed(self, passage: Passage) -> bool:
        if not passage.sha256:  # no file
            return True
        try:
            data = read_bytes(str(Path(self._folder or "/", passage.path)))
        except OSError:
            return False
        return hashlib.sha256(data).hexdigest() == passage.sha256

    def _shown(self, passage: StoredPassage) -> str:
        return passage.path.removeprefix(f"{self._folder}/")

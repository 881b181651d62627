"""What the user's own documents say about a task.

Owns the question to the index and its failure; knows nothing of models.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.errors import StorageError
from core.retrieval.citations import cite, prompt_blocks
from core.retrieval.index import DocumentIndex
from core.state import Citation

NO_DOCUMENTS = "No documents are indexed (sarai index); this is what the model knew by itself."
NOTHING_FOUND = "Nothing was found in the documents; this is what the model knew by itself."


@dataclass(frozen=True, slots=True)
class Findings:
    """`sources` are numbered as `citations` are; `warnings` say what was not looked at."""

    sources: str = ""
    citations: tuple[Citation, ...] = ()
    warnings: tuple[str, ...] = ()


Search = Callable[[str], Findings]


def document_search(index: DocumentIndex) -> Search:
    """Searches what is indexed; without any document it finds nothing, and says so."""

    def search(query: str) -> Findings:
        try:
            if index.empty():
                return Findings(warnings=(NO_DOCUMENTS,))
            found = index.search(query, index.pool.settings.retrieval.top_k)
        except StorageError as error:
            return Findings(warnings=(str(error),))
        notes = tuple(filter(None, [found.note]))
        if not found.passages:
            return Findings(warnings=(NOTHING_FOUND, *notes))
        sources = "\n\n".join(prompt_blocks(found.passages))
        return Findings(sources, tuple(cite(found.passages)), notes)

    return search

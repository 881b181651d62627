"""What the user's own documents say about a task.

Owns the question to the index and its failure; knows nothing of models.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.errors import StorageError
from core.retrieval.citations import cite, prompt_block
from core.retrieval.index import FolderIndex
from core.settings import Settings
from core.state import Citation

NO_DOCUMENTS = (
    "No documents are configured (retrieval.folder); this is what the model knew by itself."
)
NOTHING_FOUND = "Nothing was found in the documents; this is what the model knew by itself."


@dataclass(frozen=True, slots=True)
class Findings:
    """`sources` are numbered as `citations` are; `warnings` say what was not looked at."""

    sources: str = ""
    citations: tuple[Citation, ...] = ()
    warnings: tuple[str, ...] = ()


Search = Callable[[str], Findings]


def document_search(settings: Settings) -> Search:
    """Searches the configured folder; without one it finds nothing, and says so."""
    folder = settings.retrieval.folder
    if folder is None:
        return lambda query: Findings(warnings=(NO_DOCUMENTS,))
    index, top_k = FolderIndex(folder.expanduser()), settings.retrieval.top_k

    def search(query: str) -> Findings:
        try:
            passages = index.search(query, top_k)
        except StorageError as error:
            return Findings(warnings=(str(error),))
        if not passages:
            return Findings(warnings=(NOTHING_FOUND,))
        return Findings(prompt_block(passages), tuple(cite(passages)))

    return search

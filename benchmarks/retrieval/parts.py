"""The parts of an index on a data folder, put together for measuring.

Passages come as a test collection cuts them; everything behind that is what SARAi uses.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.retrieval.sets import TestSet
from core.model_pool import ModelPool
from core.retrieval.catalogue.catalogue import Catalogue, FileRecord, Stamp
from core.retrieval.catalogue.schema import MIGRATIONS
from core.retrieval.catalogue.storing import StoringState
from core.retrieval.chunks import Chunk
from core.retrieval.collection import Collection
from core.retrieval.embeddings import Embeddings, Encoder
from core.retrieval.fusion import Fusion
from core.retrieval.late_interaction import LateInteraction
from core.retrieval.searching import Searcher
from core.retrieval.stores.embedded import EmbeddedStore
from core.settings import load_settings
from core.storage.database import Database
from core.storage.folder import open_data_folder
from core.storage.process_lock import ProcessLock, lock_of

MINILM = "all-MiniLM-L6-v2.Q8_0.gguf"
LIMIT = 10


@dataclass(frozen=True, slots=True)
class Parts:
    """What searches one collection. `encoder` is None where there is no model's file."""

    catalogue: Catalogue
    collection: Collection
    searcher: Searcher
    embeddings: Embeddings
    encoder: Encoder | None

    def ranked(
        self, test_set: TestSet, *, alpha: float | None, fusion: Fusion = "weighted"
    ) -> dict[str, list[str]]:
        """The ids of the best texts for every question; nobody's duplicates are joined here."""
        ids = list(test_set.texts)
        found = {}
        for query, text in test_set.queries.items():
            hits = self.searcher.search(text, LIMIT, alpha=alpha, fusion=fusion).hits
            passages = [each for hit in hits for each in (hit.passage, *hit.also)]
            found[query] = [ids[passage.chunk.first_line] for passage in passages][:LIMIT]
        return found


def minilm_keys(minilm: Path | None) -> dict[str, str]:
    """The configuration whose embedding model is MiniLM's file; None: there is none."""
    keys = {"ollama.base_url": "http://127.0.0.1:9"}
    if minilm is not None:
        model = "models.embeddinggemma_300m"
        keys |= {
            f"{model}.gguf_file": str(minilm),
            f"{model}.query_prefix": '""',
            f"{model}.document_prefix": '""',
            f"{model}.max_memory_mb": "null",
            f"{model}.alpha_es": "0",  # an English encoder
        }
    return keys


@contextmanager
def parts(root: Path, minilm: Path | None) -> Iterator[Parts]:
    """On the data folder `root`; what was embedded there before is not embedded again."""
    keys = minilm_keys(minilm)
    environ = {"SARAI__" + key.upper().replace(".", "__"): value for key, value in keys.items()}
    folder = open_data_folder(root)
    pool = ModelPool(load_settings(environ=environ), folder)
    database = Database(folder.index, MIGRATIONS)
    database.stay_open()
    store = EmbeddedStore(folder.vectors)
    embeddings = Embeddings(pool, database)
    catalogue = Catalogue(database)
    making = ProcessLock(lock_of(folder.vectors))
    collection = Collection(catalogue, StoringState(database), store, embeddings, making)
    try:
        yield Parts(
            catalogue,
            collection,
            Searcher(catalogue, collection, embeddings, LateInteraction(pool)),
            embeddings,
            embeddings.encoder() if minilm is not None else None,
        )
    finally:
        store.close()
        database.close()
        pool.close()


def fill(made: Parts, test_set: TestSet) -> None:
    """Every text as one passage, those of one parent as one section; its line is its number."""
    made.catalogue.forget(made.catalogue.known(""), "")
    by_parent: defaultdict[str, list[Chunk]] = defaultdict(list)
    for number, (text, parent) in enumerate(test_set.parents.items()):
        by_parent[parent].append(Chunk(number, number, "", test_set.texts[text]))
    for number, chunks in enumerate(by_parent.values()):
        # No name and no heading that could be searched: only what the collection says.
        record = FileRecord(f"/{number}/-.txt", Stamp(0, 0), "", "text")
        made.catalogue.keep(record, chunks, "")
    made.collection.sync(made.encoder)

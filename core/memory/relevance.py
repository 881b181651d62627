"""Whether a memory bears on a question, where nobody asked for memories.

Owns the bar; knows nothing of ranking. A memory that has nothing to do with the question would
only distract the model that answers.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.memory.searching import Recollection
from core.retrieval.catalogue.catalogue import Catalogue
from core.retrieval.sparse import coverage, passage_bag
from core.retrieval.terms import SearchWord, search_words
from core.text.folding import fold

TURN_COVERAGE = 0.5
"""What was said in passing has to hold this much of the question, as documents have."""

NEAR = 0.6
"""A cosine from which on a memory bears on a question without a word in common.

Source: docs/measurements.md (MiniLM; other models place theirs otherwise).
"""


NAMING = frozenset(("llama", "llamas", "llamo", "llaman", "called", "named"))
"""Stand in every fact that gives a name, so that they tell only where nothing else is asked."""


class Relevance:
    """Judges by the words in common, and by the meaning where it was compared."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def bearing_on(self, query: str, found: Sequence[Recollection]) -> tuple[Recollection, ...]:
        """Those of `found` that bear on `query`, in their order.

        A fact does with one telling word in common: it was told to be used. What took its place
        comes along, and what was said right before and after a turn: an answer without its
        question says little, and a question without its answer less.
        """
        asked = search_words(query)
        chosen = {each.memory.id for each in found if self._bears_on(asked, each)}
        along = {
            other
            for each in found
            if each.memory.id in chosen
            for other in (each.memory.superseded_by, *each.beside)
        }
        return tuple(each for each in found if each.memory.id in chosen | along)

    def _bears_on(self, asked: Sequence[SearchWord], each: Recollection) -> bool:
        if each.meaning is not None and each.meaning >= NEAR:
            return True
        bag = passage_bag("", "", each.passage)
        if each.memory.kind == "fact":
            telling = [word for word in asked if fold(word.spelled) not in NAMING] or asked
            return any(term in bag for word in telling for term in word.terms)
        terms = {term for word in asked for term in word.terms}
        holders, size = self._catalogue.holders(terms), self._catalogue.size()
        return coverage(asked, bag, holders, size) >= TURN_COVERAGE

"""No held-out prompt, nor one of nearly its words, is among the training prompts."""

from collections.abc import Iterable, Iterator

import numpy as np
import yaml

from benchmarks.routing.shipped import WRITTEN
from core.text.folding import folded_words
from models.router.prompts import SEED, filled_frames, written
from tests.routing import heldout

ALIKE = 0.7
"""Shared words over all words of the two from which they count as one prompt."""
FEW_WORDS = 4
"""Of fewer different words, only the same text counts: "capital of Peru" and "capital of Chad"."""


def held_out() -> Iterator[str]:
    sets = (heldout.tasks(), heldout.routes(), heldout.later_routes())
    for groups in (*sets, heldout.web(), heldout.later_web()):
        for prompts in groups.values():
            for prompt in prompts:
                yield from (prompt.es, prompt.en)
    yield from (prompt.text for prompt in heldout.adversarial())
    for texts in yaml.safe_load(WRITTEN.read_text(encoding="utf-8")).values():
        yield from texts


def words_of(texts: Iterable[str]) -> list[tuple[str, ...]]:
    return list(dict.fromkeys(tuple(folded_words(text)) for text in texts))


def trained_on() -> list[tuple[str, ...]]:
    return words_of(each.text for each in [*written(), *filled_frames(SEED)])


def test_no_held_out_prompt_was_trained_on() -> None:
    assert set(words_of(held_out())) & set(trained_on()) == set()


def test_no_held_out_prompt_is_nearly_one_that_was_trained_on() -> None:
    unseen = [words for words in words_of(held_out()) if len(set(words)) >= FEW_WORDS]
    seen = [words for words in trained_on() if len(set(words)) >= FEW_WORDS]
    places = {word: place for place, word in enumerate({word for each in unseen for word in each})}
    shared = incidence(unseen, places) @ incidence(seen, places).T
    sizes = np.add.outer([len(set(each)) for each in unseen], [len(set(each)) for each in seen])
    alike = np.argwhere(shared / (sizes - shared) >= ALIKE)
    assert [(" ".join(unseen[row]), " ".join(seen[column])) for row, column in alike] == []


def incidence(texts: list[tuple[str, ...]], places: dict[str, int]) -> np.ndarray:
    found = np.zeros((len(texts), len(places)), np.float32)
    for row, words in enumerate(texts):
        found[row, [places[word] for word in words if word in places]] = 1.0
    return found

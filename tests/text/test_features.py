"""How a text opens is a feature apart, for those who ask for it."""

from __future__ import annotations

import numpy as np

from core.routing.structure import form_of
from core.text.features import Features, features_of
from core.text.lexicon import Lexicon

MAIL = "Draft a mail about the draft"
NOTHING_KNOWN = Lexicon.of(iter(()), ())


def features(text: str, opening_words: int = 0) -> Features:
    return features_of(text, NOTHING_KNOWN, form_of, opening_words=opening_words)


def opening(text: str, words: int) -> list[str]:
    return [name.decode() for group, name in features(text, words).names() if group == "opening"]


def test_an_opening_is_the_first_word_and_those_that_begin_with_it() -> None:
    assert opening(MAIL, 2) == ["draft", "draft a"]
    assert opening(MAIL, 0) == []


def test_of_fewer_words_there_are_fewer_openings() -> None:
    assert opening("Draft!", 2) == ["draft"]
    assert opening("", 2) == []


def test_an_opening_does_not_weigh_on_the_words_as_such() -> None:
    """A word that opens counts as a word too, in its own bucket, and changes no other feature."""
    without, with_opening = features(MAIL), features(MAIL, 2)
    count = len(without.checksums)
    assert np.array_equal(with_opening.checksums[:count], without.checksums)
    assert np.array_equal(with_opening.values[:count], without.values)
    assert not {*with_opening.checksums[count:].tolist()} & {*without.checksums.tolist()}


def test_there_is_a_name_for_every_bucket() -> None:
    found = features(MAIL, 2)
    assert len(found.names()) == len(found.checksums) == len(found.values)

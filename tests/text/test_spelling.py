"""Unknown words are read as the telling ones that they misspell, and others are left alone."""

import pytest

from core.text.lexicon import Lexicon
from core.text.reading import read
from core.text.spelling import FEWEST_LETTERS, Spelling, is_slip

TELLING = ("translate", "refactor", "regular", "angular", "busca")
SPELLING = Spelling(TELLING, frozenset({*TELLING, "reactor", "granular"}))


@pytest.mark.parametrize(
    "typed",
    ["refctor", "refacttor", "refaktor", "rfeactor", "refactro", "refacto", "refactors"],
)
def test_one_slip_of_the_hand_is_seen_through(typed: str) -> None:
    assert SPELLING.meant(typed) == "refactor"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("reactor", "known"),
        ("refactor", "known"),
        ("rfactr", "two slips"),
        ("erfactor", "the first letter"),
        ("bsc", "too short"),
        ("a" * 40, "too long"),
        ("", "empty"),
    ],
)
def test_all_else_is_left_alone(typed: str, why: str) -> None:
    assert SPELLING.meant(typed) == typed, why


def test_of_two_the_one_that_is_said_more_often_was_meant() -> None:
    both = frozenset({"write", "wrote"})
    assert Spelling(("write", "wrote"), both).meant("wrate") == "write"
    assert Spelling(("wrote", "write"), both).meant("wrate") == "wrote"


@pytest.mark.parametrize("word", ["busca", "translate", "angular", "refactor", "dibuja", "when"])
def test_every_slip_behind_the_first_letter_is_found(word: str) -> None:
    spelling = Spelling((word,), frozenset({word}))
    for typed in slips(word):
        if len(typed) >= FEWEST_LETTERS:
            assert spelling.meant(typed) == word, typed
            assert is_slip(word, typed)


def slips(word: str) -> set[str]:
    """All that a hand can do to `word`, as somebody else would write it down."""
    cuts = [(word[:place], word[place:]) for place in range(1, len(word) + 1)]
    dropped = {first + rest[1:] for first, rest in cuts if rest}
    doubled = {first + letter + rest for first, rest in cuts for letter in "xz" + word[0]}
    other = {first + letter + rest[1:] for first, rest in cuts if rest for letter in "xz"}
    swapped = {first + rest[1] + rest[0] + rest[2:] for first, rest in cuts if len(rest) > 1}
    return (dropped | doubled | other | swapped) - {word}


def test_a_text_is_read_as_it_was_meant() -> None:
    lexicon = Lexicon.of(iter([("concept", "translation", ("translate",))]), (), SPELLING)
    reading = read("Tarnslate, no: transalte this", lexicon)
    assert reading.words == ("translate", "no", "translate", "this")
    assert reading.cues == ("translation", "translation")

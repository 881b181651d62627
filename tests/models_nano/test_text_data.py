"""What the text model is measured with was never trained on."""

from __future__ import annotations

import re
from random import Random

import pytest

from models.nano.text.arithmetic import FORMS, HELD_OUT_FORMS, number_words, small_sum
from models.nano.text.chat import CHOICE, Intent, beyond, feelings, intents, said
from models.nano.text.passages import NOT_FOUND, SHAPES, reading
from models.nano.text.topics import topics
from models.nano.text.word_lists import Language, words
from models.nano.text.words import PLACEHOLDER, Words

LANGUAGES: tuple[Language, Language] = ("en", "es")


@pytest.mark.parametrize("language", LANGUAGES)
def test_topics_and_their_templates_are_apart(language: Language) -> None:
    trained, held_out = topics(language, "train"), topics(language, "heldout")
    assert len(held_out) >= 6
    assert not {t.name for t in trained} & {t.name for t in held_out}
    seen = {text for t in trained for r in t.relations for text in (*r.sentences, *r.questions)}
    new = {text for t in held_out for r in t.relations for text in (*r.sentences, *r.questions)}
    assert not seen & new


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["given", "surname", "place", "region", "noun", "food", "reason"])
def test_open_words_are_apart(language: Language, name: str) -> None:
    held_out = set(words(name, language, "heldout"))
    assert held_out
    assert not held_out & set(words(name, language, "train"))


def pattern_of(phrase: str) -> re.Pattern[str]:
    """What a phrase with choices and placeholders can become, capitals and signs aside."""
    marked = PLACEHOLDER.sub("\0", phrase)
    pieces = CHOICE.split(marked)
    parts = []
    for number, piece in enumerate(pieces):
        choices = piece.split("|") if number % 2 else [piece]
        parts.append("(?:" + "|".join(bare(choice) for choice in choices) + ")")
    return re.compile(r"\s*".join(parts).replace("\0", r"\w+"))


def bare(text: str) -> str:
    """Its words as a pattern."""
    return r"\s*".join(re.escape(word) for word in plain(text).split())


def plain(text: str) -> str:
    return re.sub(r"[^\w\0+*/ -]", "", text.lower()).strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_held_out_phrases_are_not_among_the_trained(language: Language) -> None:
    known: list[Intent] = [*intents(language), *feelings(language), beyond(language)]
    for intent in known:
        patterns = [pattern_of(phrase) for phrase in intent.say]
        own = plain(said(intent, Random(5)))
        assert any(pattern.fullmatch(own) for pattern in patterns), own
        for phrase in intent.heldout:
            assert not any(pattern.fullmatch(plain(phrase)) for pattern in patterns), phrase


@pytest.mark.parametrize("language", LANGUAGES)
def test_sums_are_right_and_their_held_out_forms_new(language: Language) -> None:
    assert not set(FORMS[language]) & set(HELD_OUT_FORMS[language])
    w = Words(language, Random(1))
    for _ in range(300):
        answer = small_sum(w, heldout=True).answer
        first, sign, second, _, result = answer.split()
        operation = {"+": int.__add__, "-": int.__sub__, "x": int.__mul__}[sign]
        assert operation(int(first), int(second)) == int(result)


def test_numbers_in_words() -> None:
    assert [number_words(n, "es") for n in (0, 16, 22, 31, 99)] == [
        "cero",
        "dieciséis",
        "veintidós",
        "treinta y uno",
        "noventa y nueve",
    ]
    assert [number_words(n, "en") for n in (7, 13, 40, 85)] == [
        "seven",
        "thirteen",
        "forty",
        "eighty-five",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("split", ["train", "heldout"])
def test_answers_stand_in_the_passage_that_is_cited(language: Language, split: str) -> None:
    w = Words(language, Random(2), split)  # type: ignore[arg-type]
    answered = 0
    for _ in range(200):
        made = reading(w, SHAPES["full"])
        for turn in made.turns:
            if turn.answer != NOT_FOUND[language]:
                value, number = turn.answer.removesuffix("].").rsplit(" [", 1)
                passage = made.passages[int(number) - 1]
                bare_value = re.sub("^(el|la) ", "", value.lower())  # "al altavoz"
                assert bare_value in passage.text.lower()
                answered += 1
    assert answered > 200


def test_the_same_seed_gives_the_same_readings() -> None:
    first, second = (reading(Words("es", Random(7)), SHAPES["full"]) for _ in range(2))
    assert first == second

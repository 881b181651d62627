"""Where answers are to be read off in training is where the things are that they name."""

from __future__ import annotations

import random

import numpy as np
import pytest

from models.nano.vision.glances import FIRST_LETTER, glances, places
from models.nano.vision.names import LANGUAGES, Language, named
from models.nano.vision.questions import KINDS, WHOLE, WORD, ask
from models.nano.vision.scenes import FIRST_TRAINING_SEED, make_scene


def characters(text: str) -> list[tuple[int, int]]:
    return [(place, place + 1) for place in range(len(text))]


def printed(answer: str) -> range:
    start = answer.find("“") + 1
    return range(start, answer.find("”")) if start else range(0)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_pieces_of_answers_belong_to_the_things_they_name(kind: str, language: Language) -> None:
    rng, seen = random.Random(kind), 0
    for number in range(200):
        scene = make_scene(FIRST_TRAINING_SEED + number)
        asked = ask(scene, kind, language, rng)
        if asked is None:
            continue
        codes = glances(asked, characters(asked.answer), printed(asked.answer))
        for piece, things in asked.read:
            assert not things or things in codes
            for thing in things:
                seen += 1
                if thing == WORD:
                    assert scene.word is not None
                elif kind != "count":
                    drawn = scene.shapes[thing]
                    names = named(drawn.colour, drawn.shape, language).casefold().split()[1:]
                    text = (asked.answer if piece == WHOLE else piece).casefold()
                    assert any(name[:3] in text for name in names)
    assert (seen > 0) == (kind not in {"background", "beyond"})


def test_letters_are_read_one_by_one() -> None:
    rng = random.Random(1)
    scene = next(
        made
        for number in range(100)
        if (made := make_scene(FIRST_TRAINING_SEED + number)).word is not None
    )
    asked = ask(scene, "word", "es", rng)
    assert asked is not None
    assert scene.word is not None
    codes = glances(asked, characters(asked.answer), printed(asked.answer))
    letters = [each[0] - FIRST_LETTER for each in codes if each[0] >= FIRST_LETTER]
    assert letters == list(range(len(scene.word.text)))


def test_places_of_letters_and_things() -> None:
    labels = np.zeros((12, 6), np.int64)  # three tokens of four patches
    labels[5, 4], labels[9, 5] = 1, 2
    assert places((FIRST_LETTER,), [0], labels).tolist() == [1]
    assert places((FIRST_LETTER + 1,), [0], labels).tolist() == [2]
    assert places((FIRST_LETTER + 2,), [0], labels).tolist() == []
    assert places((0, 1), [2, 1], labels).tolist() == [2, 1]
    assert places((WORD,), [2, 1], labels).tolist() == [1]
    assert places((WORD,), [], labels).tolist() == []

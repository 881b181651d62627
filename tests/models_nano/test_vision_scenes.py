"""The generated scenes: the same from a seed, true answers, nothing held out in training."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.media.resize import TOKEN_SIDE_PX
from models.nano.vision.drawing import MOST_TOKENS, TOKEN_PX, draw, fitted, grid_of
from models.nano.vision.names import LANGUAGES, NUMBERS, Language
from models.nano.vision.questions import KINDS, ask
from models.nano.vision.scenes import FIRST_TRAINING_SEED, cell_at, make_scene
from models.nano.vision.words import HELD_OUT_WORDS, SEEN_WORDS

SEEDS = st.integers(0, 10**6)


def test_a_seed_gives_the_same_picture() -> None:
    one, other = (draw(make_scene(7, 4 / 3), 400, 300) for _ in range(2))
    assert np.array_equal(one, other)
    assert not np.array_equal(one, draw(make_scene(8, 4 / 3), 400, 300))


def test_no_held_out_word_is_printed_in_training() -> None:
    assert not set(HELD_OUT_WORDS) & set(SEEN_WORDS)
    scenes = (make_scene(FIRST_TRAINING_SEED + number) for number in range(3000))
    printed = {scene.word.text.lower() for scene in scenes if scene.word is not None}
    assert len(printed) > 300
    assert not printed & set(HELD_OUT_WORDS)


@settings(max_examples=200, deadline=None)
@given(SEEDS, st.floats(0.55, 1.9))
def test_shapes_lie_inside_and_in_their_cells(seed: int, aspect: float) -> None:
    scene = make_scene(seed, aspect)
    for drawn in scene.shapes:
        assert 0 < drawn.x < scene.width
        assert 0 < drawn.y < scene.height
        assert cell_at(drawn.x, drawn.y, scene.width, scene.height) == drawn.cell


@settings(max_examples=200, deadline=None)
@given(SEEDS, st.sampled_from(LANGUAGES))
def test_counts_are_true(seed: int, language: Language) -> None:
    scene = make_scene(seed)
    asked = ask(scene, "count", language, random.Random(seed))
    assert asked is not None
    assert NUMBERS[language][len(scene.shapes)] in asked.answer


@settings(max_examples=100, deadline=None)
@given(SEEDS)
def test_every_wording_is_filled_in(seed: int) -> None:
    rng = random.Random(seed)
    for kind in KINDS:
        for language in LANGUAGES:
            asked = ask(make_scene(seed), kind, language, rng)
            assert asked is None or not set("{}") & set(asked.question + asked.answer)


@settings(max_examples=300, deadline=None)
@given(st.integers(16, 2000), st.integers(16, 2000))
def test_pictures_fit_the_tokens_of_the_model(width_px: int, height_px: int) -> None:
    assert TOKEN_PX == TOKEN_SIDE_PX
    if max(width_px, height_px) > 10 * min(width_px, height_px):
        return
    rows, columns = grid_of(width_px, height_px)
    assert rows * columns <= MOST_TOKENS
    picture = np.zeros((height_px, width_px, 3), np.uint8)
    assert fitted(picture).shape == (rows * TOKEN_PX, columns * TOKEN_PX, 3)

"""Which copies of a cache are found, and which make room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from core.engines.llama.cache.prompt_entries import (
    Entry,
    Media,
    common_prefix,
    positions_in,
    tokens_in,
)
from core.engines.llama.cache.saved_states import SavedState, SavedStates

PICTURE = Media(b"a", 0, tokens=80, positions=10, chunk=1)


def state(entries: Sequence[Entry], *, asked: int | None = None, size_bytes: int = 1) -> SavedState:
    data = np.zeros(size_bytes, dtype=np.uint8)
    return SavedState(tuple(entries), len(entries) if asked is None else asked, data)


def test_a_picture_is_one_entry_of_many_tokens_and_few_positions() -> None:
    prompt: list[Entry] = [1, PICTURE, 2]
    assert tokens_in(prompt) == 82
    assert positions_in(prompt) == 12


def test_media_are_the_same_wherever_they_lie() -> None:
    moved = Media(b"a", 0, tokens=80, positions=10, chunk=7)
    assert common_prefix([1, PICTURE, 2], [1, moved, 3]) == 2
    for other in (Media(b"b", 0, 80, 10, 1), Media(b"a", 1, 80, 10, 1), Media(b"a", 0, 81, 10, 1)):
        assert common_prefix([1, PICTURE, 2], [1, other, 2]) == 1


def test_the_longest_prefix_in_tokens_wins() -> None:
    states = SavedStates(1000)
    text, picture = state([1, 2, 3]), state([1, PICTURE])
    states.add(text)
    states.add(picture)
    assert states.best([1, 2, 3, 4], whole=False) == (text, 3)
    assert states.best([1, PICTURE, 3], whole=False) == (picture, 2)
    assert states.best([9], whole=False) == (None, 0)


def test_some_models_need_the_whole_copy() -> None:
    states = SavedStates(1000)
    states.add(state([1, 2, 3, 4]))
    short = state([1, 2])
    states.add(short)
    assert states.best([1, 2, 3, 5], whole=True) == (short, 2)


def test_the_least_recently_used_makes_room() -> None:
    states = SavedStates(limit_tokens=6)
    first, second, third = state([1, 1]), state([2, 2]), state([3, 3])
    for each in (first, second, third):
        assert states.make_room(2, 1)
        states.add(each)
    assert states.make_room(2, 1)
    assert [*states.states] == [second, third]
    assert states.make_room(4, 1, keep=second)
    assert [*states.states] == [second]


def test_only_what_nobody_came_back_to_is_a_stray() -> None:
    states = SavedStates(limit_tokens=6)
    first = state([1, 1])
    dear = replace(state([2, 2]), continued=True)
    last = state([3, 3])
    for each in (first, dear, last):
        states.add(each)
    assert not states.make_room_of_strays(2, 1, newer=0, keep=None)
    assert not states.make_room_of_strays(2, 1, newer=1, keep=first)
    assert states.make_room_of_strays(2, 1, newer=1, keep=None)
    assert [*states.states] == [dear, last]
    assert not states.make_room_of_strays(6, 1, newer=9, keep=None)
    assert [*states.states] == [dear, last]
    assert states.make_room_of_strays(4, 1, newer=3, keep=None)
    assert [*states.states] == [dear]


def test_scores_lie_behind_the_cells() -> None:
    scores = np.array([0.5, -1.25], dtype=np.float32)
    data = np.concatenate([np.full(5, 7, dtype=np.uint8), scores.view(np.uint8)])
    copy = SavedState((1, 2), 2, data, scores_bytes=scores.nbytes)
    np.testing.assert_array_equal(copy.cells, np.full(5, 7))
    np.testing.assert_array_equal(copy.scores, scores)
    assert state([1]).scores is None


def test_bytes_are_bound_too() -> None:
    states = SavedStates(limit_tokens=100, limit_bytes=10)
    states.add(state([1], size_bytes=6))
    assert states.make_room(1, 4)
    assert len(states.states) == 1
    assert states.make_room(1, 5)
    assert not states.states


def test_nothing_goes_for_what_cannot_fit() -> None:
    states = SavedStates(limit_tokens=6)
    only = state([1, 1, 1])
    states.add(only)
    assert not states.make_room(7, 1)
    assert not states.make_room(4, 1, keep=only)
    assert [*states.states] == [only]


def test_a_longer_copy_replaces_the_beginnings_of_its_conversation() -> None:
    states = SavedStates(100)
    beginning, thoughtful, other = state([1, 2]), state([1, 2, 9, 9], asked=2), state([1, 3])
    for each in (beginning, thoughtful, other):
        states.add(each)
    states.drop_beginnings_of([1, 2, 3], keep=None)
    assert [*states.states] == [other]

"""What the prompts that train the classifier say of its heads."""

from collections import Counter

from core.routing.heads import BINARY
from models.router.prompts import FRAME_TOPICS, LANGUAGES, SEED, filled_frames, written


def test_whether_a_fact_lasts_is_asked_only_of_what_is_not_fresh() -> None:
    for example in written():
        fresh = example.targets["fresh"] == 1.0
        assert set(BINARY) - set(example.targets) == ({"fact"} if fresh else set()), example.id


def test_every_prompt_speaks_both_languages() -> None:
    languages: dict[str, list[str]] = {}
    for example in [*written(), *filled_frames(SEED)]:
        languages.setdefault(example.id, []).append(example.language)
    assert {tuple(found) for found in languages.values()} == {LANGUAGES}


def test_every_frame_is_filled_and_weighs_less_than_a_written_prompt() -> None:
    filled = filled_frames(SEED)
    assert not [example.id for example in filled if "{t}" in example.text]
    assert max(example.weight for example in filled) < 1.0
    fillings = Counter(example.id.rsplit("-", 1)[0] for example in filled)
    assert set(fillings.values()) == {FRAME_TOPICS * len(LANGUAGES)}

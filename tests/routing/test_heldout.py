"""The held-out prompts have the form, the size and the independence that they promise."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from core.state import Task
from core.text.folding import folded_words
from tests.routing import heldout

HERE = Path(__file__).parent


def parallel_sets() -> dict[str, list[heldout.ParallelPrompt]]:
    return {
        name: [prompt for prompts in groups.values() for prompt in prompts]
        for name, groups in (
            ("task", heldout.tasks()),
            ("route", heldout.routes()),
            ("later", heldout.later_routes()),
            ("web", heldout.web()),
            ("later web", heldout.later_web()),
        )
    }


def all_ids() -> Iterator[str]:
    for prompts in parallel_sets().values():
        yield from (prompt.id for prompt in prompts)
    yield from (prompt.id for prompt in heldout.adversarial())
    for varieties in heldout.varieties().values():
        yield from (prompt.id for prompt in varieties)


def test_every_class_is_there_with_enough_prompts() -> None:
    assert set(heldout.tasks()) == set(get_args(Task))
    assert set(heldout.routes()) == set(get_args(heldout.HeldoutRoute))
    for web in (heldout.web(), heldout.later_web()):
        assert set(web) == set(get_args(heldout.WebNeed))
    assert set(heldout.varieties()) == set(get_args(heldout.Variety))
    sizes = {name: 2 * len(prompts) for name, prompts in parallel_sets().items()}
    assert sizes["task"] >= 400
    assert sizes["route"] >= 200
    assert len(heldout.adversarial()) >= 60
    assert min(len(prompts) for prompts in heldout.varieties().values()) >= 20


def test_classes_are_of_one_size() -> None:
    for groups in (heldout.tasks(), heldout.routes(), heldout.later_routes(), heldout.varieties()):
        assert len({len(prompts) for prompts in groups.values()}) == 1


def test_an_id_names_one_prompt() -> None:
    assert [name for name, count in Counter(all_ids()).items() if count > 1] == []


@pytest.mark.parametrize("name", ["task", "route", "later", "web", "later web"])
def test_no_prompt_stands_twice_in_a_set(name: str) -> None:
    for language in ("es", "en"):
        texts = [tuple(folded_words(getattr(prompt, language))) for prompt in parallel_sets()[name]]
        assert [text for text, count in Counter(texts).items() if count > 1] == []


def test_the_two_languages_of_a_pair_differ() -> None:
    for prompts in parallel_sets().values():
        assert [prompt.id for prompt in prompts if prompt.es == prompt.en] == []


def test_only_what_asks_for_nothing_has_no_task() -> None:
    for prompt in heldout.adversarial():
        assert (prompt.task is None) == (prompt.route == "empathy"), prompt.id


def test_adversarial_prompts_cover_both_languages_and_all_routes() -> None:
    prompts = heldout.adversarial()
    languages = Counter(prompt.language for prompt in prompts)
    assert min(languages["es"], languages["en"]) >= 30
    assert {prompt.route for prompt in prompts} == set(get_args(heldout.HeldoutRoute))
    assert {prompt.task for prompt in prompts} == {*get_args(Task), None}


def test_the_cues_of_a_variety_stand_in_its_text_and_the_neutral_ones_have_none() -> None:
    for variety, prompts in heldout.varieties().items():
        for prompt in prompts:
            assert bool(prompt.cues) == (variety != "neutral"), prompt.id
            missing = [cue for cue in prompt.cues if not _stands_in(cue, prompt.text)]
            assert missing == [], prompt.id


def _stands_in(cue: str, text: str) -> bool:
    words = " ".join(folded_words(text))
    return re.search(rf"\b{re.escape(' '.join(folded_words(cue)))}\b", words) is not None


def test_held_out_prompts_are_not_the_probes_that_the_cues_were_written_on() -> None:
    probes = {
        tuple(folded_words(line.strip().removeprefix("- ")))
        for line in (HERE / "probes.yaml").read_text(encoding="utf-8").splitlines()
    }
    texts = {
        tuple(folded_words(text))
        for prompts in parallel_sets().values()
        for prompt in prompts
        for text in (prompt.es, prompt.en)
    }
    assert texts & probes == set()

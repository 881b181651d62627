"""The files that the training run wrote fit the code and the cues beside them."""

from pathlib import Path

import numpy as np

from core.routing.heads import COLUMNS, load_model, read_cues
from core.routing.skills import skills
from core.text.linear import MODEL_FILE, WEIGHTS_FILE

TRAINED = Path(__file__).parents[2] / "core" / "routing" / "trained"
LARGEST_MB = 10


def test_it_is_small_and_of_the_form_that_the_code_reads() -> None:
    heads, about = load_model()
    assert heads.weights.shape == (about["buckets"], len(COLUMNS))
    assert heads.weights.dtype == np.int8
    assert tuple(about["columns"]) == COLUMNS
    assert all(len(each.slopes) == len(COLUMNS) for each in heads.calibrations.values())
    size = sum((TRAINED / name).stat().st_size for name in (WEIGHTS_FILE, MODEL_FILE))
    assert size < LARGEST_MB * 1e6


def test_its_cues_are_those_of_the_lexicon() -> None:
    """Otherwise a cue was changed and `make train-router` was not run."""
    cues, (_, about) = read_cues(), load_model()
    assert about["cues"] == [[kind, id_, list(said)] for kind, id_, said in cues.entries()]
    assert about["continuations"] == list(cues.continuations.all())


def test_every_concept_speaks_both_languages() -> None:
    for concept in read_cues().concepts:
        assert concept.both or (concept.es and concept.en), concept.id


def test_skills_name_concepts_that_exist() -> None:
    known = {concept.id for concept in read_cues().concepts}
    for skill in skills().values():
        assert known.issuperset(skill.cues), skill.id


def test_the_card_names_data_licences_and_figures() -> None:
    card = (TRAINED / "card.md").read_text(encoding="utf-8")
    for said in ("CC-BY", "MIT", "calibration error", "macro"):
        assert said in card

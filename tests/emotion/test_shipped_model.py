"""The files that the training run wrote fit the code and the cues beside them."""

from pathlib import Path

import numpy as np

from core.emotion.heads import COLUMNS, load_model, read_cues
from core.text.linear import MODEL_FILE, WEIGHTS_FILE

TRAINED = Path(__file__).parents[2] / "core" / "emotion" / "trained"
LARGEST_MB = 2


def test_it_is_small_and_of_the_form_that_the_code_reads() -> None:
    heads, about = load_model()
    assert heads.weights.shape == (about["buckets"], len(COLUMNS))
    assert heads.weights.dtype == np.int8
    assert tuple(about["columns"]) == COLUMNS
    assert set(heads.calibrations) == {"es", "en"}
    size = sum((TRAINED / name).stat().st_size for name in (WEIGHTS_FILE, MODEL_FILE))
    assert size < LARGEST_MB * 1e6


def test_its_cues_are_those_of_the_lexicon() -> None:
    """Otherwise a cue was changed and `make train-emotion` was not run."""
    assert load_model()[1]["cues"] == [
        [kind, id_, list(said)] for kind, id_, said in read_cues().entries()
    ]


def test_every_concept_speaks_both_languages() -> None:
    for concept in read_cues().concepts:
        assert concept.both or (concept.es and concept.en), concept.id


def test_the_card_names_data_licences_and_figures() -> None:
    card = (TRAINED / "card.md").read_text(encoding="utf-8")
    for said in ("CC-BY-4.0", "MIT", "calibration error", "macro", "Sarcasm"):
        assert said in card

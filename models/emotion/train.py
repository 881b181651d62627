"""Trains the emotion heads: `python -m models.emotion.train --data FOLDER` (`make train-emotion`).

One run reads the written texts, adds the permissive sets, estimates everything out of fold by
id, fits on all of it, and writes weights, calibration and card. The same seed and data give
the same files. It takes some minutes on one core.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]

from core.emotion.form import form_of
from core.emotion.heads import COLUMNS, SCALES, read_cues
from core.text.lexicon import Lexicon
from core.text.linear import MODEL_FILE, WEIGHTS_FILE
from models.emotion.calibrate import calibrated
from models.emotion.card import card
from models.emotion.fit import BUCKETS, fit_labels, fit_scales
from models.emotion.texts import Told, label_shares, public, written
from models.router.fit import matrix
from models.router.perturb import disturbed
from models.router.train import rounded, shipped

TRAINED = Path(__file__).parents[2] / "core" / "emotion" / "trained"
FOLDS = 3
SEED = 7

Floats = NDArray[np.float32]


def fit(rows: sparse.csr_matrix, texts: Sequence[Told]) -> tuple[Floats, Floats]:
    """Weights (BUCKETS, COLUMNS) and offsets (COLUMNS)."""
    counts = np.array([each.weight for each in texts], np.float32)
    scales = np.array([[each.valence, each.arousal] for each in texts], np.float32)
    parts = (
        fit_scales(rows, scales, counts),
        fit_labels(rows, np.array(label_shares([*texts]), np.float32), counts),
    )
    weights, offsets = zip(*parts, strict=True)
    return np.concatenate(weights, axis=1), np.concatenate(offsets)


def out_of_fold(rows: sparse.csr_matrix, texts: Sequence[Told], own: int) -> NDArray[np.float64]:
    """The sums of the first `own` texts, each by heads that never saw its id."""
    folds = np.array([crc32(each.id.encode()) % FOLDS for each in texts])
    sums = np.zeros((own, len(COLUMNS)))
    for fold in range(FOLDS):
        seen = np.flatnonzero(folds != fold)
        unseen = np.flatnonzero(folds[:own] == fold)
        weights, offsets = fit(rows[seen], [texts[row] for row in seen])
        sums[unseen] = rows[unseen] @ weights + offsets
        print(f"fold {fold + 1} of {FOLDS}", flush=True)
    return sums


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m models.emotion.train")
    parser.add_argument("--data", type=Path, default=Path("data"), help="the permissive sets")
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    cues = read_cues()
    own = written()
    copies = [replace(each, text=disturbed(each.text, each.language, rng)) for each in own]
    others, told = public(arguments.data, arguments.seed)
    texts = [*own, *copies, *others]
    lexicon = Lexicon.of(cues.entries(), ())
    rows = matrix([each.text for each in texts], lexicon, form_of, buckets=BUCKETS, opening_words=0)
    print(f"{rows.shape[0]} texts, {rows.nnz} features", flush=True)
    sums = out_of_fold(rows, texts, len(own))
    platt = calibrated(sums, own)
    weights, offsets = fit(rows, texts)
    whole, scale = rounded(weights)
    TRAINED.mkdir(exist_ok=True)
    np.save(TRAINED / WEIGHTS_FILE, whole)
    about = {
        "seed": arguments.seed,
        "buckets": BUCKETS,
        "columns": COLUMNS,
        "scales": SCALES,
        "scale": [float(f"{step:.7g}") for step in scale],
        "platt": shipped(platt, offsets),
        "cues": [[kind, id_, list(said)] for kind, id_, said in cues.entries()],
    }
    text = json.dumps(about, ensure_ascii=False, separators=(",", ":"))
    (TRAINED / MODEL_FILE).write_text(text + "\n", encoding="utf-8")
    (TRAINED / "card.md").write_text(card(told, own, sums, arguments.seed), encoding="utf-8")


if __name__ == "__main__":
    main()

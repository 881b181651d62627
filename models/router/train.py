"""Trains the classifier: `python -m models.router.train --data FOLDER` (`make train-router`).

One run reads the written prompts, mixes the permissive sets in, estimates everything out of
fold by prompt id, fits on all of it, and writes weights, calibration and card. The same
seed and data give the same files. It takes seven minutes on two cores.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy import sparse  # type: ignore[import-untyped]

from core.routing.heads import BINARY, COLUMNS, TASKS, read_cues
from core.text.lexicon import Lexicon
from core.text.linear import MODEL_FILE, WEIGHTS_FILE
from models.router.calibrate import Doubles, Platt, calibrated
from models.router.card import card
from models.router.fit import BUCKETS, fit_heads, matrix, targets
from models.router.permissive import permissive
from models.router.perturb import disturbed
from models.router.prompts import FOLDS, SEED, Example, filled_frames, fold_of, written
from models.router.words import words_of

TRAINED = Path(__file__).parents[2] / "core" / "routing" / "trained"
COPIES, COPY_WEIGHT = 4, 0.5  # of perturbed copies of each written prompt
# Of what these say of the task, little is told: they are many, and hardly requests.
QUIET_TASKS = {"feelings": 0.4} | dict.fromkeys(
    (
        "lookups",
        "facts",
        "settled",
        "passages",
        "queries",
        "detailed",
        "counts",
        "trivia",
        "textbook",
        "historyquiz",
        "counter",
        "terrace",
        "window",
    ),
    0.5,
)


@dataclass(frozen=True, slots=True)
class Corpus:
    """All examples; the first `written` are the prompts as they were written."""

    examples: list[Example]
    written: int
    told: list[str]


def corpus(folder: Path, seed: int) -> Corpus:
    """Everything to learn from."""
    own = written()
    mixed, told = permissive(folder, seed)
    copies = [copy for each in own for copy in _copies(each, seed)]
    return Corpus([*own, *filled_frames(seed), *mixed, *copies], len(own), told)


def _copies(example: Example, seed: int) -> list[Example]:
    """The same whatever else is learned, so that one more prompt does not disturb all others."""
    rng = random.Random(f"{seed} {example.id} {example.language}")
    return [
        replace(example, text=disturbed(example.text, example.language, rng)) for _ in range(COPIES)
    ]


def out_of_fold(made: Corpus, rows: sparse.csr_matrix) -> Doubles:
    """The sums of the written prompts, each by heads that never saw its id."""
    wanted, counts = _told(made.examples)
    folds = np.array([fold_of(each) for each in made.examples])
    sums = np.zeros((made.written, len(COLUMNS)))
    for fold in range(FOLDS):
        seen = np.flatnonzero(folds != fold)
        unseen = np.flatnonzero(folds[: made.written] == fold)
        weights, offsets = fit_heads(rows[seen], wanted[seen], counts[seen])
        sums[unseen] = rows[unseen] @ weights + offsets
        print(f"fold {fold + 1} of {FOLDS}", flush=True)
    return sums


def _told(examples: Sequence[Example]) -> tuple[np.ndarray, np.ndarray]:
    wanted, counts = targets(examples)
    for row, example in enumerate(examples):
        counts[row, len(BINARY) :] *= QUIET_TASKS.get(example.id.rsplit("-", 1)[0], 1.0)
    return wanted, counts


def rounded(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """int8 weights and the size of one step, per column."""
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-9) / 127
    return np.rint(weights / scale).astype(np.int8), scale


def shipped(platt: dict[str, list[Platt]], offsets: np.ndarray) -> dict[str, list[list[float]]]:
    """The calibrations with the heads' own offsets folded in."""
    return {
        language: [
            [round(item.slope, 6), round(item.slope * float(offset) + item.offset, 6)]
            for item, offset in zip(columns, offsets, strict=True)
        ]
        for language, columns in platt.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m models.router.train")
    parser.add_argument("--data", type=Path, default=Path("data"), help="the permissive sets")
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_args()
    cues = read_cues()
    lexicon = Lexicon.of(cues.entries(), cues.continuations.all())
    made = corpus(arguments.data, arguments.seed)
    words = words_of(made.examples[: made.written], arguments.data, lexicon)
    lexicon = replace(lexicon, spelling=words.spelling())
    rows = matrix([each.text for each in made.examples], lexicon)
    print(f"{rows.shape[0]} texts, {rows.nnz} features", flush=True)
    sums = out_of_fold(made, rows)
    own = made.examples[: made.written]
    platt = calibrated(sums, own)
    weights, offsets = fit_heads(rows, *_told(made.examples))
    whole, scale = rounded(weights)
    TRAINED.mkdir(exist_ok=True)
    np.save(TRAINED / WEIGHTS_FILE, whole)
    about = {
        "seed": arguments.seed,
        "buckets": BUCKETS,
        "columns": COLUMNS,
        "tasks": TASKS,
        "scale": [float(f"{step:.7g}") for step in scale],
        "platt": shipped(platt, offsets),
        "cues": [[kind, id_, list(said)] for kind, id_, said in cues.entries()],
        "continuations": list(cues.continuations.all()),
        "telling": " ".join(words.telling),
        "known": " ".join(words.known),
    }
    text = json.dumps(about, ensure_ascii=False, indent=None, separators=(",", ":"))
    (TRAINED / MODEL_FILE).write_text(text + "\n", encoding="utf-8")
    told = card(made.told, len(words.known), own, sums, arguments.seed)
    (TRAINED / "card.md").write_text(told, encoding="utf-8")


if __name__ == "__main__":
    main()

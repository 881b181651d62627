"""The classifier's method on public tasks: the same features and heads, fitted anew.

Owns the splits. Needs the extra `train` (scipy).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.report import Figure, not_measured
from benchmarks.routing.peers import litellm_scores, told
from benchmarks.routing.shipped import lines
from benchmarks.routing.statistics import accuracy, auc, figure, gap_recovered
from core.routing.heads import BINARY, read_cues
from core.text.lexicon import Lexicon

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDS = 5
INNER_FOLDS = 3
PENALTIES = (0.02, 0.15, 1.0)  # the one of least loss out of fold, on what may be learned from
LABELS = 1_500  # RouteLLM's answers that the router may learn from
HARD_FLASK = {"major level knowledge", "expert level knowledge"}


def measure(folder: Path) -> Iterator[Figure]:
    """FLASK, RouteLLM's MMLU and CLINC150, as far as they are there."""
    tasks = {
        "hard, FLASK, 5-fold AUC": ("flask/flask.jsonl", _flask),
        "MMLU, share of the gap recovered with 1,500 labels (APGR)": (
            "routellm_eval/mmlu.jsonl",
            _mmlu,
        ),
        "CLINC150": ("clinc150/data_full.json", _clinc150),
    }
    for name, (path, of) in tasks.items():
        if find_spec("scipy") is None:
            yield not_measured(name, "", "scipy is not installed: pip install 'sarai[train]'")
        elif not (folder / path).exists():
            yield not_measured(name, "", f"{path} is not there")
        else:
            yield from of(name, folder / path)


def _rows(texts: list[str]) -> Any:
    from models.router.fit import matrix  # noqa: PLC0415

    cues = read_cues()
    return matrix(texts, Lexicon.of(cues.entries(), cues.continuations.all()))


def _yes_or_no(rows: Any, wanted: NDArray[Any], unseen: Any) -> NDArray[Any]:
    """The chances of `unseen` by one head that was fitted to `rows`."""
    folds = np.random.default_rng(2).permutation(len(wanted)) % INNER_FOLDS

    def loss(penalty: float) -> float:
        lost = 0.0
        for fold in range(INNER_FOLDS):
            seen = folds != fold
            chances = _chances(rows[seen], wanted[seen], rows[~seen], penalty)
            lost += float(np.square(chances - wanted[~seen]).sum())
        return lost

    return _chances(rows, wanted, unseen, min(PENALTIES, key=loss))


def _chances(rows: Any, wanted: NDArray[Any], unseen: Any, penalty: float) -> NDArray[Any]:
    from scipy.special import expit  # type: ignore[import-untyped] # noqa: PLC0415

    from models.router.fit import fit  # noqa: PLC0415

    column = wanted.astype(np.float32)[:, None]
    weights, offsets = fit(rows, column, np.ones_like(column), penalty=penalty)
    chances: NDArray[Any] = expit((unseen @ weights + offsets)[:, 0])
    return chances


def _flask(name: str, path: Path) -> Iterator[Figure]:
    found = [row for row in lines(path) if isinstance(row["difficulty"], str)]
    texts = [str(row["instruction"]) for row in found]
    rows = _rows(texts)
    wanted = np.array([row["difficulty"] in HARD_FLASK for row in found])
    folds = np.random.default_rng(1).permutation(len(found)) % FOLDS
    chances = np.zeros(len(found))
    for fold in range(FOLDS):
        seen, unseen = folds != fold, folds == fold
        chances[unseen] = _yes_or_no(rows[seen], wanted[seen], rows[unseen])
    peer = litellm_scores(texts)
    made = figure(name, auc, wanted, chances, at_least=0.84)
    yield replace(made, peers=told(None if peer is None else auc(wanted, peer)))


def _mmlu(name: str, path: Path) -> Iterator[Figure]:
    """By how much likelier the strong model is to be right: two heads, one for each model."""
    found = lines(path)
    texts = [str(row["prompt"]) for row in found]
    rows = _rows(texts)
    weak = np.array([float(str(row["weak"])) for row in found])
    strong = np.array([float(str(row["strong"])) for row in found])
    order = np.random.default_rng(1).permutation(len(found))
    seen, unseen = order[:LABELS], order[LABELS:]
    gain = _yes_or_no(rows[seen], strong[seen], rows[unseen])
    gain -= _yes_or_no(rows[seen], weak[seen], rows[unseen])
    peer, lengths = litellm_scores(texts), np.array([len(text) for text in texts], float)
    answers = weak[unseen], strong[unseen]
    made = figure(name, gap_recovered, gain, *answers, at_least=0.63)
    others = told(None if peer is None else gap_recovered(peer[unseen], *answers))
    yield replace(made, peers={"prompt length": gap_recovered(lengths[unseen], *answers), **others})


def _clinc150(name: str, path: Path) -> Iterator[Figure]:
    """In scope by the best class; out of scope by the lowest largest probability."""
    from models.router.fit import fit  # noqa: PLC0415

    sets = json.loads(path.read_text(encoding="utf-8"))
    names = sorted({intent for _, intent in sets["train"]})
    texts = {key: [text for text, _ in sets[key]] for key in ("train", "test", "oos_test")}
    wanted = np.zeros((len(texts["train"]), len(BINARY) + len(names)), np.float32)
    for row, (_, intent) in enumerate(sets["train"]):
        wanted[row, len(BINARY) + names.index(intent)] = 1.0
    counts = np.ones_like(wanted)
    counts[:, : len(BINARY)] = 0.0
    weights, offsets = fit(_rows(texts["train"]), wanted, counts)
    sums = {key: _rows(texts[key]) @ weights + offsets for key in ("test", "oos_test")}
    sums = {key: found[:, len(BINARY) :] for key, found in sums.items()}
    intents = np.array([names.index(intent) for _, intent in sets["test"]])
    said = sums["test"].argmax(axis=1)
    yield figure(f"{name}, accuracy", accuracy, intents, said, at_least=0.935)
    surest = np.concatenate([_surest(sums["oos_test"]), _surest(sums["test"])])
    outside = np.array([True] * len(texts["oos_test"]) + [False] * len(intents))
    yield figure(f"{name}, out of scope, AUROC", auc, outside, -surest, at_least=0.96)


def _surest(sums: NDArray[Any]) -> NDArray[Any]:
    """The largest probability of each row."""
    grown = np.exp(sums - sums.max(axis=1, keepdims=True))
    largest: NDArray[Any] = 1 / grown.sum(axis=1)
    return largest

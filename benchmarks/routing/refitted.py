"""The classifier's method on public tasks: the same features, linear heads fitted anew.

Owns the splits. Needs the extra `train` (scipy, scikit-learn). How much a weight costs, and how
much less the cues count, which were written for the assistant's own prompts, is chosen on the
labels that may be learned from.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.report import Figure, not_measured
from benchmarks.routing.peers import litellm_scores, told
from benchmarks.routing.shipped import lines
from benchmarks.routing.statistics import accuracy, auc, figure, gap_recovered
from core.routing.heads import read_cues
from core.routing.structure import OPENING_WORDS
from core.text.features import checksum_of
from core.text.lexicon import Lexicon

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDS = 5
INNER_FOLDS = 3
PENALTIES = (0.05, 0.2, 1.0, 4.0)
CUE_SHARES = (1.0, 0.25)  # of what a cue counts in the shipped heads
LABELS = 1_500  # RouteLLM's answers that the router may learn from
CLINC_COST, CLINC_CUES, CLINC_OPENING = 1.0, 0.25, 0  # chosen on the set's validation part
OUTSIDE = "oos"  # CLINC150's name of what is out of scope
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
        if find_spec("sklearn") is None:
            yield not_measured(name, "", "scikit-learn is not there: pip install 'sarai[train]'")
        elif not (folder / path).exists():
            yield not_measured(name, "", f"{path} is not there")
        else:
            yield from of(name, folder / path)


def _rows(texts: Sequence[str], *, opening_words: int = OPENING_WORDS) -> Any:
    from models.router.fit import matrix  # noqa: PLC0415

    cues = read_cues()
    lexicon = Lexicon.of(cues.entries(), cues.continuations.all())
    return matrix(texts, lexicon, opening_words=opening_words)


def _yes_or_no(rows: Any, wanted: NDArray[Any], unseen: Any) -> NDArray[Any]:
    """The chances of `unseen` by one head that was fitted to `rows`."""
    folds = np.random.default_rng(2).permutation(len(wanted)) % INNER_FOLDS

    def loss(settings: tuple[float, float]) -> float:
        penalty, share = settings
        scaled, lost = _cues_scaled(rows, share), 0.0
        for fold in range(INNER_FOLDS):
            seen = folds != fold
            chances = _chances(scaled[seen], wanted[seen], scaled[~seen], penalty)
            lost += float(np.square(chances - wanted[~seen]).sum())
        return lost

    penalty, share = min(product(PENALTIES, CUE_SHARES), key=loss)
    return _chances(_cues_scaled(rows, share), wanted, _cues_scaled(unseen, share), penalty)


def _cues_scaled(rows: Any, share: float) -> Any:
    """`rows`, in which a cue counts only a `share` of what it counts in the shipped heads."""
    from scipy import sparse  # type: ignore[import-untyped] # noqa: PLC0415

    kinds = ("", "very ", "denied ", "unwanted ")
    cues = [
        checksum_of("cue", kind + cue.id) % rows.shape[1]
        for cue in read_cues().concepts
        for kind in kinds
    ]
    factors = np.ones(rows.shape[1], np.float32)
    factors[cues] = share
    return (rows @ sparse.diags_array(factors)).tocsr()


def _chances(rows: Any, wanted: NDArray[Any], unseen: Any, penalty: float) -> NDArray[Any]:
    from scipy.special import expit  # type: ignore[import-untyped] # noqa: PLC0415

    from models.router.fit import fit_chances  # noqa: PLC0415

    column = wanted.astype(np.float32)[:, None]
    weights, offsets = fit_chances(rows, column, np.ones_like(column), penalty=penalty)
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
    """In scope by the best class; out of scope by how far its own head is ahead of that class.

    The hundred texts of the set that are out of scope train that head.
    """
    from models.router.fit import fit_classes  # noqa: PLC0415

    sets = json.loads(path.read_text(encoding="utf-8"))
    texts, intents = zip(*sets["train"], *sets["oos_train"], strict=True)
    inside = sorted({*intents} - {OUTSIDE})
    places = np.array([[*inside, OUTSIDE].index(intent) for intent in intents])
    alike = np.ones(len(places), np.float32)

    def rows_of(texts: Sequence[str]) -> Any:
        return _cues_scaled(_rows(texts, opening_words=CLINC_OPENING), CLINC_CUES)

    rows = rows_of(texts)
    weights, offsets = fit_classes(rows, places, alike, cost=CLINC_COST)
    margins = {
        key: rows_of([text for text, _ in sets[key]]) @ weights + offsets
        for key in ("test", "oos_test")
    }
    wanted = np.array([inside.index(intent) for _, intent in sets["test"]])
    said = margins["test"][:, : len(inside)].argmax(axis=1)
    yield figure(f"{name}, accuracy", accuracy, wanted, said, at_least=0.935)
    strangeness = [
        each[:, -1] - each[:, :-1].max(axis=1) for each in (margins["oos_test"], margins["test"])
    ]
    outside = np.repeat([True, False], [len(each) for each in strangeness])
    scores = np.concatenate(strangeness)
    yield figure(f"{name}, out of scope, AUROC", auc, outside, scores, at_least=0.96)

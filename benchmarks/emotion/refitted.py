"""The method of the emotion heads against a usual machine, both fitted to a set's own texts.

Owns the choices that both are given alike: the cost of an error, and the thresholds where a
text may have several labels, on the part that is there to choose on. Needs scikit-learn.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.emotion.sets import EMOEVENT, GOEMOTIONS, FeelingSet, emoevent_es, goemotions
from benchmarks.report import Figure, not_measured
from benchmarks.routing.statistics import f1, figure
from core.emotion.form import form_of
from core.emotion.heads import read_cues
from core.text.lexicon import Lexicon

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Our rows are about 1.9 long and the peer's 1, so these are the same three choices.
COSTS = {"ours": (0.03, 0.1, 0.3), "peer": (0.1, 0.3, 1.0)}
QUANTILES = np.linspace(0.3, 0.999, 150)


def measure(folder: Path) -> Iterator[Figure]:
    """Macro-F1 on each set that is there, with the peer's beside it."""
    for path, read in ((GOEMOTIONS, goemotions), (EMOEVENT, emoevent_es)):
        if find_spec("sklearn") is None:
            yield not_measured(f"method on {path}", "", "scikit-learn is not installed")
        elif not (folder / path).exists():
            yield not_measured(f"method on {path}", "", f"{path} is not there")
        else:
            yield _against_peer(read(folder))


def _against_peer(of: FeelingSet) -> Figure:
    peer = macro_f1(of.test.labels, _said(of, *_best(of, _peer_sums(of))))
    said = _said(of, *_best(of, _our_sums(of)))
    name = f"method fitted to {of.name}, test, macro-F1"
    made = figure(name, macro_f1, of.test.labels, said, at_least=peer)
    peers = {"linear SVM on tf-idf of 2 to 5 letters": peer}
    return Figure(made.name, made.value, "", made.goal, made.met, made.spread, peers)


def macro_f1(wanted: NDArray[Any], said: NDArray[Any]) -> float:
    """The mean over the labels of their F1; both are (texts, labels) of yes and no."""
    return float(np.mean([f1(wanted[:, at], said[:, at]) for at in range(wanted.shape[1])]))


def _our_sums(of: FeelingSet) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
    """For each cost, the sums of the part to choose on and of the test."""
    from models.emotion.fit import BUCKETS, fit_labels  # noqa: PLC0415
    from models.router.fit import matrix  # noqa: PLC0415

    lexicon = Lexicon.of(read_cues().entries(), ())
    rows, choose, test = (
        matrix(part.texts, lexicon, form_of, buckets=BUCKETS, opening_words=0)
        for part in (of.train, of.choose, of.test)
    )
    wanted = of.train.labels.astype(np.float32)
    for cost in COSTS["ours"]:
        weights, offsets = fit_labels(rows, wanted, np.ones(len(wanted), np.float32), cost=cost)
        yield choose @ weights + offsets, test @ weights + offsets


def _peer_sums(of: FeelingSet) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415
    from sklearn.multiclass import OneVsRestClassifier  # noqa: PLC0415
    from sklearn.svm import LinearSVC  # noqa: PLC0415

    pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2)
    rows = pieces.fit_transform(of.train.texts)
    for cost in COSTS["peer"]:
        machine = OneVsRestClassifier(LinearSVC(C=cost)).fit(rows, of.train.labels.astype(int))
        choose, test = (
            machine.decision_function(pieces.transform(part.texts)) for part in (of.choose, of.test)
        )
        yield choose, test


def _best(
    of: FeelingSet, tried: Iterator[tuple[NDArray[Any], NDArray[Any]]]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Of the costs that were tried, the one that does best on the part to choose on."""
    return max(tried, key=lambda sums: macro_f1(of.choose.labels, _said(of, sums[0], sums[0])))


def _said(of: FeelingSet, choose: NDArray[Any], sums: NDArray[Any]) -> NDArray[Any]:
    """What `sums` say: the largest label, or all above thresholds that suit `choose` best."""
    if not of.several:
        said: NDArray[Any] = sums == sums.max(axis=1, keepdims=True)
        return said
    columns = range(sums.shape[1])
    thresholds = [_threshold(of.choose.labels[:, at], choose[:, at]) for at in columns]
    above: NDArray[Any] = sums > np.array(thresholds)
    return above


def _threshold(wanted: NDArray[Any], sums: NDArray[Any]) -> float:
    """The limit above which a yes has the best F1."""
    limits = np.quantile(sums, QUANTILES)
    return float(limits[np.argmax([f1(wanted, sums > limit) for limit in limits])])

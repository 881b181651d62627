"""The shipped emotion heads and the cues of Spanish, as they are.

Owns no training: what the heads learned from stands in their card. GoEmotions' training part
is among it, nothing of EmoEvent is.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.emotion.refitted import macro_f1
from benchmarks.emotion.sets import EMOEVENT, GOEMOTIONS, FeelingSet, emoevent_es, goemotions
from benchmarks.report import Figure, median_figure, not_measured
from benchmarks.routing.statistics import accuracy, calibration_error, figure
from core.emotion.detect import EmotionReader
from core.emotion.heads import LABELS
from core.emotion.spanish import spanish_of
from tests.routing import heldout

KNOWN = {"GoEmotions-Ekman": "its training part was learned", "EmoEvent-es": "never seen"}


def measure(folder: Path) -> Iterator[Figure]:
    """Every figure that the folder's sets allow."""
    yield from _varieties()
    yield from _cost()
    for path, read in ((GOEMOTIONS, goemotions), (EMOEVENT, emoevent_es)):
        if (folder / path).exists():
            yield from _feelings(read(folder))
        else:
            yield not_measured(f"shipped heads on {path}", "", f"{path} is not there")


def _varieties() -> Iterator[Figure]:
    """As the held-out prompts stand; whoever writes cues does not read them."""
    told = [(name, prompt) for name, prompts in heldout.varieties().items() for prompt in prompts]
    wanted = np.array([name for name, _ in told])
    said = np.array([spanish_of(prompt.text)["variety"] for _, prompt in told])
    yield figure("variety of Spanish, held-out, accuracy", accuracy, wanted, said, at_least=0.85)
    with_cue = wanted != "neutral"
    name = "variety of Spanish, held-out, only where a cue stands, accuracy"
    yield figure(name, accuracy, wanted[with_cue], said[with_cue], at_least=0.85)


def _feelings(of: FeelingSet) -> Iterator[Figure]:
    reader = EmotionReader.load()
    found = [reader.read(text, of.language) for text in of.test.texts]
    said = np.array([[label == each["label"] for label in LABELS] for each in found])
    name = f"shipped heads on {of.name}, test ({KNOWN[of.name]}), one label each"
    yield figure(f"{name}, macro-F1", macro_f1, of.test.labels, said)
    right = (said & of.test.labels).any(axis=1).astype(float)
    sure = np.array([each["confidence"] for each in found])
    yield figure(f"{name}, calibration error", calibration_error, right, sure)


def _cost() -> Iterator[Figure]:
    reader = EmotionReader.load()
    texts = [prompt.text for prompts in heldout.varieties().values() for prompt in prompts]
    texts += [" ".join(texts[:20])]
    took_ms = []
    for text in texts * 3:
        started_ns = time.thread_time_ns()
        reader.read(text, "es")
        took_ms.append((time.thread_time_ns() - started_ns) / 1e6)
    middle = float(np.median(took_ms))
    yield median_figure("read, processor time, median", [middle], "ms", at_most=0.3)
    worst = float(np.percentile(took_ms, 99))
    yield median_figure("read, processor time, 99th percentile", [worst], "ms", at_most=2.0)

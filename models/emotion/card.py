"""The card of the emotion heads, written by the run that trained them.

Owns its wording and its figures, all of them out of fold: no text is judged by heads that saw
it, or its translation, or by a calibration that was fitted on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zlib import crc32

import numpy as np

from core.emotion.heads import COLUMNS, LABELS, SCALES
from models.emotion.calibrate import Doubles, calibrated, chances
from models.emotion.fit import BUCKETS
from models.emotion.texts import LANGUAGES, Told
from models.router.calibrate import calibration_error
from models.router.card import f1


def card(told: Sequence[str], own: Sequence[Told], sums: Doubles, seed: int) -> str:
    """The whole card, Markdown."""
    size_mb = BUCKETS * len(COLUMNS) / 1e6
    ids = len({each.id for each in own})
    return "\n".join(
        [
            "# The emotion heads",
            "",
            "Written by `python -m models.emotion.train`; do not edit.",
            "",
            f"How the words of a text read: {', '.join(LABELS)}, with "
            f"{' and '.join(SCALES)}. Linear over {BUCKETS} hashed features (pieces of 2 to 5 "
            "letters, words and pairs of words, "
            f"bilingual cues, form), int8, {size_mb:.1f} MB. Seed {seed}.",
            "",
            "## Data",
            "",
            f"{len(own)} texts written for the project ({ids} ids, each in Spanish and English; "
            "MIT, models/emotion/data and, for what asks for something, models/router/data). Texts "
            "that quote a feeling or ask about one are neutral: the label is the writer's own.",
            "Public sets, each text about a seventh of a written one:",
            "",
            *(f"- {line}" for line in told),
            "",
            "Valence and arousal of the written feelings were set by hand, those of the others are "
            "the usual ones of their label.",
            "",
            "## Figures, written texts, out of fold by id",
            "",
            "| label | es F1 | en F1 | texts in each |",
            "|---|---|---|---|",
            *_labels(own, sums),
            "",
            "| | es | en |",
            "|---|---|---|",
            *_scales(own, sums),
            "",
            "These texts were written by the hands that wrote the cues, so strangers' texts do "
            "worse; docs/measurements.md has what was measured on others' sets. "
            "Sarcasm is not read.",
            "",
        ]
    )


def _judged(own: Sequence[Told], sums: Doubles) -> dict[str, tuple[list[Told], Doubles, Doubles]]:
    """Per language: the texts, their chances and their scales, by the other half's calibration."""
    halves = np.array([crc32(b"half " + each.id.encode()) % 2 for each in own])
    fitted = {
        half: calibrated(sums[halves != half], [own[r] for r in np.flatnonzero(halves != half)])
        for half in (0, 1)
    }
    judged = {}
    for language in LANGUAGES:
        texts: list[Told] = []
        shares, scales = [], []
        for half in (0, 1):
            rows = [r for r in np.flatnonzero(halves == half) if own[r].language == language]
            platt = fitted[half][language]
            texts += [own[row] for row in rows]
            shares.append(chances(sums[rows], platt))
            scales.append(
                np.stack([sums[rows, at] * platt[at].slope + platt[at].offset for at in (0, 1)], 1)
            )
        judged[language] = (texts, np.concatenate(shares), np.concatenate(scales))
    return judged


def _labels(own: Sequence[Told], sums: Doubles) -> Iterator[str]:
    judged = _judged(own, sums)
    scores: dict[str, list[float]] = {}
    for language, (texts, shares, _) in judged.items():
        wanted = np.array([LABELS.index(each.labels[0]) for each in texts])  # type: ignore[arg-type]
        said = shares.argmax(axis=1)
        scores[language] = [f1(wanted == at, said == at) for at in range(len(LABELS))]
    for at, label in enumerate(LABELS):
        count = sum(label in each.labels for each in judged["es"][0])
        yield f"| {label} | {scores['es'][at]:.3f} | {scores['en'][at]:.3f} | {count} |"
    yield f"| **macro** | {np.mean(scores['es']):.3f} | {np.mean(scores['en']):.3f} | |"


def _scales(own: Sequence[Told], sums: Doubles) -> Iterator[str]:
    judged = _judged(own, sums)
    errors = []
    for texts, shares, _ in judged.values():
        wanted = np.array([LABELS.index(each.labels[0]) for each in texts])  # type: ignore[arg-type]
        right = (shares.argmax(axis=1) == wanted).astype(float)
        errors.append(calibration_error(shares.max(axis=1), right))
    yield f"| calibration error of the best label | {errors[0]:.3f} | {errors[1]:.3f} |"
    for at, scale in enumerate(SCALES):
        found = []
        for texts, _, scales in judged.values():
            told = np.array([getattr(each, scale) for each in texts])
            felt = np.array([each.labels != ("neutral",) for each in texts])
            found.append(float(np.abs(np.clip(scales[:, at], 0, 1) - told)[felt].mean()))
        yield f"| mean error of {scale}, of feelings | {found[0]:.3f} | {found[1]:.3f} |"

"""Linear heads over hashed features: weights, calibration, and each feature's exact share.

Owns the arithmetic and the form in which trained heads are stored; knows neither what a column
means nor where the features come from.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.text.features import Features

WEIGHTS_FILE = "heads.npy"
MODEL_FILE = "model.json"


@dataclass(frozen=True, slots=True)
class Calibration:
    """From sums to log-odds that can be believed: `slopes * sums + offsets`, per column."""

    slopes: NDArray[np.float32]
    offsets: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Heads:
    """Linear heads. Column j weighs bucket i with `weights[i, j] * scale[j]`, and a feature falls
    into the bucket of its checksum modulo their number.

    Args:
        weights: int8, shape (buckets, columns).
        scale: float32, one per column.
        calibrations: one for each language.
    """

    weights: NDArray[np.int8]
    scale: NDArray[np.float32]
    calibrations: Mapping[str, Calibration]

    def shares(self, features: Features, language: str) -> NDArray[np.float32]:
        """What each feature adds to each calibrated log-odds: (features, columns)."""
        steps = self.scale * self.calibrations[language].slopes
        return self._gathered(features) * features.values[:, None] * steps

    def log_odds(self, features: Features, language: str) -> NDArray[np.float32]:
        """The calibrated log-odds of every column."""
        calibration = self.calibrations[language]
        sums = features.values @ self._gathered(features)
        return sums * (self.scale * calibration.slopes) + calibration.offsets

    def _gathered(self, features: Features) -> NDArray[np.float32]:
        """The weights of each feature: (features, columns)."""
        return self.weights[features.checksums % len(self.weights)].astype(np.float32)


def load_heads(package: str) -> tuple[Heads, dict[str, Any]]:
    """The heads in the folder `trained` of `package`, and what else the training run wrote."""
    folder = resources.files(package).joinpath("trained")
    about = json.loads(folder.joinpath(MODEL_FILE).read_text(encoding="utf-8"))
    with folder.joinpath(WEIGHTS_FILE).open("rb") as file:
        weights = np.load(file, allow_pickle=False)
    calibrations = {
        language: Calibration(*np.array(pairs, np.float32).T)
        for language, pairs in about["platt"].items()
    }
    return Heads(weights, np.array(about["scale"], np.float32), calibrations), about


def probabilities(log_odds: NDArray[np.float32]) -> list[float]:
    """The logistic function of each, safe for any argument."""
    found: list[float] = (1.0 / (1.0 + np.exp(-np.clip(log_odds, -30.0, 30.0)))).tolist()
    return found


def shares_of_one(log_odds: NDArray[np.float32]) -> list[float]:
    """The softmax of `log_odds`."""
    grown = np.exp((log_odds - log_odds.max()).astype(np.float64))
    found: list[float] = (grown / grown.sum()).tolist()
    return found

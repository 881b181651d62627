"""Decoded media as the engines take it: plain pixels and plain samples.

Owns the two value types; knows nothing of files, formats or models.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

AUDIO_RATE_HZ = 16_000
"""Sampling rate that every audio projector of llama.cpp expects."""


@dataclass(frozen=True, slots=True)
class RgbImage:
    """An upright picture: `pixels` is uint8, shape (height_px, width_px, 3), C-contiguous.

    `time_s` is set for a frame of a video: its time from the start.
    """

    pixels: NDArray[np.uint8] = field(repr=False)
    time_s: float | None = None

    @property
    def height_px(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width_px(self) -> int:
        return int(self.pixels.shape[1])


@dataclass(frozen=True, slots=True)
class AudioClip:
    """A mono recording: `samples` is float32 in [-1, 1], shape (n,), at AUDIO_RATE_HZ."""

    samples: NDArray[np.float32] = field(repr=False)

    @property
    def duration_s(self) -> float:
        return len(self.samples) / AUDIO_RATE_HZ

"""Pictures and recordings that anyone could tell apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
Picture = NDArray[np.uint8]
Recording = NDArray[np.float32]


def pictures() -> dict[str, Picture]:
    """Twelve different pictures of 240x320 pixels."""
    rows, columns = np.mgrid[0:240, 0:320]
    noise = np.random.default_rng(5).integers(0, 256, (240, 320, 3))
    circle = (rows - 120) ** 2 + (columns - 160) ** 2 < 80**2
    return {
        "red": _solid(200, 20, 20),
        "green": _solid(20, 180, 40),
        "blue": _solid(20, 40, 200),
        "black": _solid(0, 0, 0),
        "white": _solid(255, 255, 255),
        "sunset": _stack(255 - rows, rows // 2 + 40, rows),
        "checkerboard": _grey((rows // 20 + columns // 20) % 2 * 255),
        "stripes": _grey(columns // 6 % 2 * 255),
        "bars": _grey(rows // 11 % 2 * 255),
        "noise": noise.astype(np.uint8),
        "sun": _stack(np.where(circle, 250, 30), np.where(circle, 220, 60), circle * 0 + 120),
        "leaf": _stack(columns // 4, np.where(circle, 200, 90), rows // 4),
    }


def recordings() -> dict[str, Recording]:
    """Eight different recordings of two seconds."""
    time = np.arange(2 * RATE_HZ) / RATE_HZ
    noise = np.random.default_rng(6).normal(0, 0.1, len(time))
    syllables = np.sin(2 * np.pi * 4 * time) > 0
    return {
        "low tone": _tone(220 * time),
        "middle tone": _tone(880 * time),
        "high tone": _tone(3520 * time),
        "rising": _tone(200 * time + 500 * time**2),
        "falling": _tone(5000 * time - 1100 * time**2),
        "noise": noise.astype(np.float32),
        "voice": (_harmonics(140 * time + 4 * np.sin(6 * time)) * syllables).astype(np.float32),
        "beeps": (_tone(1500 * time) * (time % 0.4 < 0.1)).astype(np.float32),
    }


def _solid(red: int, green: int, blue: int) -> Picture:
    return np.full((240, 320, 3), (red, green, blue), np.uint8)


def _stack(*channels: NDArray[np.int64]) -> Picture:
    return np.clip(np.stack(channels, axis=-1), 0, 255).astype(np.uint8)


def _grey(values: NDArray[np.int64]) -> Picture:
    return _stack(values, values, values)


def _tone(cycles: NDArray[np.float64]) -> Recording:
    return (0.4 * np.sin(2 * np.pi * cycles)).astype(np.float32)


def _harmonics(cycles: NDArray[np.float64]) -> Recording:
    voices = [np.sin(2 * np.pi * number * cycles) / number for number in range(1, 12)]
    return np.asarray(0.2 * np.sum(voices, axis=0), np.float32)

"""Recordings with what is said in them, and the files that they are kept in.

Knows nothing of where they come from.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.nano.audio import phrases
from models.nano.audio.phrases import COMMANDS, Language

RATE_HZ = 16_000
Pcm = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Clip:
    """What is said in a recording. `digits` or `command` is set, or neither: other speech."""

    language: Language
    text: str
    voice: str
    digits: tuple[int, ...] = ()
    command: int | None = None
    phonemes: tuple[tuple[float, str], ...] | None = None

    @property
    def transcript(self) -> str:
        """What the model is to write."""
        if self.digits:
            return phrases.digits_transcript(self.digits, self.language)
        if self.command is not None:
            return COMMANDS[self.language][self.command]
        return phrases.NOT_UNDERSTOOD[self.language]


Recorded = tuple[Clip, Pcm]


def int16(samples: NDArray[np.float32]) -> Pcm:
    """Samples in [-1, 1] as they are kept."""
    pcm: Pcm = np.rint(np.clip(samples, -1, 1) * 32767).astype(np.int16)
    return pcm


def save(folder: Path, clips: Sequence[Recorded]) -> None:
    """samples.npy (all clips in one row), ends.npy, clips.jsonl."""
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "samples.npy", np.concatenate([samples for _, samples in clips]))
    np.save(folder / "ends.npy", np.cumsum([len(samples) for _, samples in clips]))
    lines = (json.dumps(asdict(clip), ensure_ascii=False) for clip, _ in clips)
    (folder / "clips.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def load(folder: Path) -> list[Recorded]:
    """What `save` wrote; the samples stay on disk until they are used."""
    samples = np.load(folder / "samples.npy", mmap_mode="r")
    ends = np.load(folder / "ends.npy")
    lines = (folder / "clips.jsonl").read_text(encoding="utf-8").splitlines()
    found, start = [], 0
    for line, end in zip(lines, ends, strict=True):
        found.append((_clip(json.loads(line)), samples[start:end]))
        start = end
    return found


def _clip(values: dict[str, Any]) -> Clip:
    digits, phonemes = tuple(values.pop("digits")), values.pop("phonemes")
    timed = None if phonemes is None else tuple((at, name) for at, name in phonemes)
    return Clip(**values, digits=digits, phonemes=timed)

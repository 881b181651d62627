"""What the audio model learns from: recordings cut at their ends, and whose voices they are."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from models.nano.audio.clips import RATE_HZ
from models.nano.audio.people import (
    CHOICE_SPEAKERS,
    HELD_OUT_SPEAKER,
    TRAINING_SPEAKERS,
    read_fsdd,
)
from models.nano.audio.scenes import Scene, trimmed

QUIET_S, WEAK_S, LOUD_S = 0.2, 0.1, 0.3


def scene_of(*parts: tuple[float, float]) -> Scene:
    """Steady parts of (seconds, level); every part is a phoneme."""
    samples = np.concatenate(
        [np.full(round(seconds * RATE_HZ), level, np.float32) for seconds, level in parts]
    )
    ends = np.cumsum([seconds for seconds, _ in parts])
    starts = [0.0, *ends[:-1]]
    phonemes = tuple(
        (float(start), float(end), f"p{number}")
        for number, (start, end) in enumerate(zip(starts, ends, strict=True))
    )
    return Scene(samples, "en", "Six.", phonemes)


@pytest.mark.parametrize(
    ("threshold", "kept_s", "shift_s"),
    [(0.01, WEAK_S + LOUD_S, QUIET_S), (0.2, LOUD_S, QUIET_S + WEAK_S)],
)
def test_a_cut_recording_keeps_what_is_loud_enough_and_its_phonemes_in_time(
    threshold: float, kept_s: float, shift_s: float
) -> None:
    whole = scene_of((QUIET_S, 0.0), (WEAK_S, 0.05), (LOUD_S, 0.5), (QUIET_S, 0.0))
    cut = trimmed(whole, threshold)
    assert len(cut.samples) == round(kept_s * RATE_HZ)
    assert np.abs(cut.samples).min() > 0
    assert cut.transcript == whole.transcript
    assert whole.phonemes is not None
    assert cut.phonemes is not None
    assert [begin for begin, _, _ in cut.phonemes] == pytest.approx(
        [begin - shift_s for begin, _, _ in whole.phonemes], abs=2 / RATE_HZ
    )


def test_silence_is_not_cut() -> None:
    silence = Scene(np.zeros(RATE_HZ, np.float32), "en", "", ())
    assert trimmed(silence, 0.1) is silence


def test_nobody_is_both_learnt_from_and_measured(tmp_path: Path) -> None:
    for speaker in (*TRAINING_SPEAKERS, *CHOICE_SPEAKERS, HELD_OUT_SPEAKER):
        with wave.open(str(tmp_path / f"7_{speaker}_0.wav"), "wb") as file:
            file.setparams((1, 2, 8_000, 0, "NONE", ""))
            file.writeframes(np.full(800, 500, np.int16).tobytes())
    heard = {
        role: {clip.voice for clip, _ in read_fsdd(tmp_path, speakers)}
        for role, speakers in (
            ("training", TRAINING_SPEAKERS),
            ("choice", CHOICE_SPEAKERS),
            ("measured", (HELD_OUT_SPEAKER,)),
        )
    }
    assert [len(voices) for voices in heard.values()] == [3, 2, 1]
    assert len(set.union(*heard.values())) == 6

"""Recordings of people: the Free Spoken Digit Dataset, and sentences that are other speech.

Owns who is learnt from, who helps to choose, and who is only measured. Read as the assistant
reads any recording, from 8 kHz too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from core.media.audio import load_audio
from core.settings import load_settings
from models.nano.audio.clips import Clip, Recorded, int16
from models.nano.audio.phrases import DIGITS

TRAINING_SPEAKERS = ("george", "jackson", "lucas")
CHOICE_SPEAKERS = ("theo", "yweweler")
"""Never learnt from; settings of training are chosen by how well they are understood."""
HELD_OUT_SPEAKER = "nicolas"
"""Neither learnt from nor chosen by: the benchmark's."""

OTHER_RECORDINGS = (
    *(f"pocketsphinx/sense_and_sensibility_01_austen_64kb-08{each}.wav" for each in (70, 80, 90)),
    *(f"speechbrain/spk1_snt{number}.wav" for number in range(1, 7)),
    "speechbrain/LJ050-0131.wav",
)


def read_fsdd(folder: Path, speakers: Collection[str]) -> Iterator[Recorded]:
    """Those of `speakers` that are there, through the assistant's own reading of recordings."""
    media = load_settings().media
    for path in sorted(folder.glob("*.wav")):
        digit, speaker, _ = path.stem.split("_")
        if speaker in speakers:
            clip = Clip("en", DIGITS["en"][int(digit)], f"fsdd {speaker}", (int(digit),))
            yield clip, int16(load_audio(path, media).samples)


def read_other(folder: Path) -> Iterator[Recorded]:
    """People who say neither digits nor commands: LibriVox and LJ Speech (public domain), and
    sentences of the speechbrain project (Apache-2.0)."""
    media = load_settings().media
    for name in OTHER_RECORDINGS:
        path = folder / name
        yield Clip("en", "", f"real {path.stem}"), int16(load_audio(path, media).samples)

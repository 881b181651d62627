"""The recordings that the audio model learns from, rendered once to disk.

    python -m models.nano.audio.corpus --out FOLDER --fsdd FOLDER --other FOLDER

Synthetic speech by espeak-ng (needed) and flite (used where it is installed), and recordings
of people. Voices and speakers that are held out make a set of their own. Owns how much of
what is rendered. Deterministic by seed.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import shutil
from dataclasses import dataclass
from pathlib import Path

from models.nano.audio.clips import RATE_HZ, Clip, Recorded, save
from models.nano.audio.people import (
    CHOICE_SPEAKERS,
    TRAINING_SPEAKERS,
    read_fsdd,
    read_other,
)
from models.nano.audio.phrases import COMMANDS, DIGITS, LANGUAGES
from models.nano.audio.synthesis import (
    other_speech,
    render_accented,
    render_espeak,
    render_flite,
)


@dataclass(frozen=True, slots=True)
class Amounts:
    """Clips per word, per command, or in all."""

    digit: int
    strings: int
    command: int
    other: int
    flite: int
    accented: int


TRAIN = Amounts(digit=260, strings=3000, command=130, other=5000, flite=20, accented=14)
HELD_OUT = Amounts(digit=16, strings=200, command=6, other=200, flite=0, accented=0)


def plan(amounts: Amounts, seed: int) -> list[Clip]:
    """What is to be said, without voices (espeak's part)."""
    random_ = random.Random(seed)
    clips: list[Clip] = []
    for language in LANGUAGES:
        for digit, word in enumerate(DIGITS[language]):
            clips += [Clip(language, word, "", (digit,))] * amounts.digit
        for index, text in enumerate(COMMANDS[language]):
            clips += [Clip(language, text, "", (), index)] * amounts.command
        for _ in range(amounts.strings // 2):
            digits = tuple(random_.randrange(10) for _ in range(random_.choice((2, 3, 3, 4))))
            glue = random_.choice((" ", " ", ", "))
            text = glue.join(DIGITS[language][digit] for digit in digits)
            clips.append(Clip(language, text, "", digits))
        clips += [
            Clip(language, other_speech(language, random_), "") for _ in range(amounts.other // 2)
        ]
    random_.shuffle(clips)
    return clips


def render(
    amounts: Amounts, fsdd: Path | None, *, held_out: bool, processes: int
) -> list[Recorded]:
    """All clips of the training set, or of the one that is held out."""
    seed = 1_000_000 if held_out else 0
    planned = plan(amounts, seed)
    size = 500
    jobs = [
        (planned[start : start + size], held_out, seed + 1 + start)
        for start in range(0, len(planned), size)
    ]
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        clips = [clip for part in pool.imap(render_espeak, jobs) for clip in part]
    clips += render_accented(amounts.accented, seed)
    if amounts.flite and shutil.which("flite"):
        clips += render_flite(amounts.flite, seed)
    if fsdd is not None:
        clips += read_fsdd(fsdd, CHOICE_SPEAKERS if held_out else TRAINING_SPEAKERS)
    return clips


def main() -> None:
    """Render both sets."""
    parser = argparse.ArgumentParser(prog="python -m models.nano.audio.corpus")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--fsdd", type=Path, help="folder of the Free Spoken Digit Dataset's WAVs")
    parser.add_argument("--other", type=Path, help="folder with OTHER_RECORDINGS")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    if options.other is not None:
        save(options.out / "other", list(read_other(options.other)))
    for name, amounts in (("held_out", HELD_OUT), ("train", TRAIN)):
        held_out = name == "held_out"
        clips = render(amounts, options.fsdd, held_out=held_out, processes=options.processes)
        save(options.out / name, clips)
        seconds = sum(len(samples) for _, samples in clips) / RATE_HZ
        print(f"{name}: {len(clips)} clips, {seconds:.0f} s", flush=True)


if __name__ == "__main__":
    main()

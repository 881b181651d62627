"""Clips by synthetic voices: espeak-ng, and flite where it is installed.

Owns which voices there are and which are held out of training; knows nothing of how much of
what is wanted. Deterministic by seed.
"""

from __future__ import annotations

import random
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.media.audio import load_audio
from core.settings import load_settings
from models.nano.audio import phrases
from models.nano.audio.clips import RATE_HZ, Clip, Recorded, int16
from models.nano.audio.espeak import Voice, synthesiser
from models.nano.audio.other_words import NEAR_MISSES, OTHER_WORDS, SMALL_WORDS
from models.nano.audio.phrases import COMMANDS, DIGITS, Language, words

ACCENTS: dict[Language, tuple[str, ...]] = {
    "en": (
        "en",
        "en-us",
        "en-us",
        "en-gb-scotland",
        "en-gb-x-gbclan",
        "en-gb-x-rp",
        "en-029",
        "en-us-nyc",
    ),
    "es": ("es", "es-419"),
}
HELD_OUT_ACCENTS: dict[Language, tuple[str, ...]] = {
    "en": (*ACCENTS["en"], "en-gb-x-gbcwmd"),
    "es": ACCENTS["es"],
}
HELD_OUT_VARIANTS = words(
    "f4 m5 Andy belinda boris gustave klatt5 linda Mike pablo quincy robosoft4 sandro steph2 "
    "travis victor"
)
VARIANTS = words(
    "f1 f2 f3 f5 m1 m2 m3 m4 m6 m7 m8 Alex Alicia Andrea Annie AnxiousAndy Demonic Denis Diogo "
    "Gene Gene2 Henrique Hugo Jacky Lee Marco Mario Michael Nguyen RicishayMax RicishayMax2 "
    "RicishayMax3 Storm Tweaky UniRobot adam anika anikaRobot announcer antonio aunty benjamin "
    "caleb croak david ed edward edward2 grandma grandpa iven iven2 iven3 iven4 john kaukovalta "
    "klatt klatt2 klatt3 klatt4 klatt6 marcelo max michel miguel norbert paul pedro rob robert "
    "robosoft robosoft2 robosoft3 robosoft5 robosoft6 robosoft7 robosoft8 shelby steph steph3 "
    "whisper whisperf zac"
)
FLITE_VOICES = ("slt", "rms", "kal16", "kal", "awb")
LONGEST_S = 7.5


def other_speech(language: Language, random_: random.Random) -> str:
    """A few words that are neither digits nor a command."""
    kind = random_.random()
    if kind < 0.2:
        return random_.choice(NEAR_MISSES[language])
    count = random_.choice((1, 1, 2, 3, 4, 5, 6, 8))
    chosen: list[str] = []
    for index in range(count):
        if index and random_.random() < 0.4:
            chosen.append(random_.choice(SMALL_WORDS[language]))
        chosen.append(random_.choice(OTHER_WORDS[language]))
    return " ".join(chosen)


def render_espeak(job: tuple[list[Clip], bool, int]) -> list[Recorded]:
    """Each clip by a random voice of those that may be used."""
    clips, held_out, seed = job
    random_ = random.Random(seed)
    done = []
    for clip in clips:
        accents = (HELD_OUT_ACCENTS if held_out else ACCENTS)[clip.language]
        variants = HELD_OUT_VARIANTS if held_out else VARIANTS
        name = f"{random_.choice(accents)}+{random_.choice(variants)}"
        text = clip.text
        if clip.command is None:  # commands have their own
            text += random_.choice(("", "", ".", "?", "!", ","))
        done.append(_spoken(clip, text, _voice(name, random_)))
    return [each for each in done if len(each[1]) < LONGEST_S * RATE_HZ]


def render_accented(repeats: int, seed: int) -> Iterator[Recorded]:
    """Digits as speakers of other languages say them."""
    random_ = random.Random(seed)
    tables: tuple[tuple[Language, dict[str, tuple[str, ...]]], ...] = (
        ("en", phrases.ACCENTED_DIGITS),
        ("es", phrases.ACCENTED_DIGITS_ES),
    )
    for language, table in tables:
        for voice, spellings in table.items():
            for digit, word in enumerate(spellings):
                for _ in range(repeats):
                    name = f"{voice}+{random_.choice(VARIANTS)}"
                    clip = Clip(language, DIGITS[language][digit], "", (digit,))
                    yield _spoken(clip, word, _voice(name, random_))


def render_flite(repeats: int, seed: int) -> Iterator[Recorded]:
    """English by flite, whose voices were cut from recordings of people."""
    random_ = random.Random(seed)
    texts = [(Clip("en", word, "", (digit,)), repeats) for digit, word in enumerate(DIGITS["en"])]
    texts += [
        (Clip("en", text, "", (), index), max(1, repeats // 2))
        for index, text in enumerate(COMMANDS["en"])
    ]
    texts += [(Clip("en", other_speech("en", random_), ""), 1) for _ in range(repeats * 10)]
    with tempfile.TemporaryDirectory() as folder:
        for voice in FLITE_VOICES:
            for clip, times in texts:
                for _ in range(times):
                    yield _by_flite(clip, voice, random_, Path(folder, "said.wav"))


def _voice(name: str, random_: random.Random) -> Voice:
    return Voice(name, random_.randint(110, 250), random_.randint(5, 95), random_.randint(15, 90))


def _spoken(clip: Clip, text: str, voice: Voice) -> Recorded:
    spoken = synthesiser().say(text, voice)
    samples = int16(_resampled(spoken.samples, spoken.rate_hz))
    said = Clip(clip.language, clip.text, voice.name, clip.digits, clip.command, spoken.phonemes)
    return said, samples


def _by_flite(clip: Clip, voice: str, random_: random.Random, path: Path) -> Recorded:
    stretch, pitch_hz = random_.uniform(0.75, 1.3), random_.uniform(85, 230)
    settings = [f"duration_stretch={stretch:.3f}", f"int_f0_target_mean={pitch_hz:.0f}"]
    options = [part for setting in settings for part in ("--setf", setting)]
    subprocess.run(
        ["flite", "-voice", voice, "-t", clip.text, "-o", str(path), *options], check=True
    )
    samples = load_audio(path, load_settings().media).samples
    return Clip(clip.language, clip.text, f"flite {voice}", clip.digits, clip.command), int16(
        samples
    )


def _resampled(samples: NDArray[np.float32], rate_hz: int) -> NDArray[np.float32]:
    length = max(1, round(len(samples) * RATE_HZ / rate_hz))
    spectrum = np.fft.rfft(samples)[: length // 2 + 1]
    return (np.fft.irfft(spectrum, length) * (length / max(1, len(samples)))).astype(np.float32)

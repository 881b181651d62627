"""What the model hears in training: clips joined, moved, sped up, or no speech at all.

Owns how a scene is put together from the corpus; knows nothing of rooms, microphones or
tokens. A scene follows from its random generator alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.nano.audio.clips import RATE_HZ, Clip, Recorded
from models.nano.audio.phrases import LANGUAGES, Language, digits_transcript

Samples = NDArray[np.float32]

SHARES = {"digits": 0.48, "commands": 0.30, "other": 0.18, "silence": 0.02, "noise": 0.07}
"""How often each kind of scene is asked for; they need not sum to 1."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Sound and what is to be written of it. `phonemes` is None where they are not known."""

    samples: Samples
    language: Language
    transcript: str
    phonemes: tuple[tuple[float, float, str], ...] | None
    """Beginning and end in seconds, and the name."""


class SceneMaker:
    """Makes scenes from a corpus."""

    def __init__(self, recorded: Sequence[Recorded]) -> None:
        self._real: dict[str, list[Recorded]] = defaultdict(list)
        self._lifelike: dict[str, list[Recorded]] = defaultdict(list)
        self._accented: list[Recorded] = []
        self._digits: dict[Language, list[Recorded]] = {each: [] for each in LANGUAGES}
        self._single: dict[Language, list[Recorded]] = {each: [] for each in LANGUAGES}
        self._commands: dict[tuple[Language, int], list[Recorded]] = defaultdict(list)
        self._other: list[Recorded] = []
        self._real_other: list[Recorded] = []
        for each in recorded:
            self._sort_in(each)
        self._command_keys = sorted(self._commands)

    def make(self, random: np.random.Generator, longest_s: float) -> Scene:
        """A scene of at most `longest_s`."""
        while True:
            kind = random.choice(list(SHARES), p=_normed(SHARES.values()))
            scene = self.of_kind(str(kind), random, longest_s)
            if len(scene.samples) <= longest_s * RATE_HZ:
                return scene

    def of_kind(self, kind: str, random: np.random.Generator, longest_s: float) -> Scene:
        """A scene of a kind in `SHARES`, perhaps longer than `longest_s`."""
        language = LANGUAGES[random.integers(2)]
        if kind == "digits":
            return self._digit_scene(random, longest_s)
        if kind == "commands":
            key = self._command_keys[random.integers(len(self._command_keys))]
            return _scene([_pick(self._commands[key], random)], random)
        if kind == "other":
            return self._other_scene(random, longest_s)
        length = round(random.uniform(0.3, longest_s) * RATE_HZ)
        silent = kind == "silence"
        sound: Samples = np.zeros(length, np.float32) if silent else no_speech(length, random)
        return Scene(sound, language, "", ())

    def _sort_in(self, each: Recorded) -> None:
        clip, _ = each
        if clip.voice.startswith("fsdd"):
            self._real[clip.voice].append(each)
        elif clip.voice.startswith("flite") and clip.digits:
            self._lifelike[clip.voice].append(each)
        elif clip.digits and not clip.voice.startswith(clip.language):
            self._accented.append(each)
        elif clip.digits:
            self._digits[clip.language].append(each)
            if len(clip.digits) == 1:
                self._single[clip.language].append(each)
        elif clip.command is not None:
            self._commands[clip.language, clip.command].append(each)
        elif clip.voice.startswith("real"):
            self._real_other.append(each)
        else:
            self._other.append(each)

    def _digit_scene(self, random: np.random.Generator, longest_s: float) -> Scene:
        count = int(random.choice((1, 2, 3, 4), p=(0.55, 0.15, 0.15, 0.15)))
        count = min(count, max(1, int(longest_s / 0.6)))
        choice = random.random()
        for people, until in ((self._real, 0.42), (self._lifelike, 0.58)):
            if people and choice < until:
                person = people[sorted(people)[int(random.integers(len(people)))]]
                said = [_pick(person, random) for _ in range(count)]
                return _scene([self._timed(each, random) for each in said], random)
        if self._accented and choice < 0.72:
            return _scene([_pick(self._accented, random)], random)
        language = LANGUAGES[0] if random.random() < 0.45 else LANGUAGES[1]
        if choice < 0.9:
            return _scene([_pick(self._digits[language], random)], random)
        return _scene([_pick(self._single[language], random) for _ in range(count)], random)

    def _timed(self, recorded: Recorded, random: np.random.Generator) -> Recorded:
        """A digit of a person with the phonemes of a synthetic one, stretched to its length:
        roughly right, as the recordings of people have no silence at their ends."""
        clip, samples = recorded
        if not clip.voice.startswith("fsdd"):
            return recorded
        while True:
            model, sound = _pick(self._single[clip.language], random)
            if model.digits == clip.digits and model.phonemes:
                break
        marks = model.phonemes
        begin_s, end_s = marks[0][0], len(sound) / RATE_HZ
        scale = len(samples) / RATE_HZ / max(0.05, end_s - begin_s)
        timed = tuple(((at - begin_s) * scale, name) for at, name in marks)
        return replace(clip, phonemes=timed), samples

    def _other_scene(self, random: np.random.Generator, longest_s: float) -> Scene:
        choice = random.random()
        if self._real and choice < 0.15:
            return self._backwards(random)
        if self._real_other and choice < 0.35:
            clip, samples = _pick(self._real_other, random)
            length = round(random.uniform(0.6, longest_s) * RATE_HZ)
            start = int(random.integers(max(1, len(samples) - length)))
            return _scene([(clip, samples[start : start + length])], random)
        return _scene([_pick(self._other, random)], random)

    def _backwards(self, random: np.random.Generator) -> Scene:
        """A voice of a person saying nothing that there is."""
        speaker = sorted(self._real)[random.integers(len(self._real))]
        count = int(random.integers(1, 4))
        picked = [_pick(self._real[speaker], random) for _ in range(count)]
        turned = [(replace(clip, digits=()), samples[::-1]) for clip, samples in picked]
        return _scene(turned, random)


def no_speech(length: int, random: np.random.Generator) -> Samples:
    """Noise, hum, clicks or a melody."""
    kind = random.integers(4)
    if kind == 0:
        return coloured_noise(length, float(random.uniform(0, 2.2)), random)
    if kind == 1:
        clicks = np.zeros(length, np.float32)
        places = random.integers(0, length, int(random.integers(1, 12)))
        clicks[places] = random.normal(size=len(places))
        decay = np.exp(-np.arange(800) / random.uniform(5, 200)).astype(np.float32)
        tail = decay * random.normal(size=800).astype(np.float32)
        return np.convolve(clicks, tail)[:length].astype(np.float32)
    seconds: Samples = (np.arange(length) / RATE_HZ).astype(np.float32)
    if kind == 2:
        return _tone(seconds, float(random.uniform(45, 3000)), random)
    return _melody(seconds, random)


def coloured_noise(length: int, slope: float, random: np.random.Generator) -> Samples:
    """Noise whose power falls with frequency to the power of `slope`; 0 is white, 1 is pink."""
    spectrum = np.fft.rfft(random.standard_normal(length).astype(np.float32))
    spectrum[1:] *= np.arange(1, len(spectrum)) ** (-slope / 2)
    spectrum[0] = 0
    return _loudest_1(np.fft.irfft(spectrum, length))


def sped(samples: Samples, factor: float) -> Samples:
    """`samples` played `factor` times as fast, with the pitch that follows."""
    if len(samples) < 2:
        return samples
    places = np.arange(0, len(samples) - 1, factor)
    played: Samples = np.interp(places, np.arange(len(samples)), samples).astype(np.float32)
    return played


def trimmed(scene: Scene, threshold: float) -> Scene:
    """Without what is quieter than `threshold`, of the loudest sample, at both ends.

    Programs that cut recordings at silence take weak consonants for silence too.
    """
    loud = np.flatnonzero(np.abs(scene.samples) > threshold * np.abs(scene.samples).max())
    if not len(loud):
        return scene
    first, last = int(loud[0]), int(loud[-1])
    shift_s = first / RATE_HZ
    timed = scene.phonemes and tuple(
        (begin - shift_s, end - shift_s, name) for begin, end, name in scene.phonemes
    )
    return replace(scene, samples=scene.samples[first : last + 1], phonemes=timed)


def _scene(parts: Sequence[Recorded], random: np.random.Generator) -> Scene:
    """Clips one after the other, at one speed, with pauses."""
    factor = float(random.uniform(0.83, 1.2))
    pieces: list[Samples] = []
    timed: list[tuple[float, float, str]] | None = []
    for clip, samples in parts:
        if pieces:
            pause = int(random.integers(0, 5600))
            pieces.append(np.zeros(pause, np.float32))
        start_s = sum(map(len, pieces)) / RATE_HZ
        own = factor * float(random.uniform(0.94, 1.06))
        sound = sped((samples / 32768).astype(np.float32), own)
        pieces.append(sound / (np.abs(sound).max() + 1e-5) * float(random.uniform(0.4, 1)))
        if clip.phonemes is None or timed is None:
            timed = None
        else:
            timed += _stretched(clip, start_s, own)
    first = parts[0][0]
    digits = tuple(digit for clip, _ in parts for digit in clip.digits)
    transcript = digits_transcript(digits, first.language) if digits else first.transcript
    phonemes = None if timed is None else tuple(timed)
    return Scene(np.concatenate(pieces), first.language, transcript, phonemes)


def _stretched(clip: Clip, start_s: float, factor: float) -> list[tuple[float, float, str]]:
    marks = [(start_s + at / factor, name) for at, name in clip.phonemes or ()]
    pairs = zip(marks, [*marks[1:], (marks[-1][0] + 0.08, "")] if marks else [], strict=True)
    return [(begin, after[0], name) for (begin, name), after in pairs if name]


def _tone(seconds: Samples, pitch_hz: float, random: np.random.Generator) -> Samples:
    sound = np.zeros_like(seconds)
    for partial in range(1, int(random.integers(2, 9))):
        phase = float(random.uniform(0, 6.28))
        sound += np.sin(2 * np.pi * pitch_hz * partial * seconds + phase) / partial
    return _loudest_1(sound)


def _melody(seconds: Samples, random: np.random.Generator) -> Samples:
    note = int(random.uniform(0.1, 0.6) * RATE_HZ)
    pieces = []
    for start in range(0, len(seconds), note):
        part = seconds[: min(note, len(seconds) - start)]
        chord = sum(
            _tone(part, 110 * 2 ** (int(random.integers(0, 37)) / 12), random)
            for _ in range(int(random.integers(1, 4)))
        )
        pieces.append(chord * np.exp(-part * float(random.uniform(0, 8))))
    return _loudest_1(np.concatenate(pieces))


def _loudest_1(sound: NDArray[Any]) -> Samples:
    scaled: Samples = (sound / (np.abs(sound).max() + 1e-9)).astype(np.float32)
    return scaled


def _pick(among: Sequence[Recorded], random: np.random.Generator) -> Recorded:
    return among[int(random.integers(len(among)))]


def _normed(values: Iterable[float]) -> list[float]:
    shares = list(values)
    return [share / sum(shares) for share in shares]

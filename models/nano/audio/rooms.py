"""How a scene sounds through rooms and microphones: echo, colour, bandwidth, noise.

Owns augmentation of a batch of sounds, in torch; knows nothing of what is said.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from models.nano.audio.clips import RATE_HZ, Pcm
from models.nano.audio.scenes import Samples, coloured_noise
from models.nano.network.audio import mel_filters

NOISE_S = 60
WARPS = tuple(
    (low, low * ratio)
    for low in np.linspace(0.85, 1.18, 12).tolist()
    for ratio in (0.91, 0.96, 1.0, 1.05, 1.1)
)
"""Of the frequency axis at 0 Hz and from 4 kHz on."""


class Rooms:
    """Changes sounds. `speech` is what babble is mixed from."""

    def __init__(self, speech: Sequence[Pcm], mels: int, seed: int = 0) -> None:
        random = np.random.default_rng(seed)
        length = NOISE_S * RATE_HZ
        noises = [coloured_noise(length, slope, random) for slope in (0, 0.5, 1, 1.5, 2)]
        noises += [_babble(speech, length, voices, random) for voices in (3, 6, 12)]
        self._noises = [noise / (noise.std() + 1e-9) for noise in noises]
        self._filters = torch.stack([mel_filters(mels, *warp) for warp in WARPS])

    def filters(self, count: int, random: np.random.Generator) -> Tensor:
        """Mel filters of as many vocal tracts."""
        return self._filters[torch.from_numpy(random.integers(0, len(WARPS), count))]

    def recorded(
        self,
        sounds: Sequence[Samples],
        starts: Sequence[int],
        lengths: Sequence[int],
        random: np.random.Generator,
    ) -> Tensor:
        """Each sound put at its start into a recording of its length; (batch, longest)."""
        longest = max(lengths)
        dry = np.zeros((len(sounds), longest), np.float32)
        late = np.zeros_like(dry)
        for row, (sound, start, length) in enumerate(zip(sounds, starts, lengths, strict=True)):
            dry[row, start : start + len(sound)] = sound
            noise = self._noise(length, float(np.sqrt(np.mean(sound**2)) + 1e-4), random)
            (dry if random.random() < 0.5 else late)[row, :length] += noise
        size = _quick_size(longest + RATE_HZ // 4)
        spectrum = torch.fft.rfft(torch.from_numpy(dry), n=size)
        spectrum *= torch.from_numpy(self._colours(len(sounds), spectrum.shape[1], random))
        spectrum *= torch.fft.rfft(torch.from_numpy(_echoes(len(sounds), random)), n=size)
        wet = torch.fft.irfft(spectrum, n=size)[:, :longest] + torch.from_numpy(late)
        loudest = wet.abs().amax(1, keepdim=True) + 1e-6
        gain = torch.from_numpy(10 ** random.uniform(-2.2, 0, (len(sounds), 1)).astype(np.float32))
        silent = loudest < 1e-5
        heard = torch.where(silent, wet, wet / loudest * gain)
        heard = (heard * 32767).round() / 32767
        inside = torch.arange(longest)[None] < torch.tensor(lengths)[:, None]
        return torch.where(inside, heard, 0.0)

    def _noise(self, length: int, speech_level: float, random: np.random.Generator) -> Samples:
        """At 0 to 60 dB below the speech, and in one of ten recordings none."""
        if random.random() < 0.1:
            return np.zeros(length, np.float32)
        noise = self._noises[random.integers(len(self._noises))]
        start = random.integers(len(noise) - length)
        level = speech_level * 10 ** (-random.triangular(2, 20, 60) / 20)
        return noise[start : start + length] * np.float32(level)

    def _colours(self, count: int, bins: int, random: np.random.Generator) -> Samples:
        """Random equalizers, and band limits as of telephones and old files."""
        hz = np.linspace(0, RATE_HZ / 2, bins, dtype=np.float32)
        octaves = np.log2(np.maximum(hz, 40) / 40)[None] / 7.6
        gain_db = np.zeros((count, bins), np.float32)
        for waves in (0.5, 1, 2, 3):
            phase = random.uniform(0, 2 * np.pi, (count, 1)).astype(np.float32)
            height = random.uniform(0, 3.5, (count, 1)).astype(np.float32)
            gain_db += height * np.cos(2 * np.pi * waves * octaves + phase)
        gains = 10 ** (gain_db / 20)
        for row in range(count):
            choice = random.random()
            if choice < 0.45:
                gains[row, hz > random.uniform(3800, 4050)] = 0
            elif choice < 0.65:
                gains[row] /= 1 + (hz / random.uniform(2500, 7000)) ** 8
            if random.random() < 0.4:
                low = random.uniform(50, 350)
                gains[row] *= (hz / low) ** 4 / (1 + (hz / low) ** 4)
        return gains


def hidden_bands(mels: Tensor, random: np.random.Generator) -> Tensor:
    """SpecAugment: bands of frequency and short spans of time become flat."""
    for row in mels:
        flat = row.mean()
        if random.random() < 0.5:
            start = int(random.integers(0, row.shape[0] - 6))
            row[start : start + int(random.integers(1, 9))] = flat
        if random.random() < 0.3:
            start = int(random.integers(0, row.shape[1] - 8))
            row[:, start : start + int(random.integers(1, 9))] = flat
    return mels


def _babble(
    speech: Sequence[Pcm], length: int, voices: int, random: np.random.Generator
) -> Samples:
    mixed = np.zeros(length, np.float32)
    for _ in range(voices):
        at = 0
        while at < length:
            clip = speech[random.integers(len(speech))].astype(np.float32) / 32768
            clip = clip[: length - at]
            mixed[at : at + len(clip)] += clip / (np.abs(clip).max() + 1e-5)
            at += len(clip) + int(random.integers(0, 4000))
    return mixed


def _echoes(count: int, random: np.random.Generator) -> Samples:
    """Impulse responses: the direct sound, and for half of them a decaying tail."""
    size = RATE_HZ // 4
    echoes = np.zeros((count, size), np.float32)
    echoes[:, 0] = 1
    for row in range(count):
        if random.random() < 0.5:
            fall_s = random.uniform(0.01, 0.12)
            tail = np.exp(-np.arange(size) / (fall_s * RATE_HZ)) * random.standard_normal(size)
            tail[: int(random.uniform(0.001, 0.01) * RATE_HZ)] = 0
            level = random.uniform(0.05, 0.8)
            echoes[row] += (tail / (np.sqrt((tail**2).sum()) + 1e-9) * level).astype(np.float32)
    return echoes


def _quick_size(least: int) -> int:
    """The next size that Fourier transforms are quick for."""
    step = 2 ** max(0, least.bit_length() - 4)
    return -(-least // step) * step

"""The audio tower of the nano family: qwen3a of llama.cpp, with its mel front end, in plain torch.

Follows tools/mtmd/models/qwen3a.cpp and mtmd_audio_preprocessor_qwen3a. A second of sound
is 100 frames and becomes 13 entries of the language tower. Knows nothing of words or files.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812  as everybody writes it
from torch import Tensor, nn

RATE_HZ = 16_000
FFT_SAMPLES, HOP_SAMPLES = 400, 160
CHUNK_FRAMES, CHUNK_TOKENS = 100, 13
WINDOW_FRAMES = 800
"""Entries attend to one another within 8 s."""
WARPED_TO_HZ = 4_000

_FLOOR = 5.960464477539063e-08
_RANGE_DECADES = 8.0


@dataclass(frozen=True)
class AudioConfig:
    """Dimensions of a tower. `output` is the width of the language tower."""

    output: int
    mels: int = 64
    channels: int = 32
    width: int = 192
    layers: int = 4
    heads: int = 4
    feed_forward: int = 512
    norm_epsilon: float = 1e-5


# ------------------------------------------------------------------ sound to frames


def mel_filters(mels: int, warp_low: float = 1.0, warp_high: float = 1.0) -> Tensor:
    """Slaney's triangles, (mels, FFT_SAMPLES / 2 + 1).

    The warps stretch the frequency axis at 0 Hz and from WARPED_TO_HZ on, as a longer or
    shorter vocal tract or other vowels do; 1 and 1 are llama.cpp's.
    """
    plain = [_mel_to_hz(_hz_to_mel(RATE_HZ / 2) * i / (mels + 1)) for i in range(mels + 2)]
    edges = [hz * (warp_low + (warp_high - warp_low) * min(1.0, hz / WARPED_TO_HZ)) for hz in plain]
    bins = torch.arange(FFT_SAMPLES // 2 + 1, dtype=torch.float64) * RATE_HZ / FFT_SAMPLES
    rows = []
    for left, centre, right in zip(edges, edges[1:], edges[2:], strict=False):
        rising = (bins - left) / max(1e-30, centre - left)
        falling = (right - bins) / max(1e-30, right - centre)
        rows.append(torch.minimum(rising, falling).clamp(min=0) * 2 / max(1e-30, right - left))
    return torch.stack(rows).float()


def _hz_to_mel(hz: float) -> float:
    return hz * 3 / 200 if hz < 1000 else 15 + math.log(hz / 1000) / (math.log(6.4) / 27)


def _mel_to_hz(mel: float) -> float:
    return mel * 200 / 3 if mel < 15 else 1000 * math.exp((mel - 15) * (math.log(6.4) / 27))


def frames_of(samples: int) -> int:
    """How many frames a recording has before it is padded."""
    return samples // HOP_SAMPLES + 1


def log_mel(sound: Tensor, filters: Tensor, lengths: Tensor | None = None) -> Tensor:
    """(batch, samples) at RATE_HZ to (batch, mels, frames), frames a multiple of CHUNK_FRAMES.

    Args:
        filters: (mels, bins), or one for each of the batch.
        lengths: samples of each that count, where they differ; what follows is not looked at.
    """
    half = FFT_SAMPLES // 2
    if lengths is None:
        padded = F.pad(sound[:, None], (half, half), mode="reflect")[:, 0]
    else:
        padded = sound.gather(1, _mirrored(lengths, sound.shape[1], half))
    window = torch.hann_window(FFT_SAMPLES, device=sound.device)
    pieces = padded.unfold(1, FFT_SAMPLES, HOP_SAMPLES) * window
    spectrum = torch.view_as_real(torch.fft.rfft(pieces))
    power = spectrum.square().sum(-1)
    mels = torch.log10((power @ filters.mT).clamp(min=_FLOOR)).mT
    count = frames_of(sound.shape[1])
    mels = F.pad(mels[..., :count], (0, -count % CHUNK_FRAMES))
    counts = torch.full((len(sound),), count) if lengths is None else frames_of(lengths)
    inside = torch.arange(mels.shape[-1])[None, None] < counts[:, None, None]
    loudest = mels.masked_fill(~inside, -1e9).amax((1, 2), keepdim=True)
    scaled = (torch.maximum(mels, loudest - _RANGE_DECADES) + 4) / 4
    return torch.where(inside, scaled, 0.0)


def _mirrored(lengths: Tensor, longest: int, half: int) -> Tensor:
    """Which sample stands at each place when each sound is mirrored at both of its ends."""
    places = torch.arange(-half, longest + half, device=lengths.device).abs()[None]
    last = lengths[:, None] - 1
    return (last - (last - places).abs()).clamp(min=0)


# ------------------------------------------------------------------ frames to entries


class AudioBlock(nn.Module):
    """One layer: attention in both directions and a feed-forward net with exact GELU."""

    def __init__(self, config: AudioConfig) -> None:
        super().__init__()
        width = config.width
        self.heads = config.heads
        self.attention_norm = nn.LayerNorm(width, config.norm_epsilon)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.output = nn.Linear(width, width)
        self.feed_norm = nn.LayerNorm(width, config.norm_epsilon)
        self.up = nn.Linear(width, config.feed_forward)
        self.down = nn.Linear(config.feed_forward, width)

    def forward(self, x: Tensor) -> Tensor:
        mixed = self.query_key_value(self.attention_norm(x))
        query, key, value = mixed.unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        attended = F.scaled_dot_product_attention(query, key, value)
        x = x + self.output(attended.transpose(1, 2).flatten(2))
        return x + self.down(F.gelu(self.up(self.feed_norm(x))))


class AudioTower(nn.Module):
    """Frames to entries of the language tower."""

    def __init__(self, config: AudioConfig) -> None:
        super().__init__()
        self.config = config
        channels, width = config.channels, config.width
        self.convolutions = nn.ModuleList(
            nn.Conv2d(1 if index == 0 else channels, channels, 3, 2, 1) for index in range(3)
        )
        self.joined = nn.Linear(channels * (config.mels // 8), width, bias=False)
        self.positions = nn.Parameter(torch.randn(CHUNK_TOKENS, width) * 0.02)
        self.blocks = nn.ModuleList(AudioBlock(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(width, config.norm_epsilon)
        self.project_1 = nn.Linear(width, width)
        self.project_2 = nn.Linear(width, config.output)
        for block in self.blocks:
            for linear in (block.output, block.down):
                linear.weight.data *= (2 * config.layers) ** -0.5

    def forward(self, mels: Tensor) -> Tensor:
        """(batch, mels, frames) to (batch, 13 for each 100 frames, config.output)."""
        return self.project(self.encode(mels))

    def encode(self, mels: Tensor) -> Tensor:
        """What is heard in each entry, (batch, entries, config.width), before projection."""
        return torch.cat([self._window(part) for part in mels.split(WINDOW_FRAMES, -1)], 1)

    def project(self, encoded: Tensor) -> Tensor:
        return self.project_2(F.gelu(self.project_1(encoded)))

    def _window(self, mels: Tensor) -> Tensor:
        batch, _, frames = mels.shape
        chunks = frames // CHUNK_FRAMES
        x = mels.unflatten(-1, (chunks, CHUNK_FRAMES)).transpose(1, 2).flatten(0, 1)[:, None]
        for convolution in self.convolutions:
            x = F.gelu(convolution(x))
        x = self.joined(x.permute(0, 3, 1, 2).flatten(2)) + self.positions
        x = x.reshape(batch, chunks * CHUNK_TOKENS, -1)
        for block in self.blocks:
            x = block(x)
        return self.norm(x)

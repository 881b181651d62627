"""The vision tower of the nano family: Qwen3-VL's, in plain torch.

Follows llama.cpp's graph (tools/mtmd/models/qwen3vl.cpp). Two differences from transformers:
the mergers use the tanh form of GELU, and a picture is one frame, so the patches come from
one Conv2d (exported as two halves that llama.cpp adds up). Knows nothing of questions.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import torch
import torch.nn.functional as F  # noqa: N812  as everybody writes it
from torch import Tensor, nn

from models.nano.network.language import attended, rotated

MERGE = 2
"""Two by two patches become one token."""

ROPE_BASE = 10_000.0
"""Fixed in llama.cpp."""

POSITION_SCALE = 0.35
"""Of the first positions: near to that of patches, or places are learned very late."""

LEAST_VARIANCE = 0.01
"""Of a direction of patches, in shares of the mean: below it there is only noise."""

DIRECTION_SCALE = 0.15
"""Of whitened patches: brings their weights to the size of the other weights, so that one
learning rate suits all.
"""


@dataclass(frozen=True)
class VisionConfig:
    """Dimensions of a tower.

    `image_px` is the side of the square for which positions are learned; other sizes
    interpolate between them. `deepstack` are the layers whose output also reaches the text
    tower, one text layer each.
    """

    output_width: int = 192
    width: int = 128
    layers: int = 4
    heads: int = 4
    feed_forward: int = 384
    patch_px: int = 16
    image_px: int = 192
    deepstack: tuple[int, ...] = (1,)
    norm_epsilon: float = 1e-6

    @property
    def token_px(self) -> int:
        return self.patch_px * MERGE


class PatchEmbedding(nn.Module):
    """A convolution of patches that learns in whitened directions.

    The pixels of a patch are nearly equal: in plain pixels its mean brightness drowns the edges
    that tell shapes and letters apart, for many thousand pictures. The whitening is linear, and
    `weight` and `bias` give the plain convolution that llama.cpp runs.
    """

    def __init__(self, config: VisionConfig) -> None:
        super().__init__()
        self.side = config.patch_px
        values = 3 * config.patch_px**2
        self.whitened = nn.Parameter(
            torch.randn(config.width, values) / values**0.5 / DIRECTION_SCALE
        )
        self.offset = nn.Parameter(torch.zeros(config.width))
        self.register_buffer("directions", torch.eye(values))
        self.register_buffer("mean", torch.zeros(values))

    @torch.no_grad()
    def whiten(self, pixels: Tensor) -> None:
        """Learn directions and mean from pictures, (batch, 3, height, width)."""
        patches = F.unfold(pixels.float(), self.side, stride=self.side).transpose(1, 2)
        flat = patches.flatten(0, 1)
        self.mean.copy_(flat.mean(0))
        variances, basis = torch.linalg.eigh(torch.cov(flat.T))
        floor = LEAST_VARIANCE * variances.mean()
        scale = DIRECTION_SCALE * (variances.clamp(min=0) + floor) ** -0.5
        self.directions.copy_(scale[:, None] * basis.T)

    @property
    def weight(self) -> Tensor:
        return (self.whitened @ self.directions).view(-1, 3, self.side, self.side)

    @property
    def bias(self) -> Tensor:
        return self.offset - self.whitened @ (self.directions @ self.mean)

    def forward(self, pixels: Tensor) -> Tensor:
        with torch.autocast(pixels.device.type, enabled=False):
            weight, bias = self.weight, self.bias
        return F.conv2d(pixels, weight, bias, stride=self.side)


class VisionBlock(nn.Module):
    def __init__(self, config: VisionConfig) -> None:
        super().__init__()
        width = config.width
        self.heads = config.heads
        self.norm1 = nn.LayerNorm(width, config.norm_epsilon)
        self.qkv = nn.Linear(width, 3 * width)
        self.projection = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width, config.norm_epsilon)
        self.up = nn.Linear(width, config.feed_forward)
        self.down = nn.Linear(config.feed_forward, width)

    def forward(self, x: Tensor, cosines: Tensor, sines: Tensor) -> Tensor:
        parts = self.qkv(self.norm1(x)).unflatten(-1, (3, self.heads, -1))
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        query, key = rotated(query, cosines, sines), rotated(key, cosines, sines)
        mixed = attended(query, key, value, None)
        x = x + self.projection(mixed.transpose(1, 2).flatten(2))
        return x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))


class Merger(nn.Module):
    """Four patches to one token; `after` says whether they are normed after joining."""

    def __init__(self, config: VisionConfig, *, after: bool) -> None:
        super().__init__()
        joined = MERGE**2 * config.width
        self.after = after
        self.norm = nn.LayerNorm(joined if after else config.width, config.norm_epsilon)
        self.first = nn.Linear(joined, joined)
        self.second = nn.Linear(joined, config.output_width)

    def forward(self, x: Tensor) -> Tensor:
        if not self.after:
            x = self.norm(x)
        x = x.unflatten(1, (-1, MERGE**2)).flatten(2)
        if self.after:
            x = self.norm(x)
        return self.second(F.gelu(self.first(x), approximate="tanh"))


class VisionTower(nn.Module):
    """From pixels to tokens for the text tower."""

    def __init__(self, config: VisionConfig) -> None:
        super().__init__()
        self.config = config
        self.patches = PatchEmbedding(config)
        side = config.image_px // config.patch_px
        self.positions = nn.Parameter(waves(side, config.width) * POSITION_SCALE)
        self.blocks = nn.ModuleList(VisionBlock(config) for _ in range(config.layers))
        self.merger = Merger(config, after=False)
        self.deepstack = nn.ModuleDict(
            {str(layer): Merger(config, after=True) for layer in config.deepstack}
        )
        self._initialise()

    def _initialise(self) -> None:
        for linear in (m for m in self.modules() if isinstance(m, nn.Linear)):
            nn.init.normal_(linear.weight, std=linear.in_features**-0.5)
            nn.init.zeros_(linear.bias)
        for block in self.blocks:
            for linear in (block.projection, block.down):
                linear.weight.data *= (2 * self.config.layers) ** -0.5

    def forward(self, pixels: Tensor) -> tuple[Tensor, list[Tensor], Tensor]:
        """Look at pictures of one size.

        Args:
            pixels: (batch, 3, height, width), sides multiples of `token_px`, -1 to 1.

        Returns: tokens (batch, rows * columns, output_width) in reading order; the same for
            each deepstack layer; and the last patches (batch, 4 per token, width), two by
            two, for the heads of pretraining.
        """
        grid = self.patches(pixels).permute(0, 2, 3, 1)
        rows, columns = grid.shape[1], grid.shape[2]
        x = by_token(grid + self._positions(rows, columns))
        head_width = self.config.width // self.config.heads
        cosines, sines = (each.to(x.device) for each in _angles(rows, columns, head_width))
        extra = []
        for number, block in enumerate(self.blocks):
            x = block(x, cosines, sines)
            if str(number) in self.deepstack:
                extra.append(self.deepstack[str(number)](x))
        return self.merger(x), extra, x

    def _positions(self, rows: int, columns: int) -> Tensor:
        learned = self.positions[None]
        if learned.shape[1:3] == (rows, columns):
            return learned
        scaled = F.interpolate(
            learned.permute(0, 3, 1, 2), (rows, columns), mode="bilinear", align_corners=True
        )
        return scaled.permute(0, 2, 3, 1)


def by_token(grid: Tensor) -> Tensor:
    """(batch, rows, columns, width) of patches to (batch, patches, width), two by two."""
    batch, rows, columns, width = grid.shape
    blocks = grid.view(batch, rows // MERGE, MERGE, columns // MERGE, MERGE, width)
    return blocks.permute(0, 1, 3, 2, 4, 5).reshape(batch, rows * columns, width)


def waves(side: int, width: int) -> Tensor:
    """(side, side, width): sines and cosines of the row and the column, of several lengths.

    Smooth, so that other sizes can interpolate between them.
    """
    octaves = width // 4
    frequencies = torch.pi * 2 ** torch.linspace(-1, 2, octaves)
    angles = torch.linspace(0, 1, side)[:, None] * frequencies
    line = torch.cat((angles.sin(), angles.cos()), -1)
    rows = line[:, None].expand(side, side, -1)
    return torch.cat((rows, rows.transpose(0, 1)), -1)


@lru_cache(maxsize=64)
def _angles(rows: int, columns: int, head_width: int) -> tuple[Tensor, Tensor]:
    """Cosines and sines: a half of each head turns with the row, a half with the column."""
    pairs = head_width // 4
    frequencies = ROPE_BASE ** (-torch.arange(pairs).float() / pairs)
    row, column = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
    places = by_token(torch.stack((row, column), -1)[None].float())[0]
    angles = torch.cat((places[:, :1] * frequencies, places[:, 1:] * frequencies), -1)
    return angles.cos(), angles.sin()

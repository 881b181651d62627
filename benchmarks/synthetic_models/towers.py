"""Projector files: Qwen3-VL's eye, and the eye and ear of Qwen2.5-Omni.

Owns their true dimensions, metadata and tensors; knows nothing of how weights are drawn. The
formats are those of a Q8_0 conversion: Q8_0 where blocks of 32 fit, else F16; F32 for the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gguf import GGUFWriter, VisionProjectorType

from benchmarks.synthetic_models.blocks import Kind
from benchmarks.synthetic_models.tensor_plan import ZEROS, Tensor, linear, norm, write_file

MERGED_PATCHES = 4
MEL_BINS = 128
POSITIONS_30_S = 1500


@dataclass(frozen=True, slots=True)
class Tower:
    """A transformer that turns pictures or sound into tokens of the language model's `output`."""

    layers: int
    width: int
    feed_forward: int
    heads: int
    output: int


@dataclass(frozen=True, slots=True)
class Projector:
    """An mmproj file: metadata and tensors."""

    add_metadata: Callable[[GGUFWriter], None]
    tensors: Callable[[], list[Tensor]]

    def write(self, path: Path) -> None:
        write_file(path, "clip", self.add_metadata, self.tensors())


QWEN3_VL_EYE = Tower(layers=24, width=1024, feed_forward=4096, heads=16, output=2560)
QWEN3_VL_POSITIONS, QWEN3_VL_PATCH_PX, QWEN3_VL_DEEPSTACK = 2304, 16, (5, 11, 17)
OMNI_EYE = Tower(layers=32, width=1280, feed_forward=3420, heads=16, output=2048)
OMNI_PATCH_PX, OMNI_WINDOW_PATTERN = 14, 8
OMNI_EAR = Tower(layers=32, width=1280, feed_forward=5120, heads=20, output=2048)


def qwen3_vl() -> Projector:
    return Projector(_add_qwen3_vl_metadata, _qwen3_vl_tensors)


def qwen25_omni() -> Projector:
    return Projector(_add_omni_metadata, lambda: [*_omni_eye(), *_omni_ear()])


def qwen25_omni_hearing() -> Projector:
    """Its ear alone, for those who show it no pictures."""
    return Projector(_add_hearing_metadata, _omni_ear)


def _add_qwen3_vl_metadata(writer: GGUFWriter) -> None:
    writer.add_type("mmproj")
    writer.add_clip_projector_type(VisionProjectorType.QWEN3VL)
    _add_vision(writer, QWEN3_VL_EYE, patch_px=QWEN3_VL_PATCH_PX, image_px=768)
    writer.add_vision_use_gelu(True)
    writer.add_vision_spatial_merge_size(2)
    writer.add_vision_is_deepstack_layers(
        [layer in QWEN3_VL_DEEPSTACK for layer in range(QWEN3_VL_EYE.layers)]
    )


def _add_omni_metadata(writer: GGUFWriter) -> None:
    writer.add_type("mmproj")
    writer.add_clip_projector_type(VisionProjectorType.QWEN25O)
    _add_vision(writer, OMNI_EYE, patch_px=OMNI_PATCH_PX, image_px=560)
    writer.add_vision_use_silu(True)
    writer.add_vision_n_wa_pattern(OMNI_WINDOW_PATTERN)
    _add_hearing(writer)


def _add_hearing_metadata(writer: GGUFWriter) -> None:
    writer.add_type("mmproj")
    writer.add_clip_projector_type(VisionProjectorType.QWEN25O)
    _add_hearing(writer)


def _add_hearing(writer: GGUFWriter) -> None:
    writer.add_clip_has_audio_encoder(True)
    writer.add_audio_projection_dim(OMNI_EAR.output)
    writer.add_audio_embedding_length(OMNI_EAR.width)
    writer.add_audio_feed_forward_length(OMNI_EAR.feed_forward)
    writer.add_audio_block_count(OMNI_EAR.layers)
    writer.add_audio_head_count(OMNI_EAR.heads)
    writer.add_audio_attention_layernorm_eps(1e-5)
    writer.add_audio_num_mel_bins(MEL_BINS)


def _add_vision(writer: GGUFWriter, tower: Tower, *, patch_px: int, image_px: int) -> None:
    writer.add_clip_has_vision_encoder(True)
    writer.add_vision_projection_dim(tower.output)
    writer.add_vision_image_size(image_px)
    writer.add_vision_patch_size(patch_px)
    writer.add_vision_embedding_length(tower.width)
    writer.add_vision_feed_forward_length(tower.feed_forward)
    writer.add_vision_block_count(tower.layers)
    writer.add_vision_head_count(tower.heads)
    writer.add_vision_attention_layernorm_eps(1e-6)
    writer.add_vision_image_mean([0.5] * 3)
    writer.add_vision_image_std([0.5] * 3)


def _patches(tower: Tower, patch_px: int) -> list[Tensor]:
    """Two frames of a video make one patch."""
    shape = (tower.width, 3, patch_px, patch_px)
    names = ("v.patch_embd.weight", "v.patch_embd.weight.1")
    # Rows of 14 or 16 pixels hold no block of 32.
    return [Tensor(name, shape, Kind.F16) for name in names]


def _matrix(name: str, outputs: int, inputs: int, *, bias: bool = True) -> list[Tensor]:
    kind = Kind.F16 if inputs % 32 else Kind.Q8_0
    return linear(name, outputs, inputs, kind, bias=bias)


def _merger(tower: Tower) -> list[Tensor]:
    inner = MERGED_PATCHES * tower.width
    return [*_matrix("mm.0", inner, inner), *_matrix("mm.2", tower.output, inner)]


def _qwen3_vl_tensors() -> list[Tensor]:
    tower = QWEN3_VL_EYE
    width, inner = tower.width, MERGED_PATCHES * tower.width
    tensors = [*_patches(tower, QWEN3_VL_PATCH_PX), Tensor("v.patch_embd.bias", (width,), ZEROS)]
    tensors.append(Tensor("v.position_embd.weight", (QWEN3_VL_POSITIONS, width), Kind.F32))
    for layer in range(tower.layers):
        prefix = f"v.blk.{layer}."
        tensors += norm(prefix + "ln1", width, bias=True) + norm(prefix + "ln2", width, bias=True)
        tensors += _matrix(prefix + "attn_qkv", 3 * width, width)
        tensors += _matrix(prefix + "attn_out", width, width)
        tensors += _matrix(prefix + "ffn_up", tower.feed_forward, width)
        tensors += _matrix(prefix + "ffn_down", width, tower.feed_forward)
    for layer in QWEN3_VL_DEEPSTACK:
        prefix = f"v.deepstack.{layer}."
        tensors += norm(prefix + "norm", inner, bias=True)
        tensors += _matrix(prefix + "fc1", inner, inner) + _matrix(
            prefix + "fc2", tower.output, inner
        )
    return [*tensors, *norm("v.post_ln", width, bias=True), *_merger(tower)]


def _omni_eye() -> list[Tensor]:
    tower, width = OMNI_EYE, OMNI_EYE.width
    tensors = _patches(tower, OMNI_PATCH_PX)
    for layer in range(tower.layers):
        prefix = f"v.blk.{layer}."
        tensors += norm(prefix + "ln1", width) + norm(prefix + "ln2", width)
        for name in ("attn_q", "attn_k", "attn_v", "attn_out"):
            tensors += _matrix(prefix + name, width, width)
        tensors += _matrix(prefix + "ffn_gate", tower.feed_forward, width)
        tensors += _matrix(prefix + "ffn_up", tower.feed_forward, width)
        tensors += _matrix(prefix + "ffn_down", width, tower.feed_forward)
    return [*tensors, *norm("v.post_ln", width), *_merger(tower)]


def _omni_ear() -> list[Tensor]:
    tower, width = OMNI_EAR, OMNI_EAR.width
    tensors = []
    for number, inputs in ((1, MEL_BINS), (2, width)):
        tensors.append(Tensor(f"a.conv1d.{number}.weight", (width, inputs, 3), Kind.F16))
        tensors.append(Tensor(f"a.conv1d.{number}.bias", (width, 1), ZEROS))
    tensors.append(Tensor("a.position_embd.weight", (POSITIONS_30_S, width), Kind.F32))
    for layer in range(tower.layers):
        prefix = f"a.blk.{layer}."
        tensors += norm(prefix + "ln1", width, bias=True) + norm(prefix + "ln2", width, bias=True)
        for name in ("attn_q", "attn_k", "attn_v", "attn_out"):
            tensors += _matrix(prefix + name, width, width, bias=name != "attn_k")
        tensors += _matrix(prefix + "ffn_up", tower.feed_forward, width)
        tensors += _matrix(prefix + "ffn_down", width, tower.feed_forward)
    return [
        *tensors,
        *norm("a.post_ln", width, bias=True),
        *_matrix("mm.a.fc", tower.output, width),
    ]

"""A loaded model brought to the most memory that it can come to take.

Owns the conversations that do so; knows nothing of predictions. A peak needs three things:
the copies of earlier conversations, the whole context, and the largest picture and recording.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import numpy as np

from benchmarks.measuring.processes import peak_mb, worker_ids
from benchmarks.synthetic_models.catalogue import Files
from benchmarks.synthetic_models.vocabulary import prompt_of
from core.engines.llama.cache.saved_states import SAVED_STATES_MB
from core.engines.llama.engine import LlamaEngine
from core.engines.protocol import Engine, GenerationRequest, Message, Part
from core.engines.spec import EngineSpec, KvCacheType
from core.media.content import AUDIO_RATE_HZ, AudioClip, RgbImage
from core.model_files.header import read_header
from core.model_pool.prediction.footprint import Footprint, predict_footprint
from core.settings import load_settings

ANSWER_TOKENS = 4
TEMPLATE_TOKENS = 32
"""More than what a chat template adds."""
MARK_TOKENS = 2
"""Beginning and end of a text that is embedded."""
LARGEST_IMAGE_PX = 1120
"""1225 tokens of 32 pixels square, 1600 of 28: at or above image_max_tokens."""
RECORDING_S = 30
SAVED_SHARE = 0.48
"""Of the room for copies that one of two conversations fills."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """An open model and the process that holds it."""

    engine: Engine
    process_id: int

    def peak_mb(self) -> float:
        return peak_mb(self.process_id)


def spec_of(
    name: str, files: Files, context_tokens: int, cache_type: KvCacheType = "f16"
) -> EngineSpec:
    """How SARAi would open a model with its default settings."""
    settings = load_settings()
    return EngineSpec(
        name,
        "llama",
        context_tokens,
        settings.runtime.thread_count(),
        files.gguf_path,
        files.mmproj_path,
        embeddings=files.embeddings,
        kv_cache_type=cache_type,
        image_max_tokens=settings.media.image_max_tokens,
    )


def predicted(spec: EngineSpec) -> Footprint:
    """What the pool would reserve for `spec`."""
    assert spec.gguf_path is not None  # noqa: S101  # a llama model has a file
    projector = None
    if spec.mmproj_path is not None:
        projector = read_header(spec.mmproj_path, model=spec.model)
    return predict_footprint(
        read_header(spec.gguf_path, model=spec.model),
        projector,
        context_tokens=spec.context_tokens,
        embeddings=spec.embeddings,
        cache_type=spec.kv_cache_type,
        image_max_tokens=spec.image_max_tokens,
    )


@contextmanager
def loaded(spec: EngineSpec) -> Iterator[Loaded]:
    """A worker that holds the model of `spec`."""
    before = worker_ids()
    with closing(LlamaEngine.open(spec)) as engine:
        (process_id,) = worker_ids() - before
        yield Loaded(engine, process_id)


def use_fully(engine: Engine, kv_mb: float) -> None:
    """Fill the context and everything that fills up with use.

    Args:
        kv_mb: size of the model's cache, from which the copies' share follows.
    """
    context_tokens = engine.context_tokens
    if engine.capabilities.embeddings:
        engine.embed([prompt_of(context_tokens - MARK_TOKENS)])
        return
    copied = min(1.0, SAVED_STATES_MB / kv_mb) * SAVED_SHARE
    for first in range(2):
        ask(engine, prompt_of(int(copied * context_tokens) - TEMPLATE_TOKENS, first))
    if engine.capabilities.vision:
        ask(engine, _picture(), "?")
    if engine.capabilities.audio:
        ask(engine, _recording(), "?")
    ask(engine, prompt_of(context_tokens - TEMPLATE_TOKENS - ANSWER_TOKENS, 2))


def ask(engine: Engine, *parts: Part, max_tokens: int = ANSWER_TOKENS) -> None:
    """One greedy answer to one message."""
    request = GenerationRequest((Message("user", parts),), max_tokens=max_tokens, temperature=0)
    for _ in engine.generate(request):
        pass


def _picture() -> RgbImage:
    shape = (LARGEST_IMAGE_PX, LARGEST_IMAGE_PX, 3)
    return RgbImage(np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8))


def _recording() -> AudioClip:
    samples = np.random.default_rng(0).normal(0, 0.1, RECORDING_S * AUDIO_RATE_HZ)
    return AudioClip(samples.astype(np.float32))

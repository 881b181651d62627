"""Tiny models for tests, one function per kind: each writes its file and returns its path.

Text models answer to the chat template of `gguf_fixtures.vocabulary`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import gguf

from tests.gguf_fixtures.embedding_model import write_embedding_model, write_reranker
from tests.gguf_fixtures.media_towers import write_omni_tower, write_vision_tower
from tests.gguf_fixtures.text_model import TextShape, write_random_model, write_scripted_model
from tests.gguf_fixtures.vocabulary import CHAT_TEMPLATE

REPLY_PIECES = (b"Hola", b",", b" soy", b" un", b" modelo", b" peque", "ñ".encode(), b"o", b".")
REPLY = "Hola, soy un modelo pequeño."


def scripted_text(
    folder: Path,
    reply: Sequence[bytes] = REPLY_PIECES,
    *,
    chat_template: str | None = CHAT_TEMPLATE,
    add_bos: bool = False,
    name: str = "scripted",
) -> Path:
    """Answers `reply` to anything, when greedy."""
    path = folder / f"{name}.gguf"
    write_scripted_model(path, reply, chat_template=chat_template, add_bos=add_bos)
    return path


def random_text(folder: Path, context_tokens: int = 4096) -> Path:
    """Answers with printable ASCII, without end."""
    path = folder / f"random-{context_tokens}.gguf"
    write_random_model(path, TextShape(context_tokens=context_tokens))
    return path


def hybrid(folder: Path) -> Path:
    """As `random_text`, with a layer that holds a state in place of a KV cache."""
    path = folder / "hybrid.gguf"
    write_random_model(path, TextShape("lfm2"))
    return path


def vision(folder: Path) -> tuple[Path, Path]:
    """Model and projector of one that sees."""
    model, tower = folder / "vision.gguf", folder / "vision-mmproj.gguf"
    write_random_model(model, TextShape("qwen3vl", deepstack_layers=1))
    write_vision_tower(tower)
    return model, tower


def omni(folder: Path) -> tuple[Path, Path]:
    """Model and projector of one that sees and hears."""
    model, tower = folder / "omni.gguf", folder / "omni-mmproj.gguf"
    write_random_model(model, TextShape("qwen2vl"))
    write_omni_tower(tower)
    return model, tower


def audio_tower(folder: Path) -> Path:
    """A projector for the omni model that only hears."""
    tower = folder / "audio-mmproj.gguf"
    write_omni_tower(tower, vision=False)
    return tower


def embeddings(folder: Path) -> Path:
    """Mean-pooled embeddings of 64 dimensions; holds 512 tokens."""
    path = folder / "embeddings.gguf"
    write_embedding_model(path)
    return path


def reranker(folder: Path) -> Path:
    """Scores documents; holds 512 tokens."""
    path = folder / "reranker.gguf"
    write_reranker(path)
    return path


def causal_embeddings(folder: Path) -> Path:
    """Last-token embeddings of 128 dimensions, from a text model."""
    path = folder / "causal-embeddings.gguf"
    write_random_model(path, TextShape(pooling=gguf.PoolingType.LAST))
    return path

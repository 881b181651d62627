"""Pools for indexes; also for processes that tests start, which need nothing of pytest."""

from __future__ import annotations

from pathlib import Path

from core.model_pool import ModelPool
from core.settings import load_settings
from core.storage.folder import DataFolder
from tests.environments import NO_OLLAMA, variables
from tests.kept_engines import open_kept


def pool_with(folder: DataFolder, keys: dict[str, object]) -> ModelPool:
    """The shipped configuration with `keys` changed, as in {"retrieval.top_k": 2}."""
    settings = load_settings(environ={**NO_OLLAMA, **variables(keys)})
    return ModelPool(settings, folder, open_engine=open_kept)


def encoder_keys(gguf: Path) -> dict[str, object]:
    """The configuration whose embedding model is `gguf`."""
    return {
        "models.embeddinggemma_300m.gguf_file": gguf,
        "models.embeddinggemma_300m.sha256": "null",
        "models.embeddinggemma_300m.max_memory_mb": "null",
    }

"""All that an engine needs to open a model.

Owns this description; knows nothing of what is asked of a model, nor how it is configured.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

PARALLEL_REQUESTS = 4
"""Requests that a llama worker answers at once, unless its spec says otherwise."""

Modality = Literal["image", "audio"]
KvCacheType = Literal["f16", "q8_0", "q4_0"]


@dataclass(frozen=True, slots=True)
class EngineSpec:
    """How to open one model; the pool fills it from the configuration.

    For `llama`: `gguf_path` and, for images or audio, `mmproj_path`. For `ollama`:
    `remote_model`, `base_url` and the timeouts; `read_timeout_s` is how long the server may
    stay silent, and loading a large model from a slow disk takes minutes. For `openai_http`:
    the same, `modalities` and `api_key_env`, the variable that holds the key. `log_path`
    receives a worker's stderr; `states_path`, what its conversations came to, from one life of
    the model to the next. `context_tokens` is the model's whole context, prompt and
    answer together; the `parallel` requests that are answered at once share it.
    """

    model: str
    engine: str
    context_tokens: int
    threads: int
    gguf_path: Path | None = None
    mmproj_path: Path | None = None
    remote_model: str = ""
    base_url: str = ""
    connect_timeout_s: float = 0.5
    read_timeout_s: float = 300.0
    api_key_env: str = ""
    modalities: tuple[Modality, ...] = ()
    gpu_layers: int = 0
    embeddings: bool = False
    kv_cache_type: KvCacheType = "f16"
    image_max_tokens: int = 1280
    parallel: int = PARALLEL_REQUESTS
    log_path: Path | None = None
    states_path: Path | None = None

"""What an Ollama server holds in memory, whoever asked it to.

Owns the question; knows nothing of budgets.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Collection
from functools import lru_cache

from core.engines.ollama.failures import FAILURES
from core.engines.ollama.server import OllamaServer, full_name

READ_TIMEOUT_S = 1.0
"""Ollama answers this in milliseconds, even while it generates; a load waits for no longer."""

_log = logging.getLogger(__name__)


def held_models_mb(
    base_url: str, *, known: Collection[str], connect_timeout_s: float
) -> dict[str, int]:
    """MiB of each loaded model, graphics memory included; empty when nobody answers.

    A model has its name in `known` where it has one there, else the server's own.
    """
    try:
        loaded = _server(base_url, connect_timeout_s).loaded_models()
    except FAILURES as error:
        _log.debug("Ollama at %s does not say what it holds: %s", base_url, error)
        return {}
    names = {full_name(name): name for name in known}
    return {
        names.get(full_name(name), name): math.ceil(size_bytes / 2**20)
        for name, size_bytes in loaded.items()
    }


@lru_cache(maxsize=1)
def _server(base_url: str, connect_timeout_s: float) -> OllamaServer:
    """Kept, since making one takes longer than the question does."""
    return OllamaServer(
        base_url, connect_timeout_s=connect_timeout_s, read_timeout_s=READ_TIMEOUT_S
    )

"""What a model of another server takes of this machine, before anybody measured it.

Owns the estimate from the configuration; asks no server.
"""

from __future__ import annotations

import math
import re

from core.settings.addresses import is_this_machine
from core.settings.models import ModelSettings
from core.settings.servers import OpenAIServer

OLLAMA_BITS_PER_WEIGHT = 4.89
"""Q4_K_M, Ollama's usual quantisation. Source: llama.cpp's quantize README, Llama 3.1 8B."""
OLLAMA_DEFAULT_PARAMETERS_B = 8.0
OLLAMA_CACHE_MB_PER_TOKEN = 0.125
"""f16 cache of an 8B model: 32 layers x 2 x 8 heads x 128 x 2 bytes."""
OLLAMA_RUNNER_MB = 400


def ollama_reservation_mb(model: ModelSettings, base_url: str) -> tuple[int, str]:
    """What an Ollama model takes of this machine's budget, and why; the server is not asked.

    Nothing when the server is another machine. Else `max_memory_mb` when it is given. Else
    an estimate: the parameters named in the tag ("solar:10.7b"; 8 billion when it names
    none) at Q4_K_M, the f16 cache of an 8B model and Ollama's runner.
    """
    if not is_this_machine(base_url):
        return 0, "0 MiB: the server is another machine"
    if model.max_memory_mb is not None:
        return model.max_memory_mb, f"{model.max_memory_mb} MiB: its max_memory_mb"
    tag = re.search(r"[:_-](\d+(?:\.\d+)?)b\b", (model.ollama_model or "").lower())
    parameters_b = float(tag[1]) if tag else OLLAMA_DEFAULT_PARAMETERS_B
    weights_mb = parameters_b * 1e9 * OLLAMA_BITS_PER_WEIGHT / 8 / 2**20
    cache_mb = model.context_length * OLLAMA_CACHE_MB_PER_TOKEN
    need_mb = math.ceil(weights_mb + cache_mb + OLLAMA_RUNNER_MB)
    return need_mb, (
        f"{weights_mb:.0f} weights ({parameters_b:g}B at Q4_K_M, estimated) + "
        f"{cache_mb:.0f} context + {OLLAMA_RUNNER_MB} runner = {need_mb} MiB"
    )


def openai_reservation_mb(model: ModelSettings, server: OpenAIServer) -> tuple[int, str]:
    """What a model of an OpenAI-compatible server takes of the budget, and why.

    Nothing when the server is another machine. On this one `max_memory_mb` when it is given,
    else nothing: the server holds its model whether it is used or not, and does not tell.
    """
    if server.leaves_this_machine:
        return 0, "0 MiB: the server is another machine"
    if model.max_memory_mb is not None:
        return model.max_memory_mb, f"{model.max_memory_mb} MiB: its max_memory_mb"
    return 0, "0 MiB: its server's own memory; max_memory_mb would reserve it"

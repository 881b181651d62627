"""How the next token is chosen.

Owns llama.cpp's sampler chain; knows nothing of text.
"""

from __future__ import annotations

import secrets
from types import TracebackType
from typing import Self

import llama_cpp.llama_cpp as llama

SEED_BITS = 32


class Sampler:
    """A chain of samplers for one answer; close it, or use it in `with`.

    Args:
        temperature: 0 takes the most likely token each time.
        top_p: the smallest set of tokens with at least this probability is drawn from.
        seed: the same seed draws the same tokens; None draws a fresh one.
    """

    def __init__(self, temperature: float, top_p: float, seed: int | None) -> None:
        self._chain = llama.llama_sampler_chain_init(llama.llama_sampler_chain_default_params())
        if temperature <= 0:
            self._add(llama.llama_sampler_init_greedy())
            return
        self._add(llama.llama_sampler_init_top_p(top_p, 1))
        self._add(llama.llama_sampler_init_temp(temperature))
        drawn = secrets.randbits(SEED_BITS) if seed is None else seed % 2**SEED_BITS
        self._add(llama.llama_sampler_init_dist(drawn))

    def _add(self, sampler: llama.llama_sampler_p) -> None:
        # The chain frees what was added to it.
        llama.llama_sampler_chain_add(self._chain, sampler)

    def sample(self, context: llama.llama_context_p, index: int) -> int:
        """Choose from the logits of token `index` of the evaluated batch."""
        return int(llama.llama_sampler_sample(self._chain, context, index))

    def close(self) -> None:
        llama.llama_sampler_free(self._chain)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

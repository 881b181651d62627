"""How the next token is chosen.

Owns llama.cpp's sampler chain and what steers it for one answer; knows nothing of text.
"""

from __future__ import annotations

import ctypes
import secrets

import llama_cpp.llama_cpp as llama
import numpy as np
from numpy.typing import NDArray

from core.closing import Closing
from core.engines.llama.answer.candidates import candidates_of
from core.engines.llama.answer.grammar import Grammar
from core.engines.llama.answer.logprobs import Logprobs
from core.engines.protocol import TokenLogprob

SEED_BITS = 32


class Sampler(Closing):
    """Chooses the tokens of one answer; close it, or use it in `with`.

    Args:
        temperature: 0 takes the most likely token each time.
        top_p: the smallest set of tokens with at least this probability is drawn from.
        seed: the same seed draws the same tokens; None draws a fresh one.
        grammar: what the answer has to follow; closed with the sampler.
        logprobs: told of every token.
    """

    def __init__(
        self,
        temperature: float,
        top_p: float,
        seed: int | None,
        grammar: Grammar | None = None,
        logprobs: Logprobs | None = None,
    ) -> None:
        self._grammar = grammar
        self._logprobs = logprobs
        self._chain = llama.llama_sampler_chain_init(llama.llama_sampler_chain_default_params())
        self._greedy = temperature <= 0
        if self._greedy:
            self._add(llama.llama_sampler_init_greedy())
            return
        self._add(llama.llama_sampler_init_top_p(top_p, 1))
        self._add(llama.llama_sampler_init_temp(temperature))
        drawn = secrets.randbits(SEED_BITS) if seed is None else seed % 2**SEED_BITS
        self._add(llama.llama_sampler_init_dist(drawn))

    def _add(self, sampler: llama.llama_sampler_p) -> None:
        # The chain frees what was added to it.
        llama.llama_sampler_chain_add(self._chain, sampler)

    @property
    def logprobs(self) -> tuple[TokenLogprob, ...]:
        """What was kept of every token so far; empty when that was not asked for."""
        return () if self._logprobs is None else tuple(self._logprobs.tokens)

    def sample(self, logits: NDArray[np.float32]) -> int:
        """Choose by the scores of every token of the vocabulary.

        Raises: InvalidInput, when the grammar leads nowhere or takes too long.
        """
        token = int(logits.argmax()) if self._greedy else self._draw(candidates_of(logits))
        if self._grammar is not None:
            if not self._grammar.allows(token):
                token = self._choose(self._grammar, logits)
            self._grammar.accept(token)
        if self._logprobs is not None:
            self._logprobs.add(token, logits)
        return token

    def _choose(self, grammar: Grammar, logits: NDArray[np.float32]) -> int:
        """Choose from what the grammar allows."""
        candidates = grammar.candidates(logits)
        while len(candidates):
            token = self._draw(candidates.copy())
            if grammar.allows(token):
                return token
            candidates = candidates[candidates["id"] != token]
        raise grammar.stuck()

    def _draw(self, candidates: NDArray[np.void]) -> int:
        data = candidates.ctypes.data_as(llama.llama_token_data_p)
        array = llama.llama_token_data_array(data, len(candidates), -1, False)
        llama.llama_sampler_apply(self._chain, ctypes.byref(array))
        return int(array.data[array.selected].id)

    def close(self) -> None:
        llama.llama_sampler_free(self._chain)
        if self._grammar is not None:
            self._grammar.close()

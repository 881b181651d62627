"""The plainest loop around llama.cpp: batches, decode, greedy choice, nothing else.

What the engine is held against. Owns one model in this process, opened with the engine's own
parameters; knows nothing of messages, workers or reuse.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

# As the worker's own environment has it; llama.cpp reads it when it is first loaded.
os.environ["OMP_WAIT_POLICY"] = "PASSIVE"

import llama_cpp.llama_cpp as llama

from core.engines.llama.native.log import NATIVE_LOG
from core.engines.llama.native.model import BATCH_TOKENS
from core.engines.spec import EngineSpec

MOST_TOKENS = 1 << 16


class RawModel:
    """One model and its context. `answer` takes one prompt at a time."""

    def __init__(self, spec: EngineSpec, *, repack: bool = False) -> None:
        NATIVE_LOG.install()
        llama.llama_backend_init()
        model_params = llama.llama_model_default_params()
        model_params.load_mode = llama.LLAMA_LOAD_MODE_MMAP
        model_params.use_extra_bufts = repack
        path = os.fsencode(str(spec.gguf_path))
        self._model = llama.llama_model_load_from_file(path, model_params)
        params = llama.llama_context_default_params()
        params.n_ctx = spec.context_tokens
        params.n_batch = params.n_ubatch = BATCH_TOKENS
        params.n_threads = params.n_threads_batch = spec.threads
        params.n_outputs_max = 1
        params.flash_attn_type = llama.LLAMA_FLASH_ATTN_TYPE_ENABLED
        self._context = llama.llama_init_from_model(self._model, params)
        self._vocab = llama.llama_model_get_vocab(self._model)

    def answer(self, prompt: str, max_tokens: int) -> int:
        """Evaluate `prompt` from nothing and answer greedily; returns the tokens of both."""
        tokens = self._tokenize(prompt)
        llama.llama_memory_clear(llama.llama_get_memory(self._context), False)
        for start in range(0, len(tokens), BATCH_TOKENS):
            self._decode(tokens[start : start + BATCH_TOKENS])
        chain = llama.llama_sampler_init_greedy()
        for number in range(max_tokens):
            token = llama.llama_sampler_sample(chain, self._context, -1)
            if number + 1 < max_tokens:
                self._decode([token])
        llama.llama_sampler_free(chain)
        return len(tokens) + max_tokens

    def _tokenize(self, text: str) -> list[int]:
        raw, tokens = text.encode(), (llama.llama_token * MOST_TOKENS)()
        special = True  # marks of the template are tokens
        count = llama.llama_tokenize(
            self._vocab, raw, len(raw), tokens, MOST_TOKENS, special, special
        )
        return list(tokens[:count])

    def _decode(self, tokens: Sequence[int]) -> None:
        array = (llama.llama_token * len(tokens))(*tokens)
        pointer = ctypes.cast(array, ctypes.POINTER(llama.llama_token))
        status = llama.llama_decode(self._context, llama.llama_batch_get_one(pointer, len(tokens)))
        if status:
            raise RuntimeError(f"llama_decode gave {status}")

    def close(self) -> None:
        llama.llama_free(self._context)
        llama.llama_model_free(self._model)


@contextmanager
def raw_model(spec: EngineSpec, *, repack: bool = False) -> Iterator[RawModel]:
    model = RawModel(spec, repack=repack)
    try:
        yield model
    finally:
        model.close()

"""One GGUF in this process's memory, through llama.cpp's C interface.

Owns the model, its context and one batch: loading, freeing, tokens and evaluation. Knows
nothing of messages, media or how tokens are chosen. Used by one thread only: llama.cpp aborts
the process when a second one evaluates the same model. Several sequences share the cells of
one KV cache, so that one alone may fill it.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence

import llama_cpp.llama_cpp as llama
import numpy as np
from numpy.typing import NDArray

from core.engines.llama.native.abort_flag import AbortFlag
from core.engines.llama.native.batch import Batch
from core.engines.llama.native.buffer_sizes import BufferSizes
from core.engines.llama.native.devices import gpus, no_devices
from core.engines.llama.native.log import NATIVE_LOG
from core.engines.llama.native.memory import NativeMemory
from core.engines.llama.native.vocabulary import Vocabulary
from core.engines.protocol import LoadProgress
from core.engines.spec import EngineSpec
from core.errors import Cancelled, ContextOverflow, EngineFailed, ModelFileInvalid

BATCH_TOKENS = 512
"""Tokens per evaluation of a prompt. Source: llama.cpp's default n_ubatch."""
DECODE_ABORTED = 2  # Source: llama.h, llama_decode
KV_CACHE_TYPES = {
    "f16": llama.GGML_TYPE_F16,
    "q8_0": llama.GGML_TYPE_Q8_0,
    "q4_0": llama.GGML_TYPE_Q4_0,
}


class NoNumbers(EngineFailed):
    """The scores are no numbers, as damaged weights give."""


class NativeModel:
    """A loaded model and its KV cache.

    Args:
        spec: which file and how; `context_tokens` is raised to llama.cpp's minimum of 256
            and lowered to what the model was trained for.
        abort: stops an evaluation that runs, from another thread.
        progress: told the loaded fraction.

    Raises: ModelFileInvalid, with llama.cpp's own reason. What was loaded by then is not
        freed: a worker that cannot load ends.
    """

    def __init__(self, spec: EngineSpec, abort: AbortFlag, progress: LoadProgress) -> None:
        self.name = spec.model
        self.abort = abort
        NATIVE_LOG.install()
        llama.llama_backend_init()
        self.model = self._load(spec, progress)
        vocab = llama.llama_model_get_vocab(self.model)
        assert vocab is not None  # noqa: S101  # a loaded model has one
        self.vocabulary = Vocabulary(vocab)
        trained_tokens = llama.llama_model_n_ctx_train(self.model)
        limit_tokens = trained_tokens if trained_tokens > 0 else spec.context_tokens
        self.context = self._open_context(spec, min(spec.context_tokens, limit_tokens))
        self.context_tokens = int(min(llama.llama_n_ctx(self.context), limit_tokens))
        self.batch_tokens = int(llama.llama_n_batch(self.context))
        self.batch = Batch(self.batch_tokens)
        self.memory = NativeMemory(self.model, self.context)
        self._uses_gpu = spec.gpu_layers != 0

    def _load(self, spec: EngineSpec, progress: LoadProgress) -> llama.llama_model_p:
        def report(fraction: float, _: ctypes.c_void_p) -> bool:
            progress(fraction)
            return True

        params = llama.llama_model_default_params()
        params.n_gpu_layers = spec.gpu_layers
        if not spec.gpu_layers:  # else a GPU would still be opened, and help with long prompts
            params.devices = ctypes.cast(no_devices, ctypes.c_void_p)
        params.load_mode = llama.LLAMA_LOAD_MODE_MMAP
        # Repacked weights are a second copy in memory: 1.7 GiB for a 4B model, and on two
        # x86-64 cores they were not faster.
        params.use_extra_bufts = False
        params.progress_callback = llama.llama_progress_callback(report)
        NATIVE_LOG.forget()
        NATIVE_LOG.buffers = BufferSizes()
        path = os.fsencode(str(spec.gguf_path))
        model: llama.llama_model_p | None = llama.llama_model_load_from_file(path, params)
        if model is None:
            raise self._invalid(f"{spec.gguf_path} cannot be loaded", "no reason was given")
        return model

    def _open_context(self, spec: EngineSpec, context_tokens: int) -> llama.llama_context_p:
        params = llama.llama_context_default_params()
        params.n_ctx = context_tokens
        # Pooling needs the whole text in one piece; a prompt does not.
        params.n_batch = context_tokens if spec.embeddings else min(BATCH_TOKENS, context_tokens)
        params.n_ubatch = params.n_batch
        params.n_threads = params.n_threads_batch = spec.threads
        params.type_k = params.type_v = KV_CACHE_TYPES[spec.kv_cache_type]
        params.embeddings = spec.embeddings
        if not spec.embeddings:
            params.n_seq_max = spec.parallel
            params.kv_unified = True
            # An answer needs the scores of one token. Room for those of a whole batch would
            # be 294 MiB for a vocabulary of 150,000, in place of 0.6 per answer.
            params.n_outputs_max = spec.parallel
        # Without flash attention the compute buffer grows with the context: 2.1 GiB at 32k.
        params.flash_attn_type = llama.LLAMA_FLASH_ATTN_TYPE_ENABLED
        params.abort_callback = ctypes.cast(self.abort.strlen, llama.ggml_abort_callback)
        params.abort_callback_data = self.abort.address
        context: llama.llama_context_p | None = llama.llama_init_from_model(self.model, params)
        if context is None:
            raise self._invalid("Its context cannot be opened", "too little memory")
        if not spec.embeddings and (
            llama.llama_get_memory(context) is None or llama.llama_model_has_encoder(self.model)
        ):
            raise self._invalid(f"{spec.gguf_path} is no chat model", "it encodes whole texts")
        return context

    def _invalid(self, what: str, fallback: str) -> ModelFileInvalid:
        return ModelFileInvalid(
            f"{what}: {NATIVE_LOG.reason(fallback)}.",
            model=self.name,
            hint="Download the file again, or choose another model.",
        )

    def device_mb(self) -> float:
        """MiB of GPUs' memory that llama.cpp said it took for this model; 0 without a GPU."""
        return NATIVE_LOG.buffers.on([gpu.name for gpu in gpus()]) if self._uses_gpu else 0.0

    def chat_template(self) -> str | None:
        """The Jinja text in the file; None when it has none."""
        raw = llama.llama_model_chat_template(self.model, None)
        return None if raw is None else raw.decode("utf-8", "replace")

    def decode(self) -> None:
        """Evaluate `batch`.

        Raises: Cancelled, when the abort flag went up; EngineFailed.
        """
        self.raise_for(llama.llama_decode(self.context, self.batch.native))

    def require_fits(self, tokens: Sequence[int]) -> None:
        """Raises: ContextOverflow, for more tokens than the context holds."""
        if len(tokens) > self.context_tokens:
            raise ContextOverflow(
                model=self.name, prompt_tokens=len(tokens), context_tokens=self.context_tokens
            )

    def encode(self, tokens: Sequence[int], outputs: int) -> NDArray[np.float32]:
        """Evaluate a whole text on its own; returns what it pools to, a view of `outputs`.

        Raises: Cancelled, EngineFailed.
        """
        self.memory.forget_all()
        self.batch.clear()
        self.batch.add(tokens, 0)
        self.batch.want_all()
        evaluate = llama.llama_decode if self.memory.exists else llama.llama_encode
        self.raise_for(evaluate(self.context, self.batch.native))
        pooled = llama.llama_get_embeddings_seq(self.context, 0)
        return np.ctypeslib.as_array(pooled, (outputs,))

    def raise_for(self, status: int) -> None:
        """Raises: what `status`, from llama_decode or a function like it, stands for."""
        if status == DECODE_ABORTED or (status != 0 and self.abort.is_raised):
            raise Cancelled("The evaluation was stopped on request.")
        if status != 0:
            raise EngineFailed(
                f"llama.cpp could not evaluate the prompt (status {status}):"
                f" {NATIVE_LOG.reason('no reason was given')}.",
                model=self.name,
                hint="Try a shorter prompt, or load the model again.",
            )

    def logits(self, index: int = -1) -> NDArray[np.float32]:
        """Scores of every token of the vocabulary after token `index` of the batch; a view.

        Args:
            index: -1 stands for the last one whose scores were wanted.

        Raises: NoNumbers. Sampling would make up an answer from them.
        """
        logits = llama.llama_get_logits_ith(self.context, index)
        scores = np.ctypeslib.as_array(logits, (self.vocabulary.size,))
        # One that is no number makes the sum none either; a tenth of the cost of looking.
        if np.isnan(scores.sum()):
            raise NoNumbers(
                f"{self.name} computes no numbers: its weights are damaged.",
                model=self.name,
                hint="Download the file again.",
            )
        return scores

    def set_threads(self, threads: int) -> None:
        """Evaluate with so many threads from now on."""
        llama.llama_set_n_threads(self.context, threads, threads)

    def close(self) -> None:
        llama.llama_free(self.context)
        llama.llama_model_free(self.model)

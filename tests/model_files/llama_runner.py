"""Runs a GGUF file with real llama.cpp in this process: as little as the tests need.

Owns loading, prompting and sampling for tests; the project's own engine is not used here.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import jinja2
import llama_cpp
import numpy as np
from llama_cpp import mtmd_cpp as mtmd
from numpy.typing import NDArray

from core.model_files.files import ModelFiles

Picture = NDArray[np.uint8]
Recording = NDArray[np.float32]
Messages = Sequence[Mapping[str, object]]
MARKER = mtmd.mtmd_default_marker().decode()
BATCH_TOKENS = 512


# mtmd writes to stderr unless it is given another place.
_ignore: Any = llama_cpp.llama_log_callback(lambda _level, _text, _data: None)
llama_cpp.llama_log_set(_ignore, ctypes.c_void_p(0))
mtmd.mtmd_log_set(_ignore, ctypes.c_void_p(0))
mtmd.mtmd_helper_log_set(_ignore, ctypes.c_void_p(0))


class Runner:
    """One loaded model; `reply` starts from an empty context each time."""

    def __init__(self, files: ModelFiles, context_tokens: int, *, threads: int = 1) -> None:
        self._llm: Any = llama_cpp.Llama(
            str(files.gguf_path),
            n_ctx=context_tokens,
            n_batch=BATCH_TOKENS,
            n_threads=threads,
            n_threads_batch=threads,
            flash_attn=True,
            verbose=True,  # quiet by redirecting descriptors, which fights with pytest
        )
        self._mtmd: Any = None
        if files.mmproj_path is not None:
            parameters = mtmd.mtmd_context_params_default()
            parameters.use_gpu = False
            parameters.print_timings = False
            parameters.warmup = False
            parameters.n_threads = threads
            parameters.image_max_tokens = 256
            path = os.fsencode(files.mmproj_path)
            self._mtmd = mtmd.mtmd_init_from_file(path, self._llm.model, parameters)
            assert self._mtmd, f"{files.mmproj_path} cannot be loaded"
        template = self._llm.metadata["tokenizer.chat_template"]
        self._template = jinja2.Environment(
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,  # noqa: S701  # not HTML
        ).from_string(template)

    def close(self) -> None:
        if self._mtmd:
            mtmd.mtmd_free(self._mtmd)
        self._llm.close()

    def reply(
        self,
        messages: Messages,
        media: Sequence[Picture | Recording] = (),
        *,
        temperature: float = 0.0,
        seed: int = 0,
    ) -> str:
        """The answer to `messages`, of which the texts hold one MARKER for each of `media`."""
        prompt = self._template.render(messages=messages, add_generation_prompt=True)
        self._llm._ctx.kv_cache_clear()
        position = self._read(prompt, media) if media else self._read_text(prompt)
        tokens = list(self._generated(position, temperature=temperature, seed=seed))
        return str(self._llm.detokenize(tokens).decode())

    def margins(self, messages: Messages, media: Sequence[Picture | Recording] = ()) -> list[float]:
        """How many logits the best token leads by, at each step of the greedy answer."""
        prompt = self._template.render(messages=messages, add_generation_prompt=True)
        self._llm._ctx.kv_cache_clear()
        position = self._read(prompt, media) if media else self._read_text(prompt)
        found: list[float] = []
        for _ in self._generated(position, temperature=0.0, seed=0):
            found.append(self._lead())
        return found

    def token_count(self, text: str) -> int:
        return len(self._llm.tokenize(text.encode(), add_bos=False, special=True))

    def _lead(self) -> float:
        pointer = llama_cpp.llama_get_logits_ith(self._llm.ctx, -1)
        second, best = np.sort(np.ctypeslib.as_array(pointer, (self._llm.n_vocab(),)))[-2:]
        return float(best - second)

    def _read_text(self, prompt: str) -> int:
        tokens = self._llm.tokenize(prompt.encode(), add_bos=False, special=True)
        for start in range(0, len(tokens), BATCH_TOKENS):
            self._decode(tokens[start : start + BATCH_TOKENS], start)
        return len(tokens)

    def _decode(self, tokens: list[int], position: int) -> None:
        self._llm._batch.set_batch(tokens, n_past=position, logits_all=False)
        self._llm._ctx.decode(self._llm._batch)

    def _read(self, prompt: str, media: Sequence[Picture | Recording]) -> int:
        bitmaps = [_bitmap(item) for item in media]
        chunks = mtmd.mtmd_input_chunks_init()
        try:
            text = mtmd.mtmd_input_text()
            raw = prompt.encode()
            text.text, text.text_len = raw, len(raw)
            text.add_special, text.parse_special = False, True
            array = (mtmd.mtmd_bitmap_p_ctypes * len(bitmaps))(*bitmaps)
            code = mtmd.mtmd_tokenize(self._mtmd, chunks, ctypes.byref(text), array, len(bitmaps))
            assert code == 0, f"mtmd_tokenize answered {code}"
            return self._evaluate(chunks)
        finally:
            mtmd.mtmd_input_chunks_free(chunks)
            for bitmap in bitmaps:
                mtmd.mtmd_bitmap_free(bitmap)

    def _evaluate(self, chunks: Any) -> int:
        end = llama_cpp.llama_pos(0)
        start = llama_cpp.llama_pos(0)
        code = mtmd.mtmd_helper_eval_chunks(
            self._mtmd, self._llm.ctx, chunks, start, 0, BATCH_TOKENS, True, ctypes.byref(end)
        )
        assert code == 0, f"mtmd_helper_eval_chunks answered {code}"
        return int(end.value)

    def _generated(self, position: int, *, temperature: float, seed: int) -> Iterator[int]:
        sampler = llama_cpp.llama_sampler_chain_init(llama_cpp.llama_sampler_chain_default_params())
        for step in _sampling(temperature, seed):
            llama_cpp.llama_sampler_chain_add(sampler, step)
        try:
            for _ in range(64):
                token = llama_cpp.llama_sampler_sample(sampler, self._llm.ctx, -1)
                if llama_cpp.llama_vocab_is_eog(self._llm._model.vocab, token):
                    return
                yield token
                self._decode([token], position)
                position += 1
        finally:
            llama_cpp.llama_sampler_free(sampler)


@contextmanager
def running(files: ModelFiles, context_tokens: int = 4096) -> Iterator[Runner]:
    """A loaded model that is unloaded at the end."""
    runner = Runner(files, context_tokens)
    try:
        yield runner
    finally:
        runner.close()


@contextmanager
def embedding(files: ModelFiles) -> Iterator[Any]:
    """A function from texts to L2-normalised rows of an array."""
    llm: Any = llama_cpp.Llama(
        str(files.gguf_path), n_ctx=512, n_threads=1, embedding=True, verbose=True
    )
    try:
        yield lambda texts: np.array(llm.embed(list(texts), normalize=True))
    finally:
        llm.close()


def _sampling(temperature: float, seed: int) -> list[Any]:
    if temperature == 0:
        return [llama_cpp.llama_sampler_init_greedy()]
    return [
        llama_cpp.llama_sampler_init_top_p(0.95, 1),
        llama_cpp.llama_sampler_init_temp(temperature),
        llama_cpp.llama_sampler_init_dist(seed),
    ]


def _bitmap(item: Picture | Recording) -> Any:
    if item.dtype == np.float32:
        samples = np.ascontiguousarray(item)
        pointer = samples.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
        return mtmd.mtmd_bitmap_init_from_audio(len(samples), pointer)
    pixels = np.ascontiguousarray(item)
    height, width = pixels.shape[:2]
    data = pixels.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))
    return mtmd.mtmd_bitmap_init(width, height, data)

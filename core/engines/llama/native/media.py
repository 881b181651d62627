"""Images and recordings, through llama.cpp's mtmd library.

Owns the projector file (mmproj) and prompts that hold media; knows nothing of messages or
templates. Pixels and samples come decoded; no file format is parsed here.
"""

from __future__ import annotations

import ctypes
import os
from collections import Counter
from collections.abc import Sequence

import llama_cpp.llama_cpp as llama
import llama_cpp.mtmd_cpp as mtmd

from core.engines.llama.cache.media_digest import digests
from core.engines.llama.cache.prompt_entries import Entry, Media
from core.engines.llama.native.log import NATIVE_LOG
from core.engines.llama.native.model import NativeModel
from core.engines.protocol import LoadProgress, Part
from core.engines.spec import EngineSpec
from core.errors import EngineFailed, ModelFileInvalid
from core.media.content import AUDIO_RATE_HZ, AudioClip, RgbImage

NODES_BETWEEN_LOOKS = 16
"""Steps of the encoder's graph between two looks at the abort flag; it has several hundred."""


class MediaTower:
    """The part of a model that sees or hears.

    Raises: ModelFileInvalid, when the projector is damaged or belongs to another model.
    """

    def __init__(self, spec: EngineSpec, model: NativeModel, progress: LoadProgress) -> None:
        self._model = model
        self._nodes = 0
        self._watch = llama.ggml_backend_sched_eval_callback(self._continues)
        self._tower = self._load(spec, progress)
        self.vision = mtmd.mtmd_support_vision(self._tower)
        # A tower for another rate would hear everything at the wrong speed.
        self.audio = (
            mtmd.mtmd_support_audio(self._tower)
            and mtmd.mtmd_get_audio_sample_rate(self._tower) == AUDIO_RATE_HZ
        )

    def _load(self, spec: EngineSpec, progress: LoadProgress) -> mtmd.mtmd_context_p:
        def report(fraction: float, _: ctypes.c_void_p) -> bool:
            progress(fraction)
            return True

        params = mtmd.mtmd_context_params_default()
        params.use_gpu = spec.gpu_layers != 0
        params.n_threads = spec.threads
        params.image_max_tokens = spec.image_max_tokens
        params.print_timings = False
        # Warming up encodes a whole picture: 12 s on two cores for a 4B model's tower.
        params.warmup = False
        params.flash_attn_type = llama.LLAMA_FLASH_ATTN_TYPE_ENABLED
        params.cb_eval = self._watch
        params.progress_callback = mtmd.mtmd_progress_callback(report)
        NATIVE_LOG.forget()
        path, model = os.fsencode(str(spec.mmproj_path)), self._model.model
        tower: mtmd.mtmd_context_p | None = mtmd.mtmd_init_from_file(path, model, params)
        if tower is None:
            raise ModelFileInvalid(
                f"{spec.mmproj_path} cannot be loaded:"
                f" {NATIVE_LOG.reason('it does not belong to this model')}.",
                model=spec.model,
                hint="Download the mmproj file again, from the same repository as the model.",
            )
        return tower

    def _continues(self, _tensor: int, asked: bool, _data: int) -> bool:
        """Called by the encoder, because it may take many seconds and has no abort callback.

        First asked whether to stop by after this node; then whether to go on. A picture that
        was broken off is not used: evaluating it is refused, as the flag is still up.
        """
        if not asked:
            return not self._model.abort.is_raised
        self._nodes += 1
        return self._nodes % NODES_BETWEEN_LOOKS == 0

    def tokenize(self, parts: Sequence[Part]) -> MediaPrompt:
        """The prompt made of `parts`; close it.

        Raises: EngineFailed, when a picture or recording cannot be prepared.
        """
        chunks = mtmd.mtmd_input_chunks_init()
        assert chunks is not None  # noqa: S101  # an empty vector
        inputs = [_InputPart(*each) for each in zip(parts, digests(parts), strict=True)]
        try:
            pointers = (ctypes.POINTER(mtmd.mtmd_input_part) * len(inputs))(
                *(item.pointer for item in inputs)
            )
            status = mtmd.mtmd_tokenize_from_parts(self._tower, chunks, pointers, len(inputs), True)
        finally:
            for item in inputs:
                item.close()
        prompt = MediaPrompt(self._model, self._tower, chunks)
        if status != 0:
            prompt.close()
            raise EngineFailed(
                f"{self._model.name} could not prepare an image or recording:"
                f" {NATIVE_LOG.reason(f'status {status}')}.",
                model=self._model.name,
                hint="It may be too small or too long for this model.",
            )
        return prompt

    def close(self) -> None:
        mtmd.mtmd_free(self._tower)


class MediaPrompt:
    """A tokenised prompt that holds media."""

    def __init__(
        self, model: NativeModel, tower: mtmd.mtmd_context_p, chunks: mtmd.mtmd_input_chunks_p
    ) -> None:
        self._model = model
        self._tower = tower
        self._chunks = chunks

    def __len__(self) -> int:
        """Tokens in all, media included."""
        return int(mtmd.mtmd_helper_get_n_tokens(self._chunks))

    def entries(self) -> list[Entry]:
        """The tokens and media, in order."""
        pieces: Counter[bytes] = Counter()
        entries: list[Entry] = []
        for index in range(mtmd.mtmd_input_chunks_size(self._chunks)):
            chunk = self._chunk(index)
            if mtmd.mtmd_input_chunk_get_type(chunk) == mtmd.MTMD_INPUT_CHUNK_TYPE_TEXT:
                entries += _text_tokens(chunk)
                continue
            digest = mtmd.mtmd_input_chunk_get_id(chunk) or b""
            tokens = int(mtmd.mtmd_input_chunk_get_n_tokens(chunk))
            positions = int(mtmd.mtmd_input_chunk_get_n_pos(chunk))
            entries.append(Media(digest, pieces[digest], tokens, positions, index))
            pieces[digest] += 1
        return entries

    def evaluate(self, media: Media, position: int, sequence: int) -> None:
        """Encode one of the media and evaluate it in `sequence`, from `position` on.

        Raises: Cancelled, EngineFailed.
        """
        status = mtmd.mtmd_helper_eval_chunk_single(
            self._tower,
            self._model.context,
            self._chunk(media.chunk),
            llama.llama_pos(position),
            llama.llama_seq_id(sequence),
            self._model.batch_tokens,
            media.chunk == mtmd.mtmd_input_chunks_size(self._chunks) - 1,
            ctypes.byref(llama.llama_pos()),
        )
        self._model.raise_for(status)

    def _chunk(self, index: int) -> mtmd.mtmd_input_chunk_p:
        chunk: mtmd.mtmd_input_chunk_p | None = mtmd.mtmd_input_chunks_get(self._chunks, index)
        assert chunk is not None  # noqa: S101  # the index is in range
        return chunk

    def close(self) -> None:
        mtmd.mtmd_input_chunks_free(self._chunks)


def _text_tokens(chunk: mtmd.mtmd_input_chunk_p) -> list[int]:
    count = ctypes.c_size_t()
    tokens = mtmd.mtmd_input_chunk_get_tokens_text(chunk, ctypes.byref(count))
    assert tokens is not None  # noqa: S101  # a chunk of text has some
    return [int(token) for token in tokens[: count.value]]


class _InputPart:
    """One part in the form that mtmd takes; owns its text or its bitmap until closed.

    Args:
        digest: says what the part will be evaluated to; mtmd hands it on to the chunks.
    """

    def __init__(self, part: Part, digest: bytes) -> None:
        self._part = mtmd.mtmd_input_part()
        self._bitmap: mtmd.mtmd_bitmap_p | None = None
        if isinstance(part, str):
            raw = part.encode()
            self._text = mtmd.mtmd_input_text(raw, len(raw), False, True)
            self._part.text = ctypes.pointer(self._text)
        else:
            self._bitmap = _bitmap(part)
            mtmd.mtmd_bitmap_set_id(self._bitmap, digest)
            self._part.bitmap = self._bitmap
        self.pointer = ctypes.pointer(self._part)

    def close(self) -> None:
        if self._bitmap is not None:
            mtmd.mtmd_bitmap_free(self._bitmap)


def _bitmap(part: RgbImage | AudioClip) -> mtmd.mtmd_bitmap_p:
    """A copy of the pixels or samples in mtmd's memory."""
    bitmap: mtmd.mtmd_bitmap_p | None
    if isinstance(part, AudioClip):
        samples = part.samples.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
        bitmap = mtmd.mtmd_bitmap_init_from_audio(len(part.samples), samples)
    else:
        pixels = part.pixels.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))
        bitmap = mtmd.mtmd_bitmap_init(part.width_px, part.height_px, pixels)
    assert bitmap is not None  # noqa: S101  # an allocation
    if isinstance(part, RgbImage):
        # Models that read video in pairs of frames may merge two neighbours into one.
        mtmd.mtmd_bitmap_set_mergeable(bitmap, part.time_s is not None)
    return bitmap

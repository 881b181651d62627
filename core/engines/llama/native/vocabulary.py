"""The vocabulary of a loaded model: text to tokens and back.

Owns nothing but a buffer; the vocabulary lives and dies with its model. Knows nothing of
contexts or evaluation.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from functools import cached_property

import llama_cpp.llama_cpp as llama
import numpy as np
from numpy.typing import NDArray

from core.engines.llama.prompt.control_guard import ControlGuard

PIECE_BYTES = 64
MAX_SPECIAL = 2
"""Tokens that a model may add around a text."""
NO_TEXT = (
    llama.LLAMA_TOKEN_ATTR_UNKNOWN | llama.LLAMA_TOKEN_ATTR_UNUSED | llama.LLAMA_TOKEN_ATTR_CONTROL
)


class Vocabulary:
    """Tokens of one model."""

    def __init__(self, vocab: llama.llama_vocab_p) -> None:
        self.handle = vocab
        self._piece_buffer = ctypes.create_string_buffer(PIECE_BYTES)
        self.size = int(llama.llama_vocab_n_tokens(vocab))
        self.bos_text = self._special_text(llama.llama_vocab_bos(vocab))
        self.eos_text = self._special_text(llama.llama_vocab_eos(vocab))
        self.adds_bos = bool(llama.llama_vocab_get_add_bos(vocab))

    def tokenize(self, text: str, *, parse_special: bool, add_special: bool = True) -> list[int]:
        """Tokens of `text`.

        Args:
            parse_special: read "<|im_end|>" and its like as that token, not as text.
            add_special: put what the model wants around a text (BOS, EOS, CLS, SEP).
        """
        raw = text.encode()
        room = len(raw) + MAX_SPECIAL
        while True:
            tokens = (llama.llama_token * room)()
            count = llama.llama_tokenize(
                self.handle, raw, len(raw), tokens, room, add_special, parse_special
            )
            if count >= 0:
                return tokens[:count]
            room = -count

    def tokenize_pieces(self, pieces: Sequence[str], *, add_special: bool = True) -> list[int]:
        """Tokens of markup that was cut where no control token may arise, as one text.

        A vocabulary of SentencePiece may put a space where it was cut.
        """
        if len(pieces) == 1:
            return self.tokenize(pieces[0], parse_special=True, add_special=add_special)
        begin = [llama.llama_vocab_bos(self.handle)] if add_special and self.adds_bos else []
        return begin + [
            token
            for piece in pieces
            for token in self.tokenize(piece, parse_special=True, add_special=False)
        ]

    def joined(self, first: Sequence[int], second: Sequence[int]) -> list[int]:
        """Two texts as a model reads them that compares them.

        Source: llama.cpp's server, but for BERT's last separator, which that leaves out.
        """
        bos, eos = llama.llama_vocab_bos(self.handle), llama.llama_vocab_eos(self.handle)
        sep = llama.llama_vocab_sep(self.handle)
        ends = [sep if eos < 0 else eos] if llama.llama_vocab_get_add_eos(self.handle) else []
        begins = [bos] if self.adds_bos else []
        between = [sep] if llama.llama_vocab_get_add_sep(self.handle) else []
        return [*begins, *first, *ends, *between, *second, *(ends or between)]

    def piece(self, token: int, *, special: bool = False) -> bytes:
        """The bytes of one token; `special` also spells control tokens out."""
        buffer = self._piece_buffer
        size = llama.llama_token_to_piece(self.handle, token, buffer, len(buffer), 0, special)
        if size < 0:  # the size it needs
            self._piece_buffer = ctypes.create_string_buffer(-size)
            return self.piece(token, special=special)
        return buffer.raw[:size]

    def ends_answer(self, token: int) -> bool:
        return bool(llama.llama_vocab_is_eog(self.handle, token))

    @cached_property
    def control_tokens(self) -> tuple[int, ...]:
        """Tokens that stand for no text of their own."""
        get_attributes, handle = llama.llama_vocab_get_attr, self.handle
        return tuple(token for token in range(self.size) if get_attributes(handle, token) & NO_TEXT)

    @cached_property
    def markup(self) -> NDArray[np.int32]:
        """Control tokens but for those that end an answer."""
        tokens = [token for token in self.control_tokens if not self.ends_answer(token)]
        return np.array(tokens, dtype=np.int32)

    @cached_property
    def guard(self) -> ControlGuard:
        """Keeps text from becoming control tokens."""
        return ControlGuard(
            self.piece(token, special=True).decode("utf-8", "replace")
            for token in self.control_tokens
        )

    def _special_text(self, token: int) -> str:
        """A special token spelled out; empty where the model has none."""
        return "" if token < 0 else self.piece(token, special=True).decode("utf-8", "replace")

"""The vocabulary of a loaded model: text to tokens and back.

Owns nothing but a buffer; the vocabulary lives and dies with its model. Knows nothing of
contexts or evaluation.
"""

from __future__ import annotations

import ctypes

import llama_cpp.llama_cpp as llama

PIECE_BYTES = 64
MAX_SPECIAL = 2
"""Tokens that a model may add around a text."""


class Vocabulary:
    """Tokens of one model."""

    def __init__(self, vocab: llama.llama_vocab_p) -> None:
        self._vocab = vocab
        self._piece_buffer = ctypes.create_string_buffer(PIECE_BYTES)
        self.size = int(llama.llama_vocab_n_tokens(vocab))
        self.bos_text = self._special_text(llama.llama_vocab_bos(vocab))
        self.eos_text = self._special_text(llama.llama_vocab_eos(vocab))
        self.adds_bos = bool(llama.llama_vocab_get_add_bos(vocab))

    def tokenize(self, text: str, *, parse_special: bool) -> list[int]:
        """Tokens of `text`, with what the model wants around a text (BOS, EOS, CLS, SEP).

        Args:
            parse_special: read "<|im_end|>" and its like as that token, not as text.
        """
        raw = text.encode()
        room = len(raw) + MAX_SPECIAL
        while True:
            tokens = (llama.llama_token * room)()
            count = llama.llama_tokenize(
                self._vocab, raw, len(raw), tokens, room, True, parse_special
            )
            if count >= 0:
                return tokens[:count]
            room = -count

    def piece(self, token: int, *, special: bool = False) -> bytes:
        """The bytes of one token; `special` also spells control tokens out."""
        buffer = self._piece_buffer
        size = llama.llama_token_to_piece(self._vocab, token, buffer, len(buffer), 0, special)
        if size < 0:  # the size it needs
            self._piece_buffer = ctypes.create_string_buffer(-size)
            return self.piece(token, special=special)
        return buffer.raw[:size]

    def ends_answer(self, token: int) -> bool:
        return bool(llama.llama_vocab_is_eog(self._vocab, token))

    def _special_text(self, token: int) -> str:
        """A special token spelled out; empty where the model has none."""
        return "" if token < 0 else self.piece(token, special=True).decode("utf-8", "replace")

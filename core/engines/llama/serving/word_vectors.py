"""Words to vectors without evaluating the model: what its input table holds of them.

Owns the sum of a word's tokens; knows nothing of contexts or pooling.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.engines.llama.native.model import NativeModel
from core.engines.llama.native.vocabulary import Vocabulary
from core.engines.spec import EngineSpec

if TYPE_CHECKING:
    from core.model_files.rows import MatrixRows

TABLE = "token_embd.weight"


class WordVectors:
    """One vector per word, from the rows of its tokens."""

    def __init__(self, vocabulary: Vocabulary, table: MatrixRows) -> None:
        self._vocabulary = vocabulary
        self._table = table

    def of(self, words: Sequence[str]) -> NDArray[np.float32]:
        """L2-normalised, shape (len(words), width of the table), in the order of `words`.

        A word without tokens, or without a direction, is all zeros.

        Raises: OSError, when the model's file is not as it was.
        """
        tokens = [self._tokens(word) for word in words]
        used = sorted({token for each in tokens for token in each})
        rows = dict(zip(used, self._table.read(used), strict=True))
        vectors = np.zeros((len(words), self._table.width), dtype=np.float32)
        for place, each in enumerate(tokens):
            for token in each:
                vectors[place] += rows[token]
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        usable = np.isfinite(lengths) & (lengths > 0)
        return np.where(usable, vectors / np.where(usable, lengths, 1), 0).astype(np.float32)

    def _tokens(self, word: str) -> list[int]:
        # Within a text a word has a blank before it, which many vocabularies hold with it.
        return self._vocabulary.tokenize(f" {word}", parse_special=False, add_special=False)


def open_word_vectors(spec: EngineSpec, model: NativeModel) -> WordVectors | None:
    """None where the file has no table that can be read, or a smaller one than its vocabulary.

    Raises: ModelFileInvalid.
    """
    # These bring the package gguf, which few workers need and which takes a while to import.
    from core.model_files.header import read_header  # noqa: PLC0415
    from core.model_files.rows import MatrixRows  # noqa: PLC0415

    if spec.gguf_path is None:
        return None
    try:
        table = MatrixRows(read_header(spec.gguf_path, model=spec.model), TABLE)
    except LookupError:
        return None
    vocabulary = model.vocabulary
    return WordVectors(vocabulary, table) if table.count >= vocabulary.size else None

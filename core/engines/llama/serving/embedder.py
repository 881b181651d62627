"""Texts to vectors.

Owns the pooled evaluation of whole texts; knows nothing of chats.
"""

from __future__ import annotations

from collections.abc import Sequence

import llama_cpp.llama_cpp as llama
import numpy as np
from numpy.typing import NDArray

from core.engines.llama.native.model import NativeModel
from core.errors import EngineFailed, InvalidInput, ModelFileInvalid

POOLINGS_OF_TEXT = (
    llama.LLAMA_POOLING_TYPE_MEAN,
    llama.LLAMA_POOLING_TYPE_CLS,
    llama.LLAMA_POOLING_TYPE_LAST,
)


class Embedder:
    """One vector per text, pooled as the model was trained.

    Raises: ModelFileInvalid, when the file does not say how to pool.
    """

    def __init__(self, model: NativeModel) -> None:
        self._model = model
        self.dimensions = llama.llama_model_n_embd_out(model.model)
        if llama.llama_pooling_type(model.context) not in POOLINGS_OF_TEXT:
            raise ModelFileInvalid(
                f"{model.name} does not pool its output, so it is not an embeddings model.",
                model=model.name,
                hint="Take `embeddings: true` from its configuration, or choose another model.",
            )

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """L2-normalised vectors, shape (len(texts), dimensions), in the order of `texts`.

        Raises: ContextOverflow, InvalidInput for an empty text, EngineFailed.
        """
        token_lists = [self._tokens(text) for text in texts]
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for row, tokens in zip(vectors, token_lists, strict=True):
            row[:] = self._vector(tokens)
        return vectors

    def _tokens(self, text: str) -> list[int]:
        tokens = self._model.vocabulary.tokenize(text, parse_special=False)
        self._model.require_fits(tokens)
        if not tokens:
            raise InvalidInput(
                "An empty text has no embedding.", key="texts", hint="Leave empty texts out."
            )
        return tokens

    def _vector(self, tokens: Sequence[int]) -> NDArray[np.float32]:
        vector = self._model.encode(tokens, self.dimensions)
        length = float(np.linalg.norm(vector))
        if not np.isfinite(length) or length == 0:
            raise EngineFailed(
                f"{self._model.name} computed a vector without a direction.",
                model=self._model.name,
                hint="The model's file is damaged; download it again.",
            )
        return (vector / length).astype(np.float32)

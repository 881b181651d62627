"""What a question means, as a vector, and what that weighs.

Owns the weight of meaning by the question's language, and why there may be none; knows
nothing of stores.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.cancellation import Cancellation
from core.errors import ModelError
from core.language import evident_language
from core.retrieval.embeddings import Embeddings, Encoder, unavailable
from core.retrieval.stores.protocol import Vector
from core.state import Language


@dataclass(frozen=True, slots=True)
class Meaning:
    """A question's vector and its weight; without one, `note` may say why."""

    note: str = ""
    alpha: float = 0.0
    vector: Vector | None = None
    encoder: Encoder | None = None


def meaning_of(
    query: str,
    alpha: float | None,
    embeddings: Embeddings,
    identity: str,
    *,
    language_found: Callable[[], Language | None],
    cancel: Cancellation | None,
) -> Meaning:
    """The meaning of `query` among vectors that the encoder `identity` has made.

    `alpha` None takes the encoder's own for the language of the question, or, where its words
    show none, for that of what they find: `language_found`.

    Raises: StorageError, Cancelled.
    """
    if not identity or not query.strip() or alpha == 0:
        return Meaning()
    try:
        encoder = embeddings.encoder()
        if encoder.identity != identity:
            return Meaning("By words alone: the index was made with another model.")
        weight = _own_alpha(encoder, query, language_found) if alpha is None else alpha
        if weight == 0:
            return Meaning()
        vector = embeddings.question(encoder, query, cancel)
    except ModelError as error:
        return Meaning(unavailable(error))
    return Meaning("", weight, vector, encoder)


def _own_alpha(
    encoder: Encoder, query: str, language_found: Callable[[], Language | None]
) -> float:
    """The encoder's weight for the language of `query`; where it may be either, the lower."""
    alphas = {"es": encoder.settings.alpha_es, "en": encoder.settings.alpha_en}
    language = evident_language(query) or language_found()
    return alphas[language] if language else min(alphas.values())

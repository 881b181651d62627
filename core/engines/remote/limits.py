"""What may be asked of a served model, checked before and after asking.

Owns the refusals; knows nothing of how a request is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.engines.protocol import Capabilities, GenerationRequest, Message
from core.engines.remote.tokens import fewest_text_tokens, fewest_tokens
from core.errors import ContextOverflow, EngineFailed, ModelLacksModality
from core.media.content import AudioClip, RgbImage


@dataclass(frozen=True, slots=True)
class Limits:
    """`model` is the name in the configuration, `remote_model` the one on the `server`.

    `choice` ends the sentence that says how to find a model that can do what was asked.
    """

    model: str
    remote_model: str
    capabilities: Capabilities
    context_tokens: int
    server: str
    choice: str

    def require_media(self, messages: Sequence[Message]) -> None:
        """Raises: ModelLacksModality, when the model cannot take every part."""
        parts = [part for message in messages for part in message.parts]
        if not self.capabilities.audio and any(isinstance(part, AudioClip) for part in parts):
            raise self._lacks("cannot hear recordings.")
        if not self.capabilities.vision and any(isinstance(part, RgbImage) for part in parts):
            raise self._lacks("cannot see images.")
        if not self.capabilities.chat:
            raise self._lacks("does not chat.")

    def require_embeddings(self) -> None:
        """Raises: ModelLacksModality, when the model was not opened for embeddings."""
        if not self.capabilities.embeddings:
            raise self._lacks("was not opened for embeddings; set embeddings: true.")

    def require_free_choice(self, request: GenerationRequest) -> None:
        """Raises: ModelLacksModality, when the model has to call a tool and cannot be made to."""
        if request.tools and request.tool_choice not in ("auto", "none"):
            raise self._lacks('cannot be made to call a tool; leave tool_choice "auto".')

    def no_reranker(self) -> ModelLacksModality:
        """The error for a model that was asked to rank documents."""
        return self._lacks("is not asked to rerank.")

    def no_word_vectors(self) -> ModelLacksModality:
        """The error for a model that was asked for its input table."""
        return self._lacks("gives no vectors of words.")

    def require_prompt_fits(self, messages: Sequence[Message]) -> None:
        """Raises: ContextOverflow, when the prompt is surely longer than the context."""
        self._require_fit(fewest_tokens(messages))

    def require_texts_fit(self, texts: Sequence[str]) -> None:
        """Raises: ContextOverflow, when one text is surely longer than the context."""
        for text in texts:
            self._require_fit(fewest_text_tokens(text))

    def require_uncut(self, messages: Sequence[Message], seen_tokens: int | None) -> None:
        """Raises: EngineFailed, when the model saw fewer tokens than the prompt must have."""
        fewest = fewest_tokens(messages)
        if seen_tokens is not None and seen_tokens < fewest:
            raise EngineFailed(
                f"{self.server} read {seen_tokens} tokens of a prompt that has at least {fewest}: "
                "part of it was cut off.",
                model=self.model,
                hint="Shorten the prompt, and check the chat template of the model.",
            )

    def overflow(self, estimated_tokens: int) -> ContextOverflow:
        """The error for a prompt that the server measured as too long, without saying how long."""
        return ContextOverflow(
            model=self.model,
            prompt_tokens=max(estimated_tokens, self.context_tokens + 1),
            context_tokens=self.context_tokens,
        )

    def _require_fit(self, fewest: int) -> None:
        if fewest > self.context_tokens:
            raise self.overflow(fewest)

    def _lacks(self, what: str) -> ModelLacksModality:
        return ModelLacksModality(
            f"{self.remote_model} {what}",
            model=self.model,
            hint=f"Choose a model that can; {self.choice}.",
        )

"""The audio model: an audio tower and a language tower, and a head used in training alone."""

from __future__ import annotations

import torch.nn.functional as F  # noqa: N812  as everybody writes it
from torch import Tensor, nn

from models.nano.audio.batches import IGNORED, Batch
from models.nano.network.audio import AudioConfig, AudioTower
from models.nano.network.language import LanguageConfig, LanguageTower

WIDTH = 192
LANGUAGE_LAYERS, LANGUAGE_FEED_FORWARD = 3, 384


class AudioModel(nn.Module):
    """Hears and writes. `audio_token` is where sound enters."""

    def __init__(self, vocabulary: int, phonemes: int, audio_token: int) -> None:
        super().__init__()
        self.audio_token = audio_token
        audio = AudioConfig(output=WIDTH)
        self.tower = AudioTower(audio)
        self.language = LanguageTower(
            LanguageConfig(vocabulary, WIDTH, LANGUAGE_LAYERS, feed_forward=LANGUAGE_FEED_FORWARD)
        )
        self.phoneme_head = nn.Linear(audio.width, phonemes)

    def logits(self, tokens: Tensor, encoded: Tensor | None) -> Tensor:
        """Of the token after each, (batch, tokens, vocabulary); `encoded` by `self.tower`."""
        return self.language.logits(self._hidden(tokens, encoded))

    def answer_loss(self, batch: Batch, encoded: Tensor | None) -> Tensor:
        hidden = self._hidden(batch.tokens, encoded)
        wanted = batch.labels != IGNORED
        logits = self.language.logits(hidden[wanted]).float()
        return F.cross_entropy(logits, batch.labels[wanted])

    def phoneme_loss(self, batch: Batch, encoded: Tensor) -> Tensor:
        """Which phonemes sound in each entry, in the rows that know."""
        assert batch.phonemes is not None  # noqa: S101  a batch of sound has them
        scores = self.phoneme_head(encoded).float()[batch.timed]
        return F.binary_cross_entropy_with_logits(scores, batch.phonemes[batch.timed]) * 20

    def _hidden(self, tokens: Tensor, encoded: Tensor | None) -> Tensor:
        embeddings = self.language.embedding(tokens)
        if encoded is not None:
            entries = self.tower.project(encoded)
            at = (tokens == self.audio_token).nonzero(as_tuple=True)
            embeddings = embeddings.index_put(at, entries.flatten(0, 1).to(embeddings.dtype))
        hidden: Tensor = self.language(embeddings)
        return hidden

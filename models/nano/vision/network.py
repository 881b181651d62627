"""The vision model: both towers, and the heads that only training needs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from models.nano.network.language import LanguageConfig, LanguageTower
from models.nano.network.pointing import pointing_loss
from models.nano.network.tokenizer import vocabulary_rows
from models.nano.network.vision import VisionConfig, VisionTower
from models.nano.vision.dataset import PATCH_CLASSES, TOKEN_CLASSES, Batch

POINTING_LAYER = 2
"""By then a token knows what it looks for; one more layer puts what it found into words."""


class VisionModel(nn.Module):
    """Answers questions about pictures, as llama.cpp will run it."""

    def __init__(self, language: LanguageConfig, vision: VisionConfig) -> None:
        super().__init__()
        self.language = LanguageTower(language)
        self.vision = VisionTower(vision)
        self.patch_head = nn.Linear(vision.width, sum(PATCH_CLASSES))
        self.token_head = nn.Linear(vision.output_width, sum(TOKEN_CLASSES))

    def forward(
        self, batch: Batch, passing: list[Tensor] | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Hidden states of the text tower, and what the heads say of patches and tokens.

        Args:
            passing: gets what enters each layer of the text tower.
        """
        seen, extra, patches = self.vision(batch.pixels)
        embeddings = self.language.embedding(batch.tokens)
        flat = seen.flatten(0, 1).to(embeddings.dtype)
        hidden = self.language(
            embeddings.index_put(batch.media_at, flat),
            batch.positions,
            batch.mask,
            media_at=batch.media_at,
            deepstack=[each.flatten(0, 1) for each in extra],
            passing=passing,
        )
        return hidden, self.patch_head(patches), self.token_head(seen)

    def pointing(self, batch: Batch, passing: list[Tensor]) -> Tensor:
        """How unsure one head of attention is of what the answers are to be read off."""
        if not len(batch.glances):
            return passing[0].new_zeros(())
        rows, places = batch.glances.T
        return pointing_loss(
            self.language,
            POINTING_LAYER,
            passing[POINTING_LAYER],
            positions=batch.positions,
            looking=(rows, places - 1),
            allowed=batch.mask[rows, 0, places - 1],
            wanted=batch.glanced_at,
        )

    def look(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """What the heads say, without the text tower."""
        seen, _, patches = self.vision(batch.pixels)
        return self.patch_head(patches), self.token_head(seen)


def new_model(tokenizer: Tokenizer) -> VisionModel:
    """The shipped dimensions, with random weights."""
    language = LanguageConfig(vocabulary=vocabulary_rows(tokenizer))
    return VisionModel(language, VisionConfig(output_width=language.width))


def save_model(model: VisionModel, path: Path) -> None:
    dimensions = {
        "language": asdict(model.language.config),
        "vision": asdict(model.vision.config),
    }
    torch.save(dimensions | {"weights": model.state_dict()}, path)


def load_model(path: Path) -> VisionModel:
    stored = torch.load(path, map_location="cpu", weights_only=True)
    model = VisionModel(LanguageConfig(**stored["language"]), VisionConfig(**stored["vision"]))
    model.load_state_dict(stored["weights"])
    return model.eval()

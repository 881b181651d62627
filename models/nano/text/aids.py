"""Teaches a tower to find what it quotes: losses on what passes through its layers.

Owns two small heads that are thrown away after training, and which head of attention is to
point at the token that is said next. Knows nothing of data; see `hints`.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812  as everybody writes it
from torch import Tensor, nn

from models.nano.network.language import LanguageTower
from models.nano.network.pointing import pointing_loss
from models.nano.text.batches import Batch
from models.nano.text.hints import UNKNOWN

RARE = 3.0
"""Weight of the few tokens that belong to the answer."""


class Aided(nn.Module):
    """A tower and its aids; checkpoints hold both."""

    def __init__(self, tower: LanguageTower) -> None:
        super().__init__()
        self.tower = tower
        width, layers = tower.config.width, tower.config.layers
        self.noticing = nn.Linear(width, 1)
        self.finding = nn.Linear(width, 1)
        self._noticed_at, self._found_at = layers - 2, layers - 1

    def losses(self, batch: Batch, passing: list[Tensor]) -> dict[str, Tensor]:
        """Of noticing the words of the question, of finding the answer, and of pointing.

        Args:
            passing: what enters each layer of the tower for all tokens but the last,
                each of shape (rows, tokens - 1, width).
        """
        noticed = self.noticing(passing[self._noticed_at]).squeeze(-1)
        found = self.finding(passing[self._found_at]).squeeze(-1)
        return {
            "noticing": _binary(noticed, batch.in_question[:, :-1], 1.0),
            "finding": _binary(found, batch.in_answer[:, :-1], RARE),
            "pointing": self._pointing(passing[-1], batch.copied_from),
        }

    def _pointing(self, x: Tensor, copied_from: Tensor) -> Tensor:
        """How unsure one head of the last layer is of the token to repeat."""
        rows, targets = (copied_from != UNKNOWN).nonzero(as_tuple=True)
        if not len(rows):
            return x.new_zeros(())
        places = torch.arange(x.shape[1], device=x.device)
        return pointing_loss(
            self.tower,
            len(self.tower.blocks) - 1,
            x,
            positions=None,
            looking=(rows, targets - 1),
            allowed=places < targets[:, None],
            wanted=places == copied_from[rows, targets][:, None],
        )


def _binary(scores: Tensor, labels: Tensor, positive_weight: float) -> Tensor:
    known = labels != UNKNOWN
    if not known.any():
        return scores.new_zeros(())
    weight = torch.tensor(positive_weight, device=scores.device)
    return F.binary_cross_entropy_with_logits(
        scores[known].float(), labels[known].float(), pos_weight=weight
    )

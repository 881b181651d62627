"""Answers of the model under training, by torch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from tokenizers import Tokenizer

from models.nano.network.tokenizer import TURN_END, ChatTokens
from models.nano.vision.asked import Asked
from models.nano.vision.drawing import TOKEN_PX, fitted
from models.nano.vision.evaluate import Case
from models.nano.vision.network import VisionModel
from models.nano.vision.packing import Packer
from models.nano.vision.pictures import Picture

LONGEST_ANSWER_TOKENS = 64


def answerer(model: VisionModel, tokenizer: Tokenizer) -> Callable[[Case], str]:
    """Greedy answers. No KV cache: the prompts are short."""
    packer = Packer(ChatTokens(tokenizer))
    end = tokenizer.token_to_id(TURN_END)

    @torch.no_grad()
    def answer(case: Case) -> str:
        pixels = fitted(case.picture)
        rows, columns = (side // TOKEN_PX for side in pixels.shape[:2])
        nothing = np.zeros((rows * columns, 1), np.int64)
        picture = Picture(pixels, None, nothing, nothing)
        row = packer.row(rows, columns, [[Asked("", "en", case.asked.question, "")]])
        row.drop_last()
        given: list[int] = []
        for _ in range(LONGEST_ANSWER_TOKENS):
            batch = packer.pack([row], [picture])
            hidden, _, _ = model(batch)
            token = int(model.language.logits(hidden[0, -1]).argmax())
            if token == end:
                break
            given.append(token)
            row.add([token], row.positions[-1][0] + 1, row.branches[-1])
        return str(tokenizer.decode(given))

    return answer

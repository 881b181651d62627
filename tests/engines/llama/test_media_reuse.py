"""Pictures and recordings are evaluated once, and never taken for one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from core.engines.protocol import Message, Part
from core.engines.spec import EngineSpec
from tests.engines.llama.conftest import Models, spec_for
from tests.engines.llama.conversations import (
    SLACK_TOKENS,
    Conversation,
    answer,
    assert_same_logits,
    evaluated,
    first_logits,
    image,
    new_tokens,
    tone,
)

if TYPE_CHECKING:
    from tests.engines.llama.conftest import OpenModel


MEDIA: list[tuple[str, tuple[Part, ...]]] = [
    ("vision", (image(1),)),
    ("vision", (image(1), "y", image(2, width_px=200))),
    ("vision", (image(1, time_s=0), image(2, time_s=1), image(3, time_s=2))),
    ("omni", (tone(440),)),
    ("omni", (image(1), tone(440))),
]
NAMES = ["image", "two images", "frames", "recording", "image and recording"]


def media_spec(models: Models, kind: str) -> EngineSpec:
    return spec_for(*(models.vision if kind == "vision" else models.omni))


@pytest.mark.parametrize(("kind", "media"), MEDIA, ids=NAMES)
def test_media_are_evaluated_once(
    models: Models, open_model: OpenModel, kind: str, media: tuple[Part, ...]
) -> None:
    model = open_model(media_spec(models, kind))
    conversation = Conversation(model, "Ana", length=3)
    conversation.turn("mira", *media)
    new = new_tokens(model, conversation, "¿y ahora?")
    assert evaluated(conversation.turn("¿y ahora?")) <= new + SLACK_TOKENS
    Conversation(model, "Bea").turn("hola")
    new = new_tokens(model, conversation, "¿y luego?")
    assert evaluated(conversation.turn("¿y luego?")) <= new + SLACK_TOKENS


@pytest.mark.parametrize(("kind", "media"), MEDIA, ids=NAMES)
def test_reused_media_give_the_same_answer(
    models: Models, open_model: OpenModel, kind: str, media: tuple[Part, ...]
) -> None:
    model = open_model(media_spec(models, kind))
    conversation = Conversation(model, "Ana", length=3)
    conversation.turn("mira", *media)
    conversation.turn("¿y ahora?")
    Conversation(model, "Bea").turn("hola")
    other_question = [*conversation.messages[:1], Message("user", ("mira", *media, "¿qué es?"))]
    for messages in (conversation.messages[:-1], other_question):
        fresh = open_model(media_spec(models, kind))
        expected = first_logits(fresh, messages)
        found = first_logits(model, messages)
        assert np.abs(expected).max() > 0.1
        assert_same_logits(found, expected)
        text, usage = answer(model, messages)
        assert usage.reused_tokens > 0
        assert text == answer(fresh, messages)[0]


def question(*parts: Part) -> list[Message]:
    return [Message("user", ("mira", *parts))]


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [
        ("vision", (image(1),), (image(2),)),
        ("vision", (image(1), image(2)), (image(1), image(3))),
        (
            "vision",
            (image(1, time_s=0), image(2, time_s=1)),
            (image(1, time_s=0), image(3, time_s=1)),
        ),
        ("vision", (image(1, time_s=0), image(2, time_s=1)), (image(1), image(2))),
        ("omni", (tone(440),), (tone(3000),)),
    ],
    ids=["image", "second image", "second frame", "no frames", "recording"],
)
def test_other_media_are_not_taken_for_the_same(
    models: Models,
    open_model: OpenModel,
    kind: str,
    first: tuple[Part, ...],
    second: tuple[Part, ...],
) -> None:
    model = open_model(media_spec(models, kind))
    answer(model, question(*first))
    fresh = open_model(media_spec(models, kind))
    expected = first_logits(fresh, question(*second))
    assert_same_logits(first_logits(model, question(*second)), expected)

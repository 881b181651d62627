"""Layers on a GPU, where there is one; skipped, visibly, elsewhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.engines.protocol import GenerationRequest, Message, TextDelta
from tests import tiny_models
from tests.engines.llama.conftest import Models, Open, spec_for

pytestmark = pytest.mark.usefixtures("gpu_available")


def answer(open_llama: Open, models: Models, gpu_layers: int) -> str:
    engine = open_llama(replace(spec_for(models.scripted), gpu_layers=gpu_layers))
    request = GenerationRequest((Message.text("user", "hola"),), temperature=0)
    return "".join(item.text for item in engine.generate(request) if isinstance(item, TextDelta))


@pytest.mark.parametrize("gpu_layers", [1, -1])
def test_layers_on_a_gpu_answer_the_same(open_llama: Open, models: Models, gpu_layers: int) -> None:
    assert answer(open_llama, models, gpu_layers) == tiny_models.REPLY


def test_an_image_is_seen_on_a_gpu(open_llama: Open, models: Models) -> None:
    engine = open_llama(replace(spec_for(*models.vision), gpu_layers=-1))
    assert engine.capabilities.vision

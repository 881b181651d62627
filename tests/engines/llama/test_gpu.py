"""Layers on a GPU, where there is one; skipped, visibly, elsewhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.engines.protocol import Completion, GenerationRequest, Message, TextDelta
from core.model_files.header import read_header
from core.model_pool.prediction.footprint import predict_footprint
from tests import tiny_models
from tests.engines.llama.conftest import CONTEXT_TOKENS, Models, Open, spec_for

pytestmark = pytest.mark.usefixtures("gpu_available")


def answer(open_llama: Open, models: Models, gpu_layers: int) -> str:
    engine = open_llama(replace(spec_for(models.scripted), gpu_layers=gpu_layers))
    request = GenerationRequest((Message.text("user", "hola"),), temperature=0)
    return "".join(item.text for item in engine.generate(request) if isinstance(item, TextDelta))


@pytest.mark.parametrize("gpu_layers", [1, -1])
def test_layers_on_a_gpu_answer_the_same(open_llama: Open, models: Models, gpu_layers: int) -> None:
    assert answer(open_llama, models, gpu_layers) == answer(open_llama, models, 0)
    assert answer(open_llama, models, gpu_layers) == tiny_models.REPLY


def test_scores_on_a_gpu_are_those_of_the_processor(open_llama: Open, models: Models) -> None:
    """Random weights, so that the scores are not those of a script."""
    request = GenerationRequest(
        (Message.text("user", "hola"),), max_tokens=1, temperature=0, top_logprobs=5
    )
    top = []
    for gpu_layers in (0, -1):
        engine = open_llama(replace(spec_for(models.random), gpu_layers=gpu_layers))
        (done,) = (item for item in engine.generate(request) if isinstance(item, Completion))
        top.append([logprob for _, logprob in done.logprobs[0].top])
    np.testing.assert_allclose(top[0], top[1], atol=0.05)


def test_an_image_is_seen_on_a_gpu(open_llama: Open, models: Models) -> None:
    engine = open_llama(replace(spec_for(*models.vision), gpu_layers=-1))
    assert engine.capabilities.vision


@pytest.mark.parametrize("gpu_layers", [1, -1])
def test_llama_cpp_takes_what_was_predicted(
    open_llama: Open, models: Models, gpu_layers: int
) -> None:
    engine = open_llama(replace(spec_for(models.random), gpu_layers=gpu_layers))
    predicted = predict_footprint(
        read_header(models.random, model="random"),
        context_tokens=CONTEXT_TOKENS,
        gpu_layers=gpu_layers,
    ).device
    told_mb = engine.device_memory_mb()
    assert predicted is not None
    assert told_mb is not None
    assert told_mb == pytest.approx(predicted.told_mb, abs=16)


def test_a_model_that_stays_on_the_processor_takes_no_gpu(open_llama: Open, models: Models) -> None:
    assert open_llama(spec_for(models.random)).device_memory_mb() is None

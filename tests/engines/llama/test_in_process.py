"""The same loop without a worker process, as the benchmark runs it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import closing

import numpy as np
import pytest

from core.engines.llama.cache.prompt_entries import Media
from core.engines.llama.native.abort_flag import AbortFlag
from core.engines.llama.native.media import MediaPrompt, MediaTower
from core.engines.llama.native.model import NativeModel
from core.engines.llama.serving.chat_model import ChatModel
from core.engines.protocol import GenerationRequest, Message, TextDelta
from core.errors import Cancelled
from core.media.content import RgbImage
from tests import tiny_models
from tests.engines.llama.conftest import Models, spec_for

pytestmark = pytest.mark.usefixtures("llama_cpp_in_this_process")


def test_the_same_loop_runs_without_a_process(models: Models) -> None:
    model = ChatModel(spec_for(models.scripted))
    request = GenerationRequest((Message.text("user", "hola"),), temperature=0)
    items = list(model.generate(request))
    model.close()
    assert "".join(item.text for item in items if isinstance(item, TextDelta)) == tiny_models.REPLY


def test_a_raised_flag_stops_an_evaluation_in_native_code(models: Models) -> None:
    flag = AbortFlag()
    loaded: list[float] = []
    model = NativeModel(spec_for(models.random), flag, loaded.append)
    flag.up()
    model.batch.add([1] * model.batch_tokens, 0)
    with pytest.raises(Cancelled):
        model.decode()
    flag.down()
    model.memory.forget_all()
    model.batch.clear()
    model.batch.add([1], 0, wanted=True)
    model.decode()
    assert math.isfinite(model.logits().sum())
    model.close()
    assert loaded[-1] == 1


class RaisesItself(AbortFlag):
    """Goes up at the given look, as if another thread had raised it then."""

    def __init__(self, at_look: float) -> None:
        super().__init__()
        self._at_look = at_look
        self.looks = 0

    @property
    def is_raised(self) -> bool:
        self.looks += 1
        if self.looks >= self._at_look:
            self.up()
        return super().is_raised


@pytest.fixture
def sight(models: Models) -> Iterator[Callable[[AbortFlag], tuple[NativeModel, MediaTower]]]:
    """Opens a model and its tower; both are closed at the end."""
    opened: list[tuple[NativeModel, MediaTower]] = []

    def open_with(flag: AbortFlag) -> tuple[NativeModel, MediaTower]:
        spec = spec_for(*models.vision)
        model = NativeModel(spec, flag, lambda _: None)
        opened.append((model, MediaTower(spec, model, lambda _: None)))
        return opened[-1]

    yield open_with
    for model, tower in opened:
        tower.close()
        model.close()


IMAGE = RgbImage(np.zeros((240, 320, 3), dtype=np.uint8))


def evaluate(prompt: MediaPrompt) -> None:
    for entry in prompt.entries():
        if isinstance(entry, Media):
            prompt.evaluate(entry, 0, 0)


def test_looking_at_an_image_can_be_stopped(
    sight: Callable[[AbortFlag], tuple[NativeModel, MediaTower]],
) -> None:
    patient = RaisesItself(math.inf)
    _, tower = sight(patient)
    with closing(tower.tokenize([IMAGE])) as prompt:
        evaluate(prompt)
    hasty = RaisesItself(3)
    _, tower = sight(hasty)
    with closing(tower.tokenize([IMAGE])) as prompt, pytest.raises(Cancelled):
        evaluate(prompt)
    assert hasty.looks < patient.looks

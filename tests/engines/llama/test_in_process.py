"""The same loop without a worker process, as the benchmark runs it."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from llama_cpp import _utils as llama_cpp_files

from core.engines.llama.abort_flag import AbortFlag
from core.engines.llama.chat_model import ChatModel
from core.engines.llama.native_model import NativeModel
from core.engines.protocol import GenerationRequest, Message, TextDelta
from core.errors import Cancelled
from tests import tiny_models
from tests.engines.llama.conftest import Models, spec_for


@pytest.fixture(scope="module", autouse=True)
def _no_files_left_open() -> Iterator[None]:
    """llama_cpp opens two files on import, which would be reported as leaks at exit."""
    yield
    llama_cpp_files.outnull_file.close()
    llama_cpp_files.errnull_file.close()


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
    with pytest.raises(Cancelled):
        model.decode([1] * model.batch_tokens, 0)
    flag.down()
    model.forget_all()
    model.decode([1], 0)
    assert math.isfinite(model.logits().sum())
    model.close()
    assert loaded[-1] == 1

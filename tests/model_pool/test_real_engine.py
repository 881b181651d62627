"""The pool with real workers on the self-test models: nothing here is faked."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from core.engines.protocol import GenerationRequest, Message, TextDelta
from core.errors import EngineCrashed
from core.model_pool.pool import ModelPool
from core.model_pool.scheduling.events import ModelFailed
from core.storage.folder import DataFolder
from tests.conftest import SELF_TEST
from tests.model_pool.fakes import settings_for
from tests.workers import workers

HELLO = GenerationRequest((Message.text("user", "hola"),), max_tokens=32, temperature=0)
MODELS = {
    "tiny": {"gguf_file": f"{SELF_TEST}/tiny.gguf"},
    "vision": {
        "gguf_file": f"{SELF_TEST}/vision.gguf",
        "mmproj_file": f"{SELF_TEST}/vision-mmproj.gguf",
    },
}


@pytest.fixture
def pool(folder: DataFolder) -> Iterator[ModelPool]:
    pool = ModelPool(settings_for(MODELS, budget_mb=2000), folder)
    yield pool
    pool.close()
    assert workers(*MODELS) == []


def answer(pool: ModelPool, name: str) -> str:
    items = pool.get(name).generate(HELLO)
    return "".join(item.text for item in items if isinstance(item, TextDelta))


def test_real_models_answer_inside_their_reservations(pool: ModelPool) -> None:
    assert answer(pool, "tiny").startswith("self-test")
    assert answer(pool, "vision").startswith("self-test")
    for model in pool.status().models:
        assert model.memory_mb is not None
        assert 0.4 * model.reserved_mb < model.memory_mb <= model.reserved_mb


def test_unloading_ends_the_process(pool: ModelPool) -> None:
    answer(pool, "tiny")
    assert len(workers(*MODELS)) == 1
    assert pool.unload("tiny")
    assert workers(*MODELS) == []


def test_a_worker_killed_during_a_lease_is_dropped_with_it(pool: ModelPool) -> None:
    first = answer(pool, "tiny")
    with pytest.raises(EngineCrashed), pool.lease("tiny") as engine:
        workers(*MODELS)[0].kill()
        list(engine.generate(HELLO))
    status = pool.status().models[0]
    assert (status.state, status.last_error) == ("failed", "The worker of tiny died.")
    assert answer(pool, "tiny") == first


def test_a_dead_worker_is_noticed_at_once_and_replaced_at_the_next_lease(pool: ModelPool) -> None:
    answer(pool, "tiny")
    died = threading.Event()
    pool.listen(lambda event: died.set() if isinstance(event, ModelFailed) else None)
    workers(*MODELS)[0].kill()
    assert died.wait(5)
    assert pool.status().models[0].state == "failed"
    assert answer(pool, "tiny").startswith("self-test")
    assert len(workers(*MODELS)) == 1

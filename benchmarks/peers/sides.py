"""SARAi's pool and llama.cpp's router, asked the same things.

Owns how each is started and spoken to; knows nothing of what is measured.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks.measuring.full_use import ask
from benchmarks.measuring.throughput import fresh_prompt
from benchmarks.peers.router_server import Router, router
from core.errors import SARAiError
from core.model_pool import ModelPool
from core.settings import load_settings
from core.settings.schema import Settings
from core.storage.folder import open_data_folder

CONTEXT_TOKENS = 2048
PROMPT_TOKENS = 16
BAD_REQUEST = 400


class Side(Protocol):
    """Whoever serves several models."""

    def ask(self, model: str) -> bool:
        """One token from a model, loaded if need be; False when it is refused."""
        ...

    def loaded(self) -> set[str]:
        """The models in memory."""
        ...


@dataclass(frozen=True, slots=True)
class _Pool:
    pool: ModelPool

    def ask(self, model: str) -> bool:
        try:
            with self.pool.lease(model) as engine:
                ask(engine, fresh_prompt(PROMPT_TOKENS), max_tokens=1)
        except SARAiError:
            return False
        return True

    def loaded(self) -> set[str]:
        models = self.pool.status().models
        return {model.name for model in models if model.memory_mb is not None}


@dataclass(frozen=True, slots=True)
class _Router:
    router: Router

    def ask(self, model: str) -> bool:
        return self.router.ask(model, fresh_prompt(PROMPT_TOKENS)) < BAD_REQUEST

    def loaded(self) -> set[str]:
        return self.router.loaded()


@contextmanager
def pool_side(models: Path, data: Path, budget_mb: int) -> Iterator[Side]:
    """Our pool over the GGUF files in `models`, named as they are."""
    pool = ModelPool(_settings(models, budget_mb), open_data_folder(data))
    try:
        yield _Pool(pool)
    finally:
        pool.close()


@contextmanager
def router_side(server: Path, models: Path, most_models: int) -> Iterator[Side]:
    """The router over the same files; it counts models where the pool counts memory."""
    threads = load_settings().runtime.thread_count()
    with router(
        server, models, most_models=most_models, context_tokens=CONTEXT_TOKENS, threads=threads
    ) as running:
        yield _Router(running)


def _settings(models: Path, budget_mb: int) -> Settings:
    settings = load_settings()
    configured = {
        path.stem: {"name": path.stem, "gguf_file": path, "context_length": CONTEXT_TOKENS}
        for path in models.glob("*.gguf")
    }
    runtime = settings.runtime.model_copy(update={"budget_mb": budget_mb, "system_reserve_mb": 0})
    described = settings.model_dump()["models"] | configured
    return Settings.model_validate(
        settings.model_dump() | {"models": described, "runtime": runtime.model_dump()}
    )

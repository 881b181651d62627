"""A fake engine for faults and moments that a real one cannot be brought to.

`FakeEngines` opens them: it can hold a load back, fail it, and it watches the budget.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.cancellation import Cancellation
from core.engines.protocol import (
    Capabilities,
    Completion,
    GenerationRequest,
    LoadProgress,
    Message,
    TextDelta,
    Usage,
)
from core.engines.spec import EngineSpec
from core.errors import EngineCrashed, ModelFileInvalid, ModelUnavailable
from core.model_pool.memory.amount import KINDS, NOTHING, Amount
from core.model_pool.pool import ModelPool
from core.model_pool.resolve import ResolvedModel
from core.model_pool.scheduling.decisions import EvictionRecord
from core.model_pool.scheduling.status import ModelStatus
from core.model_pool.trace import Trace
from core.settings.schema import Settings
from core.storage.folder import DataFolder
from tests.model_pool.memory.machines import AloneBudget, ToldMachine
from tests.virtual_clock import VirtualClock

PATIENCE_S = 10.0
"""How long a test waits for a thread before it is a failure."""


class FakeEngine:
    """Answers "hello"; dies when told to."""

    def __init__(self, spec: EngineSpec, engines: FakeEngines) -> None:
        self.spec = spec
        self.closed = False
        self.crashed = False
        self.threads: list[int] = []
        self._engines = engines

    @property
    def model(self) -> str:
        return self.spec.model

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(vision=True)

    @property
    def context_tokens(self) -> int:
        return self.spec.context_tokens

    def generate(
        self, request: GenerationRequest, cancel: Cancellation | None = None
    ) -> Generator[TextDelta | Completion, None, None]:
        if not self.alive():
            raise EngineCrashed(f"{self.model} died.", model=self.model)
        yield TextDelta("hello")
        yield Completion("stop", Usage(1, 1))

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return len(messages)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.ones((len(texts), 4), np.float32)

    def word_vectors(self, words: Sequence[str]) -> NDArray[np.float32]:
        return np.ones((len(words), 4), np.float32)

    def rerank(self, query: str, documents: Sequence[str]) -> NDArray[np.float32]:
        return np.array([len(document) for document in documents], np.float32)

    def alive(self) -> bool:
        return not (self.closed or self.crashed)

    def watch(self, died: Callable[[], None]) -> None:
        self.die = died

    def set_threads(self, threads: int) -> None:
        self.threads.append(threads)

    def memory_mb(self) -> float | None:
        return 7.5

    def peak_memory_mb(self) -> float | None:
        return 7.5

    def device_memory_mb(self) -> float | None:
        return self._engines.device_needs_mb.get(self.model)

    def close(self) -> None:
        self._engines.closing(self)
        self.closed = True


class FakeModels:
    """Satisfies `Models`; `needs_mb` and `errors` are what it answers for each name."""

    def __init__(
        self, needs_mb: Mapping[str, int], device_needs_mb: Mapping[str, int] | None = None
    ) -> None:
        self.needs_mb = needs_mb
        self.device_needs_mb = device_needs_mb or {}
        self.errors: dict[str, Exception] = {}
        self.checksum_errors: dict[str, Exception] = {}
        self.refused: list[str] = []
        self.peaks_mb: dict[str, float] = {}
        self.device_peaks_mb: dict[str, float] = {}

    def __call__(self, name: str) -> ResolvedModel:
        if name in self.errors:
            raise self.errors[name]
        spec = EngineSpec(name, "llama", context_tokens=512, threads=1)
        device_mb = self.device_needs_mb.get(name, 0)
        told = f"{self.needs_mb[name]} weights" + f", {device_mb} on a GPU" * bool(device_mb)
        return ResolvedModel(spec, self.needs_mb[name], told, device_mb=device_mb)

    def verify(self, resolved: ResolvedModel, cancel: Cancellation | None = None) -> None:
        if resolved.spec.model in self.checksum_errors:
            raise self.checksum_errors[resolved.spec.model]

    def refuse(self, resolved: ResolvedModel, error: ModelFileInvalid) -> None:
        self.refused.append(resolved.spec.model)

    def measured(
        self, resolved: ResolvedModel, peak_mb: float | None, device_mb: float | None = None
    ) -> None:
        if peak_mb is not None:
            self.peaks_mb[resolved.spec.model] = peak_mb
        if device_mb is not None:
            self.device_peaks_mb[resolved.spec.model] = device_mb


class FakeEngines:
    """An `OpenEngine` whose models take `needs_mb`, and `device_needs_mb` of a GPU."""

    def __init__(
        self, needs_mb: Mapping[str, int], device_needs_mb: Mapping[str, int] | None = None
    ) -> None:
        self.needs_mb = dict(needs_mb)
        self.device_needs_mb = dict(device_needs_mb or {})
        self.opened: list[FakeEngine] = []
        self.events: list[str] = []
        self.load_errors: dict[str, Exception] = {}
        self.close_error: Exception | None = None
        self.close_gate: threading.Event | None = None
        self.deaf = False  # loads do not hear a cancellation
        self.peak = NOTHING
        self._lock = threading.Lock()
        self._held: dict[str, threading.Event] = {}
        self._in_memory = NOTHING

    def hold(self, name: str) -> threading.Event:
        """Loads of `name` wait from now on until the event is set."""
        gate = self._held[name] = threading.Event()
        return gate

    def __call__(
        self,
        spec: EngineSpec,
        *,
        progress: LoadProgress | None = None,
        cancel: Cancellation | None = None,
    ) -> FakeEngine:
        self._takes(spec.model, +1)
        try:
            self._load(spec.model, cancel)
        except BaseException:
            self._takes(spec.model, -1)
            raise
        engine = FakeEngine(spec, self)
        with self._lock:
            self.opened.append(engine)
            self.events.append(f"open {spec.model}")
        return engine

    def closing(self, engine: FakeEngine) -> None:
        with self._lock:
            self.events.append(f"close {engine.model}")
        if self.close_gate is not None:
            assert self.close_gate.wait(PATIENCE_S)
        if not engine.closed:
            self._takes(engine.model, -1)
        if self.close_error is not None:
            raise self.close_error

    def names(self) -> list[str]:
        """Every model that was opened, in order."""
        return [engine.model for engine in self.opened]

    def _load(self, name: str, cancel: Cancellation | None) -> None:
        with self._lock:
            self.events.append(f"loading {name}")
        gate = self._held.get(name)
        if gate is not None and self.deaf:
            assert gate.wait(PATIENCE_S)
        elif gate is not None and cancel is not None:
            with cancel.on_cancel(gate.set):
                assert gate.wait(PATIENCE_S)
            cancel.raise_if_cancelled()
        if name in self.load_errors:
            raise self.load_errors[name]

    def _takes(self, name: str, sign: int) -> None:
        takes = Amount(self.needs_mb.get(name, 0), self.device_needs_mb.get(name, 0))
        with self._lock:
            now = self._in_memory + takes if sign > 0 else self._in_memory - takes
            self._in_memory = now
            self.peak = Amount(*(max(self.peak.of(kind), now.of(kind)) for kind in KINDS))


def unavailable(name: str) -> ModelUnavailable:
    return ModelUnavailable(f"{name} is not installed.", model=name, hint="Pull it.")


def settings_for(
    models: Mapping[str, Mapping[str, Any]],
    *,
    budget_mb: int = 100,
    vision: Mapping[str, Any] | None = None,
    profiles: Mapping[str, Any] | None = None,
    **runtime: Any,
) -> Settings:
    """Settings with these models; each needs only the keys that matter to the test.

    Without `profiles` the first model serves every role.
    """
    names = list(models)
    variant = {} if profiles else {"model": names[0]}
    return Settings.model_validate(
        {
            "runtime": {"budget_mb": budget_mb, "system_reserve_mb": 0, "threads": 1, **runtime},
            "models": {
                name: {"name": name, "gguf_file": f"{name}.gguf", **keys}
                for name, keys in models.items()
            },
            "routing": {
                "multimodal_variant_selection": {
                    "audio": variant,
                    "vision": vision or variant,
                    "empathy": variant,
                },
                "text_variant_selection": {"expert": variant, "tiny": variant, "rag": variant},
                "embeddings_model": None if profiles else names[0],
            },
            "profiles": profiles or {},
        }
    )


class Bench:
    """A pool on fake engines and a virtual clock, and threads to use it from."""

    def __init__(
        self,
        needs_mb: Mapping[str, int],
        models: Mapping[str, Mapping[str, Any]] | None = None,
        trace: Path | None = None,
        device_needs_mb: Mapping[str, int] | None = None,
        device_budget_mb: int = 0,
        **settings: Any,
    ) -> None:
        keys = {name: dict((models or {}).get(name, {})) for name in needs_mb}
        self.settings = settings_for(keys, **settings)
        self.clock = VirtualClock()
        self.engines = FakeEngines(needs_mb, device_needs_mb)
        self.models = FakeModels(self.engines.needs_mb, self.engines.device_needs_mb)
        self.budget = AloneBudget(self.settings.runtime.models_budget_mb, device_budget_mb)
        self.machine = ToldMachine()
        self.evictions: list[EvictionRecord] = []
        self.pool = ModelPool(
            self.settings,
            DataFolder(Path("unused")),
            clock=self.clock,
            open_engine=self.engines,
            models=self.models,
            budget=self.budget,
            machine=self.machine,
            keep_eviction=self.evictions.append,
            trace=Trace(trace, self.clock.now_s),
        )
        self._threads = ThreadPoolExecutor(max_workers=40)

    def use(self, name: str, cancel: Cancellation | None = None) -> FakeEngine:
        """Take a lease and give it back."""
        with self.pool.lease(name, cancel=cancel) as engine:
            assert isinstance(engine, FakeEngine)
            return engine

    def using(self, name: str, cancel: Cancellation | None = None) -> Future[FakeEngine]:
        """The same on another thread."""
        return self._threads.submit(self.use, name, cancel)

    def submit(self, call: Callable[[int], None], argument: int) -> Future[None]:
        """Run `call` on another thread."""
        return self._threads.submit(call, argument)

    def loaded(self) -> set[str]:
        return {m.name for m in self.pool.status().models if m.state in ("ready", "in_use")}

    def until_waiting_for_memory(self, name: str) -> None:
        self.until(lambda: bool(self.seen(name).waiting_for))

    def until_waiters(self, name: str, count: int) -> None:
        self.until(lambda: self.seen(name).leases == count)

    def seen(self, name: str) -> ModelStatus:
        """What the pool says of one model."""
        return next(model for model in self.pool.status().models if model.name == name)

    def until_event(self, event: str) -> None:
        self.until(lambda: event in self.engines.events)

    def until_loading(self, name: str) -> None:
        self.until_event(f"loading {name}")

    def until(self, condition: Callable[[], bool]) -> None:
        for _ in range(int(PATIENCE_S * 1000)):
            if condition():
                return
            time.sleep(0.001)
        raise AssertionError("it never came to that")

    def end(self) -> None:
        self.pool.close()
        self._threads.shutdown()
        assert all(engine.closed or self.engines.close_error for engine in self.engines.opened)
        status = self.pool.status()
        assert (status.reserved_mb, status.device_reserved_mb) == (0, 0)
        assert self.clock.pending() == 0
        assert self.budget.held == [] and self.budget.closed
        assert not self.engines.peak.beyond(self.budget.ceiling().limit)

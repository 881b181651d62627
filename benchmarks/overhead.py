"""What SARAi itself costs: the graph per text turn, and the worker process per token.

The graph is measured with an engine that answers at once, so that everything left is ours:
input checks, nodes, routing, logs. The worker is measured against the very same decode loop
in this process, on a tiny random model, where the pipe shows most.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import Figure, median_figure, run
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

TURNS = 200
WARM_UP_TURNS = 20
ANSWER_TOKENS = 1000
PAIRS = 9
MS_PER_S = 1000
QUESTIONS = ("hola", "What is the capital of France?", "¿Cómo configuro SSH en Ubuntu?")


class InstantEngine:
    """Answers every question with the same three tokens, in no time."""

    capabilities = Capabilities()

    def __init__(self, spec: EngineSpec) -> None:
        self.model = spec.model
        self.context_tokens = spec.context_tokens

    def generate(
        self, request: GenerationRequest, cancel: Cancellation | None = None
    ) -> Generator[TextDelta | Completion, None, None]:
        yield from (TextDelta("one "), TextDelta("two "), TextDelta("three"))
        yield Completion("stop", Usage(10, 3))

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return 10

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.ones((len(texts), 1), dtype=np.float32)

    def word_vectors(self, words: Sequence[str]) -> NDArray[np.float32]:
        return np.ones((len(words), 4), np.float32)

    def rerank(self, query: str, documents: Sequence[str]) -> NDArray[np.float32]:
        return np.zeros(len(documents), np.float32)

    def alive(self) -> bool:
        return True

    def watch(self, died: Callable[[], None]) -> None:
        """It never dies."""

    def set_threads(self, threads: int) -> None:
        """It needs none."""

    def memory_mb(self) -> float | None:
        return 1.0

    def peak_memory_mb(self) -> float | None:
        return 1.0

    def device_memory_mb(self) -> float | None:
        return None

    def close(self) -> None:
        """Nothing to free."""


def open_instantly(
    spec: EngineSpec,
    *,
    progress: LoadProgress | None = None,
    cancel: Cancellation | None = None,
) -> InstantEngine:
    """Satisfies `OpenEngine`."""
    return InstantEngine(spec)


def measure() -> list[Figure]:
    """All figures of this benchmark."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SARAI_HOME"] = folder
        return [*graph_figures(Path(folder)), worker_figure(Path(folder))]


def graph_figures(folder: Path) -> list[Figure]:
    """Milliseconds of one text turn without model time, alone and in a remembered thread."""
    from core.graph import SARAiOrchestrator  # noqa: PLC0415  its import is not measured
    from core.model_pool import ModelPool  # noqa: PLC0415
    from core.profiles import with_what_is_here  # noqa: PLC0415
    from core.settings import load_settings  # noqa: PLC0415
    from core.storage.folder import open_data_folder  # noqa: PLC0415

    data = open_data_folder(folder)
    settings = with_what_is_here(load_settings(), data)
    pool = ModelPool(settings, data, open_engine=open_instantly)
    with SARAiOrchestrator(pool=pool) as assistant:
        alone = turn_times_ms(assistant.invoke)
        streamed = turn_times_ms(lambda question: list(assistant.stream(question)))
        remembered = turn_times_ms(
            lambda question: assistant.invoke(
                {"input": question, "thread_id": str(time.perf_counter_ns() // 10**9)}
            )
        )
    return [
        median_figure("graph's own cost per text turn", alone, "ms", at_most=5),
        median_figure("the same, streamed", streamed, "ms"),
        median_figure("the same, in a remembered thread", remembered, "ms"),
    ]


def turn_times_ms(ask: Callable[[str], object]) -> list[float]:
    """Wall times of turns, after a warm-up."""
    times_ms = []
    for number in range(WARM_UP_TURNS + TURNS):
        started_s = time.perf_counter()
        ask(QUESTIONS[number % len(QUESTIONS)])
        times_ms.append((time.perf_counter() - started_s) * MS_PER_S)
    return times_ms[WARM_UP_TURNS:]


def worker_figure(folder: Path) -> Figure:
    """Tokens per second through the worker over those of the same loop in this process."""
    # As the worker's own environment has it; llama.cpp reads it when it is first loaded.
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    from core.engines.llama.engine import LlamaEngine  # noqa: PLC0415
    from core.engines.llama.serving.chat_model import ChatModel  # noqa: PLC0415
    from tests.tiny_models import random_text  # noqa: PLC0415

    spec = EngineSpec("tiny", "llama", 4096, threads=1, gguf_path=random_text(folder))
    with closing(ChatModel(spec)) as inside, closing(LlamaEngine.open(spec)) as worker:
        rates_of = (rate_of(inside.generate), rate_of(worker.generate))
        pairs = [[rate() for rate in rates_of] for _ in range(PAIRS + 1)][1:]
    ratios = [through_worker / in_process for in_process, through_worker in pairs]
    in_process, through_worker = (statistics.median(side) for side in zip(*pairs, strict=True))
    peers = {"in process (token/s)": in_process, "worker (token/s)": through_worker}
    name = "worker's throughput over the in-process loop"
    return median_figure(name, ratios, "ratio", at_least=0.95, peers=peers)


def rate_of(
    generate: Callable[[GenerationRequest], Generator[TextDelta | Completion, None, None]],
) -> Callable[[], float]:
    """A measurement: one answer of ANSWER_TOKENS tokens; gives tokens per second."""
    question = (Message.text("user", "hola"),)
    request = GenerationRequest(question, max_tokens=ANSWER_TOKENS, temperature=0, seed=1)

    def measured() -> float:
        started_s = time.perf_counter()
        *_, last = generate(request)
        elapsed_s = time.perf_counter() - started_s
        if not isinstance(last, Completion) or last.usage.completion_tokens != ANSWER_TOKENS:
            raise RuntimeError(f"The answer is not {ANSWER_TOKENS} tokens long: {last}.")
        return ANSWER_TOKENS / elapsed_s

    return measured


if __name__ == "__main__":
    run("overhead", measure)

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.engines.llama.engine import LlamaEngine
from core.engines.spec import PARALLEL_REQUESTS, EngineSpec
from tests import tiny_models
from tests.kept_engines import kept_llama

if TYPE_CHECKING:
    from core.engines.llama.serving.aborts import Aborts
    from core.engines.llama.serving.chat_model import ChatModel

    OpenModel = Callable[..., ChatModel]

CONTEXT_TOKENS = 4096


@dataclass(frozen=True)
class Models:
    """Paths of the tiny models, written once."""

    folder: Path
    scripted: Path
    random: Path
    hybrid: Path
    vision: tuple[Path, Path]
    omni: tuple[Path, Path]
    audio_tower: Path
    embeddings: Path
    causal_embeddings: Path
    reranker: Path


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Models:
    folder = tmp_path_factory.mktemp("models")
    return Models(
        folder,
        scripted=tiny_models.scripted_text(folder),
        random=tiny_models.random_text(folder),
        hybrid=tiny_models.hybrid(folder),
        vision=tiny_models.vision(folder),
        omni=tiny_models.omni(folder),
        audio_tower=tiny_models.audio_tower(folder),
        embeddings=tiny_models.embeddings(folder),
        causal_embeddings=tiny_models.causal_embeddings(folder),
        reranker=tiny_models.reranker(folder),
    )


def spec_for(
    gguf: Path,
    mmproj: Path | None = None,
    *,
    context_tokens: int = CONTEXT_TOKENS,
    embeddings: bool = False,
    log: Path | None = None,
    image_max_tokens: int = 1280,
    parallel: int = PARALLEL_REQUESTS,
) -> EngineSpec:
    return EngineSpec(
        model=gguf.stem,
        engine="llama",
        context_tokens=context_tokens,
        threads=1,
        gguf_path=gguf,
        mmproj_path=mmproj,
        embeddings=embeddings,
        image_max_tokens=image_max_tokens,
        parallel=parallel,
        log_path=log,
    )


Open = Callable[[EngineSpec], LlamaEngine]


@pytest.fixture
def open_llama() -> Iterator[Open]:
    """Opens engines that are closed at the end of the test."""
    engines: list[LlamaEngine] = []

    def open_one(spec: EngineSpec) -> LlamaEngine:
        engine = LlamaEngine.open(spec)
        engines.append(engine)
        return engine

    yield open_one
    for engine in engines:
        engine.close()


@pytest.fixture
def lend_llama() -> Iterator[Open]:
    """As `open_llama`, for those who only ask: the model may have been loaded for others."""
    with ExitStack() as lent:
        yield lambda spec: lent.enter_context(lent_llama(spec))


@contextmanager
def lent_llama(spec: EngineSpec) -> Iterator[LlamaEngine]:
    with closing(kept_llama(spec)) as engine:
        yield engine


@pytest.fixture(scope="module")
def scripted(models: Models) -> Iterator[LlamaEngine]:
    """Recites `tiny_models.REPLY`; shared by those who only ask."""
    with lent_llama(spec_for(models.scripted)) as engine:
        yield engine


@pytest.fixture(scope="module")
def endless(models: Models) -> Iterator[LlamaEngine]:
    """Answers without end; shared by those who only ask."""
    with lent_llama(spec_for(models.random)) as engine:
        yield engine


@pytest.fixture(scope="module")
def llama_cpp_in_this_process() -> Iterator[None]:
    """llama_cpp opens two files on import, which would be reported as leaks at exit."""
    from llama_cpp import _utils as llama_cpp_files  # noqa: PLC0415  only for those who ask

    yield
    llama_cpp_files.outnull_file.close()
    llama_cpp_files.errnull_file.close()


@pytest.fixture
def open_model(llama_cpp_in_this_process: None) -> Iterator[OpenModel]:
    """Opens models in this process, where their logits can be looked at."""
    from core.engines.llama.serving.chat_model import ChatModel  # noqa: PLC0415

    opened: list[ChatModel] = []

    def open_one(spec: EngineSpec, aborts: Aborts | None = None) -> ChatModel:
        opened.append(ChatModel(spec, aborts))
        return opened[-1]

    yield open_one
    for model in opened:
        model.close()

"""The synthetic models by name, and the files of one of them on the disk.

Owns names, published dimensions and the folder; knows nothing of tensors.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.synthetic_models import towers
from benchmarks.synthetic_models.language import LanguageModel
from benchmarks.synthetic_models.towers import Projector

QWEN_SECTIONS = (24, 20, 20, 0)
LFM2_KV_HEADS = tuple(8 if layer in {2, 5, 8, 10, 12, 14} else 0 for layer in range(16))


@dataclass(frozen=True, slots=True)
class SyntheticModel:
    """A language model and, where the real one has it, a projector."""

    language: LanguageModel
    projector: Projector | None = None

    @property
    def weights_bytes(self) -> int:
        """Bytes of all tensors, both files."""
        tensors = self.language.tensors()
        if self.projector is not None:
            tensors += self.projector.tensors()
        return sum(tensor.size_bytes for tensor in tensors)


@dataclass(frozen=True, slots=True)
class Files:
    """Where the files of one model lie."""

    gguf_path: Path
    mmproj_path: Path | None
    embeddings: bool


def _qwen3_vl(mix: str) -> SyntheticModel:
    language = LanguageModel(
        *("qwen3vl", mix, 36, 2560, 9728, 32, 8, 128, 151_936, 262_144),  # type: ignore[arg-type]
        sections=QWEN_SECTIONS,
        deepstack_layers=len(towers.QWEN3_VL_DEEPSTACK),
    )
    return SyntheticModel(language, towers.qwen3_vl())


QWEN25_OMNI = LanguageModel(
    *("qwen2vl", "Q4_K_M", 36, 2048, 11_008, 16, 2, 128, 151_936, 32_768),
    tied=False,
    sections=(16, 24, 24, 0),
)

MODELS = {
    "qwen3-0.6b": SyntheticModel(
        LanguageModel("qwen3", "Q4_K_M", 28, 1024, 3072, 16, 8, 128, 151_936, 40_960)
    ),
    "qwen3-1.7b": SyntheticModel(
        LanguageModel("qwen3", "Q4_K_M", 28, 2048, 6144, 16, 8, 128, 151_936, 40_960)
    ),
    "qwen3-14b": SyntheticModel(
        LanguageModel(
            *("qwen3", "Q4_K_M", 40, 5120, 17_408, 40, 8, 128, 151_936, 40_960), tied=False
        )
    ),
    "qwen3-4b": SyntheticModel(
        LanguageModel("qwen3", "Q4_K_M", 36, 2560, 9728, 32, 8, 128, 151_936, 40_960)
    ),
    "lfm2-1.2b": SyntheticModel(
        LanguageModel(
            *("lfm2", "Q4_K_M", 16, 2048, 8192, 32, LFM2_KV_HEADS, 64, 65_536, 128_000),
            tokenizer="lfm2",
        )
    ),
    "qwen2.5-omni-3b": SyntheticModel(QWEN25_OMNI, towers.qwen25_omni()),
    "qwen2.5-omni-3b-hearing": SyntheticModel(QWEN25_OMNI, towers.qwen25_omni_hearing()),
    "qwen3-vl-4b-q4_k_m": _qwen3_vl("Q4_K_M"),
    "qwen3-vl-4b-q6_k": _qwen3_vl("Q6_K"),
    "embeddinggemma-300m": SyntheticModel(
        LanguageModel(
            *("gemma-embedding", "Q8_0", 24, 768, 1152, 3, 1, 256, 262_144, 2048),
            tokenizer="gemma",
            window_tokens=512,
        )
    ),
}


def default_folder() -> Path:
    """The user's cache."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    return Path(cache, "sarai", "synthetic-models")


def write(name: str, folder: Path) -> Files:
    """The files of a model, written where they are missing.

    Raises: OSError, when the disk has no room.
    """
    folder.mkdir(parents=True, exist_ok=True)
    model = MODELS[name]
    files = _files(name, folder)
    if not files.gguf_path.exists():
        _check_room(model, folder)
        model.language.write(files.gguf_path)
    if model.projector and files.mmproj_path and not files.mmproj_path.exists():
        model.projector.write(files.mmproj_path)
    return files


@contextmanager
def written(name: str, folder: Path, *, keep: bool = False) -> Iterator[Files]:
    """The files of a model, removed afterwards unless they were there before or `keep`."""
    planned = _files(name, folder)
    new = [path for path in (planned.gguf_path, planned.mmproj_path) if path and not path.exists()]
    try:
        yield write(name, folder)
    finally:
        for path in [] if keep else new:
            path.unlink(missing_ok=True)


def _files(name: str, folder: Path) -> Files:
    mmproj_path = folder / f"mmproj-{name}.gguf" if MODELS[name].projector else None
    embeddings = MODELS[name].language.architecture == "gemma-embedding"
    return Files(folder / f"{name}.gguf", mmproj_path, embeddings)


def _check_room(model: SyntheticModel, folder: Path) -> None:
    status = os.statvfs(folder)
    free_bytes = status.f_bavail * status.f_frsize
    if free_bytes < 1.1 * model.weights_bytes:
        raise OSError(f"{folder} needs {model.weights_bytes / 2**30:.1f} GiB of free disk")

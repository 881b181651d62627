"""Makes the files of a self-test model, or finds those that were made before.

Owns file names and the format's version; knows nothing of what is in the files.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Literal

from gguf import GGUFWriter

from core.errors import ModelError
from core.model_files.files import ModelFiles
from core.model_files.header import PROJECTOR_ARCHITECTURE, read_header
from tests.self_test_models import embeddings, replies, text_tower
from tests.self_test_models.audio_tower import add_audio_tower
from tests.self_test_models.gguf_file import write_gguf
from tests.self_test_models.projector import add_projector_metadata
from tests.self_test_models.vision_tower import add_vision_tower

Kind = Literal["expert", "tiny", "vision", "omni", "embeddings"]

Fill = Callable[[GGUFWriter], None]


@dataclass(frozen=True, slots=True)
class _Recipe:
    """How one kind is made: the architecture, the language model and the projector."""

    architecture: str
    fill: Fill
    fill_projector: Fill | None = None


def _see(writer: GGUFWriter) -> None:
    add_projector_metadata(writer)
    add_vision_tower(writer)


def _see_and_hear(writer: GGUFWriter) -> None:
    _see(writer)
    add_audio_tower(writer)


def _says(reply: replies.Reply) -> Fill:
    return partial(text_tower.add_text_tower, reply=reply)


_RECIPES: Final[dict[Kind, _Recipe]] = {
    "expert": _Recipe(text_tower.TEXT_ARCHITECTURE, _says(replies.EXPERT)),
    "tiny": _Recipe(text_tower.TEXT_ARCHITECTURE, _says(replies.TINY)),
    "vision": _Recipe(text_tower.MEDIA_ARCHITECTURE, _says(replies.VISION), _see),
    "omni": _Recipe(text_tower.MEDIA_ARCHITECTURE, _says(replies.OMNI), _see_and_hear),
    "embeddings": _Recipe(embeddings.ARCHITECTURE, embeddings.add_encoder),
}


def build(kind: Kind, folder: Path) -> ModelFiles:
    """The files of the self-test model `kind` in `folder`, made when there are none.

    Takes less than a second the first time and a few milliseconds after that.

    Raises:
        StorageError: when they cannot be written.
    """
    recipe = _RECIPES[kind]
    gguf_path = _made(folder / f"{kind}.gguf", recipe.architecture, recipe.fill)
    if recipe.fill_projector is None:
        return ModelFiles(gguf_path)
    mmproj_path = folder / f"{kind}-mmproj.gguf"
    return ModelFiles(gguf_path, _made(mmproj_path, PROJECTOR_ARCHITECTURE, recipe.fill_projector))


def _made(path: Path, architecture: str, fill: Fill) -> Path:
    if not _is_sound(path):
        write_gguf(path, architecture, fill)
    return path


def _is_sound(path: Path) -> bool:
    """Whether the file is there in full; a damaged one is simply made again."""
    try:
        read_header(path, model="self-test")
    except ModelError:
        return False
    return True

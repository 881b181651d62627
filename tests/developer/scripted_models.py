"""Pools whose models say what a test wants them to say, on real llama.cpp."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import yaml

from core.model_pool import ModelPool
from core.settings import load_settings
from core.storage.folder import DataFolder
from tests.environments import NO_OLLAMA
from tests.kept_engines import open_kept
from tests.tiny_models import scripted_text

PIECE_BYTES = 6


def pieces_of(text: str) -> list[bytes]:
    """`text` in pieces of which no two are the same."""
    data = text.encode()
    pieces: list[bytes] = []
    start = 0
    while start < len(data):
        length = PIECE_BYTES
        while data[start : start + length] in pieces and start + length < len(data):
            length += 1
        if len(data) - (start + length) < PIECE_BYTES:
            length = len(data) - start  # a last piece of one sign could be one of the template's
        pieces.append(data[start : start + length])
        start += length
    return pieces


def configuration_saying(
    replies: Mapping[str, str], tables: Mapping[str, str], folder: Path
) -> Path:
    """A configuration of one model for each of `replies`, and the strategy "ours" of `tables`."""
    for name, reply in replies.items():
        scripted_text(folder, pieces_of(reply), name=name)
    models = {
        name: {
            "name": name,
            "gguf_file": str(folder / f"{name}.gguf"),
            "context_length": 4096,
        }
        for name in replies
    }
    selection = {"strategy": "ours", "strategies": {"ours": dict(tables)}}
    path = folder / "sarai.yaml"
    path.write_text(yaml.safe_dump({"models": models, "selection": selection}))
    return path


@contextmanager
def pool_saying(
    replies: Mapping[str, str], tables: Mapping[str, str], data: DataFolder, folder: Path
) -> Iterator[ModelPool]:
    """A pool of `configuration_saying`; closed at the end."""
    path = configuration_saying(replies, tables, folder)
    settings = load_settings(environ={**NO_OLLAMA, "SARAI_CONFIG": str(path)})
    with closing(ModelPool(settings, data, open_engine=open_kept)) as pool:
        yield pool

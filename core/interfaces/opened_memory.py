"""The memory of a data folder, for commands that need nothing else of the assistant.

Owns its opening and closing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from core.memory.memory import Memory
from core.model_pool import ModelPool
from core.profiles import with_what_is_here
from core.settings import load_settings
from core.storage.folder import DataFolder


@contextmanager
def opened_memory(folder: DataFolder) -> Iterator[Memory]:
    """Raises: ConfigError, StorageError."""
    with (
        closing(ModelPool(with_what_is_here(load_settings(), folder), folder)) as pool,
        Memory(pool) as memory,
    ):
        yield memory

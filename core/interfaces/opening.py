"""How the command line opens the assistant: models begin to load while LangGraph is imported.

Owns that order; knows nothing of what is asked. This module imports nothing heavy.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from core.interfaces.program_log import program_log
from core.settings import Settings, load_settings
from core.storage.folder import DataFolder, open_data_folder

if TYPE_CHECKING:
    from core.graph import SARAiOrchestrator


@contextmanager
def opened_assistant() -> Iterator[SARAiOrchestrator]:
    """The assistant as it is configured, for one turn: nothing is loaded ahead. Closed, with all
    its models, at the end.

    Raises: ConfigError, StorageError.
    """
    settings, folder = load_settings(), open_data_folder()
    with program_log(folder), open_assistant(settings, folder, preload=False) as assistant:
        yield assistant


def open_assistant(
    settings: Settings, folder: DataFolder, *, preload: bool = True
) -> SARAiOrchestrator:
    """The assistant, to be closed by the caller.

    Raises: StorageError.
    """
    from core.model_pool import ModelPool  # noqa: PLC0415
    from core.profiles import with_what_is_here  # noqa: PLC0415

    pool = ModelPool(with_what_is_here(settings, folder), folder)
    if preload:
        pool.preload()  # in processes of their own, so the import below costs them nothing
    from core.graph import SARAiOrchestrator  # noqa: PLC0415  about a second

    return SARAiOrchestrator(pool=pool, preload=preload)

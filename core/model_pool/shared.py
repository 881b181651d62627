"""The pool of this process, for callers that were given none.

Owns the one shared `ModelPool`; everything else takes its pool as an argument.
"""

from __future__ import annotations

import threading

from core.model_pool.pool import ModelPool
from core.profiles import with_what_is_here
from core.settings import load_settings
from core.storage.folder import open_data_folder

_lock = threading.Lock()
_shared: list[ModelPool] = []


def get_model_pool() -> ModelPool:
    """The process's pool, made at the first call from the configuration.

    A pool that was closed is replaced. Loads nothing before it is asked to.

    Raises: ConfigError, StorageError.
    """
    with _lock:
        if _shared and _shared[0].closed:
            _shared.clear()
        if not _shared:
            settings, folder = load_settings(), open_data_folder()
            _shared.append(ModelPool(with_what_is_here(settings, folder), folder))
        return _shared[0]

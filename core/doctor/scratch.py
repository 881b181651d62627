"""What the pool knows of models, asked without touching the data folder.

Owns a temporary folder with a copy of the database: to open the real one would bring its
tables up to date, and to ask for a measurement would create it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.doctor.surroundings import Surroundings
from core.errors import StorageError
from core.storage.database import Database
from core.storage.folder import DataFolder, open_data_folder
from core.storage.inspection import copy_database


@contextmanager
def scratch_folder(around: Surroundings) -> Iterator[DataFolder]:
    """A data folder that knows what the real one does, and is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="sarai-doctor-") as root:
        folder = open_data_folder(Path(root))
        if around.data.database.is_file():
            _copy(around.data.database, folder.database)
        yield folder


def _copy(path: Path, copy: Path) -> None:
    try:
        copy_database(path, copy)
        Database(copy)
    except StorageError:  # damaged or newer, as the check of the data folder tells
        copy.unlink(missing_ok=True)

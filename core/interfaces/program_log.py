"""Log records of SARAi and its libraries go to a file of the data folder, not to the terminal.

Owns the file, its size and its permissions. Only the command line does this: a program that
imports SARAi keeps its own logging.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path

from core.errors import StorageError
from core.storage.folder import DataFolder
from core.storage.private_file import make_private

LARGEST_BYTES = 2**20
OLD_FILES = 2
RECORD = "%(asctime)s %(levelname)s %(name)s: %(message)s"
OWN_LOGGERS = ("core", "agents")


class _PrivateFile(RotatingFileHandler):
    """Rotates at LARGEST_BYTES; every file is readable by its owner alone."""

    def _open(self) -> io.TextIOWrapper:
        make_private(Path(self.baseFilename))
        return super()._open()


@contextmanager
def program_log(folder: DataFolder) -> Iterator[None]:
    """While inside, warnings of all libraries and notes of SARAi's own are written there.

    Raises: StorageError, when the file cannot be written.
    """
    handler = _handler(folder.program_log)
    root = logging.getLogger()
    root.addHandler(handler)
    logging.captureWarnings(True)
    for name in OWN_LOGGERS:
        logging.getLogger(name).setLevel(logging.INFO)
    try:
        yield
    finally:
        for name in OWN_LOGGERS:
            logging.getLogger(name).setLevel(logging.NOTSET)
        logging.captureWarnings(False)
        root.removeHandler(handler)
        handler.close()


def _handler(path: Path) -> logging.Handler:
    try:
        handler = _PrivateFile(
            path, maxBytes=LARGEST_BYTES, backupCount=OLD_FILES, encoding="utf-8"
        )
    except OSError as error:
        raise StorageError(
            f"The log {path} cannot be written: {error.strerror}.",
            hint="Check who owns it, or set SARAI_HOME to a folder of your own.",
        ) from error
    handler.setFormatter(logging.Formatter(RECORD))
    return handler

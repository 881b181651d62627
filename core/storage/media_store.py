"""Bytes that arrived without a file of their own, kept as files named by their content.

Owns the folder `media`; knows nothing of formats. Checkpoints hold paths, never bytes.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from core.errors import InvalidInput, StorageError
from core.storage.folder import DataFolder
from core.storage.private_file import write_private

_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")


class MediaStore:
    """Content-addressed files: the same bytes are stored once, whoever brings them."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder.media

    def put(self, data: bytes, suffix: str) -> Path:
        """Keep `data` and give back its file. `suffix` is like `.wav`.

        Raises: InvalidInput, for an odd suffix; StorageError, when it cannot be written.
        """
        if not _SUFFIX.fullmatch(suffix):
            raise InvalidInput(
                f"{suffix!r} is no file suffix.", key="suffix", hint="Give one such as .wav."
            )
        path = self._folder / (hashlib.sha256(data).hexdigest() + suffix)
        try:
            if not path.exists():
                write_private(path, data)
        except OSError as error:
            raise StorageError(
                f"{path} cannot be written: {error.strerror}.",
                hint="Check the free space of the disk and who may write the data folder.",
            ) from error
        return path

"""From what the caller gave (path, data URI, bytes) to bytes or an open file.

Owns the checks on where media may come from and how large they may be; knows nothing of
what is inside. Nothing is ever fetched from the network.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import stat
from pathlib import Path
from typing import BinaryIO, Literal
from urllib.parse import unquote, urlsplit

from core.errors import MediaError
from core.settings.media import MediaSettings

Source = str | os.PathLike[str] | bytes | bytearray | memoryview
"""A path (`~` and file:// allowed), a data: URI, or the bytes themselves."""

MediaKind = Literal["image", "audio"]

_BYTES_PER_MB = 2**20
_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_DATA_URI_HEADER = re.compile(r"data:(image|audio)/[\w.+-]+(;[\w.+-]+=[\w.+-]+)*;base64", re.I)
_LONGEST_HEADER = 200


def read_source(source: Source, settings: MediaSettings, *, key: str, kind: MediaKind) -> bytes:
    """All bytes of `source`, at most `settings.max_file_mb`.

    Raises: MediaError, with `key`, when the source is empty, too large, not allowed, not a
        regular file or not well formed.
    """
    limit_bytes = int(settings.max_file_mb * _BYTES_PER_MB)
    if isinstance(source, bytes | bytearray | memoryview):
        size_bytes = memoryview(source).nbytes
        _check_size(size_bytes, limit_bytes, key)
        return bytes(source)
    if is_data_uri(source):
        return _decode_data_uri(str(source), limit_bytes, key=key, kind=kind)
    with open_file(source, settings, key=key) as file:
        _check_size(os.fstat(file.fileno()).st_size, limit_bytes, key)
        content = file.read(limit_bytes + 1)  # the file may have grown since
    _check_size(len(content), limit_bytes, key)
    return content


def is_data_uri(source: object) -> bool:
    """Whether `source` is a text that begins like a data: URI."""
    return isinstance(source, str) and source[:5].lower() == "data:"


def open_file(path: str | os.PathLike[str], settings: MediaSettings, *, key: str) -> BinaryIO:
    """Open a regular file inside the allowed folders for reading; never blocks.

    Raises: MediaError, with `key`.
    """
    resolved = _resolve(path, key)
    _check_allowed(resolved, settings.allowed_folders, key)
    try:
        _check_regular(resolved.stat(), resolved, key)
        # O_NOFOLLOW and O_NONBLOCK: the entry may have been swapped since it was checked.
        flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
        file = os.fdopen(os.open(resolved, flags), "rb")
    except OSError as error:
        raise _unreadable(resolved, error, key) from error
    try:
        _check_regular(os.fstat(file.fileno()), resolved, key)
    except MediaError:
        file.close()
        raise
    return file


def _resolve(path: str | os.PathLike[str], key: str) -> Path:
    if not isinstance(path, str | os.PathLike):
        raise MediaError(
            f"{key} cannot be a {type(path).__name__}.",
            key=key,
            hint="Give the path of a file.",
        )
    text = os.fspath(path)
    try:
        return Path(local_path(text, key)).expanduser().resolve(strict=True)
    except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: ~nobody, link loops
        raise _unreadable(text, error, key) from error


def local_path(text: str, key: str) -> str:
    """The path that `text` means: itself, or what a file:// address names.

    Raises: MediaError, with `key`, for a data: URI and for any other address.
    """
    if is_data_uri(text):
        raise MediaError("A file is needed here, not a data: URI.", key=key, hint="Give its path.")
    if not _URL.match(text):
        return text
    url = urlsplit(text)
    if url.scheme == "file" and url.netloc in {"", "localhost"}:
        return unquote(url.path)
    raise MediaError(
        "Nothing is fetched from the network.",
        key=key,
        hint="Download the file first and give its path.",
    )


def _check_allowed(path: Path, folders: tuple[Path, ...], key: str) -> None:
    allowed = [folder.expanduser().resolve() for folder in folders]
    if allowed and not any(path.is_relative_to(folder) for folder in allowed):
        raise MediaError(
            f"{path} lies outside the allowed folders.",
            key=key,
            hint="Move it into one of: " + ", ".join(str(folder) for folder in allowed) + ".",
        )


def _check_regular(status: os.stat_result, path: Path, key: str) -> None:
    if not stat.S_ISREG(status.st_mode):
        what = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
        raise MediaError(f"{path} is {what}.", key=key, hint="Give the path of a file.")


def _check_size(size_bytes: int, limit_bytes: int, key: str) -> None:
    if size_bytes == 0:
        raise MediaError("The file is empty.", key=key, hint="Check that it was saved whole.")
    if size_bytes > limit_bytes:
        raise MediaError(
            f"The file is larger than {limit_bytes / _BYTES_PER_MB:g} MiB.",
            key=key,
            hint="Make it smaller, or raise media.max_file_mb.",
        )


def _decode_data_uri(uri: str, limit_bytes: int, *, key: str, kind: MediaKind) -> bytes:
    header, comma, _ = uri[:_LONGEST_HEADER].partition(",")
    match = _DATA_URI_HEADER.fullmatch(header)
    if not comma or match is None or match[1].lower() != kind:
        raise MediaError(
            f"The data: URI does not hold base64 of type {kind}/*.",
            key=key,
            hint=f"Write it as data:{kind}/...;base64,... or give the path of a file.",
        )
    encoded_length = len(uri) - len(header) - 1
    _check_size(encoded_length // 4 * 3 - 2 if encoded_length else 0, limit_bytes, key)
    try:
        content = base64.b64decode(uri[len(header) + 1 :], validate=True)
    except (binascii.Error, ValueError) as error:
        raise MediaError(
            f"The data: URI is not valid base64 ({error}).",
            key=key,
            hint="Encode the file again, without line breaks.",
        ) from error
    _check_size(len(content), limit_bytes, key)
    return content


def _unreadable(path: str | Path, error: Exception, key: str) -> MediaError:
    reason = getattr(error, "strerror", None) or str(error)
    return MediaError(
        f"{str(path)[:_LONGEST_HEADER]!r} cannot be read: {reason}.",
        key=key,
        hint="Check the path and that you may read the file.",
    )

"""Opening media files with FFmpeg's libraries, safely.

Owns which formats may be opened and how the libraries' errors are told; knows nothing of
frames or samples. The libraries' own log stays off, as PyAV leaves it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, TypeVar

import av
import av.error
from av.container import InputContainer

from core.errors import MediaError

VIDEO_FORMATS = ("mov", "matroska", "avi", "mpegts")
AUDIO_FORMATS = ("wav", "flac", "mp3", "ogg", "mov", "matroska")

PacketT = TypeVar("PacketT")


@contextmanager
def open_container(
    file: BinaryIO, formats: tuple[str, ...], *, key: str, max_pixels: int | None = None
) -> Iterator[InputContainer]:
    """Open `file` for reading; errors inside the block are typed as well.

    Only `formats` are tried and no other file or address can be reached from inside this
    one: playlists and references would otherwise read any file of the user's.

    Raises: MediaError, with `key`.
    """
    options = {"format_whitelist": ",".join(formats), "protocol_whitelist": ""}
    if max_pixels is not None:
        options["max_pixels"] = str(max_pixels)
    try:
        with av.open(file, mode="r", options=options, metadata_errors="replace") as container:
            yield container
    except (av.error.FFmpegError, OSError) as error:
        raise _typed(error, key) from error


def fixed_streams(packets: Iterator[PacketT], *, key: str) -> Iterator[PacketT]:
    """The same packets. Raises: MediaError, with `key`, when streams are added on the way."""
    try:
        yield from packets
    except IndexError as error:  # PyAV looks up streams that it did not see at opening
        raise MediaError(
            "The file adds streams on the way.", key=key, hint="Convert it to MP4 or WAV."
        ) from error


def _typed(error: Exception, key: str) -> MediaError:
    if isinstance(error, av.error.InvalidDataError | av.error.ArgumentError | av.error.EOFError):
        return MediaError(
            "The file is damaged, cut short or of an unknown format.",
            key=key,
            hint="Check that it plays elsewhere; MP4, WEBM, WAV, MP3, FLAC and OGG work here.",
        )
    if isinstance(error, av.error.DecoderNotFoundError | av.error.PatchWelcomeError):
        return MediaError(
            "There is no decoder for this file.",
            key=key,
            hint="Convert it to H.264 in MP4, or to WAV.",
        )
    return MediaError(
        f"The file cannot be read: {getattr(error, 'strerror', None) or error}.",
        key=key,
        hint="Check that the file is whole and still there.",
    )


class WorkLimit:
    """Bounds the work on one file, in packets and in seconds."""

    def __init__(self, *, time_limit_s: float, key: str) -> None:
        self._packets_left = 0
        self._deadline_s = time.monotonic() + time_limit_s
        self.key = key

    def allow_packets(self, count: int) -> None:
        """From here on, so many and no more; the deadline stays."""
        self._packets_left = count

    def spend_packet(self) -> None:
        """Raises: MediaError, when the packets or the time are used up."""
        self._packets_left -= 1
        if self._packets_left < 0 or time.monotonic() > self._deadline_s:
            raise MediaError(
                "The video takes too long to read.",
                key=self.key,
                hint="Ask for a shorter part (video_start_s, video_end_s), or convert it with "
                "a key frame at least every ten seconds.",
            )

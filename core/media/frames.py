"""Reading a video's time stamps, and decoding chosen frames of it.

Owns the use of FFmpeg's demuxer and decoder; knows nothing of settings or of which frames
are wanted. One thread at a time may use a reader.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple, TypeAlias, cast

import av
import av.error
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.sidedata.sidedata import SideData
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from core.errors import MediaError
from core.media.libav import WorkLimit, fixed_streams
from core.media.timeline import KeyFrame, Timeline

_READ_ON_FRAMES = 8
"""A key frame this near is reached faster by decoding on than by seeking."""

VideoPacket: TypeAlias = "Packet[VideoStream]"


def video_stream(container: InputContainer, *, key: str) -> VideoStream:
    """The stream to look at. Raises: MediaError, when there is only sound."""
    stream = container.streams.best("video")
    # A song's cover is stored as a video stream of one picture.
    if not isinstance(stream, VideoStream) or stream.disposition & Disposition.attached_pic:
        raise MediaError(
            "The file holds no moving picture.",
            key=key,
            hint="Give a recording as audio_input and a picture as image_path.",
        )
    return stream


def read_timeline(
    container: InputContainer, stream: VideoStream, limit: WorkLimit, *, key: str
) -> Timeline:
    """Read every packet without decoding: headers and indexes cannot be relied on.

    Phones and browsers write variable frame rates, files without a duration or index, and
    copies that break off. Packets marked as damaged or as not for display are left out.

    Raises: MediaError, when there is no frame at all.
    """
    stamps: dict[int, int] = {}  # when a frame is shown, and for how long
    keys: list[KeyFrame] = []
    for packet in _packets(container, stream, limit):
        stamp = _stamp(packet)
        if stamp is None or packet.is_corrupt or packet.is_discard:
            continue
        stamps[stamp] = packet.duration or 0
        if packet.is_keyframe:
            keys.append(KeyFrame(stamp, packet.dts))
    if not stamps or stream.time_base is None:
        raise MediaError("The video has no frames.", key=key, hint="Record or copy it again.")
    return Timeline(
        stamps=tuple(sorted(stamps)),
        keys=tuple(sorted(keys, key=lambda frame: frame.stamp)),
        end_stamp=max(stamps) + stamps[max(stamps)],
        time_base=stream.time_base,
        announced_s=float(stream.duration * stream.time_base) if stream.duration else None,
    )


class DecodedFrame(NamedTuple):
    """A whole frame and when it is shown, in the stream's time base."""

    stamp: int
    picture: VideoFrame


class FrameReader:
    """Decodes frames in rising order: forward, and by a seek where that saves work.

    Opened on a container whose timeline has been read.
    """

    def __init__(
        self, container: InputContainer, stream: VideoStream, timeline: Timeline, limit: WorkLimit
    ) -> None:
        self._container = container
        self._stream = stream
        self._timeline = timeline
        self._limit = limit
        self._fed: int | None = None  # the latest stamp given to the decoder since the last seek
        self._frames: Iterator[DecodedFrame] = iter(())
        self._shown: DecodedFrame | None = None

    def frame_at(self, stamp: int) -> DecodedFrame | None:
        """The frame of `stamp`; where that one is damaged, the next whole one; None at the end.

        Raises: MediaError, when the work limit is reached.
        """
        if self._shown is not None and self._shown.stamp >= stamp:
            return self._shown
        if self._seek_pays(stamp):
            self._seek(stamp)
        for frame in self._frames:
            if frame.stamp >= stamp:
                self._shown = frame
                return frame
        return None

    def _seek_pays(self, stamp: int) -> bool:
        if self._fed is None:
            return True
        keys = self._timeline.keys_up_to(stamp)
        return bool(keys) and (
            self._timeline.frames_between(self._fed, keys[-1].stamp) > _READ_ON_FRAMES
        )

    def _seek(self, stamp: int) -> None:
        """Land on the last key frame before `stamp`, or on an earlier one.

        Some formats seek by the time of decoding and then land behind the key frame, from
        where nothing can be decoded; so the landing is looked at before it is accepted.
        """
        packets: Iterator[VideoPacket] = iter(())
        for key in reversed(self._timeline.keys_up_to(stamp)):
            for target in dict.fromkeys((key.stamp, key.decode_stamp)):
                if target is None:
                    continue
                packets = self._packets_from(target)
                landing = next(packets, None)
                if landing is not None and _reaches(landing, key):
                    self._frames = self._decode(chain((landing,), packets))
                    return
        self._frames = self._decode(self._packets_from(self._timeline.stamps[0]))

    def _packets_from(self, stamp: int) -> Iterator[VideoPacket]:
        self._fed = None
        self._container.seek(stamp, stream=self._stream, backward=True)
        return _packets(self._container, self._stream, self._limit)

    def _decode(self, packets: Iterator[VideoPacket]) -> Iterator[DecodedFrame]:
        for packet in packets:
            stamp = _stamp(packet)
            if stamp is not None:
                self._fed = stamp if self._fed is None else max(self._fed, stamp)
            for frame in _decoded(packet):
                if frame.pts is not None and not frame.is_corrupt:
                    yield DecodedFrame(frame.pts, frame)


def upright_pixels(frame: VideoFrame, width_px: int, height_px: int) -> NDArray[np.uint8]:
    """The frame scaled to the given size as stored, then turned as its display matrix says.

    Shape (height_px, width_px, 3), or with the sides swapped for a quarter turn.
    """
    scaled = frame.reformat(width_px, height_px, "rgb24", interpolation="BICUBIC")
    pixels = scaled.to_ndarray().astype(np.uint8, copy=False)
    matrix = cast(SideData | None, frame.side_data.get("DISPLAYMATRIX"))
    if matrix is not None:
        pixels = _turned(pixels, np.frombuffer(bytes(matrix), dtype=np.int32))
    return np.ascontiguousarray(pixels)


def _turned(pixels: NDArray[np.uint8], matrix: NDArray[np.int32]) -> NDArray[np.uint8]:
    """Apply a display matrix to the nearest quarter turn, mirroring included.

    It maps (x, y) to (a x + c y, b x + d y), stored as a, b, u, c, d, v, x, y, w.
    Source: FFmpeg, libavutil/display.h.
    """
    a, b, _, c, d = (int(entry) for entry in matrix[:5])
    if abs(b) + abs(c) > abs(a) + abs(d):
        pixels, a, d = pixels.swapaxes(0, 1), c, b
    return pixels[:: -1 if d < 0 else 1, :: -1 if a < 0 else 1]


def _packets(
    container: InputContainer, stream: VideoStream, limit: WorkLimit
) -> Iterator[VideoPacket]:
    for packet in fixed_streams(container.demux(stream), key=limit.key):
        limit.spend_packet()
        yield packet


def _stamp(packet: VideoPacket) -> int | None:
    return packet.dts if packet.pts is None else packet.pts


def _reaches(landing: VideoPacket, key: KeyFrame) -> bool:
    if landing.is_keyframe and landing.pts is not None and landing.pts <= key.stamp:
        return True
    return (
        landing.dts is not None and key.decode_stamp is not None
    ) and landing.dts <= key.decode_stamp


def _decoded(packet: VideoPacket) -> list[VideoFrame]:
    try:
        return packet.decode()
    except av.error.InvalidDataError:
        return []  # the decoder recovers at one of the next packets

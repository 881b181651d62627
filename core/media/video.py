"""From a video file to a few upright frames that a model can look at.

Owns the request's limits and checks; how frames are chosen is `timeline`'s, how they are
decoded `frames`'s. Knows nothing of models. `sample_video` takes plain values and returns
plain pixels, so that it can run in a process of its own.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from core.errors import MediaError
from core.media.content import RgbImage
from core.media.frames import FrameReader, read_timeline, upright_pixels, video_stream
from core.media.image import check_pixels
from core.media.libav import VIDEO_FORMATS, WorkLimit, open_container
from core.media.resize import smart_resize
from core.media.source import open_file
from core.media.timeline import Timeline, sample
from core.settings.media import MediaSettings

TIME_LIMIT_S = 60.0
"""For one video; decoding 64 frames spread over an hour of 1080p takes a fraction of it."""

_TIMELINE_PACKETS = 1_000_000
"""Over four hours at 60 frames a second."""

PACKETS_PER_FRAME = 2_000
"""To reach one frame: a minute at 30 frames a second without a key frame."""

_BROKEN_OFF_S = 1.0
"""Headers round durations; a file that ends earlier than this has lost its end."""


@dataclass(frozen=True, slots=True)
class VideoRequest:
    """What to look at in one video. `end_s` None is its end."""

    fps: float
    start_s: float
    end_s: float | None
    max_frames: int
    settings: MediaSettings
    key: str
    time_limit_s: float = TIME_LIMIT_S
    packets_per_frame: int = PACKETS_PER_FRAME


def load_video(
    path: str | os.PathLike[str],
    settings: MediaSettings,
    *,
    fps: float | None = None,
    start_s: float | None = None,
    end_s: float | None = None,
    key: str = "video_path",
    max_frames: int | None = None,
) -> tuple[RgbImage, ...]:
    """The frames on display `fps` times a second from `start_s` until before `end_s`.

    Each has the time of its own appearance, from the video's first frame. Where there would
    be more than `max_frames` (at most the configured number), so many are spread evenly; a
    frame that stands still is given once. MP4, MOV, MKV, WEBM, AVI and MPEG-TS.

    A damaged frame is replaced by the next whole one. A file that breaks off before the
    duration that its header announces is refused unless `end_s` keeps to the part that is
    there, which the error names; a file that announces none is taken as long as it is.

    Raises: MediaError, with `key`, or with "fps", "video_start_s" or "video_end_s" when
        one of these is wrong.
    """
    request = VideoRequest(
        fps=settings.video_fps if fps is None else fps,
        start_s=0.0 if start_s is None else start_s,
        end_s=end_s,
        max_frames=min(max_frames or settings.video_max_frames, settings.video_max_frames),
        settings=settings,
        key=key,
    )
    _check_request(request)
    with open_file(path, settings, key=key) as file:
        return sample_video(file, request)


def sample_video(file: BinaryIO, request: VideoRequest) -> tuple[RgbImage, ...]:
    """Decode what a checked `request` asks of an open file. Raises: MediaError."""
    with open_container(
        file, VIDEO_FORMATS, key=request.key, max_pixels=request.settings.max_pixels
    ) as container:
        frames = _sampled(container, request)
    if not frames:
        raise MediaError(
            "No frame of the video can be decoded.",
            key=request.key,
            hint="Check that it plays elsewhere, or convert it to H.264 in MP4.",
        )
    return frames


def _sampled(container: InputContainer, request: VideoRequest) -> tuple[RgbImage, ...]:
    stream = video_stream(container, key=request.key)
    # Old camcorders and DVDs store pixels that are not square.
    pixel_aspect = float(stream.sample_aspect_ratio or 1)
    limit = WorkLimit(time_limit_s=request.time_limit_s, key=request.key)
    limit.allow_packets(_TIMELINE_PACKETS)
    timeline = read_timeline(container, stream, limit, key=request.key)
    end_s = _checked_end_s(request, timeline)
    stamps = sample(
        timeline, request.start_s, end_s, fps=request.fps, max_frames=request.max_frames
    )
    limit.allow_packets(request.packets_per_frame * len(stamps))
    reader = FrameReader(container, stream, timeline, limit)
    images: dict[int, RgbImage] = {}
    for stamp in stamps:
        frame = reader.frame_at(stamp)
        if frame is not None and frame.stamp not in images:
            pixels = _pixels(frame.picture, pixel_aspect, request)
            images[frame.stamp] = RgbImage(pixels, timeline.time_s(frame.stamp))
    return tuple(images.values())


def _check_request(request: VideoRequest) -> None:
    if not (math.isfinite(request.fps) and request.fps > 0):
        raise MediaError(
            f"{request.fps} frames per second cannot be looked at.",
            key="fps",
            hint="Give a positive number, for example 2.",
        )
    if not (math.isfinite(request.start_s) and request.start_s >= 0):
        raise MediaError(
            f"A video cannot start at {request.start_s} s.",
            key="video_start_s",
            hint="Give the seconds from the start, 0 or more.",
        )
    if request.end_s is not None and not request.end_s > request.start_s:
        raise MediaError(
            f"The end ({request.end_s} s) is not after the start ({request.start_s} s).",
            key="video_end_s",
            hint="Give an end after the start, or none for the whole video.",
        )


def _checked_end_s(request: VideoRequest, timeline: Timeline) -> float:
    """Where to stop. Raises: MediaError, when the asked part is not in the video."""
    duration_s = timeline.duration_s
    whole = (timeline.announced_s or 0.0) <= duration_s + _BROKEN_OFF_S
    # What players show is rounded up to whole seconds, so that much may be asked for.
    longest_s = math.ceil(duration_s) if whole else duration_s
    if request.start_s >= duration_s and request.start_s > 0:
        raise MediaError(
            f"The video is {duration_s:.2f} s long and cannot start at {request.start_s} s.",
            key="video_start_s",
            hint=f"Give a start before {duration_s:.2f}.",
        )
    if request.end_s is not None and request.end_s > longest_s:
        raise MediaError(
            f"The video is {duration_s:.2f} s long and cannot end at {request.end_s} s.",
            key="video_end_s",
            hint=f"Give at most {duration_s:.2f}, or none for the whole video.",
        )
    if request.end_s is None and not whole:
        raise MediaError(
            f"The video breaks off after {duration_s:.2f} s of {timeline.announced_s:.2f} s.",
            key=request.key,
            hint=f"Copy it again, or set video_end_s to {math.floor(duration_s * 100) / 100} "
            "to look at the part that is there.",
        )
    return min(request.end_s or duration_s, duration_s)


def _pixels(picture: VideoFrame, pixel_aspect: float, request: VideoRequest) -> NDArray[np.uint8]:
    settings, key = request.settings, request.key
    width_px = round(picture.width * pixel_aspect)
    check_pixels(width_px, picture.height, settings, key=key)
    height_px, width_px = smart_resize(
        picture.height,
        width_px,
        min_tokens=min(settings.image_min_tokens, settings.frame_max_tokens),
        max_tokens=settings.frame_max_tokens,
        key=key,
    )
    return upright_pixels(picture, width_px, height_px)

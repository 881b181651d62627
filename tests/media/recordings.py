"""Makes small videos and recordings with known content, by the real encoders."""

from __future__ import annotations

import io
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

GREY_STEP = 8
WIDTH_PX, HEIGHT_PX = 64, 48


def grey_video(
    path: Path,
    *,
    ticks: Sequence[int] = tuple(range(30)),
    rate: int = 10,
    codec: str = "libx264",
    key_frame_every: int = 12,
    container: str | None = None,
    options: dict[str, str] | None = None,
    pixel_aspect: Fraction = Fraction(1),
) -> Path:
    """Frame n is one grey of level GREY_STEP * n, shown from ticks[n] / rate seconds."""
    with av.open(str(path), "w", format=container, options=options or {}) as output:
        stream = output.add_stream(codec, rate=rate)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
        stream.codec_context.sample_aspect_ratio = pixel_aspect
        stream.codec_context.gop_size = key_frame_every
        stream.codec_context.bit_rate = 2_000_000  # enough to tell one grey from the next
        for index, tick in enumerate(ticks):
            grey = np.full((HEIGHT_PX, WIDTH_PX, 3), index * GREY_STEP, np.uint8)
            frame = VideoFrame.from_ndarray(grey, format="rgb24")
            frame.pts = tick
            output.mux(stream.encode(frame))
        output.mux(stream.encode())
    return path


def frame_number(pixels: NDArray[np.uint8]) -> int:
    """Which frame of a `grey_video` this is."""
    return round(float(pixels.mean()) / GREY_STEP)


def turned_video(
    path: Path, pixels: NDArray[np.uint8], degrees: float, *, hflip: bool = False
) -> Path:
    """One frame whose display matrix turns it by `degrees` counter-clockwise."""
    with av.open(str(path), "w") as output:
        stream = output.add_stream("mpeg4", rate=10)
        assert isinstance(stream, VideoStream)
        stream.height, stream.width = pixels.shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.set_display_rotation(degrees, hflip=hflip)
        output.mux(stream.encode(VideoFrame.from_ndarray(pixels, format="rgb24")))
        output.mux(stream.encode())
    return path


def tone(frequency_hz: float, rate_hz: int, samples: int, channels: int = 2) -> NDArray[np.float32]:
    """A sine at half of full scale, the same in every channel, shape (channels, samples)."""
    wave = 0.5 * np.sin(2 * np.pi * frequency_hz * np.arange(samples) / rate_hz)
    return np.tile(wave, (channels, 1)).astype(np.float32)


def encode_audio(
    samples: NDArray[np.float32], rate_hz: int, *, container: str, codec: str
) -> bytes:
    """A recording of `samples`, shape (channels, samples)."""
    layout = "mono" if len(samples) == 1 else "stereo"
    content = io.BytesIO()
    with av.open(content, "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate_hz)
        assert isinstance(stream, AudioStream)
        stream.layout = layout
        frame = AudioFrame.from_ndarray(samples, format="fltp", layout=layout)
        frame.sample_rate = rate_hz
        context = stream.codec_context
        context.open()
        fitting = AudioResampler(
            format=context.format, layout=layout, rate=rate_hz, frame_size=context.frame_size
        )
        for piece in (*fitting.resample(frame), *fitting.resample(None)):
            output.mux(stream.encode(piece))
        output.mux(stream.encode(None))
    return content.getvalue()


def loudest_hz(samples: NDArray[np.float32], rate_hz: int) -> float:
    """The frequency with most energy."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(spectrum.argmax()) * rate_hz / len(samples)

"""Small real media files, made when they are needed."""

from __future__ import annotations

import wave
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageDraw

from core.media.content import AUDIO_RATE_HZ

Colour = tuple[int, int, int]
SIZE_PX = (160, 128)


def picture(colour: Colour) -> Image.Image:
    """A disc of `colour` on a pale ground."""
    image = Image.new("RGB", SIZE_PX, (240, 240, 225))
    ImageDraw.Draw(image).ellipse((30, 14, 130, 114), fill=colour)
    return image


def write_image(path: Path, colour: Colour) -> Path:
    picture(colour).save(path)
    return path


def write_video(path: Path, colour: Colour, *, duration_s: float = 2.0, fps: int = 8) -> Path:
    """A disc that darkens while it plays."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=fps)
        stream.width, stream.height, stream.pix_fmt = *SIZE_PX, "yuv420p"
        frames = int(duration_s * fps)
        for number in range(frames):
            shade = 1 - 0.5 * number / frames
            red, green, blue = (round(part * shade) for part in colour)
            pixels = np.asarray(picture((red, green, blue)))
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def write_tone(path: Path, pitch_hz: float, *, duration_s: float = 1.0) -> Path:
    times_s = np.arange(int(AUDIO_RATE_HZ * duration_s)) / AUDIO_RATE_HZ
    samples = (np.sin(2 * np.pi * pitch_hz * times_s) * 12_000).astype("<i2")
    with wave.open(str(path), "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(AUDIO_RATE_HZ)
        recording.writeframes(samples.tobytes())
    return path

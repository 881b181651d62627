"""What looking and listening costs before a model is asked.

Frames of a video are held against decoding all of it in the same run; recordings against
their own duration, on real speech where the evaluation data are at hand.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np

from benchmarks.report import Figure, data_folder, median_figure, not_measured, run
from core.media.audio import load_audio
from core.media.video import load_video
from core.settings import load_settings

REPEATS = 5
VIDEO_S, VIDEO_FPS, KEY_FRAME_EVERY = 20, 25, 50
GRAINS = 8
SIZE_PX = (1280, 720)
ASKED_FPS = 0.5
SPEECH = Path("speech", "whisper", "jfk.flac")


def measure() -> list[Figure]:
    """All figures of this benchmark."""
    with tempfile.TemporaryDirectory() as folder:
        return [frames_figure(Path(folder)), speech_figure()]


def frames_figure(folder: Path) -> Figure:
    """Time to sample a video over the time to decode it whole, pair by pair."""
    path, settings = write_video(folder / "video.mp4"), load_settings().media
    sampled: list[float] = []
    whole: list[float] = []
    for _ in range(REPEATS):
        sampled.append(seconds(lambda: load_video(path, settings, fps=ASKED_FPS)))
        whole.append(seconds(lambda: decode_all(path)))
    ratios = [one / other for one, other in zip(sampled, whole, strict=True)]
    name = f"{VIDEO_S} s of 720p at {ASKED_FPS} fps, over decoding all of it"
    peers = {"decoding all of it (s)": sorted(whole)[REPEATS // 2]}
    return median_figure(name, ratios, "ratio", peers=peers)


def speech_figure() -> Figure:
    """Processing time over duration of a recording; below 1 is faster than speech."""
    name = "reading a recording, over its duration"
    data = data_folder()
    if data is None or not (data / SPEECH).is_file():
        return not_measured(name, "ratio", f"no {SPEECH} below SARAI_DATA")
    path, settings = data / SPEECH, load_settings().media
    duration_s = load_audio(path, settings).duration_s
    factors = [seconds(lambda: load_audio(path, settings)) / duration_s for _ in range(REPEATS)]
    return median_figure(name, factors, "ratio")


def seconds(work: Callable[[], object]) -> float:
    started_s = time.perf_counter()
    work()
    return time.perf_counter() - started_s


def decode_all(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))


def write_video(path: Path) -> Path:
    """A picture that wanders under changing grain, so that every frame has to be decoded."""
    width_px, height_px = SIZE_PX
    shape = (height_px, width_px, 3)
    grains = np.random.default_rng(0).integers(0, 48, (GRAINS, *shape), dtype=np.uint8)
    ground = np.linspace(0, 200, width_px, dtype=np.uint8)[None, :, None]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=VIDEO_FPS)
        stream.width, stream.height, stream.pix_fmt = width_px, height_px, "yuv420p"
        stream.codec_context.gop_size = KEY_FRAME_EVERY
        stream.bit_rate = 4_000_000
        for number in range(VIDEO_S * VIDEO_FPS):
            pixels = np.roll(ground, number * 4, axis=1) + grains[number % GRAINS]
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode())
    return path


if __name__ == "__main__":
    run("media", measure)

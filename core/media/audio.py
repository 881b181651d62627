"""From any accepted recording to mono samples at the rate that models hear.

Owns decoding, downmix, resampling and the limit on length; knows nothing of speech.
"""

from __future__ import annotations

import io
import wave
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, BinaryIO

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.container import InputContainer
from numpy.typing import NDArray

from core.errors import MediaError
from core.media.content import AUDIO_RATE_HZ, AudioClip
from core.media.libav import AUDIO_FORMATS, fixed_streams, open_container
from core.media.source import Source, is_data_uri, open_file, read_source
from core.settings.media import MediaSettings

Samples = NDArray[Any]
"""Shape (samples,), (samples, channels) or (channels, samples), at most 8 channels: float
in [-1, 1], int16, int32 or uint8."""

AudioSource = Source | Samples | tuple[Samples, int]
"""Also samples at AUDIO_RATE_HZ, or samples with their own rate in Hz."""

_MOST_CHANNELS = 8
_RATES_HZ = range(1_000, 768_001)
_LOUDEST = 2.0
"""Decoders overshoot full scale by a little; more than this is not in [-1, 1] at all."""

_INTEGERS = {
    np.dtype(np.uint8): (128, 128),
    np.dtype(np.int16): (0, 2**15),
    np.dtype(np.int32): (0, 2**31),
}
"""The value of silence and of full scale in each."""

_FULL_SCALE_WAV = 32_767


def load_audio(
    source: AudioSource, settings: MediaSettings, *, key: str = "audio_input"
) -> AudioClip:
    """Decode WAV, FLAC, MP3, OGG, M4A or WEBM, or take samples, as 16 kHz mono.

    Channels are mixed so that nothing clips. A file is bounded by its length in seconds,
    bytes and data: URIs also by `settings.max_file_mb`. Silence is a recording like any other.

    Raises: MediaError, with `key`, when there is no sound, it is longer than
        `settings.audio_max_s`, damaged, or holds values that are not numbers.
    """
    if isinstance(source, np.ndarray):
        source = (source, AUDIO_RATE_HZ)
    if isinstance(source, tuple):
        return _clip(_from_array(*source, key), settings, key)
    with (
        _open(source, settings, key) as file,
        open_container(file, AUDIO_FORMATS, key=key) as container,
    ):
        return _clip(_decoded(container, key), settings, key)


def encode_wav(clip: AudioClip) -> bytes:
    """The clip as a WAV file: 16-bit PCM, mono, AUDIO_RATE_HZ."""
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(AUDIO_RATE_HZ)
        file.writeframes(np.rint(clip.samples * _FULL_SCALE_WAV).astype("<i2").tobytes())
    return content.getvalue()


def _open(source: Source, settings: MediaSettings, key: str) -> BinaryIO:
    if isinstance(source, bytes | bytearray | memoryview) or is_data_uri(source):
        return io.BytesIO(read_source(source, settings, key=key, kind="audio"))
    return open_file(source, settings, key=key)


def _clip(pieces: Iterable[NDArray[np.float32]], settings: MediaSettings, key: str) -> AudioClip:
    """Join the pieces, stopping as soon as they are too long."""
    kept: list[NDArray[np.float32]] = []
    left = round(settings.audio_max_s * AUDIO_RATE_HZ)
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            raise MediaError(
                f"The recording is longer than {settings.audio_max_s:g} s.",
                key=key,
                hint="Cut it into shorter parts, or raise media.audio_max_s.",
            )
        kept.append(piece)
    samples = np.concatenate(kept) if kept else np.zeros(0, dtype=np.float32)
    if not len(samples):
        raise MediaError("The recording holds no sound.", key=key, hint="Record it again.")
    loudest = float(np.abs(samples).max())
    if not loudest <= _LOUDEST:  # also true of NaN
        raise MediaError(
            "The recording holds values that are not sound between -1 and 1.",
            key=key,
            hint="Give finite samples, scaled to [-1, 1] when they are floats.",
        )
    return AudioClip(np.clip(samples, -1.0, 1.0))


def _decoded(container: InputContainer, key: str) -> Iterator[NDArray[np.float32]]:
    if not container.streams.audio:
        raise MediaError("The file holds no sound.", key=key, hint="Give a recording.")
    packets = fixed_streams(container.demux(container.streams.audio[0]), key=key)
    return _resampled((frame for packet in packets for frame in packet.decode()), key)


def _resampled(frames: Iterable[AudioFrame], key: str) -> Iterator[NDArray[np.float32]]:
    # FFmpeg does not scale a downmix to float down by itself: two equal channels would
    # come out 3 dB too loud.
    resampler = AudioResampler(
        format="fltp", layout="mono", rate=AUDIO_RATE_HZ, options={"rematrix_maxval": "1.0"}
    )
    for frame in chain(frames, (None,)):  # None: what the filter still holds
        try:
            resampled = resampler.resample(frame)
        except ValueError as error:
            raise MediaError(
                "The recording changes its rate or channels on the way.",
                key=key,
                hint="Convert it to WAV.",
            ) from error
        for piece in resampled:
            yield piece.to_ndarray()[0]


def _from_array(samples: Samples, rate_hz: int, key: str) -> Iterator[NDArray[np.float32]]:
    if rate_hz not in _RATES_HZ:
        raise MediaError(
            f"A sampling rate of {rate_hz} Hz cannot be used.",
            key=key,
            hint=f"Give a whole number from {_RATES_HZ.start} to {_RATES_HZ.stop - 1}.",
        )
    mono = _mono(np.asarray(samples), key)
    rate_hz = int(rate_hz)  # 16000.0 is as good as 16000
    if rate_hz == AUDIO_RATE_HZ:
        return iter((mono,))
    # A second at a time, so that a recording that is too long is noticed early.
    seconds = (mono[start : start + rate_hz] for start in range(0, len(mono), rate_hz))
    return _resampled((_frame(second, rate_hz) for second in seconds), key)


def _mono(samples: Samples, key: str) -> NDArray[np.float32]:
    channels = samples.reshape(1, -1) if samples.ndim == 1 else samples
    if channels.ndim == 2 and channels.shape[0] > channels.shape[1]:
        channels = channels.T
    known = np.issubdtype(samples.dtype, np.floating) or samples.dtype in _INTEGERS
    if channels.ndim != 2 or not 1 <= channels.shape[0] <= _MOST_CHANNELS or not known:
        raise MediaError(
            f"An array of {samples.dtype} and shape {samples.shape} is not a recording.",
            key=key,
            hint="Give float, int16, int32 or uint8 samples of shape (samples,) or "
            f"(samples, channels), at most {_MOST_CHANNELS} channels.",
        )
    mixed: NDArray[np.float64] = channels.mean(axis=0, dtype=np.float64)
    zero, full_scale = _INTEGERS.get(samples.dtype, (0, 1))
    return ((mixed - zero) / full_scale).astype(np.float32)


def _frame(samples: NDArray[np.float32], rate_hz: int) -> AudioFrame:
    frame = AudioFrame.from_ndarray(samples.reshape(1, -1), format="fltp", layout="mono")
    frame.sample_rate = rate_hz
    return frame

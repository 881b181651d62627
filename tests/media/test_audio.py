from __future__ import annotations

import base64
import io
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.errors import MediaError
from core.media.audio import AudioSource, encode_wav, load_audio
from core.media.content import AUDIO_RATE_HZ, AudioClip
from core.settings.media import MediaSettings
from tests.media.recordings import encode_audio, grey_video, loudest_hz, tone

CODECS = [
    ("wav", "pcm_s16le", 44_100),
    ("flac", "flac", 44_100),
    ("mp3", "libmp3lame", 44_100),
    ("ogg", "libopus", 48_000),
    ("ipod", "aac", 44_100),
    ("webm", "libopus", 48_000),
]


def wav(samples: NDArray[np.floating[Any]], rate_hz: int = AUDIO_RATE_HZ) -> bytes:
    """16-bit PCM; `samples` of shape (samples, channels)."""
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(np.rint(samples * 32_767).astype("<i2").tobytes())
    return content.getvalue()


@pytest.mark.parametrize(("container", "codec", "rate_hz"), CODECS)
def test_a_tone_keeps_its_pitch_and_its_loudness(
    container: str, codec: str, rate_hz: int, settings: MediaSettings
) -> None:
    content = encode_audio(tone(440, rate_hz, rate_hz), rate_hz, container=container, codec=codec)
    clip = load_audio(content, settings)
    assert clip.samples.dtype == np.float32
    assert clip.samples.ndim == 1
    assert loudest_hz(clip.samples, AUDIO_RATE_HZ) == pytest.approx(440, abs=1)
    # AAC begins with a block of 1024 samples of run-up and is padded to a whole block.
    assert 1.0 <= clip.duration_s < 1.0 + 2048 / rate_hz
    middle = clip.samples[4000:12_000]
    assert np.sqrt((middle**2).mean()) == pytest.approx(0.5 / np.sqrt(2), rel=0.06)


@pytest.mark.parametrize("count", [441, 44_099, 44_100, 44_101, 60_000])
def test_lengths_are_right_to_the_sample(count: int, settings: MediaSettings) -> None:
    samples = tone(440, 44_100, count)
    exact = count * AUDIO_RATE_HZ / 44_100
    from_file = load_audio(wav(samples.T, 44_100), settings)
    from_array = load_audio((samples, 44_100), settings)
    assert len(from_file.samples) == len(from_array.samples) == int(np.ceil(exact))


def test_at_the_right_rate_samples_come_through_unchanged(settings: MediaSettings) -> None:
    samples = tone(440, AUDIO_RATE_HZ, 5000, channels=1)
    assert np.array_equal(load_audio(samples[0], settings).samples, samples[0])
    from_file = load_audio(wav(samples.T), settings).samples
    assert np.abs(from_file - samples[0]).max() < 1 / 32_000


def test_what_is_above_half_the_rate_is_gone_not_folded(settings: MediaSettings) -> None:
    high = load_audio((tone(11_000, 44_100, 44_100), 44_100), settings)
    assert np.abs(high.samples[1000:-1000]).max() < 0.005


def test_every_form_of_a_file(tmp_path: Path, settings: MediaSettings) -> None:
    content = wav(tone(440, AUDIO_RATE_HZ, 1600, channels=1).T)
    path = tmp_path / "recording.mp3"  # the name does not matter
    path.write_bytes(content)
    uri = "data:audio/wav;base64," + base64.b64encode(content).decode()
    forms: list[AudioSource] = [path, str(path), path.as_uri(), content, memoryview(content), uri]
    clips = [load_audio(form, settings).samples for form in forms]
    assert all(np.array_equal(clip, clips[0]) for clip in clips)
    assert len(clips[0]) == 1600


def test_channels_are_averaged(settings: MediaSettings) -> None:
    left, right = np.full(4800, 0.8, np.float32), np.full(4800, -0.2, np.float32)
    stereo = np.stack([left, right])
    for source in (stereo, stereo.T):
        assert np.allclose(load_audio(source, settings).samples, 0.3)
    for rate_hz in (16_000, 48_000):
        samples = load_audio(wav(stereo.T, rate_hz), settings).samples
        assert np.abs(samples[400:-400] - 0.3).max() < 0.001


def test_full_scale_stereo_does_not_clip(settings: MediaSettings) -> None:
    samples = load_audio(wav(tone(440, 44_100, 44_100).T * 2, 44_100), settings).samples
    assert 0.98 < np.abs(samples).max() <= 1.0
    assert (np.abs(samples) == 1.0).sum() < 20


@pytest.mark.parametrize(
    ("dtype", "silence", "half"),
    [
        (np.uint8, 128, 192),
        (np.int16, 0, 2**14),
        (np.int32, 0, 2**30),
        (np.float16, 0, 0.5),
        (np.float64, 0, 0.5),
    ],
)
def test_arrays_of_every_kind(
    dtype: type, silence: float, half: float, settings: MediaSettings
) -> None:
    samples: NDArray[Any] = np.array([silence, half] * 100, dtype=dtype)
    assert np.allclose(load_audio(samples, settings).samples, [0, 0.5] * 100)


def test_silence_is_a_recording(settings: MediaSettings) -> None:
    clip = load_audio(wav(np.zeros((1600, 2))), settings)
    assert clip.duration_s == pytest.approx(0.1)
    assert not clip.samples.any()


@pytest.mark.parametrize(
    "bad",
    [
        np.zeros(0, np.float32),
        np.zeros((0, 2), np.float32),
        np.zeros((2, 0), np.float32),
        np.zeros((0, 0), np.float32),
        np.float32(1),
        np.zeros((2, 2, 2), np.float32),
        np.zeros((9, 100), np.float32),
        np.zeros(100, np.int64),
        np.zeros(100, bool),
        np.zeros(100, complex),
        np.array(["a"] * 100),
        np.full(100, np.nan, np.float32),
        np.array([0, np.inf] * 50, np.float32),
        np.array([0, 20_000] * 50, np.float32),  # int16 in disguise
        (np.full(441, np.nan, np.float32), 44_100),
        (np.zeros(100, np.float32), 0),
        (np.zeros(100, np.float32), -16_000),
        (np.zeros(100, np.float32), 22_050.5),
        (np.zeros(100, np.float32), float("nan")),
        (np.zeros(100, np.float32), 10**9),
        b"",
        b"RIFF",
        b"not a recording at all" * 100,
        wav(np.zeros((0, 1))),
        "no such file.wav",
        "https://127.0.0.1/a.wav",
        "data:image/png;base64,AAAA",
        7,
        None,
    ],
)
def test_what_is_no_recording_is_refused(bad: AudioSource, settings: MediaSettings) -> None:
    with pytest.raises(MediaError) as caught:
        load_audio(bad, settings, key="question")
    assert caught.value.key == "question"
    assert caught.value.hint


def test_values_that_are_no_numbers_in_a_file(settings: MediaSettings) -> None:
    content = encode_audio(
        np.full((1, 1600), np.nan, np.float32), AUDIO_RATE_HZ, container="wav", codec="pcm_f32le"
    )
    with pytest.raises(MediaError, match="not sound"):
        load_audio(content, settings)


def test_too_long_is_an_error_and_not_cut() -> None:
    settings = MediaSettings.model_validate({"audio_max_s": 0.5})
    for rate_hz in (AUDIO_RATE_HZ, 44_100):
        whole = np.zeros((rate_hz // 2, 1), np.float32)
        longer = np.zeros((rate_hz // 2 + 10, 1), np.float32)
        for source in (wav(whole, rate_hz), (whole, rate_hz)):
            assert load_audio(source, settings).duration_s == 0.5
        for source in (wav(longer, rate_hz), (longer, rate_hz)):
            with pytest.raises(MediaError, match="is longer than"):
                load_audio(source, settings)


def test_a_file_may_be_larger_than_a_picture(tmp_path: Path) -> None:
    settings = MediaSettings.model_validate({"max_file_mb": 0.01})
    path = tmp_path / "long.wav"
    path.write_bytes(wav(np.zeros((AUDIO_RATE_HZ, 2))))
    assert load_audio(path, settings).duration_s == 1
    with pytest.raises(MediaError, match="larger than"):
        load_audio(path.read_bytes(), settings)


@pytest.mark.parametrize(("container", "codec", "rate_hz"), CODECS)
@pytest.mark.parametrize("kept", [0.01, 0.4, 0.9])
def test_truncated_files_give_the_part_or_an_error(
    container: str, codec: str, rate_hz: int, kept: float, settings: MediaSettings
) -> None:
    content = encode_audio(tone(440, rate_hz, rate_hz), rate_hz, container=container, codec=codec)
    try:
        clip = load_audio(content[: int(len(content) * kept)], settings)
    except MediaError as error:
        assert error.key == "audio_input"
    else:
        assert clip.duration_s < 1


def test_a_video_without_sound_is_refused(tmp_path: Path, settings: MediaSettings) -> None:
    with pytest.raises(MediaError, match="holds no sound"):
        load_audio(grey_video(tmp_path / "v.mp4", ticks=(0,)), settings)


def test_wav_comes_back_as_it_was(settings: MediaSettings) -> None:
    samples = np.concatenate([tone(440, AUDIO_RATE_HZ, 3000, 1)[0], [-1.0, 1.0]])
    content = encode_wav(AudioClip(samples.astype(np.float32)))
    with wave.open(io.BytesIO(content)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        assert (file.getframerate(), file.getnframes()) == (AUDIO_RATE_HZ, 3002)
    assert np.abs(load_audio(content, settings).samples - samples).max() < 1 / 16_000


def test_real_speech(speech_folder: Path, settings: MediaSettings) -> None:
    recordings = sorted((speech_folder / "fsdd").glob("*.wav"))[:10]
    assert recordings
    for path in recordings:
        with wave.open(str(path)) as file:
            length_s = file.getnframes() / file.getframerate()
        clip = load_audio(path, settings)
        assert clip.duration_s == pytest.approx(length_s, abs=1 / AUDIO_RATE_HZ)
        assert 0.01 < np.abs(clip.samples).max() <= 1

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from core.errors import MediaError
from core.media.content import RgbImage
from core.media.video import VideoRequest, load_video, sample_video
from core.settings.media import MediaSettings
from tests.media.recordings import encode_audio, frame_number, grey_video, tone, turned_video

CONTAINERS = [
    ("v.mp4", "libx264"),
    ("v.mov", "mpeg4"),
    ("v.mkv", "libx264"),
    ("v.webm", "libvpx"),
    ("v.avi", "mpeg4"),
    ("v.ts", "libx264"),
]


def seen(frames: tuple[RgbImage, ...]) -> list[tuple[int, float]]:
    """Number and time in seconds of each frame of a `grey_video`."""
    return [(frame_number(frame.pixels), round(frame.time_s or 0.0, 3)) for frame in frames]


def numbers(frames: tuple[RgbImage, ...]) -> list[int]:
    return [number for number, _ in seen(frames)]


@pytest.mark.parametrize(("name", "codec"), CONTAINERS)
@pytest.mark.parametrize("key_frame_every", [1, 7, 300])
def test_the_frames_on_display_at_the_asked_times(
    name: str, codec: str, key_frame_every: int, tmp_path: Path, settings: MediaSettings
) -> None:
    path = grey_video(tmp_path / name, codec=codec, key_frame_every=key_frame_every)
    everything = [(n, n / 10) for n in range(30)]
    assert seen(load_video(path, settings)) == everything[::5]  # two a second
    assert seen(load_video(path, settings, fps=10)) == everything
    assert seen(load_video(path, settings, fps=100)) == everything
    assert seen(load_video(path, settings, fps=1, start_s=0.75)) == [
        (7, 0.7),
        (17, 1.7),
        (27, 2.7),
    ]
    assert seen(load_video(path, settings, fps=4, start_s=1.5, end_s=2)) == [(15, 1.5), (17, 1.7)]
    assert numbers(load_video(path, settings, fps=10, max_frames=3)) == [0, 10, 20]
    assert numbers(load_video(path, settings, start_s=2.9)) == [29]


def test_at_most_the_configured_number_of_frames(tmp_path: Path) -> None:
    path = grey_video(tmp_path / "v.mp4")
    few = MediaSettings.model_validate({"video_max_frames": 5, "video_fps": 30})
    assert numbers(load_video(path, few)) == [0, 6, 12, 18, 24]
    assert len(load_video(path, few, max_frames=1000)) == 5


def test_variable_frame_rate(tmp_path: Path, settings: MediaSettings) -> None:
    ticks = (0, 1, 2, 50, 51, 90)
    for name in ("v.mp4", "v.mkv"):
        path = grey_video(tmp_path / name, ticks=ticks)
        # Frame 2 stands still from 0.2 s to 5 s, and is shown once.
        assert seen(load_video(path, settings, fps=1)) == [
            (0, 0.0),
            (2, 0.2),
            (3, 5.0),
            (4, 5.1),
            (5, 9.0),
        ]
        assert seen(load_video(path, settings, start_s=3, end_s=4)) == [(2, 0.2)]


def test_time_counts_from_the_first_frame(tmp_path: Path, settings: MediaSettings) -> None:
    for name in ("v.mkv", "v.ts"):
        path = grey_video(tmp_path / name, ticks=range(100, 130))
        assert seen(load_video(path, settings, fps=1)) == [(0, 0.0), (10, 1.0), (20, 2.0)]


def test_a_live_recording_without_duration_or_index(
    tmp_path: Path, settings: MediaSettings
) -> None:
    path = grey_video(tmp_path / "v.webm", codec="libvpx", key_frame_every=5, options={"live": "1"})
    assert seen(load_video(path, settings, fps=1)) == [(0, 0.0), (10, 1.0), (20, 2.0)]
    assert seen(load_video(path, settings, start_s=2.5)) == [(25, 2.5)]


def test_a_fragmented_file(tmp_path: Path, settings: MediaSettings) -> None:
    path = grey_video(
        tmp_path / "v.mp4",
        key_frame_every=5,
        options={"movflags": "frag_keyframe+empty_moov+default_base_moof"},
    )
    assert seen(load_video(path, settings, fps=1)) == [(0, 0.0), (10, 1.0), (20, 2.0)]


def test_one_frame_is_a_video(tmp_path: Path, settings: MediaSettings) -> None:
    assert seen(load_video(grey_video(tmp_path / "v.mkv", ticks=(0,)), settings)) == [(0, 0.0)]


def test_frames_are_sized_by_the_rule_for_frames(tmp_path: Path) -> None:
    path = grey_video(tmp_path / "v.mp4", ticks=(0,))
    for limits, size in [
        ({}, (224, 320)),  # grown to at least 64 tokens: 7 x 10
        ({"image_min_tokens": 4}, (64, 64)),  # 48 is 1.5 tokens, rounded to even
        ({"frame_max_tokens": 16}, (96, 128)),
    ]:
        (frame,) = load_video(path, MediaSettings.model_validate(limits))
        assert (frame.height_px, frame.width_px) == size
        assert frame.pixels.dtype == np.uint8
        assert frame.pixels.flags.c_contiguous


def test_pixels_that_are_not_square_are_made_so(tmp_path: Path, settings: MediaSettings) -> None:
    path = grey_video(tmp_path / "v.mp4", ticks=(0,), pixel_aspect=Fraction(2))
    (frame,) = load_video(path, settings)
    assert (frame.height_px, frame.width_px) == (160, 448)  # of 48 x 128


@pytest.mark.parametrize("hflip", [False, True])
@pytest.mark.parametrize("degrees", [0, 90, 180, -90])
def test_turned_recordings_come_upright(
    degrees: int, hflip: bool, tmp_path: Path, settings: MediaSettings
) -> None:
    stored = np.zeros((256, 320, 3), np.uint8)
    stored[:128, :160] = 255  # a white corner, at the top left
    stored[:128, 160:] = 128  # a grey one beside it
    expected = np.rot90(stored, degrees // 90)
    if hflip:
        expected = expected[:, ::-1]
    (frame,) = load_video(turned_video(tmp_path / "v.mp4", stored, degrees, hflip=hflip), settings)
    assert frame.pixels.shape == expected.shape
    assert np.abs(frame.pixels.astype(int) - expected).mean() < 3


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        ({"fps": 0}, "fps"),
        ({"fps": -1}, "fps"),
        ({"fps": float("nan")}, "fps"),
        ({"fps": float("inf")}, "fps"),
        ({"start_s": -0.1}, "video_start_s"),
        ({"start_s": float("nan")}, "video_start_s"),
        ({"start_s": 3.0}, "video_start_s"),
        ({"start_s": 2.0, "end_s": 2.0}, "video_end_s"),
        ({"start_s": 2.0, "end_s": 1.0}, "video_end_s"),
        ({"end_s": 0.0}, "video_end_s"),
        ({"end_s": float("nan")}, "video_end_s"),
        ({"end_s": 3.1}, "video_end_s"),
    ],
)
def test_a_wrong_range_names_its_key(
    arguments: dict[str, float], key: str, tmp_path: Path, settings: MediaSettings
) -> None:
    path = grey_video(tmp_path / "v.mp4")
    with pytest.raises(MediaError) as caught:
        load_video(path, settings, **arguments)  # type: ignore[arg-type]
    assert caught.value.key == key
    assert caught.value.hint


def test_the_end_may_be_rounded_up_to_a_second(tmp_path: Path, settings: MediaSettings) -> None:
    path = grey_video(tmp_path / "v.mp4", ticks=range(26))
    assert numbers(load_video(path, settings, end_s=3)) == [0, 5, 10, 15, 20, 25]


def test_a_file_that_breaks_off_says_what_is_left(tmp_path: Path, settings: MediaSettings) -> None:
    path = grey_video(tmp_path / "v.mp4", key_frame_every=1, options={"movflags": "faststart"})
    content = path.read_bytes()
    payload = content.index(b"mdat")
    path.write_bytes(content[: payload + (len(content) - payload) // 2])
    with pytest.raises(MediaError, match="breaks off after") as caught:
        load_video(path, settings)
    left_s = float(caught.value.hint.split("video_end_s to ")[1].split()[0])
    with av.open(str(path)) as container:
        whole = [packet for packet in container.demux(video=0) if not packet.is_corrupt]
    assert left_s == (len(whole) - 1) / 10  # the last packet only flushes
    assert 0.2 < left_s < 2
    frames = seen(load_video(path, settings, fps=10, end_s=left_s))
    assert frames
    assert all(number == round(time_s * 10) for number, time_s in frames)
    with pytest.raises(MediaError, match="cannot end at"):
        load_video(path, settings, end_s=left_s + 0.5)


@pytest.mark.parametrize(("name", "codec"), CONTAINERS)
@pytest.mark.parametrize("kept", [0.0, 0.01, 0.1, 0.5, 0.9, 0.99])
def test_truncated_files_give_true_frames_or_an_error(
    name: str, codec: str, kept: float, tmp_path: Path, settings: MediaSettings
) -> None:
    path = grey_video(tmp_path / name, codec=codec)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    try:
        frames = seen(load_video(path, settings, fps=10))
    except MediaError as error:
        assert error.key == "video_path"
        assert error.hint
    else:
        assert frames
        assert all(number == round(time_s * 10) for number, time_s in frames)


def test_damage_in_the_middle_costs_only_the_damaged_frames(
    tmp_path: Path, settings: MediaSettings
) -> None:
    path = grey_video(tmp_path / "v.mkv", key_frame_every=5)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 40] = b"\xff" * 40
    path.write_bytes(content)
    times_s = [frame.time_s or 0.0 for frame in load_video(path, settings, fps=10)]
    assert len(times_s) > 15
    assert all(earlier < later for earlier, later in pairwise(times_s))


def test_nothing_of_the_libraries_reaches_the_terminal(
    tmp_path: Path, settings: MediaSettings, capfd: pytest.CaptureFixture[str]
) -> None:
    path = grey_video(tmp_path / "v.ts")
    content = path.read_bytes()
    capfd.readouterr()  # the encoder is not ours
    for kept in (0.3, 0.6):
        path.write_bytes(content[: int(len(content) * kept)])
        load_video(path, settings)
    path.write_bytes(b"\0" * 5000)
    with pytest.raises(MediaError):
        load_video(path, settings)
    assert capfd.readouterr() == ("", "")


def test_sound_alone_is_no_video(tmp_path: Path, settings: MediaSettings) -> None:
    samples = tone(440, 44_100, 4410)
    for name, container, codec in [("a.m4a", "ipod", "aac"), ("a.mka", "matroska", "flac")]:
        path = tmp_path / name
        path.write_bytes(encode_audio(samples, 44_100, container=container, codec=codec))
        with pytest.raises(MediaError, match="no moving picture") as caught:
            load_video(path, settings)
        assert "audio_input" in caught.value.hint


@pytest.mark.parametrize("content", [b"", b"text\n" * 100, bytes(range(256)) * 40])
def test_other_files_are_refused(content: bytes, tmp_path: Path, settings: MediaSettings) -> None:
    path = tmp_path / "v.mp4"
    path.write_bytes(content)
    with pytest.raises(MediaError) as caught:
        load_video(path, settings, key="clip")
    assert caught.value.key == "clip"


def test_a_picture_is_no_video(tmp_path: Path, settings: MediaSettings) -> None:
    path = tmp_path / "v.png"
    Image.new("RGB", (64, 64)).save(path)
    with pytest.raises(MediaError):
        load_video(path, settings)


def test_a_playlist_cannot_reach_other_files(tmp_path: Path, settings: MediaSettings) -> None:
    target = grey_video(tmp_path / "private.ts")
    for text in (
        f"#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\n{target.as_uri()}\n#EXT-X-ENDLIST\n",
        f"ffconcat version 1.0\nfile {target}\n",
    ):
        playlist = tmp_path / "holiday.mp4"
        playlist.write_text(text)
        with pytest.raises(MediaError):
            load_video(playlist, settings)


def test_only_local_files(tmp_path: Path, settings: MediaSettings) -> None:
    allowed = MediaSettings.model_validate({"allowed_folders": [tmp_path / "inside"]})
    path = grey_video(tmp_path / "v.mp4", ticks=(0,))
    with pytest.raises(MediaError, match="outside the allowed folders"):
        load_video(path, allowed)
    assert load_video(path.as_uri(), settings)
    for source in ("http://127.0.0.1/v.mp4", "data:video/mp4;base64,AAAA", tmp_path, "/dev/zero"):
        with pytest.raises(MediaError) as caught:
            load_video(source, settings)
        assert caught.value.key == "video_path"


def test_frames_of_too_many_pixels_are_refused(tmp_path: Path) -> None:
    path = grey_video(tmp_path / "v.mp4")
    for limit in ({"max_pixels": 3071}, {"max_side_px": 63}):
        with pytest.raises(MediaError):
            load_video(path, MediaSettings.model_validate(limit))
    assert load_video(path, MediaSettings.model_validate({"max_pixels": 3072}))


def request(settings: MediaSettings, **changes: float) -> VideoRequest:
    values = {"fps": 2.0, "start_s": 0.0, "end_s": None, "max_frames": 64, **changes}
    return VideoRequest(**values, settings=settings, key="video_path")  # type: ignore[arg-type]


def test_the_clock_ends_the_work(tmp_path: Path, settings: MediaSettings) -> None:
    path = grey_video(tmp_path / "v.mp4")
    with path.open("rb") as file, pytest.raises(MediaError, match="too long to read"):
        sample_video(file, request(settings, time_limit_s=0.0))


def test_a_frame_far_from_any_key_frame_costs_too_much(
    tmp_path: Path, settings: MediaSettings
) -> None:
    path = grey_video(tmp_path / "v.mkv", key_frame_every=300)
    with path.open("rb") as file, pytest.raises(MediaError, match="too long to read"):
        sample_video(file, request(settings, start_s=2.8, packets_per_frame=20))
    with path.open("rb") as file:
        assert numbers(sample_video(file, request(settings, start_s=0.8, packets_per_frame=20)))


@pytest.mark.parametrize("name", ["v.mp4", "v.mkv", "v.avi"])
def test_key_frames_spare_the_frames_between(
    name: str, tmp_path: Path, settings: MediaSettings
) -> None:
    path = grey_video(tmp_path / name, codec="mpeg4", key_frame_every=1)
    with path.open("rb") as file:
        frames = sample_video(file, request(settings, fps=1.0, packets_per_frame=3))
    assert numbers(frames) == [0, 10, 20]

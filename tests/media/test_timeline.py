from __future__ import annotations

from fractions import Fraction

import pytest

from core.media.timeline import KeyFrame, Timeline, sample


def timeline(*times_ms: int, end_ms: int | None = None, first_ms: int = 500) -> Timeline:
    stamps = tuple(first_ms + time_ms for time_ms in times_ms)
    end_stamp = first_ms + (times_ms[-1] + 100 if end_ms is None else end_ms)
    keys = tuple(KeyFrame(stamp, None) for stamp in stamps[::3])
    return Timeline(stamps, keys, end_stamp, Fraction(1, 1000))


def sampled_ms(
    line: Timeline, start_s: float, end_s: float, fps: float, max_frames: int = 64
) -> list[int]:
    stamps = sample(line, start_s, end_s, fps=fps, max_frames=max_frames)
    return [round(line.time_s(stamp) * 1000) for stamp in stamps]


TENTHS = timeline(*range(0, 3000, 100))


@pytest.mark.parametrize(
    ("start_s", "end_s", "fps", "max_frames", "expected"),
    [
        (0, 3, 2, 64, [0, 500, 1000, 1500, 2000, 2500]),
        (0, 3, 1, 64, [0, 1000, 2000]),
        (1, 2, 4, 64, [1000, 1200, 1500, 1700]),  # what is on display at 1.25 and 1.75
        (0.25, 0.3, 2, 64, [200]),
        (0, 3, 10, 3, [0, 1000, 2000]),  # spread evenly
        (0, 3, 0.1, 64, [0]),
        (2.95, 3, 10, 64, [2900]),
    ],
)
def test_samples_worked_out_by_hand(
    start_s: float, end_s: float, fps: float, max_frames: int, expected: list[int]
) -> None:
    assert sampled_ms(TENTHS, start_s, end_s, fps, max_frames) == expected


def test_no_frame_comes_twice() -> None:
    assert sampled_ms(TENTHS, 0, 3, 1000, 10_000) == list(range(0, 3000, 100))
    assert sampled_ms(timeline(0, 5000, 5100), 0, 5.2, 1) == [0, 5000]


def test_a_stamp_rounded_up_to_the_millisecond_is_not_late() -> None:
    thirds = timeline(0, 333, 667, 1000)  # 2/3 s is rounded up
    assert sampled_ms(thirds, 0, 1.1, 3) == [0, 333, 667, 1000]


def test_duration_counts_from_the_first_frame_to_the_end_of_the_last() -> None:
    assert TENTHS.duration_s == pytest.approx(3.0)
    assert timeline(0, end_ms=0).duration_s == 0


def test_keys_and_distances() -> None:
    assert [key.stamp for key in TENTHS.keys_up_to(500 + 650)] == [500, 800, 1100]
    assert TENTHS.keys_up_to(499) == ()
    assert TENTHS.frames_between(500, 1000) == 5
    assert TENTHS.frames_between(1000, 500) == -5

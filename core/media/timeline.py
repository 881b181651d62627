"""Which frames of a video to look at.

Owns the video's time stamps and the choice among them; knows nothing of files or pixels.
Stamps are counted in the stream's time base; seconds are counted from its first frame.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction

_ROUNDING_S = Fraction(1, 2000)
"""Matroska rounds stamps to the millisecond, so a frame may seem this much late."""


@dataclass(frozen=True, slots=True)
class KeyFrame:
    """Where decoding can start: when it is shown, and when it is decoded if that is known."""

    stamp: int
    decode_stamp: int | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """Every frame of one video, in the order they are shown.

    `stamps` and `keys` are sorted and `stamps` is not empty; `end_stamp` is when the last
    frame disappears. `announced_s` is the duration that the file's header claims.
    """

    stamps: tuple[int, ...]
    keys: tuple[KeyFrame, ...]
    end_stamp: int
    time_base: Fraction
    announced_s: float | None = None

    @property
    def duration_s(self) -> float:
        return self.time_s(self.end_stamp)

    def time_s(self, stamp: int) -> float:
        """Seconds from the first frame, whatever number the file starts counting at."""
        return float((stamp - self.stamps[0]) * self.time_base)

    def on_display(self, time_s: float) -> int:
        """The stamp of the frame that a player shows at `time_s`."""
        ticks = (Fraction(time_s) + _ROUNDING_S) / self.time_base
        position = bisect_right(self.stamps, self.stamps[0] + math.floor(ticks))
        return self.stamps[max(0, position - 1)]

    def keys_up_to(self, stamp: int) -> tuple[KeyFrame, ...]:
        """The key frames shown no later than `stamp`."""
        return self.keys[: bisect_right(self.keys, stamp, key=lambda key: key.stamp)]

    def frames_between(self, first: int, last: int) -> int:
        """How many frames are shown after `first`, up to and with `last`."""
        return bisect_right(self.stamps, last) - bisect_right(self.stamps, first)


def sample(
    timeline: Timeline, start_s: float, end_s: float, *, fps: float, max_frames: int
) -> tuple[int, ...]:
    """The stamps to look at: `fps` times a second from `start_s`, before `end_s`.

    Where that would be more than `max_frames`, so many are spread evenly over the range.
    A frame that stays on display for longer is taken once.
    """
    length_s = end_s - start_s
    count = min(max_frames, max(1, math.ceil(length_s * fps - 1e-6)))
    step_s = max(1 / fps, length_s / max_frames)
    shown = (timeline.on_display(start_s + index * step_s) for index in range(count))
    return tuple(dict.fromkeys(shown))

"""What the seed says of its strategies. Nobody measured it; it is printed beside ours as claimed.

Source: document 000, "Developer Agent", expected results of seven ESP32 cases.
"""

from __future__ import annotations

from typing import NamedTuple


class Claim(NamedTuple):
    """Per case: seconds, GB; and the share that was mended, in per cent."""

    avg_time_s: float
    avg_ram_gb: float
    success_rate: float


CLAIMED = {
    "balanced": Claim(43, 3.9, 95),
    "quality": Claim(61, 7.0, 98),
    "fast": Claim(18, 1.6, 85),
    "single": Claim(83, 8.5, 100),
}

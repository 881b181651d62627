"""Memory of both kinds that a model takes: the machine's, and its GPUs'.

Owns the sums and comparisons; knows nothing of who holds what.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["system", "device"]
KINDS: tuple[Kind, ...] = ("system", "device")


@dataclass(frozen=True, slots=True)
class Amount:
    """MiB of the machine's memory and of all its GPUs' together."""

    system_mb: int = 0
    device_mb: int = 0

    @property
    def whole_mb(self) -> int:
        """Both together, which is what a load has to fill."""
        return self.system_mb + self.device_mb

    def of(self, kind: Kind) -> int:
        return self.system_mb if kind == "system" else self.device_mb

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.system_mb + other.system_mb, self.device_mb + other.device_mb)

    def __sub__(self, other: Amount) -> Amount:
        return Amount(self.system_mb - other.system_mb, self.device_mb - other.device_mb)

    def __bool__(self) -> bool:
        return bool(self.system_mb or self.device_mb)

    def beyond(self, room: Amount) -> Amount:
        """What of this need finds no place in `room`. Of what is not needed nothing is lacking,
        however little room there is of it."""
        return Amount(
            _beyond(self.system_mb, room.system_mb), _beyond(self.device_mb, room.device_mb)
        )

    def __str__(self) -> str:
        gpu = f" + {self.device_mb} MiB of GPU memory" if self.device_mb else ""
        return f"{self.system_mb} MiB{gpu}"


NOTHING = Amount()


def total(amounts: Iterable[Amount]) -> Amount:
    """The sum of `amounts`."""
    system_mb = device_mb = 0
    for amount in amounts:
        system_mb += amount.system_mb
        device_mb += amount.device_mb
    return Amount(system_mb, device_mb)


def _beyond(need_mb: int, room_mb: int) -> int:
    return max(0, need_mb - room_mb) if need_mb else 0

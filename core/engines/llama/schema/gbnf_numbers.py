"""Numbers between bounds, as GBNF.

Owns the digits; knows nothing of schemas. Bounds are whole numbers; what lies between them
may have a fraction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

MAX_DIGITS = 15
"""Digits before the point: all that a double keeps exactly."""
FRACTION = '("." [0-9]{1,6})?'
ZERO_FRACTION = '("." "0"{1,6})?'
SOME_FRACTION = '"." [0-9]{0,5} [1-9]'
INTEGER = f'"-"? ("0" | [1-9] [0-9]{{0,{MAX_DIGITS - 1}}})'
NUMBER = f'{INTEGER} ("." [0-9]{{1,15}})? ([eE] [-+]? [0-9]{{1,2}})?'
_LARGEST = 10**MAX_DIGITS - 1


@dataclass(frozen=True, slots=True)
class Bounds:
    """From `low` to `high`, None for no bound; an open end is not in the range itself."""

    low: int | None = None
    high: int | None = None
    low_open: bool = False
    high_open: bool = False


def integer_between(bounds: Bounds) -> str | None:
    """A rule for the whole numbers in `bounds`; None when there are none."""
    low = None if bounds.low is None else bounds.low + bounds.low_open
    high = None if bounds.high is None else bounds.high - bounds.high_open
    return _signed(Bounds(low, high), whole=True)


def number_between(bounds: Bounds) -> str | None:
    """A rule for the numbers in `bounds`; None when there are none."""
    return _signed(bounds, whole=False)


def _signed(bounds: Bounds, *, whole: bool) -> str | None:
    negated = Bounds(
        low=None if bounds.high is None else -bounds.high,
        high=None if bounds.low is None else -bounds.low,
        low_open=bounds.high_open,
        high_open=bounds.low_open,
    )
    positive = list(_magnitudes(bounds, whole=whole))
    negative = list(_magnitudes(negated, whole=whole))
    if negative:
        positive.append(f'"-" ({" | ".join(negative)})')
    return " | ".join(positive) or None


def _magnitudes(bounds: Bounds, *, whole: bool) -> Iterator[str]:
    """Alternatives for what of `bounds` is not negative, without a sign."""
    if bounds.low is None or bounds.low < 0:
        bounds = replace(bounds, low=0, low_open=False)
    low, high = bounds.low or 0, _LARGEST if bounds.high is None else min(bounds.high, _LARGEST)
    if low > high:
        return
    if whole:
        yield from _unsigned(low, high)
        return
    if low == high:
        if not (bounds.low_open or bounds.high_open):
            yield f'"{low}" {ZERO_FRACTION}'
        return
    if bounds.low_open:
        yield f'"{low}" {SOME_FRACTION}'
        low += 1
    if low < high:
        yield f"({' | '.join(_unsigned(low, high - 1))}) {FRACTION}"
    if not bounds.high_open:
        yield f'"{high}" {ZERO_FRACTION}'


def _unsigned(low: int, high: int) -> Iterator[str]:
    """Alternatives for the whole numbers from `low` to `high`, one for each length."""
    for digits in range(len(str(low)), len(str(high)) + 1):
        first = max(low, 10 ** (digits - 1) if digits > 1 else 0)
        yield _same_length(str(first), str(min(high, 10**digits - 1)))


def _same_length(low: str, high: str) -> str:
    """The numbers from `low` to `high`, written with as many digits as these."""
    if low == high:
        return f'"{low}"'
    rest = len(low) - 1
    if rest == 0:
        return f"[{low}-{high}]"
    if low[0] == high[0]:
        return f'"{low[0]}" ({_same_length(low[1:], high[1:])})'
    first, last = int(low[0]), int(high[0])
    parts = []
    if low[1:] != "0" * rest:
        parts.append(f'"{first}" ({_same_length(low[1:], "9" * rest)})')
        first += 1
    if high[1:] != "9" * rest:
        parts.append(f'"{last}" ({_same_length("0" * rest, high[1:])})')
        last -= 1
    if first <= last:
        parts.append(f"[{first}-{last}] [0-9]{{{rest}}}")
    return " | ".join(parts)

"""When a model that keeps crashing may be tried again.

Owns the counts of crashes; knows nothing of loads. After a first crash the next try comes at
once, then after pauses that double; after FAILURES in a row the model rests for REST_S, and
then each crash makes it rest again, until SUCCESSES uses in a row went well.
"""

from __future__ import annotations

from dataclasses import dataclass

FAILURES = 5
REST_S = 60.0
SUCCESSES = 2
FIRST_PAUSE_S = 0.5


@dataclass(slots=True)
class _Record:
    failures: int = 0
    successes: int = 0
    retry_at_s: float = 0.0


class Breakers:
    """One circuit breaker for each model. Models that never crashed have no record."""

    def __init__(self) -> None:
        self._records: dict[str, _Record] = {}

    def failed(self, name: str, now_s: float) -> None:
        """It crashed, while loading or in use."""
        record = self._records.setdefault(name, _Record())
        record.failures += 1
        record.successes = 0
        record.retry_at_s = now_s + _pause_s(record.failures)

    def succeeded(self, name: str) -> None:
        """It was used and lived."""
        record = self._records.get(name)
        if record is None:
            return
        record.successes += 1
        if record.successes >= SUCCESSES:
            del self._records[name]

    def retry_at_s(self, name: str) -> float:
        """Before this time it is not loaded; 0 for a model without a record."""
        record = self._records.get(name)
        return record.retry_at_s if record else 0.0

    def rests(self, name: str, now_s: float) -> bool:
        """Whether it failed so often that nobody should wait for it now."""
        record = self._records.get(name)
        return record is not None and record.failures >= FAILURES and now_s < record.retry_at_s

    def failures(self, name: str) -> int:
        """Crashes since it last did well."""
        record = self._records.get(name)
        return record.failures if record else 0


def _pause_s(failures: int) -> float:
    if failures >= FAILURES:
        return REST_S
    return 0.0 if failures == 1 else FIRST_PAUSE_S * 2.0 ** (failures - 2)

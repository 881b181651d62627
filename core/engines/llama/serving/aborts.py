"""Which requests were called off.

Owns the numbers of the requests that are open, and when the native flag goes up; knows
nothing of what is asked. Told by the thread that reads the pipe, asked by the one that
computes.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from core.engines.llama.native.abort_flag import AbortFlag


class Aborts:
    """Requests share evaluations, so an evaluation is only stopped when nobody wants it.

    `flag` is the one that native code looks at: it is up while all those whose work is being
    evaluated have been called off.
    """

    def __init__(self) -> None:
        self.flag = AbortFlag()
        self._lock = threading.Lock()
        self._open: set[int] = set()
        self._aborted: set[int] = set()
        self._evaluated: frozenset[int] = frozenset()
        self._stopped = False

    def open(self, number: int) -> None:
        """From now on `abort` knows this request."""
        with self._lock:
            self._open.add(number)

    def close(self, number: int) -> None:
        """The request has ended; a late abort changes nothing."""
        with self._lock:
            self._open.discard(number)
            self._aborted.discard(number)

    def abort(self, number: int) -> None:
        """Call an open request off; any other is left alone."""
        with self._lock:
            if number in self._open:
                self._aborted.add(number)
                self._set_flag()

    def stop(self) -> None:
        """From now on no evaluation goes on, whoever wants it."""
        with self._lock:
            self._stopped = True
            self._set_flag()

    def aborted(self) -> frozenset[int]:
        """The open requests that were called off."""
        with self._lock:
            return frozenset(self._aborted)

    @contextmanager
    def evaluating(self, numbers: Collection[int]) -> Iterator[None]:
        """While inside, the flag stands for the requests `numbers`."""
        with self._lock:
            self._evaluated = frozenset(numbers)
            self._set_flag()
        try:
            yield
        finally:
            with self._lock:
                self._evaluated = frozenset()
                self._set_flag()

    def _set_flag(self) -> None:
        unwanted = self._evaluated and self._evaluated <= self._aborted
        (self.flag.up if unwanted or self._stopped else self.flag.down)()

"""Several files at once, until each is here or has told why not.

Owns the threads; knows nothing of how one file is fetched. A full disk ends all of them,
anything else only the file that it struck.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from core.cancellation import Cancellation
from core.errors import Cancelled, SARAiError, StorageError
from core.pulling.plan import PlannedFile
from core.pulling.progress import FileProgress, PullProgress
from core.pulling.transfer import Fetcher, Transfer

SHOWN_EVERY_S = 0.1
MOST_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Outcome:
    """One file of a pull; `problem` is None when it is here now."""

    file: PlannedFile
    problem: SARAiError | None


def progress_of(files: Sequence[PlannedFile]) -> PullProgress:
    """The progress of what is missing of `files`, before it begins."""
    return PullProgress(
        [
            FileProgress(file.wanted.name, file.size_bytes, file.kept_bytes)
            for file in files
            if file.remote is not None
        ]
    )


def pull(
    files: Sequence[PlannedFile],
    fetcher: Fetcher,
    progress: PullProgress,
    cancel: Cancellation,
    *,
    at_once: int = 4,
    show: Callable[[], None] = lambda: None,
) -> tuple[Outcome, ...]:
    """Fetch what is missing of `files`, `at_once` at a time; `show` is called now and then.

    What stops this thread (Ctrl-C) stops them all; what they have stays for the next pull.
    """
    with ThreadPoolExecutor(max(1, min(at_once, MOST_AT_ONCE)), "pull") as threads:
        try:
            started = [
                threads.submit(_fetch, file, fetcher, transfer, cancel)
                for file, transfer in _transfers(files, progress)
            ]
            _until_done(started, show)
        except BaseException:
            cancel.cancel()
            raise
    got = iter(started)
    return tuple(
        Outcome(file, file.problem) if file.remote is None else next(got).result() for file in files
    )


def _transfers(
    files: Sequence[PlannedFile], progress: PullProgress
) -> Iterator[tuple[PlannedFile, Transfer]]:
    each = iter(progress.files)
    for file in files:
        if file.remote is not None:
            yield file, Transfer(file.remote, file.place, next(each))


def _until_done(started: Sequence[Future[Outcome]], show: Callable[[], None]) -> None:
    left: set[Future[Outcome]] = set(started)
    while left:
        _, left = wait(left, SHOWN_EVERY_S)
        show()


def _fetch(
    file: PlannedFile, fetcher: Fetcher, transfer: Transfer, cancel: Cancellation
) -> Outcome:
    progress = transfer.progress
    try:
        cancel.raise_if_cancelled()
        fetcher.fetch(transfer)
    except SARAiError as problem:
        progress.state, progress.trouble = "failed", problem.message
        if isinstance(problem, StorageError):
            cancel.cancel()
        return Outcome(file, problem)
    progress.state = "done"
    return Outcome(file, None)


def is_stopped(outcome: Outcome) -> bool:
    """Whether the file only had to stop because of another."""
    return isinstance(outcome.problem, Cancelled)

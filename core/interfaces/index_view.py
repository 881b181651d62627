"""An indexing run while it goes on: a bar on a terminal, a line now and then elsewhere.

Owns what is shown and how often; knows nothing of how documents are read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from core.interfaces.presenter import Presenter
from core.retrieval.indexing import IndexReport

LINE_EVERY_S = 10.0


class TerminalView:
    """One bar for the files, then one for the passages; with the time that is left."""

    def __init__(self, console: Console) -> None:
        self.shown = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TextColumn("{task.fields[about]}", markup=False),
            TimeRemainingColumn(),
            console=console,
            expand=True,
            transient=True,
        )
        self._files = self.shown.add_task("files", total=None, about="")
        self._passages = self.shown.add_task("passages", total=None, about="", visible=False)

    def files(self, done: int, total: int, chunks: int) -> None:
        about = f"{chunks} new passages"
        self.shown.update(self._files, completed=done, total=total, about=about)

    def passages(self, done: int, total: int) -> None:
        if total:
            self.shown.update(self._passages, completed=done, total=total, visible=True)

    def advance(self, count: int) -> None:
        self.shown.update(self._passages, advance=count)


class LineView:
    """For pipes and logs: how far it is, every LINE_EVERY_S."""

    def __init__(
        self, write: Callable[[str], None], now_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._write = write
        self._now_s = now_s
        self._told_s = self._began_s = now_s()
        self._done = self._total = 0

    def files(self, done: int, total: int, chunks: int) -> None:
        self._tell(f"{done} of {total} files · {chunks} new passages", done, total)

    def passages(self, done: int, total: int) -> None:
        self._began_s, self._done, self._total = self._now_s(), done, total

    def advance(self, count: int) -> None:
        self._done += count
        self._tell(f"{self._done} of {self._total} passages stored", self._done, self._total)

    def _tell(self, line: str, done: int, total: int) -> None:
        now_s = self._now_s()
        if now_s - self._told_s >= LINE_EVERY_S:
            self._told_s = now_s
            left_s = (now_s - self._began_s) / max(1, done) * (total - done)
            self._write(f"{line} · {left_s / 60:.0f} min left")


def changes(report: IndexReport) -> str:
    """What came of a run, in one line."""
    return (
        f"{report.added} files added, {report.changed} changed, {report.unchanged} unchanged, "
        f"{report.removed} removed; {report.chunks} new passages."
    )


@contextmanager
def index_view(presenter: Presenter) -> Iterator[TerminalView | LineView]:
    """The view that fits, shown inside the block."""
    if presenter.notes.is_terminal:
        view = TerminalView(presenter.notes)
        with view.shown:
            yield view
    else:
        yield LineView(presenter.note)

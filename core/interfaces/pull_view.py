"""A pull while it runs: bars on a terminal, a line now and then elsewhere.

Owns what is shown, how often, and speed and time left; knows nothing of how files come.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Column

from core.interfaces.presenter import Presenter
from core.pulling.progress import FileProgress, PullProgress
from core.text.sizes import gigabytes

LINE_EVERY_S = 10.0
NAME_CELLS = 26
STATE_WORDS = {"downloading": "", "retrying": "again", "done": "here"}


def bars(console: Console) -> Progress:
    """Empty bars with bytes, speed and time left; `state` of a task is said behind them."""
    name = Column(max_width=NAME_CELLS, overflow="ellipsis", no_wrap=True)
    whole = Column(no_wrap=True)
    return Progress(
        TextColumn("{task.description}", markup=False, table_column=name),
        BarColumn(bar_width=None),
        DownloadColumn(table_column=whole),
        TransferSpeedColumn(table_column=whole),
        TimeRemainingColumn(table_column=whole),
        TextColumn("{task.fields[state]}", markup=False, table_column=whole),
        console=console,
        expand=True,
    )


class TerminalView:
    """A bar for each file, and one for all together."""

    def __init__(self, progress: PullProgress, presenter: Presenter) -> None:
        self._progress = progress
        self._presenter = presenter
        self._troubles = dict.fromkeys(progress.files, "")
        self.shown = bars(presenter.notes)
        self._tasks = [(file, self._add(file)) for file in progress.files]
        self._all = self.shown.add_task(
            "all", total=progress.total_bytes, completed=progress.done_bytes, state=""
        )

    def show(self) -> None:
        """Bring the bars up to date; what went wrong is said above them, once."""
        for file, task in self._tasks:
            state = STATE_WORDS.get(file.state, file.state)
            self.shown.update(task, completed=file.done_bytes, state=state)
            trouble = file.trouble if file.state == "retrying" else ""
            if trouble and trouble != self._troubles[file]:
                self._presenter.note(f"{file.name}: {trouble}; it is asked again.")
            self._troubles[file] = trouble
        self.shown.update(self._all, completed=self._progress.done_bytes)

    def _add(self, file: FileProgress) -> TaskID:
        # What is here already is where the bar begins, and counts for no speed.
        return self.shown.add_task(
            file.name, total=file.total_bytes, completed=file.done_bytes, state="waiting"
        )


class LineView:
    """For pipes and logs: each file once it is whole, and all together every LINE_EVERY_S."""

    def __init__(
        self,
        progress: PullProgress,
        write: Callable[[str], None],
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._progress = progress
        self._write = write
        self._now_s = now_s
        self._told: set[FileProgress] = set()
        self._told_s, self._told_bytes = now_s(), 0

    def show(self) -> None:
        """Write what is new."""
        for file in self._progress.files:
            if file.state == "done" and file not in self._told:
                self._told.add(file)
                self._write(f"{file.name} is here: {gigabytes(file.total_bytes)}")
        passed_s = self._now_s() - self._told_s
        if passed_s >= LINE_EVERY_S:
            self._write(self._summary(passed_s))

    def _summary(self, passed_s: float) -> str:
        received = self._progress.received_bytes
        per_s = (received - self._told_bytes) / passed_s
        self._told_s, self._told_bytes = self._now_s(), received
        done, total = self._progress.done_bytes, self._progress.total_bytes
        left = f"{(total - done) / per_s / 60:.0f} min left" if per_s else "nothing comes"
        return f"{gigabytes(done)} of {gigabytes(total)} · {gigabytes(int(per_s))}/s · {left}"


def pull_view(
    progress: PullProgress, presenter: Presenter
) -> tuple[Callable[[], None], AbstractContextManager[object]]:
    """How to show `progress`, and the block inside which it is shown."""
    if presenter.notes.is_terminal:
        view = TerminalView(progress, presenter)
        return view.show, view.shown
    return LineView(progress, presenter.note).show, nullcontext()

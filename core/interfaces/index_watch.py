"""`sarai index --watch`: a line for each update, until Ctrl-C or SIGTERM.

Owns its lines and its end; knows nothing of how changes are noticed.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress

from core.errors import Cancelled
from core.interfaces.answering import interrupt_cancels
from core.interfaces.index_view import changes, index_view
from core.interfaces.presenter import Presenter
from core.retrieval.index import DocumentIndex
from core.retrieval.watching import Look


def follow_documents(index: DocumentIndex, paths: Sequence[str], presenter: Presenter) -> None:
    """Bring `paths` up to date, or all that were given before, and keep them so.

    Raises: InvalidInput, when one is not there; StorageError, while they are brought up to date.
    """
    with interrupt_cancels(signal.SIGTERM) as stop, suppress(Cancelled):
        with index_view(presenter) as view:
            report = index.index(paths, progress=view, cancel=stop)
        if report.note:
            presenter.note(report.note)
        presenter.line(_now(changes(report)))
        for line in _problems(Look(report, tuple(report.problems))):
            presenter.line(line)
        presenter.note("Watching; Ctrl-C ends it.")
        for look in index.watch(paths, report.problems).looks(stop):
            for line in _lines(look):
                presenter.line(line)
    presenter.note("Ended; what was indexed is kept.")


def _lines(look: Look) -> Iterator[str]:
    if look.updated:
        yield _now(changes(look.report))
    yield from _problems(look)


def _problems(look: Look) -> Iterator[str]:
    for problem in look.begun:
        yield _now(f"not read: {problem.path}: {problem.reason}")
    for path in look.ended:
        yield _now(f"no longer a problem: {path}")


def _now(line: str) -> str:
    return f"{time.strftime('%H:%M:%S')} {line}"

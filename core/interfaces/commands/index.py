"""`sarai index`: the user's documents, brought in, looked at, forgotten."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict

from core.errors import InvalidInput
from core.interfaces.exit_codes import EXIT_OK
from core.interfaces.index_view import changes, index_view
from core.interfaces.index_watch import follow_documents
from core.interfaces.presenter import Presenter, terminal_presenter
from core.interfaces.program_log import program_log
from core.model_pool import ModelPool
from core.profiles import with_what_is_here
from core.retrieval.index import DocumentIndex
from core.retrieval.indexing import IndexReport
from core.retrieval.stores.open import open_store
from core.retrieval.stores.protocol import VectorStore
from core.retrieval.upkeep import IndexStatus
from core.settings import load_settings
from core.settings.addresses import server_address
from core.settings.retrieval import RetrievalSettings
from core.storage.folder import open_data_folder


def run(arguments: argparse.Namespace) -> int:
    """One of the words, or paths; without any, everything is brought up to date."""
    presenter, folder = terminal_presenter(), open_data_folder()
    with (
        program_log(folder),
        closing(ModelPool(with_what_is_here(load_settings(), folder), folder)) as pool,
        DocumentIndex(pool, store=_target(arguments, pool)) as index,
    ):
        match arguments.words:
            case words if arguments.watch:
                _index(index, words, presenter, watch=True)
            case ["status"]:
                _status(index.status(), presenter, as_json=arguments.json)
            case ["rm", *paths]:
                _forget(index, paths, presenter)
            case ["migrate"]:
                with index_view(presenter) as view:
                    report = index.store_all(progress=view)
                _tell(report, index.status(), presenter)
                presenter.line(f"Now set retrieval.qdrant_url: {arguments.to}")
            case ["rebuild"]:
                with index_view(presenter) as view:
                    report = index.rebuild(progress=view)
                _tell(report, index.status(), presenter)
            case paths:
                _index(index, paths, presenter, watch=False)
    return EXIT_OK


def _target(arguments: argparse.Namespace, pool: ModelPool) -> VectorStore | None:
    """The server of `migrate --to`; None is the configured store."""
    retrieval = _with_target(arguments, pool.settings.retrieval)
    return None if retrieval is None else open_store(retrieval, pool.folder)


def _with_target(
    arguments: argparse.Namespace, retrieval: RetrievalSettings
) -> RetrievalSettings | None:
    if (arguments.to is not None) != (arguments.words == ["migrate"]):
        raise InvalidInput("Where to?", key="to", hint="Use: sarai index migrate --to URL")
    if arguments.to is None:
        return None
    try:
        arguments.to = server_address(arguments.to)
    except ValueError as error:
        raise InvalidInput(f"--to: {error}.", key="to") from error
    return retrieval.model_copy(update={"qdrant_url": arguments.to})


def _index(
    index: DocumentIndex, paths: Sequence[str], presenter: Presenter, *, watch: bool
) -> None:
    if not paths and index.empty():
        raise InvalidInput("Nothing is indexed yet.", key="paths", hint="Use: sarai index PATH")
    if watch:
        follow_documents(index, paths, presenter)
        return
    with index_view(presenter) as view:
        report = index.index(paths, progress=view)
    presenter.line(changes(report))
    _tell(report, index.status(), presenter)


def _tell(report: IndexReport, status: IndexStatus, presenter: Presenter) -> None:
    """What could not be read, file by file, and what is missing for a search by meaning."""
    for skipped in report.skipped:
        presenter.note(f"left out: {skipped.path}: {skipped.reason}")
    for problem in report.problems:
        presenter.line(f"not read: {problem.path}: {problem.reason}")
    if report.note:
        presenter.note(report.note)
    presenter.line(_sum(status))


def _status(status: IndexStatus, presenter: Presenter, *, as_json: bool) -> None:
    if as_json:
        presenter.line(json.dumps(asdict(status)))
        return
    for root in status.roots:
        presenter.line(root)
    presenter.line(_sum(status))
    presenter.note(f"Vectors: {status.meaning}")


def _sum(status: IndexStatus) -> str:
    counts = status.counts
    embedded = counts.chunks - counts.without_meaning
    return (
        f"{counts.files} files ({counts.unreadable} not readable), {counts.chunks} passages: "
        f"{counts.chunks - counts.without_words} found by words, {embedded} by meaning."
    )


def _forget(index: DocumentIndex, paths: Sequence[str], presenter: Presenter) -> None:
    if not paths:
        raise InvalidInput("Which? Nothing was forgotten.", key="paths", hint="sarai index rm PATH")
    count = index.remove(paths)
    presenter.line(f"{count} files forgotten." if count else "None of this was indexed.")

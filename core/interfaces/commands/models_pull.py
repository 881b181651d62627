"""`sarai models pull`: real models, downloaded so that they are used at once."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from core.cancellation import Cancellation
from core.errors import InvalidInput, SARAiError
from core.interfaces.consent import consents
from core.interfaces.exit_codes import EXIT_FAILED, EXIT_OK
from core.interfaces.ollama_pull import pull_by_ollama
from core.interfaces.presenter import Presenter, terminal_presenter
from core.interfaces.program_log import program_log
from core.interfaces.pull_table import licence_lines, pull_table, totals
from core.interfaces.pull_view import pull_view
from core.pulling.hub import Hub
from core.pulling.licences import accept, not_yet_accepted
from core.pulling.offline_folder import OfflineFolder
from core.pulling.patience import Patience
from core.pulling.plan import PlannedFile, disk_problem, memory_problem, plan_files
from core.pulling.pull import MOST_AT_ONCE, Outcome, is_stopped, progress_of, pull
from core.pulling.sources import Source
from core.pulling.transfer import Fetcher
from core.pulling.wanted import WantedModel, choose
from core.settings import Settings, load_settings
from core.storage.database import Database
from core.storage.folder import DataFolder, open_data_folder

KEPT = "Stopped. What came so far is kept, and the same command goes on with it."


def run(arguments: argparse.Namespace) -> int:
    """Checks all that can be checked before the first byte is fetched."""
    settings, folder, presenter = load_settings(), open_data_folder(), terminal_presenter()
    if not 1 <= arguments.at_once <= MOST_AT_ONCE:
        raise InvalidInput(f"--at-once takes 1 to {MOST_AT_ONCE}.", key="--at-once")
    with program_log(folder):
        if arguments.ollama:
            return pull_by_ollama(arguments, settings, presenter)
        return _Pull(arguments, settings, folder, presenter).run()


class _Pull:
    """One call of the command, step by step."""

    def __init__(
        self,
        arguments: argparse.Namespace,
        settings: Settings,
        folder: DataFolder,
        presenter: Presenter,
    ) -> None:
        self._arguments = arguments
        self._settings = settings
        self._folder = folder
        self._presenter = presenter
        self._models_folder = settings.paths.models or folder.models
        self._cancel = Cancellation()
        self._patience = Patience()

    def run(self) -> int:
        models = choose(self._arguments.targets, self._settings)
        source: Source = (
            OfflineFolder(Path(self._arguments.folder)) if self._arguments.folder else Hub()
        )
        files = self._planned(models, source)
        self._presenter.render(pull_table(files))
        for line in totals(files, models, source.name):
            self._presenter.note(line)
        problems = self._problems(models, files)
        if self._arguments.dry_run:
            for problem in problems:
                self._presenter.error(problem)
            wrong = problems or any(file.problem for file in files)
            return EXIT_FAILED if wrong else EXIT_OK
        for problem in problems:
            raise problem
        return self._fetched(self._accepted(models, files), source)

    def _planned(self, models: Sequence[WantedModel], source: Source) -> tuple[PlannedFile, ...]:
        with self._presenter.waiting() as waiting:
            waiting.at(f"asking {source.name}")
            return tuple(
                plan_files(
                    models,
                    source,
                    self._models_folder,
                    patience=self._patience,
                    cancel=self._cancel,
                )
            )

    def _problems(
        self, models: Sequence[WantedModel], files: Sequence[PlannedFile]
    ) -> list[SARAiError]:
        """What speaks against beginning at all."""
        to_get = [model for model in models if model.name in _missing(files)]
        found: list[SARAiError | None] = [disk_problem(files, self._models_folder)]
        if not self._arguments.anyway:
            found.append(memory_problem(to_get, self._settings.runtime))
        return [problem for problem in found if problem is not None]

    def _accepted(
        self, models: Sequence[WantedModel], files: Sequence[PlannedFile]
    ) -> tuple[PlannedFile, ...]:
        """`files` without those whose licence the user does not accept."""
        remembered = self._folder.accepted_licences
        to_get = [model for model in models if model.name in _missing(files)]
        open_ones = not_yet_accepted(to_get, remembered)
        for line in licence_lines(open_ones):
            self._presenter.line(line)
        if open_ones and not self._accepts():
            refused = {model.name for model in open_ones}
            self._presenter.note(f"Left out: {', '.join(refused)}.")
            return tuple(file for file in files if file.wanted.model not in refused)
        accept(open_ones, remembered)
        return tuple(files)

    def _accepts(self) -> bool:
        return bool(self._arguments.accept_licence) or consents(
            "Do you accept this?",
            need="A licence that excludes commercial use has to be accepted.",
            option="--accept-licence",
        )

    def _fetched(self, files: Sequence[PlannedFile], source: Source) -> int:
        progress = progress_of(files)
        fetcher = Fetcher(source, Database(self._folder.database), self._patience, self._cancel)
        show, shown = pull_view(progress, self._presenter)
        try:
            with shown:
                outcomes = pull(
                    files,
                    fetcher,
                    progress,
                    self._cancel,
                    at_once=self._arguments.at_once,
                    show=show,
                )
        except KeyboardInterrupt:
            self._presenter.note(KEPT)
            raise
        return self._told(outcomes)

    def _told(self, outcomes: Sequence[Outcome]) -> int:
        for outcome in outcomes:
            if outcome.problem is not None and outcome.file.problem is None:
                if is_stopped(outcome):
                    self._presenter.note(f"{outcome.file.wanted.name} was stopped with it.")
                else:
                    self._presenter.error(outcome.problem)
        if any(outcome.problem for outcome in outcomes):
            return EXIT_FAILED
        self._presenter.note("`sarai models` shows what is used now.")
        return EXIT_OK


def _missing(files: Sequence[PlannedFile]) -> set[str]:
    """The models that lack a file which can be had."""
    return {file.wanted.model for file in files if file.standing == "missing"}

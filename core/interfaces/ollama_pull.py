"""`sarai models pull --ollama`: Ollama gets its own models, and this shows how far it is.

Owns the wording; knows nothing of Ollama's protocol.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from core.interfaces.exit_codes import EXIT_OK
from core.interfaces.presenter import Presenter
from core.interfaces.pull_view import bars
from core.pulling.ollama import OllamaStep, ollama_models, pull_from_ollama
from core.settings import Settings


def pull_by_ollama(arguments: argparse.Namespace, settings: Settings, presenter: Presenter) -> int:
    """One model after the other. Raises: InvalidInput, DownloadFailed."""
    for name in ollama_models(arguments.targets, settings):
        presenter.note(f"{name}, by Ollama at {settings.ollama.base_url}")
        if not arguments.dry_run:
            _show(name, pull_from_ollama(name, settings.ollama), presenter)
    return EXIT_OK


def _show(name: str, steps: Iterable[OllamaStep], presenter: Presenter) -> None:
    if presenter.notes.is_terminal:
        _as_bars(steps, presenter)
    else:
        _as_lines(steps, presenter)
    presenter.note(f"{name} is here.")


def _as_bars(steps: Iterable[OllamaStep], presenter: Presenter) -> None:
    with bars(presenter.notes) as shown:
        layers = {}
        for step in steps:
            if not step.total_bytes:
                presenter.note(step.status)
                continue
            if step.digest not in layers:
                layers[step.digest] = shown.add_task(
                    step.status, total=step.total_bytes, completed=step.done_bytes, state=""
                )
            shown.update(layers[step.digest], completed=step.done_bytes)


def _as_lines(steps: Iterable[OllamaStep], presenter: Presenter) -> None:
    """Each step once, and each layer at every tenth of it."""
    told = ""
    for step in steps:
        tenths = 10 * step.done_bytes // step.total_bytes if step.total_bytes else 0
        line = f"{step.status} {tenths}0 %" if step.total_bytes else step.status
        if line != told:
            presenter.note(line)
            told = line

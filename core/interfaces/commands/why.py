"""`sarai why`: who would answer a text, and why, without asking any model."""

from __future__ import annotations

import argparse

from core.errors import InvalidInput
from core.interfaces.decision_view import decision_view
from core.interfaces.exit_codes import EXIT_OK
from core.interfaces.presenter import terminal_presenter
from core.retrieval.index import FolderIndex
from core.routing import Classifier
from core.routing.configured import thresholds_of
from core.routing.decision import decide
from core.settings import load_settings


def run(arguments: argparse.Namespace) -> int:
    """Nothing is loaded, so a model that is at hand is never preferred here."""
    text = " ".join(arguments.words)
    if not text.strip():
        raise InvalidInput("There is no text.", key="words", hint='Try: sarai why "hola"')
    settings = load_settings()
    folder = settings.retrieval.folder
    decision = decide(
        text,
        Classifier.load(),
        thresholds_of(settings),
        doc_match=FolderIndex(folder.expanduser()).match if folder else None,
        expert_is_loaded=lambda: False,
    )
    terminal_presenter().render(decision_view(decision, settings))
    return EXIT_OK

"""`sarai why`: who would answer a text, and why, without asking any model."""

from __future__ import annotations

import argparse

from core.emotion.crisis import crisis_watch
from core.errors import InvalidInput
from core.interfaces.decision_view import decision_view
from core.interfaces.exit_codes import EXIT_OK
from core.interfaces.presenter import terminal_presenter
from core.interfaces.program_log import program_log
from core.model_pool import ModelPool
from core.profiles import with_what_is_here
from core.retrieval.index import DocumentIndex
from core.routing import Classifier
from core.routing.configured import thresholds_of
from core.routing.decision import decide
from core.settings import load_settings
from core.storage.folder import open_data_folder


def run(arguments: argparse.Namespace) -> int:
    """Nothing is loaded, so a model that is at hand is never preferred here."""
    text = " ".join(arguments.words)
    if not text.strip():
        raise InvalidInput("There is no text.", key="words", hint='Try: sarai why "hola"')
    folder = open_data_folder()
    with program_log(folder):
        pool = ModelPool(with_what_is_here(load_settings(), folder), folder)
        with DocumentIndex(pool) as documents:
            decision = decide(
                text,
                Classifier.load(),
                thresholds_of(pool.settings),
                doc_match=documents.match,
                expert_is_loaded=lambda: False,
                in_danger=crisis_watch(pool.settings),
            )
        terminal_presenter().render(decision_view(decision, pool))
    return EXIT_OK

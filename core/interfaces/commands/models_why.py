"""`sarai models why`: which models had to leave, for whom, and who else could have."""

from __future__ import annotations

import argparse

from core.interfaces.evictions import eviction_lines
from core.interfaces.exit_codes import EXIT_OK
from core.interfaces.presenter import terminal_presenter
from core.model_pool import ModelPool
from core.model_pool.eviction_log import EvictionLog
from core.settings import load_settings
from core.storage.database import Database
from core.storage.folder import open_data_folder


def run(arguments: argparse.Namespace) -> int:
    """A model that was since taken out of the configuration is still known here."""
    settings, folder = load_settings(), open_data_folder()
    log, name = EvictionLog(lambda: Database(folder.database)), arguments.name
    evictions = log.newest_first(name)
    if name is not None and not evictions:
        ModelPool(settings, folder).get(name)  # else a typo would look like good news
    presenter = terminal_presenter()
    for line in eviction_lines(evictions, name=name, everything=arguments.all):
        presenter.line(line)
    return EXIT_OK

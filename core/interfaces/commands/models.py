"""`sarai models`: the configured models, what is installed, and what each would take."""

from __future__ import annotations

import argparse

from rich.console import Console

from core.interfaces.model_tables import models_table
from core.model_pool import ModelPool
from core.settings import load_settings
from core.storage.folder import open_data_folder


def run(arguments: argparse.Namespace) -> int:
    """Nothing is loaded for this."""
    pool = ModelPool(load_settings(), open_data_folder())
    Console().print(models_table(pool))
    return 0

"""`sarai config show`: the configuration in use, and where it comes from."""

from __future__ import annotations

import argparse

from core.interfaces.exit_codes import EXIT_OK
from core.settings import describe_sources, dump_settings, load_settings


def run(arguments: argparse.Namespace) -> int:
    """Print YAML that could itself be a configuration; the sources come as comments."""
    sources = describe_sources()
    for path in sources.files:
        print(f"# from {path}")
    for override in sources.overrides:
        print(f"# {override.place} sets {override.key} to {override.value}")
    print(dump_settings(load_settings()), end="")
    return EXIT_OK

"""Which files hold the configuration and the manifest: the packaged ones and the user's own.

Owns the places that are searched; knows nothing of their content.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import platformdirs

from core.errors import ConfigError
from core.settings.user_path import with_home

_PACKAGE = Path(__file__).parents[1]


def defaults_file() -> Path:
    """The defaults that came with SARAi.

    Raises: ConfigError, when they are missing.
    """
    return _belonging(_PACKAGE / "_config" / "sarai.yaml", "config/sarai.yaml", "defaults")


def manifest_file() -> Path:
    """The manifest of models that came with SARAi.

    Raises: ConfigError, when it is missing.
    """
    return _belonging(_PACKAGE / "_models" / "manifest.yaml", "models/manifest.yaml", "models")


def _belonging(installed: Path, in_checkout: str, what: str) -> Path:
    # A wheel carries it inside the package; a checkout has it beside the package.
    for path in (installed, _PACKAGE.parent / in_checkout):
        if path.is_file():
            return path
    raise ConfigError(
        f"The {what} that belong to SARAi are missing.",
        path=installed,
        hint="Install SARAi again.",
    )


def searched_files() -> tuple[Path, ...]:
    """Where the user's file is looked for when none is named, first match first."""
    return (Path("config/sarai.yaml"), platformdirs.user_config_path("sarai") / "sarai.yaml")


def user_file(path: Path | None, environ: Mapping[str, str]) -> Path | None:
    """The user's own file: `path`, else $SARAI_CONFIG, else the first that exists.

    A named file is given back even if it does not exist. None when there is nothing
    besides the defaults.
    """
    named = path or environ.get("SARAI_CONFIG")
    # os.path, because Path.is_file raises where a folder may not be entered.
    found = next((file for file in searched_files() if os.path.isfile(file)), None)  # noqa: PTH113
    file = with_home(Path(named)) if named else found
    if file is None or os.path.realpath(file) == os.path.realpath(defaults_file()):
        return None
    return file

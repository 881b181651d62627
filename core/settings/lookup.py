"""Which files hold the configuration: the packaged defaults and the user's own.

Owns the places that are searched; knows nothing of their content.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import platformdirs

from core.errors import ConfigError
from core.settings.schema import with_home

_PACKAGE = Path(__file__).parents[1]


def defaults_file() -> Path:
    """The defaults that came with SARAi.

    Raises: ConfigError, when they are missing.
    """
    # A wheel carries them inside the package; a checkout has them beside it.
    installed = _PACKAGE / "_config" / "sarai.yaml"
    checkout = _PACKAGE.parent / "config" / "sarai.yaml"
    for path in (installed, checkout):
        if path.is_file():
            return path
    raise ConfigError(
        "The defaults that belong to SARAi are missing.",
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

"""Reads the configuration: the defaults, the user's file over them, the environment on top.

Owns the order of the layers; each layer and each check has a module of its own. Every
error is a ConfigError that names the file and line, or the variable.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from core.settings.checks import disagreements
from core.settings.composition import Composition, Layer
from core.settings.environment import read_environment
from core.settings.fragments import gather_models
from core.settings.keys import entry_names
from core.settings.lookup import defaults_file, user_file
from core.settings.problems import first_error, type_problems
from core.settings.schema import Settings
from core.settings.yaml_source import read_yaml


def load_settings(
    path: Path | None = None, *, environ: Mapping[str, str] | None = None
) -> Settings:
    """The whole configuration, checked.

    Args:
        path: the user's file; None looks for one (see `lookup.user_file`).
        environ: the environment to read; None is the process's own.

    Raises: ConfigError, when anything in it is wrong.
    """
    return validated(compose(path, environ))


def compose(path: Path | None, environ: Mapping[str, str] | None) -> Composition:
    """All layers merged, not yet checked.

    Raises: ConfigError, when a layer cannot be read.
    """
    environ = os.environ if environ is None else environ
    result = read_yaml(defaults_file(), Layer.DEFAULTS)
    user = user_file(path, environ)
    if user is not None:
        result = result.under(gather_models(read_yaml(user, Layer.FILE)))
    return result.under(read_environment(environ, entry_names(result.values)))


def validated(composition: Composition) -> Settings:
    """The settings that the values mean.

    Raises: ConfigError, for a wrong type, an unknown key or a contradiction.
    """
    try:
        # By way of JSON, because only there strict reading takes a text for a path, and
        # still no text for a number.
        settings = Settings.model_validate_json(json.dumps(composition.values), strict=True)
    except ValidationError as error:
        problems = type_problems(error, composition)
        raise first_error(problems, composition) from error
    found = list(disagreements(settings))
    if found:
        raise first_error(found, composition)
    return settings

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

from core.errors import ConfigError
from core.settings.checks import disagreements
from core.settings.composition import Composition, Layer
from core.settings.environment import read_environment
from core.settings.fragments import gather_models
from core.settings.keys import entry_names
from core.settings.lookup import defaults_file, user_file
from core.settings.problems import Problem, errors_in_order, first_error, type_problems
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


def configuration_errors(
    path: Path | None = None, *, environ: Mapping[str, str] | None = None
) -> tuple[ConfigError, ...]:
    """All that is wrong with the configuration, the topmost first; none when it can be loaded.

    Arguments as of `load_settings`. A file that cannot be read as YAML is one error.
    """
    try:
        composition = compose(path, environ)
    except ConfigError as error:
        return (error,)
    _, problems = _read(composition)
    return tuple(errors_in_order(problems, composition))


def validated(composition: Composition) -> Settings:
    """The settings that the values mean.

    Raises: ConfigError, for a wrong type, an unknown key or a contradiction.
    """
    settings, problems = _read(composition)
    if settings is None:
        raise first_error(problems, composition)
    return settings


def _read(composition: Composition) -> tuple[Settings | None, list[Problem]]:
    """The settings, or the problems that they have."""
    try:
        # By way of JSON, because only there strict reading takes a text for a path, and
        # still no text for a number.
        settings = Settings.model_validate_json(json.dumps(composition.values), strict=True)
    except ValidationError as error:
        return None, type_problems(error, composition)
    problems = list(disagreements(settings))
    return (None if problems else settings), problems

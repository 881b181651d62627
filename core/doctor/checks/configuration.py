"""The files and variables that configure SARAi, and all that is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator

from core.doctor.finding import Finding, fail, ok
from core.doctor.surroundings import Surroundings
from core.settings import describe_sources


def check_configuration(around: Surroundings) -> Iterator[Finding]:
    for error in around.config_errors:
        yield fail(error.message, error.hint or "Correct it: docs/configuration.md has every key.")
    if around.config_errors:
        return
    sources = describe_sources(environ=around.environ)
    _, *own = sources.files
    files = " and ".join(map(str, own)) or "no file of your own"
    told = f"the shipped defaults and {files}" if own else f"the shipped defaults, {files}"
    variables = f"; set in the environment: {', '.join(sources.variables)}"
    yield ok(told + (variables if sources.variables else ""))

"""Whether the terminal can show what is written in Spanish, and more."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from core.doctor.finding import Finding, ok, warn
from core.doctor.surroundings import Surroundings

VARIABLES = ("LC_ALL", "LC_CTYPE", "LANG")  # the first that is set decides


def check_terminal(around: Surroundings) -> Iterator[Finding]:
    encoding = around.output_encoding
    set_ = next((f"{name}={around.environ[name]}" for name in VARIABLES if _set(around, name)), "")
    told = f"output is written as {encoding or 'nothing known'} ({set_ or 'no locale is set'})"
    if _is_utf8(encoding):
        yield ok(told)
    else:
        yield warn(
            f"{told}: signs that it lacks are shown as ?", "export LANG=C.UTF-8 PYTHONUTF8=1"
        )


def _set(around: Surroundings, name: str) -> bool:
    return bool(around.environ.get(name))


def _is_utf8(encoding: str) -> bool:
    try:
        return codecs.lookup(encoding).name == "utf-8"
    except LookupError:
        return False

"""Keys of servers: configured by the name of a variable, read only when they are needed.

Owns the reading; a key itself is never part of the settings, of an error or of a log.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping


def variable(name: str) -> str:
    """`name` when it can be a variable's: capitals, so that a pasted key is noticed.

    Raises: ValueError, which never repeats the text.
    """
    if not re.fullmatch(r"[A-Z_][A-Z0-9_]*", name):
        raise ValueError(
            "this is the name of an environment variable, in capitals, and never the key itself"
        )
    return name


def read_secret(variable: str, environ: Mapping[str, str] | None = None) -> str:
    """The key that the environment variable holds, without space around it.

    Args:
        environ: the environment to read; None is the process's own.

    Raises: ValueError, when there is none or it could not be sent in a header.
    """
    secret = (os.environ if environ is None else environ).get(variable, "").strip()
    if not secret:
        raise ValueError(f"the environment variable {variable} is not set")
    if not (secret.isascii() and secret.isprintable()) or " " in secret:
        raise ValueError(f"the environment variable {variable} holds no key: it has odd signs")
    return secret

"""A Qdrant server, where QDRANT_URL names one. Nothing needs it."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from urllib.parse import urlsplit

from core.doctor.finding import Finding, ok, warn
from core.doctor.servers import ANSWER_LIMIT_S
from core.doctor.surroundings import Surroundings
from core.settings.addresses import is_this_machine, server_address

VARIABLE = "QDRANT_URL"
MOST_BYTES = 65_536


def check_qdrant(around: Surroundings) -> Iterator[Finding]:
    told = around.environ.get(VARIABLE, "")
    if not told:
        yield ok("not configured, not needed")
        return
    try:
        address = server_address(told)
    except ValueError as error:
        yield warn(f"{VARIABLE} is no address: {error}", f"export {VARIABLE}=http://127.0.0.1:6333")
        return
    if not is_this_machine(address):
        yield ok(f"{VARIABLE} names another machine, which is not asked")
        return
    try:
        yield ok(f"version {_version(address)} at {address}")
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError) as error:
        yield warn(
            f"no Qdrant answers at {address}: {error or type(error).__name__}",
            f"Start it (docker run -p 127.0.0.1:6333:6333 qdrant/qdrant), or unset {VARIABLE}.",
        )


def _version(address: str) -> str:
    """What Qdrant answers at its root, `{"title": "qdrant - ...", "version": "1.15.1"}`."""
    parts = urlsplit(address)
    secure = parts.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=ANSWER_LIMIT_S)
    try:
        connection.request("GET", f"{parts.path}/")
        answer = json.loads(connection.getresponse().read(MOST_BYTES))
        if "qdrant" not in answer["title"]:
            raise ValueError("something else does")
        return str(answer["version"])
    finally:
        connection.close()

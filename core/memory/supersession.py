"""Facts of one subject in the order of their validity: each ends where the next begins.

Owns that order; knows nothing of subjects. Nothing is ever deleted for being outdated, and it
does not matter in which order facts came to be known.
"""

from __future__ import annotations

import sqlite3
from itertools import pairwise


def supersede(connection: sqlite3.Connection, user: str, subject: str) -> None:
    """Put the user's facts of a subject in order; "" is no subject."""
    if not subject:
        return
    rows = connection.execute(
        "SELECT id FROM memories WHERE user = ? AND subject = ? AND kind = 'fact' "
        "ORDER BY valid_from, id",
        (user, subject),
    )
    ids = [row["id"] for row in rows]
    links = [*pairwise(ids), *((newest, None) for newest in ids[-1:])]
    connection.executemany(
        "UPDATE memories SET superseded_by = ? WHERE id = ?",
        ((later, earlier) for earlier, later in links),
    )

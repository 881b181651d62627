"""What a person asks to be remembered in so many words: "recuerda que ...", "remember that ...".

Owns the forms, in both languages; knows nothing of what is done with them. Nothing is guessed
from other words: what somebody did not ask to be kept is not kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_GREETING = r"(?:hola|buenas|oye|mira|ok|vale|hey|hi|hello|listen|well|bueno|ah|y|and)"
_POLITE = r"(?:por favor|please|sarai|can you|could you|puedes|podrias)"
_ASKED = (
    r"(?:recuerda|acu[eé]rdate(?: de)?|no olvides|no te olvides(?: de)?|ten en cuenta"
    r"|ten presente|apunta|anota|memoriza|toma nota(?: de)?"
    r"|recuerde|recordar|apuntar|anotar|memorizar"
    r"|remember|don['’]t forget|do not forget|keep in mind|bear in mind|memorize|take note"
    r"|make a note|note)"
)
_STATEMENT = re.compile(
    rf"\W*(?:(?:{_GREETING}|{_POLITE})\b\W*)*{_ASKED}(?:,? (?:por favor|please))?"
    r"(?:(?: para siempre)? que\b| that\b|\s*:)\s*(?P<fact>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
# A sentence ends before a capital or an opening sign, but not behind "Dr." or "C.".
_END = re.compile(r"\n|(?:\w{4,}|[\"'»”)\]])[.!?…]+\s+(?=[\"'«“(]*[A-ZÁÉÍÓÚÑ0-9])|[.!?…]*\s+(?=¿)")


@dataclass(frozen=True, slots=True)
class StatedFact:
    """What is to be remembered, verbatim, and whether nothing else was said."""

    text: str
    is_all: bool


def stated_fact(text: str) -> StatedFact | None:
    """What `text` asks to be remembered; None when it asks for nothing of the kind."""
    asked = _STATEMENT.match(text)
    if asked is None:
        return None
    said = asked["fact"]
    end = _END.search(said)
    fact = (said[: end.end()] if end else said).strip()
    if fact.endswith("?") or "¿" in fact:
        return None
    return StatedFact(fact.rstrip(".").rstrip(), is_all=not (end and said[end.end() :].strip()))

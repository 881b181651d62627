"""Questions that only a person can answer, before something cannot be undone.

Owns the words that mean yes; knows nothing of what is asked.
"""

from __future__ import annotations

from core.errors import InvalidInput
from core.interfaces.standard_input import from_terminal

YES = {"y", "yes", "s", "sí", "si"}


def consents(question: str, *, need: str, option: str) -> bool:
    """Whether the person at the terminal says yes.

    Raises: InvalidInput, where nobody can be asked: `need` says why somebody would have to be,
        and `option` would have said yes at once.
    """
    if not from_terminal():
        raise InvalidInput(need, key=option, hint=f"Add {option} to mean it.")
    try:
        answer = input(f"{question} [y/N] ")
    except EOFError:
        print()
        return False
    return answer.strip().lower() in YES

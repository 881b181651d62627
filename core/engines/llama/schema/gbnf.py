"""GBNF, llama.cpp's notation for grammars: the pieces that rules are written with.

Owns the escaping, the table of rules and the limits that keep a grammar small enough to be
evaluated for every token; knows nothing of what a grammar describes.
"""

from __future__ import annotations

from core.errors import InvalidInput

MAX_RULES = 4000
MAX_REPEATED = 2000
"""Copies in one repetition. Source: llama-grammar.cpp, MAX_REPETITION_THRESHOLD; it silently
takes a higher limit for none."""
CHUNK = MAX_REPEATED // 2
"""What longer repetitions are made of."""
MAX_EXPANDED = 100_000
"""Copies of all repetitions together; each becomes a rule in memory."""

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def literal(text: str) -> str:
    """`text` itself, as a part of a rule."""
    return '"' + "".join(_ESCAPES.get(letter, letter) for letter in text) + '"'


class Rules:
    """The rules of one grammar; equal ones are written once.

    Args:
        key: what of the request the grammar comes from, for errors.
    """

    def __init__(self, key: str) -> None:
        self._key = key
        self._bodies: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._expanded = 0

    def add(self, body: str) -> str:
        """The name of a rule for `body`."""
        if body not in self._names:
            self._names[body] = name = self.reserve()
            self.define(name, body)
        return self._names[body]

    def reserve(self) -> str:
        """A name whose rule follows by `define`, for rules that refer to themselves.

        Raises: InvalidInput, when there are too many rules.
        """
        if len(self._bodies) >= MAX_RULES:
            raise self.too_large(f"more than {MAX_RULES} rules")
        name = f"r{len(self._bodies)}"
        self._bodies[name] = ""
        return name

    def define(self, name: str, body: str) -> None:
        self._bodies[name] = body

    def repeat(self, item: str, least: int, most: int | None) -> str:
        """The name of a rule for `least` to `most` times the rule `item`, None for no end.

        Raises: InvalidInput, when that is too much.
        """
        if most is None or most <= MAX_REPEATED:
            return self._repeat(item, least, most)
        chunks, rest = divmod(most - least, CHUNK)
        chunk = self._repeat(item, CHUNK, CHUNK)
        parts = (
            self._repeat(item, least, least),
            self._repeat(chunk, 0, chunks - 1) if chunks else "",
            self._repeat(item, 0, CHUNK + rest if chunks else rest),
        )
        return self.add(" ".join(parts))

    def _repeat(self, item: str, least: int, most: int | None) -> str:
        copies = least if most is None else most
        if copies > MAX_REPEATED:
            raise self.too_large(f"a repetition of {copies}")
        body = f"{item}{{{least},{'' if most is None else most}}}"
        if body not in self._names:
            self._expanded += copies
            if self._expanded > MAX_EXPANDED:
                raise self.too_large("too many long repetitions")
        return self.add(body)

    def text(self, root: str) -> str:
        """The whole grammar, whose sentences are those of the rule `root`."""
        lines = [f"root ::= {root}", *(f"{name} ::= {body}" for name, body in self._bodies.items())]
        return "\n".join(lines) + "\n"

    def too_large(self, what: str) -> InvalidInput:
        return InvalidInput(
            f"`{self._key}` is too large for a grammar: {what}.",
            key=self._key,
            hint="Simplify it, or leave its limits out and check the answer afterwards.",
        )

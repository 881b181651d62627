"""Text that can be written to any file.

Owns what becomes of halves of characters; knows nothing of where text comes from.
"""

from __future__ import annotations

from typing import TypeVar

Text = TypeVar("Text", str, str | None)


def without_halves(text: Text) -> Text:
    """`text` without halves of characters, which a terminal or JSON may give; each becomes a
    replacement sign, and two that belong together become their character."""
    return text and text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

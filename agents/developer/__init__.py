"""The developer agent: code is analysed, fixed, checked by tools and explained.

`CodeFixer` is the way in. What is shown to a person and what is written to a file is not decided
here.
"""

from agents.developer.fixer import CodeFixer
from agents.developer.result import Attempt, FixResult

__all__ = ["Attempt", "CodeFixer", "FixResult"]

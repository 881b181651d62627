"""Whether code is right, by the tools that decide it: parsers, compilers, runs.

Owns which tool speaks for which language and what came of it; knows nothing of models.
"""

from core.checking.change import why_vacuous
from core.checking.check import CodeFile, Project, check
from core.checking.language import CODE_LANGUAGES, CodeLanguage, language_of, names_of
from core.checking.verdict import CheckRun, Strength, Verdict

__all__ = [
    "CODE_LANGUAGES",
    "CheckRun",
    "CodeFile",
    "CodeLanguage",
    "Project",
    "Strength",
    "Verdict",
    "check",
    "language_of",
    "names_of",
    "why_vacuous",
]

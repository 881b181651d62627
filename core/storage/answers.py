"""The database of answers that are given again. Owns when it is made: at the first use."""

from __future__ import annotations

from functools import cache

from core.settings.remembering import AnswerCacheSettings
from core.storage.database import Database
from core.storage.folder import DataFolder
from core.storage.kept_results import RESULTS, KeptResults


def open_answers(
    folder: DataFolder,
    settings: AnswerCacheSettings = AnswerCacheSettings(),  # type: ignore[call-arg]  # noqa: B008
) -> KeptResults:
    """Touches no file yet."""

    @cache
    def database() -> Database:
        return Database(folder.answers, (RESULTS,))

    return KeptResults(database, keep=settings.max_answers, ttl_s=settings.ttl_s)

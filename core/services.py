"""What the nodes need of the outside world, handed to them by LangGraph's runtime context.

Owns the two bundles and their construction; knows nothing of the graph.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from uuid import uuid4

from core.cancellation import Cancellation
from core.emotion.detect import EmotionReader
from core.errors import StorageError
from core.feedback.learning import Learning
from core.feedback.log import FeedbackLog
from core.memory.memory import Memory
from core.model_pool import ModelPool
from core.outcomes import outcomes_of
from core.retrieval.index import DocumentIndex
from core.retrieval.web import WebSearch
from core.routing.classifier import Classifier
from core.routing.selection import ModelSelector
from core.routing.selection.pooled import selector_for
from core.settings import Settings
from core.storage.answers import open_answers
from core.storage.database import Database
from core.storage.folder import DataFolder
from core.storage.kept_results import KeptResults
from core.storage.media_store import MediaStore
from core.storage.runs import RunLog

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Services:
    """Everything shared between turns."""

    settings: Settings
    folder: DataFolder
    pool: ModelPool
    classifier: Classifier
    emotion_reader: EmotionReader
    selector: ModelSelector
    documents: DocumentIndex
    memory: Memory
    web: WebSearch | None
    feedback_log: FeedbackLog
    learning: Learning
    answers: KeptResults
    database: Database
    runs: RunLog
    media_store: MediaStore


@dataclass(frozen=True, slots=True)
class TurnContext:
    """The runtime context of one turn."""

    services: Services
    cancel: Cancellation = field(default_factory=Cancellation)
    run_id: str = field(default_factory=lambda: uuid4().hex)


def open_services(settings: Settings, folder: DataFolder, pool: ModelPool) -> Services:
    """Build the services around a pool; nothing is loaded yet."""
    database = Database(folder.database)
    documents = DocumentIndex(pool)
    database.stay_open()
    feedback_log = FeedbackLog(database)
    media_store = MediaStore(folder)
    _tidy(media_store)
    return Services(
        settings=_with_stored_media_allowed(settings, folder),
        folder=folder,
        pool=pool,
        classifier=Classifier.load(),
        emotion_reader=EmotionReader.load(),
        selector=selector_for(pool, outcomes_of(feedback_log)),
        documents=documents,
        memory=Memory(pool),
        web=documents.web_search(),
        feedback_log=feedback_log,
        learning=Learning(database, feedback_log, explore_share=settings.feedback.explore_share),
        answers=open_answers(folder, settings.answer_cache),
        database=database,
        runs=RunLog(database),
        media_store=media_store,
    )


def _tidy(media_store: MediaStore) -> None:
    """Whether old media can be deleted decides about no answer."""
    try:
        media_store.prune()
    except StorageError as error:
        logger.warning("%s", error)


def _with_stored_media_allowed(settings: Settings, folder: DataFolder) -> Settings:
    """What came as bytes lies in the data folder, which `allowed_folders` need not name."""
    media = settings.media
    if not media.allowed_folders:
        return settings
    allowed = (*media.allowed_folders, folder.media)
    return settings.model_copy(
        update={"media": media.model_copy(update={"allowed_folders": allowed})}
    )

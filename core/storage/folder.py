"""The one data folder: where everything that SARAi keeps on this machine lies.

Owns the folder's layout and its permissions; knows nothing of what is stored in it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from core.errors import StorageError

PRIVATE_FOLDER_MODE = 0o700


@dataclass(frozen=True, slots=True)
class DataFolder:
    """Paths inside the data folder. Folders exist after `open_data_folder`; files may not."""

    root: Path

    @property
    def database(self) -> Path:
        return self.root / "sarai.db"

    @property
    def checkpoints(self) -> Path:
        return self.root / "threads.db"

    @property
    def workflows(self) -> Path:
        """Results and outcomes of work in phases, and the runs that are not done yet."""
        return self.root / "workflows.db"

    @property
    def answers(self) -> Path:
        """Answers that are given again to the same question."""
        return self.root / "answers.db"

    @property
    def index(self) -> Path:
        """What was indexed of the user's documents; made when it is needed."""
        return self.root / "index.db"

    @property
    def vectors(self) -> Path:
        """Made anew from `index` at any time."""
        return self.root / "vectors"

    @property
    def memory(self) -> Path:
        """What is remembered: facts, turns, what was forgotten; made when it is needed."""
        return self.root / "memory.db"

    @property
    def memory_vectors(self) -> Path:
        """Made anew from `memory` at any time."""
        return self.root / "memory_vectors"

    @property
    def feedback_log(self) -> Path:
        """Where turns were kept before the database; read and written no more."""
        return self.root / "feedback.jsonl"

    @property
    def accepted_licences(self) -> Path:
        return self.root / "accepted_licences.jsonl"

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def media(self) -> Path:
        return self.root / "media"

    @property
    def states(self) -> Path:
        return self.root / "states"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def reservations(self) -> Path:
        """What the SARAi processes that run now have reserved; made when it is needed."""
        return self.root / "reservations"

    @property
    def runs(self) -> Path:
        """Which runs of work in phases go on now, and by whom; made when it is needed."""
        return self.root / "runs"

    @property
    def program_log(self) -> Path:
        return self.logs / "sarai.log"

    def forget_states(self) -> None:
        """Delete what unloaded models kept of conversations."""
        for path in self.states.glob("*"):
            path.unlink(missing_ok=True)

    @property
    def prompt_history(self) -> Path:
        return self.root / "prompt_history"


def data_root() -> Path:
    """SARAI_HOME when set, else the platform's folder for user data.

    Raises: StorageError, when SARAI_HOME begins with the home of a user who is not there.
    """
    home = os.environ.get("SARAI_HOME")
    if not home:
        return platformdirs.user_data_path("sarai")
    try:
        return Path(home).expanduser()
    except RuntimeError as error:
        raise StorageError(
            f"SARAI_HOME is {home}, and no home folder is known for that.",
            hint="Set SARAI_HOME to a folder you can write to.",
        ) from error


def open_data_folder(root: Path | None = None) -> DataFolder:
    """Create the folder where it is missing, readable by its owner alone.

    A folder that exists keeps its permissions: it may be the user's, shared on purpose.
    Every file that SARAi writes into it is private by itself.

    Raises: StorageError, when it cannot be created.
    """
    folder = DataFolder((root or data_root()).absolute())
    try:
        for path in (
            folder.root,
            folder.models,
            folder.media,
            folder.states,
            folder.logs,
        ):
            path.mkdir(mode=PRIVATE_FOLDER_MODE, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"The data folder {folder.root} cannot be used: {error.strerror}.",
            hint="Set SARAI_HOME to a folder you can write to.",
        ) from error
    return folder

"""Every error SARAi raises on purpose, in one tree.

Owns the error taxonomy; knows nothing of the rest of the project.

    SARAiError
    ├── InvalidInput            a key, value or file that the caller gave
    │   ├── MediaError          an image, video or recording that cannot be used
    │   ├── UnknownAgent        no profile has the name of this agent
    │   └── DocumentError       a document that cannot be read: damaged, locked, too large
    ├── ConfigError             the YAML or the environment (names file and line)
    ├── StorageError            the data folder, its database or the vector store
    │   └── StorageBusy         another program uses it; try again
    ├── Cancelled               the caller asked to stop before there was an answer
    ├── SpeechUnavailable       text cannot be spoken on this machine
    ├── SandboxUnavailable      nothing shuts a program in on this machine, or it is too large
    ├── DownloadFailed          a model's file could not be had; what came of it is kept
    ├── WorkflowError           work in phases came to no good end
    │   ├── PhaseTimeout        a phase (named) took longer than it may
    │   ├── PhaseFailed         every model that was tried for a phase failed
    │   └── AllPhasesFailed     not one phase gave an output
    └── ModelError              one model (named) could not do its work
        ├── ModelUnavailable    not installed, or its server does not answer
        ├── ModelFileInvalid    the file is not what it claims to be
        ├── ModelTooLarge       can never fit the memory budget
        ├── ModelLacksModality  asked for images, audio, embeddings, tools... it cannot do
        ├── ContextOverflow     the prompt is longer than the model's context
        ├── PoolBusy            no memory now: everything that could leave is in use
        ├── ModelResting        crashed too often; rests for a while
        ├── EngineCrashed       the worker process died
        └── EngineFailed        the engine answered with an error

`code` is stable and meant for programs; `hint` tells a person what to do;
`retryable` says whether the same call may succeed later, unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar


class SARAiError(Exception):
    """Base of all deliberate errors.

    Args:
        message: what happened, in one sentence.
        hint: what the user can do about it; empty when nothing helps.
    """

    code: ClassVar[str] = "sarai_error"
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


class InvalidInput(SARAiError):
    """A key, value or file of the caller's cannot be used; `key` names it."""

    code = "invalid_input"

    def __init__(self, message: str, *, key: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.key = key


class MediaError(InvalidInput):
    """An image, video or recording is damaged, too large or of an unknown format."""

    code = "media_error"


class UnknownAgent(InvalidInput):
    """There is no profile for this agent."""

    code = "unknown_agent"

    def __init__(self, agent: str, known: Iterable[str]) -> None:
        super().__init__(
            f"No profile for agent {agent!r}.",
            key="agent_name",
            hint=f"Add one (workflow.agents, or matcher.agent_profiles), or use one of "
            f"{', '.join(known)}.",
        )
        self.agent = agent


class DocumentError(InvalidInput):
    """A document cannot be read: it is damaged, locked with a password, binary or too large."""

    code = "document_error"


class ConfigError(SARAiError):
    """The configuration is wrong; `path` and `line` say where, when it came from a file."""

    code = "config_error"

    def __init__(
        self, message: str, *, path: Path | None = None, line: int | None = None, hint: str = ""
    ) -> None:
        place = "" if path is None else f"{path}:{line}: " if line else f"{path}: "
        super().__init__(place + message, hint=hint)
        self.path = path
        self.line = line


class StorageError(SARAiError):
    """The data folder or its database cannot be read or written."""

    code = "storage_error"


class StorageBusy(StorageError):
    """Another program has it open. Try again later."""

    code = "storage_busy"
    retryable = True


class WebSearchError(SARAiError):
    """The search server that was configured does not answer, or not what it should."""

    code = "web_search_error"


class Cancelled(SARAiError):
    """The caller cancelled before any answer existed."""

    code = "cancelled"


class SpeechUnavailable(SARAiError):
    """Text cannot be turned into speech on this machine."""

    code = "speech_unavailable"


class SandboxUnavailable(SARAiError):
    """A program cannot be run where it could do no harm."""

    code = "sandbox_unavailable"


class DownloadFailed(SARAiError):
    """A file could not be fetched, or is not the one that it should be."""

    code = "download_failed"
    retryable = True


class WorkflowError(SARAiError):
    """Work in phases did not come to a good end; what there is stands in the result."""

    code = "workflow_error"


class PhaseTimeout(WorkflowError):
    """A phase was stopped after `timeout_s`."""

    code = "phase_timeout"
    retryable = True

    def __init__(self, phase: str, timeout_s: float) -> None:
        super().__init__(
            f"Phase execution timeout: {phase} took longer than {timeout_s:g} s.",
            hint="Raise workflow.phase_timeout_s (PHASE_TIMEOUT), make the task smaller, or "
            "give it a faster model.",
        )
        self.phase = phase
        self.timeout_s = timeout_s


class PhaseFailed(WorkflowError):
    """No model could do a phase; `reasons` tells each try."""

    code = "phase_failed"

    def __init__(self, phase: str, reasons: Sequence[str]) -> None:
        super().__init__(f"{phase} failed: {' '.join(reasons)}")
        self.phase = phase
        self.reasons = tuple(reasons)


class RunInProgress(WorkflowError):
    """A run is being carried out, by `process_id` ("" where that is not known)."""

    code = "run_in_progress"
    retryable = True

    def __init__(self, run_id: str, process_id: str) -> None:
        by = f"by the process {process_id}" if process_id else "elsewhere"
        super().__init__(
            f"The run {run_id} is being carried out {by}.",
            hint="Wait until it ends. When that process is stopped, the run can be resumed.",
        )
        self.run_id = run_id
        self.process_id = process_id


class AllPhasesFailed(WorkflowError):
    """Not one phase gave an output."""

    code = "all_phases_failed"

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(
            f"All phases failed. {' '.join(reasons)}",
            hint="Check that models are installed (`sarai models`), that keys are set and servers "
            "can be reached (`sarai doctor`), and the log of the models.",
        )
        self.reasons = tuple(reasons)


class ModelError(SARAiError):
    """One model could not do its work; `model` is its name in the configuration."""

    code = "model_error"

    def __init__(self, message: str, *, model: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.model = model


class ModelUnavailable(ModelError):
    """The model's file is not installed, or the server that holds it does not answer."""

    code = "model_unavailable"


class ModelFileInvalid(ModelError):
    """The model's file is damaged or is not a GGUF that this build can run."""

    code = "model_file_invalid"


class ModelTooLarge(ModelError):
    """The model can never fit the memory budget; nothing was evicted for it."""

    code = "model_too_large"


class ModelLacksModality(ModelError):
    """The model cannot take or give what was asked of it: images, audio, embeddings, ranks,
    tool calls, JSON of a schema."""

    code = "model_lacks_modality"


class ContextOverflow(ModelError):
    """The prompt does not fit the model's context; nothing was cut off silently."""

    code = "context_overflow"

    def __init__(self, *, model: str, prompt_tokens: int, context_tokens: int) -> None:
        super().__init__(
            f"The prompt has {prompt_tokens} tokens and {model} holds {context_tokens}.",
            model=model,
            hint="Shorten it, or raise context_length of this model in the configuration.",
        )
        self.prompt_tokens = prompt_tokens
        self.context_tokens = context_tokens


class PoolBusy(ModelError):
    """No memory at present: every model that could leave is in use. Try again later."""

    code = "pool_busy"
    retryable = True


class ModelResting(ModelError):
    """The model crashed several times in a row; it may be tried again in `retry_after_s`."""

    code = "model_resting"
    retryable = True

    def __init__(self, message: str, *, model: str, retry_after_s: float, hint: str = "") -> None:
        super().__init__(message, model=model, hint=hint)
        self.retry_after_s = retry_after_s


class EngineCrashed(ModelError):
    """The worker process of the model died; the next call starts a new one."""

    code = "engine_crashed"
    retryable = True


class EngineFailed(ModelError):
    """The engine refused or failed a request and is still alive."""

    code = "engine_failed"

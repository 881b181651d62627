"""What is already known of model files, so that no file is read, or found bad, twice.

Owns the memory of headers and of refusals, good for as long as the files stay as they are;
knows nothing of who asks.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from core.clock import Clock
from core.errors import ModelFileInvalid
from core.model_files.files import ModelFiles
from core.model_files.header import GgufHeader
from core.model_files.identity import FileIdentity, identify_all
from core.model_files.pair import read_headers

KEPT = 64
REFUSED_BY_ENGINE_S = 600.0
"""How long a refusal by the engine holds. llama.cpp says the same of a damaged file and of
memory that ran out while it was opened, so it is asked again some time."""

Identities = tuple[FileIdentity, ...]
_Key = tuple[str, Identities]


@dataclass(frozen=True, slots=True)
class CheckedFiles:
    """Files whose headers were found in order, as they were then."""

    identities: Identities
    header: GgufHeader
    projector: GgufHeader | None


@dataclass(frozen=True, slots=True)
class _Refusal:
    message: str
    hint: str
    until_s: float | None = None  # None: until the file changes


class KnownHeaders:
    """Headers and refusals of the last KEPT sets of files. Threads may share it."""

    def __init__(self, clock: Clock, *, keep: int = KEPT) -> None:
        self._clock = clock
        self._keep = keep
        self._lock = threading.Lock()
        self._known: OrderedDict[_Key, CheckedFiles | _Refusal] = OrderedDict()

    def read(self, files: ModelFiles, *, model: str) -> CheckedFiles:
        """The headers of `files`, read only when the files are new or were changed.

        Raises: ModelUnavailable, ModelFileInvalid.
        """
        # Before the headers: what is replaced meanwhile is remembered under a past identity.
        identities = identify_all(files, model=model)
        found = self._find((model, identities))
        if found is None:
            found = _read(files, identities, model)
            self._remember((model, identities), found)
        if isinstance(found, _Refusal):
            # A new one each time: threads would share the traceback of one that is kept.
            raise ModelFileInvalid(found.message, model=model, hint=found.hint)
        return found

    def refuse(self, identities: Identities, error: ModelFileInvalid) -> None:
        """The engine refused these files: from now on `read` raises the like of `error`."""
        until_s = self._clock.now_s() + REFUSED_BY_ENGINE_S
        refusal = _Refusal(error.message, error.hint, until_s)
        self._remember((error.model, identities), refusal)

    def _find(self, key: _Key) -> CheckedFiles | _Refusal | None:
        with self._lock:
            found = self._known.get(key)
            if found is None or _is_over(found, self._clock.now_s()):
                return None
            self._known.move_to_end(key)
            return found

    def _remember(self, key: _Key, found: CheckedFiles | _Refusal) -> None:
        with self._lock:
            self._known[key] = found
            self._known.move_to_end(key)
            while len(self._known) > self._keep:
                self._known.popitem(last=False)


def _is_over(found: CheckedFiles | _Refusal, now_s: float) -> bool:
    return isinstance(found, _Refusal) and found.until_s is not None and now_s >= found.until_s


def _read(files: ModelFiles, identities: Identities, model: str) -> CheckedFiles | _Refusal:
    try:
        header, projector = read_headers(files, model=model)
    except ModelFileInvalid as error:
        return _Refusal(error.message, error.hint)
    return CheckedFiles(identities, header, projector)

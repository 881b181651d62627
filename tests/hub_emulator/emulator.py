"""The emulated hub: its files, its faults, its pace, and a record of what it was asked."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping

from tests.emulated_server import Emulator
from tests.hub_emulator.faults import Fault
from tests.hub_emulator.handlers import COMMIT, FileHandler, HubHandler


class HubEmulator(Emulator[Fault]):
    """A hub and its file server, from entering the block to leaving it.

    Args:
        repositories: files by name, by repository; all at the revision COMMIT, alias main.
        bytes_per_s: the pace of all files together; None is as fast as it goes.
        gated: repositories that ask for TOKEN.
        renamed: old names of repositories, which redirect within the hub.
    """

    handlers = (HubHandler, FileHandler)
    usual = "files"

    def __init__(
        self,
        repositories: Mapping[str, Mapping[str, bytes]],
        *,
        bytes_per_s: float | None = None,
        gated: frozenset[str] = frozenset(),
        renamed: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self.repositories = {name: dict(files) for name, files in repositories.items()}
        self.bytes_per_s = bytes_per_s
        self.gated = gated
        self.renamed = renamed or {}
        self.revisions = {COMMIT, "main"}
        self.claimed_sizes: dict[str, int] = {}
        self.links_last = True
        self.serves_itself = False  # as mirrors do, without another server for the files
        self._sent_bytes = 0
        self._free_s = 0.0
        self._stalls_at: int | None = None

    def __exit__(self, *error: object) -> None:
        self.stall_at(None)
        super().__exit__(*error)

    @property
    def endpoint(self) -> str:
        return self.servers[0].address

    @property
    def files_address(self) -> str:
        return self.servers[1].address

    @property
    def sent_bytes(self) -> int:
        """Of all files, without headers. What was sent to somebody who died counts too."""
        with self._changed:
            return self._sent_bytes

    def wait_for_bytes(self, sent_bytes: int, within_s: float = 100.0) -> bool:
        """Wait until so many were sent; whether it came to that."""
        with self._changed:
            return self._changed.wait_for(lambda: self._sent_bytes >= sent_bytes, within_s)

    def stall_at(self, sent_bytes: int | None) -> None:
        """From now on nothing is sent beyond so many bytes; None lets everything pass."""
        with self._changed:
            self._stalls_at = sent_bytes
            self._changed.notify_all()

    # What the handlers use.

    def find(self, repository: str, name: str) -> bytes | None:
        return self.repositories[repository].get(name)

    def by_sum(self, sha256: str) -> bytes | None:
        for files in self.repositories.values():
            for content in files.values():
                if hashlib.sha256(content).hexdigest() == sha256:
                    return content
        return None

    def pace(self, size_bytes: int) -> None:
        """Wait until so many more may be sent."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._stalls_at is None or self._sent_bytes < self._stalls_at
            )
            if self.bytes_per_s is None:
                return
            start_s = max(self._free_s, time.monotonic())
            self._free_s = start_s + size_bytes / self.bytes_per_s
        time.sleep(max(0.0, start_s - time.monotonic()))

    def sent(self, size_bytes: int) -> None:
        with self._changed:
            self._sent_bytes += size_bytes
            self._changed.notify_all()

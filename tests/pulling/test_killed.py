"""A pull that is killed again and again: little comes twice, and the files are the same."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from collections.abc import Mapping

import pytest

from core.storage.folder import DataFolder
from tests.hub_emulator import HubEmulator
from tests.pulling.conftest import Start, configured, ended

FILES = 4
MOST_TWICE = 0.02
SEED = 20


def many_files(file_bytes: int) -> dict[str, dict[str, bytes]]:
    pick = random.Random(SEED)
    return {
        f"owner/repo-{number}": {f"model_{number}.gguf": pick.randbytes(file_bytes)}
        for number in range(FILES)
    }


def random_points(count: int, total: int) -> list[int]:
    pick = random.Random(SEED)
    return sorted(int(pick.uniform(0.01, 0.98) * total) for _ in range(count))


class Killed:
    """Pulls of the same files, one after the other."""

    def __init__(self, hub: HubEmulator, start: Start, folder: DataFolder) -> None:
        self._hub, self._start, self._folder = hub, start, folder
        self._configuration = configured(hub.repositories)

    def kill_at(self, sent_bytes: int, after_s: float = 0.0) -> None:
        """Let a pull run until the hub has sent so much in all, and kill it `after_s` later."""
        process = self._pull()
        assert self._hub.wait_for_bytes(sent_bytes)
        time.sleep(after_s)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL

    def end(self) -> None:
        """Let a pull come to its end: every file is there, as it should be."""
        with ended(self._pull()) as output:
            pass
        for place, content in self._places().items():
            assert self._folder.models.joinpath(place).read_bytes() == content, output
        assert not list(self._folder.models.rglob("*.part"))

    def _pull(self) -> subprocess.Popen[str]:
        names = self._configuration["models"]
        return self._start(*names, configuration=self._configuration, endpoint=self._hub.endpoint)

    def _places(self) -> Mapping[str, bytes]:
        return {
            f"{repository.removeprefix('owner/')}/{name}": content
            for repository, files in self._hub.repositories.items()
            for name, content in files.items()
        }


def test_killed_three_times_while_the_network_stalls(start: Start, folder: DataFolder) -> None:
    """Nothing is under way then, so that only what the program itself loses comes twice."""
    total = 1_500_000 * FILES
    with HubEmulator(many_files(1_500_000), bytes_per_s=12_000_000) as hub:
        pulls = Killed(hub, start, folder)
        for sent_bytes in random_points(3, total):
            hub.stall_at(sent_bytes)
            pulls.kill_at(sent_bytes, after_s=0.2)
        hub.stall_at(None)
        pulls.end()
        assert 0 <= hub.sent_bytes - total <= MOST_TWICE * total


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_killed_twenty_times_in_full_flow(start: Start, folder: DataFolder) -> None:
    """What the kernel took for a process that was already dead counts as well."""
    total = 12_000_000 * FILES
    with HubEmulator(many_files(12_000_000), bytes_per_s=800_000) as hub:
        pulls = Killed(hub, start, folder)
        for sent_bytes in random_points(20, total):
            pulls.kill_at(sent_bytes)
        hub.bytes_per_s = None
        pulls.end()
        twice = hub.sent_bytes - total
        print(f"sent twice: {twice} of {total} bytes, {twice / total:.3%}")
        assert 0 <= twice <= MOST_TWICE * total

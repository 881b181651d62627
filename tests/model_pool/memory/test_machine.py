"""What Linux says of its memory, read from copies of its files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core.model_pool.memory.machine import (
    WORKER_MODULE,
    LinuxMemory,
    PosixMemory,
    this_machine,
)
from tests.model_pool.memory.machines import write_files

MIB = 2**20
MEMINFO = """\
MemTotal:       16777216 kB
MemFree:         1048576 kB
MemAvailable:   12582912 kB
"""
V2 = {"proc/self/cgroup": "0::/user.slice/sarai.service\n"}
V1 = {"proc/self/cgroup": "5:devices:/\n4:memory:/docker/abc\n2:cpu,cpuacct:/\n0::/\n"}
LEAF = "cgroup/user.slice/sarai.service/"


def machine(root: Path, *files: dict[str, str]) -> LinuxMemory:
    write_files(root, {"proc/meminfo": MEMINFO})
    for each in files:
        write_files(root, each)
    return LinuxMemory(root / "proc", root / "cgroup")


def seen(found: LinuxMemory) -> tuple[int | None, int | None]:
    return found.total_mb(), found.available_mb()


def group_v2(folder: str, limit: str, used_mb: int, files_mb: int = 0) -> dict[str, str]:
    return {
        f"{folder}memory.max": limit,
        f"{folder}memory.high": "max\n",
        f"{folder}memory.current": f"{used_mb * MIB}\n",
        f"{folder}memory.stat": f"anon 1\nfile 9\nactive_file {files_mb * MIB}\ninactive_file 0\n",
    }


def test_without_any_group_the_machine_itself_counts(tmp_path: Path) -> None:
    assert seen(machine(tmp_path)) == (16_384, 12_288)


def test_a_group_without_a_limit_changes_nothing(tmp_path: Path) -> None:
    assert seen(machine(tmp_path, V2, group_v2(LEAF, "max\n", 300))) == (16_384, 12_288)


def test_the_limit_of_a_group_counts_and_its_files_are_free(tmp_path: Path) -> None:
    group = group_v2(LEAF, f"{4096 * MIB}\n", used_mb=3000, files_mb=1000)
    assert seen(machine(tmp_path, V2, group)) == (4096, 4096 - 3000 + 1000)


def test_a_limit_further_up_counts_as_well(tmp_path: Path) -> None:
    inner = group_v2(LEAF, f"{8192 * MIB}\n", used_mb=100)
    outer = group_v2("cgroup/user.slice/", f"{6000 * MIB}\n", used_mb=5500)
    assert seen(machine(tmp_path, V2, inner, outer)) == (6000, 500)


def test_the_point_at_which_a_group_is_slowed_down_is_a_limit(tmp_path: Path) -> None:
    group = group_v2(LEAF, "max\n", used_mb=100)
    group[f"{LEAF}memory.high"] = f"{2048 * MIB}\n"
    assert seen(machine(tmp_path, V2, group)) == (2048, 1948)


def test_more_used_than_allowed_leaves_nothing(tmp_path: Path) -> None:
    group = group_v2(LEAF, f"{1024 * MIB}\n", used_mb=1100)
    assert seen(machine(tmp_path, V2, group)) == (1024, 0)


def test_inside_a_container_the_groups_path_may_be_hidden(tmp_path: Path) -> None:
    """The container sees its own group as the root, under a path of the host's."""
    for line in ("0::/../../docker/abc\n", "0::/docker/abc\n"):
        group = group_v2("cgroup/", f"{2048 * MIB}\n", used_mb=48)
        found = machine(tmp_path, {"proc/self/cgroup": line}, group)
        assert seen(found) == (2048, 2000)


def test_the_first_version_of_groups(tmp_path: Path) -> None:
    def group(folder: str, limit: int, used_mb: int) -> dict[str, str]:
        return {
            f"{folder}memory.limit_in_bytes": f"{limit}\n",
            f"{folder}memory.usage_in_bytes": f"{used_mb * MIB}\n",
            f"{folder}memory.stat": f"inactive_file 5\ntotal_inactive_file {10 * MIB}\n"
            f"total_active_file {20 * MIB}\n",
        }

    inner = group("cgroup/memory/docker/abc/", 3000 * MIB, 1000)
    outer = group("cgroup/memory/", 9_223_372_036_854_771_712, 1000)  # no limit
    assert seen(machine(tmp_path, V1, inner, outer)) == (3000, 2030)


def test_a_system_that_says_nothing(tmp_path: Path) -> None:
    nothing = LinuxMemory(tmp_path / "proc", tmp_path / "cgroup")
    assert seen(nothing) == (None, None)
    assert nothing.stalled_percent() is None
    assert nothing.private_mb(1) == 0


def test_the_longest_wait_for_memory_counts(tmp_path: Path) -> None:
    def waits(percent: float) -> str:
        return f"some avg10={percent} avg60=9.00 avg300=9.00 total=1\nfull avg10=77.0 avg60=0.0\n"

    found = machine(tmp_path, V2, {"proc/pressure/memory": waits(1.5)})
    assert found.stalled_percent() == 1.5
    write_files(tmp_path, {f"{LEAF}memory.pressure": waits(30.25)})
    assert found.stalled_percent() == 30.25


def test_workers_count_without_the_pages_of_files(tmp_path: Path) -> None:
    worker = "python\0-P\0-m\0core.engines.llama.worker\0tiny\0"
    status = "VmRSS:\t900000 kB\nRssAnon:\t {} kB\nRssFile:\t800000 kB\nRssShmem:\t{} kB\n"
    files = {
        "proc/7/task/7/children": "20 21 ",
        "proc/7/task/9/children": "22 23",
        "proc/20/cmdline": worker,
        "proc/21/cmdline": worker,
        "proc/22/cmdline": "someone's\0program\0",
        "proc/22/status": status.format(4000 * 1024, 0),
        "proc/20/status": status.format(100 * 1024, 0),
        "proc/21/status": status.format(10 * 1024, 5 * 1024),
        "proc/23/task": "",  # it ended: no status
    }
    assert machine(tmp_path, files).private_mb(7) == 115
    assert machine(tmp_path).private_mb(8) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_this_machine() -> None:
    found = this_machine()
    total_mb, available_mb = found.total_mb(), found.available_mb()
    assert total_mb is not None
    assert available_mb is not None
    assert 0 < available_mb <= total_mb


HOLDER = """
import subprocess, sys
hold = "data = bytearray(b'x') * (200 * 2**20); print(1, flush=True); input()"
print(1, flush=True)
input()
command = [sys.executable, "-c", hold, sys.argv[1]]
with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
    worker.stdout.readline()
    print(1, flush=True)
    input()
    worker.communicate(b"\\n")
"""
"""A process that starts, when it is told to, what looks like a worker with 200 MiB."""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_process_is_counted_with_its_workers() -> None:
    found = this_machine()
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, WORKER_MODULE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        before_mb = found.private_mb(process.pid)
        process.stdin.write("\n")
        process.stdin.flush()
        process.stdout.readline()
        assert 200 <= found.private_mb(process.pid) - before_mb < 300
        process.communicate("\n")


def test_another_system_tells_its_total_and_bounds_nothing() -> None:
    found = PosixMemory()
    assert (found.total_mb() or 0) > 0
    assert (found.available_mb(), found.stalled_percent(), found.private_mb(1)) == (None, None, 0)

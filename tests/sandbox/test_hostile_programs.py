"""What wants to do harm is stopped, told, and leaves nothing behind."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import psutil
import pytest

from core.sandbox import Command, Limits, Ran, run
from core.sandbox.walls import SOURCES

pytestmark = pytest.mark.usefixtures("walls_stand")


def python(program: str, limits: Limits | None = None) -> Ran:
    return run(Command(["python3", "-c", program]), limits)


def shell(program: str, limits: Limits | None = None) -> Ran:
    return run(Command(["bash", "-c", program]), limits)


def test_fork_bomb() -> None:
    ran = shell("bomb() { bomb | bomb & }; bomb; sleep 30", Limits(processes=64, wall_s=20))
    assert ran.ended == "processes" or "Resource temporarily unavailable" in ran.output
    assert not [each for each in psutil.process_iter(["cmdline"]) if "bomb" in _line(each)]


def _line(process: psutil.Process) -> str:
    return " ".join(process.info["cmdline"] or ())


def test_a_disk_cannot_be_filled(tmp_path: Path) -> None:
    ran = shell(
        "dd if=/dev/zero of=here bs=1M count=200; dd if=/dev/zero of=/tmp/there bs=1M count=200",
        Limits(workspace_mb=16),
    )
    assert ran.exit_code == 1
    assert ran.output.count("No space left on device") == 2


def test_the_network_is_not_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        heard: list[object] = []
        server.settimeout(3)
        listening = threading.Thread(target=_accept, args=(server, heard))
        listening.start()
        ran = python(f"import socket; socket.create_connection(('127.0.0.1', {port}), 2)")
        listening.join()
    assert ran.exit_code == 1
    assert "Connection refused" in ran.output
    assert not heard


def _accept(server: socket.socket, heard: list[object]) -> None:
    try:
        heard.append(server.accept())
    except TimeoutError:
        return


def test_no_name_is_looked_up() -> None:
    ran = python("import socket; socket.getaddrinfo('localhost.example.org', 80)")
    assert ran.exit_code == 1
    assert "gaierror" in ran.output


def test_the_home_folder_is_not_there(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("girasol-42")
    ran = shell(f"cat {secret}; cat ~/.ssh/id_rsa; cat /etc/passwd; cat /etc/shadow; ls /home")
    assert ran.exit_code != 0
    assert "girasol" not in ran.output
    assert "root:" not in ran.output


def test_secrets_of_the_environment_are_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_KEY", "girasol-42")
    ran = shell("env; cat /proc/*/environ")
    assert "HOME=/tmp" in ran.output
    assert "girasol" not in ran.output


def test_nothing_is_written_outside(tmp_path: Path) -> None:
    source = tmp_path / "project"
    source.mkdir()
    (source / "kept.txt").write_text("as it was")
    ran = run(
        Command(
            [
                "bash",
                "-c",
                f"echo no > kept.txt; cat kept.txt; rm {SOURCES}/0/kept.txt; touch /usr/x",
            ],
            sources=[source],
        )
    )
    assert ran.output.startswith("no\n")  # its own copy is its own
    assert ran.exit_code != 0
    assert ran.output.count("cannot") == 2
    assert (source / "kept.txt").read_text() == "as it was"


@pytest.mark.parametrize("program", ["while :; do :; done", "sleep 60", "trap '' TERM; sleep 60"])
def test_an_endless_loop(program: str) -> None:
    ran = shell(program, Limits(wall_s=1.0))
    assert ran.ended == "time"
    assert ran.exit_code is None
    assert ran.wall_s < 10
    assert "took too long" in ran.told()


def test_the_kernel_ends_what_only_calculates() -> None:
    ran = shell("while :; do :; done", Limits(wall_s=30, cpu_s=1))
    assert ran.exit_code in (128 + 24, 128 + 9)  # SIGXCPU, or SIGKILL of the hard limit


def test_giant_output() -> None:
    ran = shell("echo first; yes", Limits(output_kb=4, wall_s=30))
    assert ran.ended == "output"
    assert ran.output.startswith("first\ny\n")
    assert "bytes left out" in ran.output
    assert len(ran.output) < 4 * 1024 + 100


def test_one_process_that_takes_too_much_memory() -> None:
    ran = python("held = bytearray(1 << 30)", Limits(memory_mb=256))
    assert ran.exit_code == 1
    assert "MemoryError" in ran.output


def test_many_processes_that_together_take_too_much_memory() -> None:
    program = """
import os, time
for _ in range(6):
    if os.fork() == 0:
        held = b"x" * (60 << 20)
        time.sleep(30)
time.sleep(30)
"""
    ran = python(program, Limits(memory_mb=200, wall_s=30))
    assert ran.ended == "memory"
    assert "too much memory" in ran.told()


def test_what_goes_on_in_the_background_ends_too() -> None:
    ran = shell("setsid sleep 987.5 & disown; echo started")
    assert (ran.exit_code, ran.output) == (0, "started\n")
    assert not [each for each in psutil.process_iter(["cmdline"]) if "987.5" in _line(each)]


def test_no_further_walls_can_be_built_inside() -> None:
    ran = shell("unshare --user --map-root-user true")
    assert ran.exit_code != 0


def test_other_processes_are_not_seen() -> None:
    ran = shell("kill -9 -1; kill -0 " + str(os.getpid()))
    assert ran.exit_code != 0

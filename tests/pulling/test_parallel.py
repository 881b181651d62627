"""Several files at once, and what is shown of them meanwhile."""

from __future__ import annotations

import io
import random
import threading
import time

import pytest
from rich.console import Console

from core.errors import DownloadFailed, StorageError
from core.interfaces.presenter import Presenter
from core.interfaces.pull_view import LineView, TerminalView
from core.pulling.part import part_path
from core.pulling.progress import FileProgress, PullProgress
from core.pulling.pull import is_stopped, progress_of, pull
from core.storage.folder import DataFolder
from tests.hub_emulator import Drop, HubEmulator, Spoil
from tests.pulling.conftest import Puller, hub_source, wanted

FILES = [f"part-{number}.gguf" for number in range(8)]
FILE_BYTES = 150_000


@pytest.fixture
def contents() -> dict[str, bytes]:
    pick = random.Random(8)
    return {name: pick.randbytes(FILE_BYTES) for name in FILES}


def test_eight_files_at_once_with_honest_progress(
    contents: dict[str, bytes], puller: Puller
) -> None:
    with HubEmulator({"owner/many": contents}, bytes_per_s=2_000_000) as hub:
        source = hub_source(hub)
        files = puller.plan(source, *(wanted(name, "owner/many") for name in FILES))
        progress = progress_of(files)
        seen: list[tuple[int, int, int]] = []

        most_at_once = 0

        def look() -> None:
            nonlocal most_at_once
            before = on_disk()
            seen.append((before, progress.done_bytes, on_disk()))
            states = [file.state for file in progress.files]
            most_at_once = max(most_at_once, states.count("downloading"))

        def on_disk() -> int:
            found = 0
            for file in files:
                for path in (part_path(file.place), file.place):
                    try:
                        found += path.stat().st_size
                        break
                    except FileNotFoundError:
                        continue
            return found

        stop = threading.Event()

        def keep_looking() -> None:
            while not stop.wait(0.005):
                look()

        watcher = threading.Thread(target=keep_looking)
        watcher.start()
        outcomes = pull(files, puller.fetcher(source), progress, puller.cancel, at_once=8)
        stop.set()
        watcher.join()
    assert [outcome.problem for outcome in outcomes] == [None] * 8
    assert all(file.place.read_bytes() == contents[file.wanted.name] for file in files)
    assert progress.done_bytes == progress.total_bytes == progress.received_bytes
    assert {file.state for file in progress.files} == {"done"}
    assert most_at_once == 8
    assert len(seen) > 20
    # Each block is written and then counted, so at most one block of each file may be uncounted.
    block_bytes = 65_536
    for before, told, after in seen:
        assert before - 8 * block_bytes <= told <= max(after, before)
    all_told = [told for _, told, _ in seen]
    assert all_told == sorted(all_told)
    assert len(set(all_told)) > 20


def test_what_was_kept_counts_as_here_and_for_no_speed(hub: HubEmulator, puller: Puller) -> None:
    hub.fail_next(Drop(after_bytes=50_000))
    for _ in range(3):
        hub.fail_next(Drop())
    with pytest.raises(DownloadFailed):
        puller.pull(hub)
    source = hub_source(hub)
    progress = progress_of(puller.plan(source))
    assert (progress.done_bytes, progress.received_bytes) == (50_000, 0)
    console = Console(file=io.StringIO(), force_terminal=True, width=80)
    view = TerminalView(progress, Presenter(console, console))
    view.show()
    assert [(task.completed, task.speed) for task in view.shown.tasks] == [(50_000, None)] * 2


def test_bars_fit_80_columns_and_trouble_is_told_once() -> None:
    file = FileProgress("mmproj-Qwen3VL-4B-Instruct-Q8_0.gguf", 2_497_281_664, 1_000_000_000)
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=80, color_system=None)
    view = TerminalView(PullProgress([file]), Presenter(console, console))
    file.received(20_000_000)
    for _ in range(2):
        file.gave_way("the connection was lost ([Errno 104] reset)")
        view.show()
    console.print(view.shown.get_renderable())
    *told, bar, _ = shown.getvalue().splitlines()
    words = " ".join(" ".join(told).split())
    assert words.endswith("the connection was lost ([Errno 104] reset); it is asked again.")
    assert words.count("asked again") == 1
    assert bar.startswith("mmproj-Qwen3VL-4B-Instruc… ")
    assert "1.0/2.5 GB" in bar
    assert bar.rstrip().endswith(" again")


def test_one_file_that_fails_stops_no_other(contents: dict[str, bytes], puller: Puller) -> None:
    with HubEmulator({"owner/many": contents}) as hub:
        source = hub_source(hub)
        files = puller.plan(
            source, wanted("gone.gguf", "owner/many"), *(wanted(n, "owner/many") for n in FILES)
        )
        hub.fail_next(Spoil())
        fetcher, progress = puller.fetcher(source), progress_of(files)
        outcomes = pull(files, fetcher, progress, puller.cancel, at_once=1)
    problems = [str(outcome.problem) for outcome in outcomes if outcome.problem]
    assert len(problems) == 2
    assert "has no gone.gguf" in problems[0]
    assert "is not the file that it should be" in problems[1]
    assert len([name for name in puller.names if name.endswith(".gguf")]) == 7


def test_a_disk_that_cannot_be_written_stops_them_all(
    contents: dict[str, bytes], puller: Puller, folder: DataFolder
) -> None:
    with HubEmulator({"owner/many": contents}, bytes_per_s=400_000) as hub:
        source = hub_source(hub)
        files = puller.plan(source, *(wanted(name, "owner/many") for name in FILES))
        (folder.models / "many").mkdir()
        part_path(files[1].place).mkdir()  # nothing can be written there
        started_s = time.monotonic()
        fetcher, progress = puller.fetcher(source), progress_of(files)
        outcomes = pull(files, fetcher, progress, puller.cancel, at_once=8)
    assert time.monotonic() - started_s < 2.5  # all of it takes three seconds
    assert isinstance(outcomes[1].problem, StorageError)
    assert sum(is_stopped(outcome) for outcome in outcomes) == 7
    assert not [name for name in puller.names if name.endswith(".gguf")]


def test_lines_tell_speed_and_time_left() -> None:
    """For pipes and logs; the clock is the test's."""
    clock = [0.0]
    file = FileProgress("a.gguf", 4_000_000_000, 1_000_000_000)
    lines: list[str] = []
    view = LineView(PullProgress([file]), lines.append, lambda: clock[0])
    for _ in range(3):
        clock[0] += 5.0
        file.received(100_000_000)
        view.show()
    assert lines == ["1.20 GB of 4.00 GB · 20.0 MB/s · 2 min left"]
    file.at(4_000_000_000)
    file.state = "done"
    view.show()
    view.show()
    assert lines[1:] == ["a.gguf is here: 4.00 GB"]
    clock[0] += 10.0
    view.show()
    assert lines[2:] == ["4.00 GB of 4.00 GB · 6.7 MB/s · 0 min left"]
    clock[0] += 10.0
    view.show()
    assert lines[3:] == ["4.00 GB of 4.00 GB · 0.0 MB/s · nothing comes"]

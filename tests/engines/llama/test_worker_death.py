"""A worker that dies costs one answer, and one whose parent dies goes with it."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from core.engines.llama.engine import LlamaEngine
from core.engines.llama.messages import encode_spec
from core.engines.llama.wire import write_frame
from core.engines.protocol import GenerationRequest, Message, TextDelta
from core.engines.spec import PARALLEL_REQUESTS
from core.errors import EngineCrashed, EngineFailed
from tests.engines.contract import GREEDY, LONG, QUESTION, answer
from tests.engines.llama.conftest import Models, Open, spec_for
from tests.workers import children

GONE_WITHIN_S = 10


def worker_of_this_process() -> psutil.Process:
    (worker,) = children()
    return worker


def wait_until_gone(process: psutil.Process) -> None:
    """An orphan may stay as a zombie where nobody collects it; that is gone as well."""
    for _ in range(GONE_WITHIN_S * 100):
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return
        try:
            process.wait(0.01)
        except psutil.TimeoutExpired:
            continue
    pytest.fail(f"{process} is still there")


def test_a_worker_killed_in_the_middle_of_an_answer(models: Models, open_llama: Open) -> None:
    engine = open_llama(spec_for(models.random))
    stream = engine.generate(LONG)
    assert isinstance(next(stream), TextDelta)
    worker_of_this_process().kill()
    with pytest.raises(EngineCrashed, match="SIGKILL") as caught:
        list(stream)
    assert "Memory" in caught.value.hint
    assert caught.value.retryable
    assert not engine.alive()
    assert engine.memory_mb() is None
    with pytest.raises(EngineCrashed):  # and not only for the first who asks
        answer(engine, GREEDY)


def test_a_model_file_truncated_while_it_is_in_use(
    models: Models, tmp_path: Path, open_llama: Open
) -> None:
    path = tmp_path / "shrinking.gguf"
    shutil.copy(models.random, path)
    engine = open_llama(spec_for(path))
    os.truncate(path, 1000)
    with pytest.raises(EngineCrashed, match="SIGBUS"):
        answer(engine, GREEDY)


def test_close_leaves_nobody_behind(models: Models) -> None:
    engine = LlamaEngine.open(spec_for(models.scripted))
    worker = worker_of_this_process()
    engine.close()
    assert not psutil.pid_exists(worker.pid)


def test_close_kills_a_worker_that_does_not_listen(models: Models) -> None:
    engine = LlamaEngine.open(spec_for(models.scripted))
    worker = worker_of_this_process()
    worker.send_signal(signal.SIGSTOP)
    engine.close()
    assert not psutil.pid_exists(worker.pid)


def test_closing_in_the_middle_of_an_answer_says_so(models: Models) -> None:
    engine = LlamaEngine.open(spec_for(models.random))
    stream = engine.generate(LONG)
    next(stream)
    engine.close()
    with pytest.raises(EngineFailed, match="closed"):
        list(stream)


def test_everybody_hears_of_a_death_those_who_are_answered_and_those_who_wait(
    models: Models,
) -> None:
    """Also those who ask after the first of them has closed the engine, and its log with it."""
    engine = LlamaEngine.open(spec_for(models.random))
    request = GenerationRequest(QUESTION, max_tokens=900, temperature=0)
    answered = [engine.generate(request) for _ in range(PARALLEL_REQUESTS)]
    for stream in answered:
        next(stream)
    with ThreadPoolExecutor() as pool:
        waiting = [pool.submit(list, engine.generate(LONG)) for _ in range(3)]
        worker_of_this_process().kill()
        failures = [future.exception(GONE_WITHIN_S) for future in waiting]
    for stream in answered:
        with pytest.raises(EngineCrashed, match="SIGKILL") as caught:
            list(stream)
        failures.append(caught.value)
    engine.close()
    with pytest.raises(EngineCrashed, match="SIGKILL") as late:
        list(engine.generate(LONG))
    for failure in (*failures, late.value):
        assert isinstance(failure, EngineCrashed)
        assert failure.retryable


def test_an_engine_that_is_dropped_takes_its_worker_along(models: Models) -> None:
    engine = LlamaEngine.open(spec_for(models.scripted))
    worker = worker_of_this_process()
    del engine
    gc.collect()
    assert not psutil.pid_exists(worker.pid)


PARENT = """
import sys
from core.engines.llama.engine import LlamaEngine
from core.engines.protocol import GenerationRequest, Message
from core.engines.spec import PARALLEL_REQUESTS
from tests.engines.llama.conftest import spec_for
from pathlib import Path
engine = LlamaEngine.open(spec_for(Path(sys.argv[1])))
stream = engine.generate(GenerationRequest((Message.text("user", "hola"),), 4000, 0))
next(stream)
print("answering", flush=True)
sys.stdin.read()
"""


def test_a_parent_that_is_killed_takes_its_worker_along(models: Models) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(models.random)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"answering\n"
        (worker,) = psutil.Process(parent.pid).children()
        parent.kill()
    wait_until_gone(worker)


def test_a_worker_notices_the_end_of_its_parent_while_it_loads(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.gguf"
    os.mkfifo(pipe)
    worker = subprocess.Popen(
        [sys.executable, "-m", "core.engines.llama.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with worker:
        assert worker.stdin is not None
        write_frame(worker.stdin, {"type": "load", "id": 0, "spec": encode_spec(spec_for(pipe))})
        # Opening waits for the reader: from here on the worker is inside llama.cpp, which
        # waits for bytes that never come.
        with pipe.open("wb", buffering=0):
            worker.stdin.close()
            assert worker.wait(GONE_WITHIN_S) == 0


def test_what_native_code_prints_breaks_no_frame(models: Models, tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    engine = LlamaEngine.open(spec_for(models.scripted, log=log))
    worker = worker_of_this_process()
    stdout, stderr = (Path(f"/proc/{worker.pid}/fd/{fd}").readlink() for fd in (1, 2))
    engine.close()
    assert stdout == stderr == log


def test_ctrl_c_in_the_terminal_is_not_for_the_worker(models: Models, open_llama: Open) -> None:
    open_llama(spec_for(models.scripted))
    assert os.getpgid(worker_of_this_process().pid) != os.getpgrp()


def test_two_engines_stand_apart(models: Models, open_llama: Open) -> None:
    first, second = (open_llama(spec_for(models.random)) for _ in range(2))
    expected = answer(second, GREEDY)[0]
    for worker in children()[:1]:
        worker.kill()
        worker.wait()
    assert [first.alive(), second.alive()].count(True) == 1
    alive = first if first.alive() else second
    assert answer(alive, GREEDY)[0] == expected
    question = GenerationRequest((Message.text("user", "hola"),), 4, 0)
    assert answer(alive, question)[0]

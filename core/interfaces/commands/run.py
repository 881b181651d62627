"""`sarai run`: a task done in phases, and the runs that are not done."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from core.cancellation import Cancellation
from core.errors import Cancelled, InvalidInput
from core.interfaces.answering import interrupt_cancels
from core.interfaces.consent import consents
from core.interfaces.exit_codes import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK
from core.interfaces.phase_tree import shown
from core.interfaces.presenter import Presenter, terminal_presenter
from core.interfaces.program_log import program_log
from core.interfaces.standard_input import from_terminal, input_text
from core.model_pool import ModelPool
from core.profiles import with_what_is_here
from core.settings import load_settings
from core.storage.folder import open_data_folder
from core.workflow import (
    MultiModelExecutor,
    MultiModelResult,
    WorkflowEvent,
    WorkflowFinished,
    WorkflowStarted,
)

STANDARD_INPUT = "-"


def run(arguments: argparse.Namespace) -> int:
    """Do what the options say."""
    presenter = terminal_presenter()
    with _opened() as executor:
        if arguments.unfinished:
            return _list(executor, presenter)
        if arguments.discard:
            executor.discard(arguments.discard)
            return EXIT_OK
        with interrupt_cancels() as cancel:
            events = _events(arguments, executor, cancel)
            result = _followed(events, presenter, quiet=arguments.json)
            while result and _approved(result, presenter, arguments):
                events = executor.stream_resumed(result.run_id, cancel=cancel)
                result = _followed(events, presenter, quiet=arguments.json)
    return EXIT_INTERRUPTED if result is None else _tell(result, presenter, arguments.json)


@contextmanager
def _opened() -> Iterator[MultiModelExecutor]:
    settings, folder = load_settings(), open_data_folder()
    with program_log(folder):
        pool = ModelPool(with_what_is_here(settings, folder), folder)
        try:
            with MultiModelExecutor(pool) as executor:
                yield executor
        finally:
            pool.close()


def _events(
    arguments: argparse.Namespace, executor: MultiModelExecutor, cancel: Cancellation
) -> Iterator[WorkflowEvent]:
    if arguments.resume:
        return executor.stream_resumed(arguments.resume, cancel=cancel)
    words = [input_text() if word == STANDARD_INPUT else word for word in arguments.words]
    return executor.stream(
        arguments.agent,
        " ".join(words),
        dict(_parameter(each) for each in arguments.param),
        arguments.phases.split(",") if arguments.phases else None,
        approve=arguments.approve,
        use_cache=not arguments.fresh,
        cancel=cancel,
    )


def _parameter(text: str) -> tuple[str, Any]:
    """`key=value`; a value that is a number or JSON is taken for that."""
    key, sign, value = text.partition("=")
    if not (sign and key):
        raise InvalidInput(
            f"{text!r} is no parameter.", key="--param", hint="Write it as language=python."
        )
    try:
        return key, json.loads(value)
    except ValueError:
        return key, value


def _followed(
    events: Iterator[WorkflowEvent], presenter: Presenter, *, quiet: bool
) -> MultiModelResult | None:
    """The result of one stretch of a run; None when it was stopped."""
    run_id, result = "", None
    try:
        for event in events if quiet else shown(events, presenter.notes):
            if isinstance(event, WorkflowStarted):
                run_id = event.run_id
            elif isinstance(event, WorkflowFinished):
                result = event.result
    except Cancelled:
        presenter.note(f"stopped; go on with: sarai run --resume {run_id}")
    return result


def _approved(
    result: MultiModelResult, presenter: Presenter, arguments: argparse.Namespace
) -> bool:
    """Whether it waits and the person at the terminal lets it go on; nobody there is a no."""
    if not result.pending or arguments.json or not from_terminal():
        return False
    if result.final_result is not None:
        presenter.line(_words(result.final_result))
    phases = " and ".join(result.pending)
    return consents(f"Go on with {phases}?", need=f"{phases} waits.", option="--resume")


def _tell(result: MultiModelResult, presenter: Presenter, as_json: bool) -> int:
    if as_json:
        presenter.line(json.dumps(result.as_dict(), ensure_ascii=False, indent=2))
    else:
        _present(result, presenter)
    return EXIT_OK if result.success or result.pending else EXIT_FAILED


def _present(result: MultiModelResult, presenter: Presenter) -> None:
    if result.pending:
        presenter.note(
            f"waits before {', '.join(result.pending)}; "
            f"go on with: sarai run --resume {result.run_id}"
        )
        return
    if result.final_result is not None:
        presenter.line(_words(result.final_result))
    for warning in result.warnings:
        presenter.note(f"! {warning}")
    if result.error is not None:
        presenter.error(result.error)
    presenter.note(_summary(result))


def _summary(result: MultiModelResult) -> str:
    parts = [
        f"{result.successful_phases} of {result.total_phases} phases",
        f"{result.total_execution_time:.1f} s",
        f"{result.total_tokens_used} tokens",
    ]
    if result.memory_gb_s is not None:
        parts.append(f"{result.memory_gb_s:.1f} GB·s")
    parts += [f"{amount:.4f} {currency}" for currency, amount in result.costs.items()]
    if result.cached:
        parts.append("of an earlier run")
    return " · ".join(parts)


def _words(output: Any) -> str:
    return output if isinstance(output, str) else json.dumps(output, ensure_ascii=False)


def _list(executor: MultiModelExecutor, presenter: Presenter) -> int:
    for each in executor.unfinished():
        done = ", ".join(result.phase for result in each.results) or "nothing"
        task = " ".join(each.job.description.split())[:60]
        now = "  (goes on now)" if executor.in_progress(each.job.run_id) else ""
        agent = each.job.profile.agent_name
        presenter.line(f"{each.job.run_id}  {agent}  {done} done{now}  {task}")
    return EXIT_OK

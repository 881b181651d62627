"""The commands of the conversation, each a function and a line of help.

Adding a command is one function and one entry in COMMANDS.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable

from core.errors import InvalidInput
from core.interfaces.drawing import drawing_of, text_tree
from core.interfaces.model_tables import models_table, status_view
from core.interfaces.session import Session


class Leave(Exception):
    """The user wants to go."""


def run_command(line: str, session: Session) -> None:
    """Run `/name`.

    Raises: InvalidInput for an unknown name; Leave for /exit.
    """
    name, *_ = line.split()
    if name not in COMMANDS:
        nearest = difflib.get_close_matches(name, COMMANDS, n=1, cutoff=0.0)[0]
        raise InvalidInput(f"There is no command {name}.", key=name, hint=f"Try {nearest}.")
    COMMANDS[name][0](session)


def _help(session: Session) -> None:
    for name, (_, meaning) in COMMANDS.items():
        session.presenter.line(f"{name:<9} {meaning}")
    session.presenter.line('@file     attaches a picture, video or recording: @"with spaces.jpg"')
    session.presenter.line("Ctrl-C    stops the answer and keeps what was said")


def _models(session: Session) -> None:
    session.presenter.render(models_table(session.orchestrator.services.pool))


def _status(session: Session) -> None:
    session.presenter.render(status_view(session.orchestrator.services.pool.status()))


def _graph(session: Session) -> None:
    session.presenter.line(text_tree(drawing_of(session.orchestrator.get_graph())))


def _last(session: Session) -> None:
    state = session.last
    if state is None:
        raise InvalidInput("Nothing was answered yet.", key="/last")
    times_ms = {node: ms for node, ms in state["timings_ms"].items() if node != "total"}
    session.presenter.line(text_tree(drawing_of(session.orchestrator.get_graph(), times_ms)))
    session.presenter.line(f"reason: {state['route_reason']}")
    for model in state["tried"]:
        session.presenter.line(f"tried:  {model}")


def _clear(session: Session) -> None:
    session.start_thread()
    session.presenter.clear()


def _exit(session: Session) -> None:
    raise Leave


COMMANDS: dict[str, tuple[Callable[[Session], None], str]] = {
    "/help": (_help, "this list"),
    "/models": (_models, "the configured models and what is installed"),
    "/status": (_status, "what is loaded, against the memory budget"),
    "/graph": (_graph, "the flow"),
    "/last": (_last, "the way the last answer took, with times"),
    "/clear": (_clear, "forget this conversation and start anew"),
    "/exit": (_exit, "leave (Ctrl-D too)"),
}

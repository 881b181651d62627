"""The commands of the conversation, each a function and a line of help.

Adding a command is one function and one entry in COMMANDS.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable

from core.errors import InvalidInput
from core.interfaces.drawing import drawing_of, text_tree
from core.interfaces.evictions import eviction_lines
from core.interfaces.model_tables import status_view
from core.interfaces.session import Session

_COMMAND = re.compile(r"/\w*(?!\S)")  # a dropped file's path has more than one slash or a dot
_SIMILAR = 0.5


class Leave(Exception):
    """The user wants to go."""


def is_command(entry: str) -> bool:
    """Whether this is meant as `/name`, known or not, and not as words or a file's path."""
    return _COMMAND.match(entry) is not None


def run_command(entry: str, session: Session) -> None:
    """Run `/name`.

    Raises: InvalidInput for an unknown name; Leave for /exit.
    """
    name, *_ = entry.split()
    if name not in COMMANDS:
        nearest = difflib.get_close_matches(name, COMMANDS, n=1, cutoff=_SIMILAR)
        hint = f"Did you mean {nearest[0]}?" if nearest else "/help lists the commands."
        raise InvalidInput(f"There is no command {name}.", key=name, hint=hint)
    COMMANDS[name][0](session)


def _help(session: Session) -> None:
    for name, (_, meaning) in COMMANDS.items():
        session.presenter.line(f"{name:<10} {meaning}")
    for key, meaning in KEYS.items():
        session.presenter.line(f"{key:<10} {meaning}")


def _models(session: Session) -> None:
    from core.interfaces.role_choices import role_choices  # noqa: PLC0415  numpy is not free
    from core.interfaces.role_table import role_notes, role_table  # noqa: PLC0415

    pool = session.assistant.services.pool
    choices = role_choices(pool)
    session.presenter.render(role_table(choices))
    for line in role_notes(choices, pool.settings):
        session.presenter.note(line)


def _status(session: Session) -> None:
    session.presenter.render(status_view(session.assistant.services.pool))


def _why(session: Session) -> None:
    from core.model_pool.eviction_log import EvictionLog  # noqa: PLC0415  SQLite is not free

    database = session.assistant.services.database
    for line in eviction_lines(EvictionLog(lambda: database).newest_first()):
        session.presenter.line(line)


def _graph(session: Session) -> None:
    session.presenter.line(text_tree(drawing_of(session.assistant.get_graph())).rstrip())


def _last(session: Session) -> None:
    state = session.last
    if state is None:
        raise InvalidInput("Nothing was answered yet.", key="/last")
    times_ms = {node: ms for node, ms in state["timings_ms"].items() if node != "total"}
    drawing = drawing_of(session.assistant.get_graph(), times_ms)
    session.presenter.line(text_tree(drawing).rstrip())
    session.presenter.line(f"reason  {state['route_reason']}")
    instead = f", instead of {', '.join(state['tried'])}" if state["tried"] else ""
    session.presenter.line(f"model   {state['model_used']}{instead}")
    usage = state["usage"]
    if usage is not None and usage["memory_mb"] is not None:
        session.presenter.line(f"memory  {usage['memory_mb']:.0f} MiB")


def _clear(session: Session) -> None:
    session.forget()
    session.presenter.clear()
    session.presenter.note("This conversation is forgotten; a new one begins.")


def _exit(session: Session) -> None:
    raise Leave


COMMANDS: dict[str, tuple[Callable[[Session], None], str]] = {
    "/help": (_help, "this list"),
    "/models": (_models, "who serves each role, and what is missing"),
    "/status": (_status, "what is loaded, against the memory budget"),
    "/why": (_why, "which models had to leave for others, and why they"),
    "/graph": (_graph, "the flow"),
    "/last": (_last, "the way the last answer took, with times"),
    "/clear": (_clear, "forget this conversation and start anew"),
    "/exit": (_exit, "leave (Ctrl-D too)"),
}

KEYS = {
    "@file": 'attaches a picture, video or recording: @photo.jpg, @"with spaces.jpg"',
    "Tab": "completes commands and files",
    "Alt-Enter": "begins a new line; pasted lines stay together",
    "Ctrl-C": "stops the answer and keeps what was said",
}

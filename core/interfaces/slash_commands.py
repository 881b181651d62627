"""The commands of the conversation, each a function and a line of help.

Adding a command is one function and one entry in COMMANDS. A function gets the words behind the
command's name; where its entry names none, they are not read.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass

from core.errors import InvalidInput
from core.interfaces.drawing import drawing_of, text_tree
from core.interfaces.evictions import eviction_lines
from core.interfaces.model_tables import status_view
from core.interfaces.session import Session
from core.state import PastTurn

_COMMAND = re.compile(r"/\w*(?!\S)")  # a dropped file's path has more than one slash or a dot
_SIMILAR = 0.5


class Leave(Exception):
    """The user wants to go."""


@dataclass(frozen=True, slots=True)
class Command:
    """`words` says what stands behind the name; in brackets, what need not."""

    run: Callable[[Session, str], None]
    meaning: str
    words: str = ""

    @property
    def needs_words(self) -> bool:
        return bool(self.words) and not self.words.startswith("[")


def is_command(entry: str) -> bool:
    """Whether this is meant as `/name`, known or not, and not as words or a file's path."""
    return _COMMAND.match(entry) is not None


def run_command(entry: str, session: Session) -> None:
    """Run `/name` with the words behind it.

    Raises: InvalidInput for an unknown name, or without the words that it needs; Leave for /exit.
    """
    name, *rest = entry.split(maxsplit=1)
    if name not in COMMANDS:
        nearest = difflib.get_close_matches(name, COMMANDS, n=1, cutoff=_SIMILAR)
        hint = f"Did you mean {nearest[0]}?" if nearest else "/help lists the commands."
        raise InvalidInput(f"There is no command {name}.", key=name, hint=hint)
    command, words = COMMANDS[name], rest[0] if rest else ""
    if command.needs_words and not words:
        raise InvalidInput(f"{name} what?", key=name, hint=f"Use {name} {command.words}.")
    command.run(session, words)


def _help(session: Session, _words: str) -> None:
    usages = {f"{name} {each.words}": each.meaning for name, each in COMMANDS.items()}
    for usage, meaning in (usages | KEYS).items():
        session.presenter.line(f"{usage:<24} {meaning}")


def _models(session: Session, _words: str) -> None:
    from core.interfaces.role_choices import role_choices  # noqa: PLC0415  numpy is not free
    from core.interfaces.role_table import role_notes, role_table  # noqa: PLC0415

    pool = session.assistant.services.pool
    choices = role_choices(pool)
    session.presenter.render(role_table(choices))
    for line in role_notes(choices, pool.settings):
        session.presenter.note(line)


def _status(session: Session, _words: str) -> None:
    session.presenter.render(status_view(session.assistant.services.pool))


def _why(session: Session, _words: str) -> None:
    if session.last is not None and session.last["input"] and session.last["scores"]:
        _tell_decision(session, session.last["input"], session.last["history"])
    from core.model_pool.eviction_log import EvictionLog  # noqa: PLC0415  SQLite is not free

    database = session.assistant.services.database
    for line in eviction_lines(EvictionLog(lambda: database).newest_first()):
        session.presenter.line(line)


def _tell_decision(session: Session, asked: str, history: list[PastTurn]) -> None:
    from core.emotion.crisis import crisis_watch  # noqa: PLC0415
    from core.interfaces.decision_view import decision_view  # noqa: PLC0415
    from core.routing.configured import thresholds_of  # noqa: PLC0415
    from core.routing.decision import decide  # noqa: PLC0415

    services = session.assistant.services
    went_to_expert = session.last is not None and session.last["route"] == "expert"
    earlier = history[:-1] if history and history[-1]["user"] == asked else history
    decision = decide(
        asked,
        services.classifier,
        thresholds_of(services.settings),
        history=earlier,
        doc_match=services.documents.match,
        expert_is_loaded=lambda: went_to_expert,
        in_danger=crisis_watch(services.settings),
    )
    session.presenter.render(decision_view(decision, services.pool))
    session.presenter.line("")


def _graph(session: Session, _words: str) -> None:
    session.presenter.line(text_tree(drawing_of(session.assistant.get_graph())).rstrip())


def _last(session: Session, _words: str) -> None:
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


def _good(session: Session, _words: str) -> None:
    _rate(session, good=True)


def _bad(session: Session, _words: str) -> None:
    _rate(session, good=False)


def _rate(session: Session, *, good: bool) -> None:
    """Raises: InvalidInput, when there is nothing to rate; StorageError."""
    word = "good" if good else "bad"
    if session.last is None:
        raise InvalidInput("Nothing was answered yet.", key=f"/{word}")
    about = session.last["feedback"]
    if about is None or not session.assistant.services.feedback_log.rate(
        about["run_id"], good=good
    ):
        raise InvalidInput(
            "That answer is not in the log.",
            key=f"/{word}",
            hint="feedback.enabled keeps answers there; `sarai forget --feedback` deletes them.",
        )
    session.presenter.note(f"Noted: that answer was {word}. `sarai stats` counts them.")


def _remember(session: Session, words: str) -> None:
    from core.interfaces.memory_commands import remember  # noqa: PLC0415  numpy is not free

    remember(session, words)


def _memory(session: Session, words: str) -> None:
    from core.interfaces.memory_commands import show_memory  # noqa: PLC0415

    show_memory(session, words)


def _forget(session: Session, words: str) -> None:
    from core.interfaces.memory_commands import forget  # noqa: PLC0415

    forget(session, words)


def _clear(session: Session, _words: str) -> None:
    session.forget()
    session.presenter.clear()
    session.presenter.note("This conversation is forgotten; a new one begins.")


def _exit(session: Session, _words: str) -> None:
    raise Leave


COMMANDS: dict[str, Command] = {
    "/help": Command(_help, "this list"),
    "/models": Command(_models, "who serves each role, and what is missing"),
    "/status": Command(_status, "what is loaded, against the memory budget"),
    "/why": Command(
        _why, "how the last answer was routed, and which models had to leave for others"
    ),
    "/good": Command(_good, "the last answer was good; later choices learn from it"),
    "/bad": Command(_bad, "the last answer was bad"),
    "/remember": Command(_remember, "keep a fact, for all later conversations", "TEXT"),
    "/memory": Command(_memory, "what is remembered, or what of it fits", "[search WORDS]"),
    "/forget": Command(_forget, "delete it, so that it does not come back", "NUMBER_OR_TEXT"),
    "/graph": Command(_graph, "the flow"),
    "/last": Command(_last, "the way the last answer took, with times"),
    "/clear": Command(_clear, "forget this conversation and start anew"),
    "/exit": Command(_exit, "leave (Ctrl-D too)"),
}

KEYS = {
    "@file": 'attaches a picture, video or recording: @photo.jpg, @"with spaces.jpg"',
    "Tab": "completes commands and files",
    "Alt-Enter": "begins a new line; pasted lines stay together",
    "Ctrl-C": "stops the answer and keeps what was said",
}

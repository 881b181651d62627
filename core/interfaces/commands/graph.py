"""`sarai graph`: the flow as Mermaid or as text, with the way of the last answer."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping

from core.errors import InvalidInput
from core.graph import compiled_graph
from core.interfaces.drawing import Drawing, drawing_of, mermaid, text_tree
from core.interfaces.exit_codes import EXIT_OK
from core.settings import load_settings
from core.storage.database import Database
from core.storage.folder import open_data_folder
from core.storage.runs import RunLog
from core.workflow.graph import usual_graph
from core.workflow.profiles import profile_named, profiles_of


def run(arguments: argparse.Namespace) -> int:
    """Print the drawing; no service of anybody draws anything."""
    if arguments.agent:
        drawing = agent_drawing(arguments.agent)
    else:
        times_ms = last_times_ms() if arguments.last else None
        drawing = drawing_of(compiled_graph().get_graph(), times_ms)
    sys.stdout.write(text_tree(drawing) if arguments.ascii else mermaid(drawing))
    return EXIT_OK


def agent_drawing(name: str) -> Drawing:
    """The phases of an agent, as they run while every model fits beside the others.

    Raises: UnknownAgent; InvalidInput, when its phases wait for one another.
    """
    settings = load_settings()
    profile = profile_named(name, profiles_of(settings))
    return drawing_of(usual_graph(profile, settings.workflow.max_parallel_phases).get_graph())


def last_times_ms() -> Mapping[str, float]:
    """The nodes of the last run with their times.

    Raises: InvalidInput, when nothing ran yet.
    """
    last = RunLog(Database(open_data_folder().database)).last()
    if last is None:
        raise InvalidInput("Nothing ran yet.", key="--last", hint='Try: sarai ask "hola"')
    return {node: last.timings_ms[node] for node in last.path}

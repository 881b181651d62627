"""Pictures of the graph, as Mermaid and as plain text, made from the graph itself.

Owns the two renderings and the marking of a run's path; knows nothing of what nodes do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langchain_core.runnables.graph import Graph

START_NAME = "__start__"
END_NAME = "__end__"
DISPLAY_NAMES = {START_NAME: "start", END_NAME: "end"}


@dataclass(frozen=True, slots=True)
class Drawing:
    """Nodes in flow order and their successors; `times_ms` holds the nodes of a run."""

    successors: Mapping[str, tuple[str, ...]]
    choices: frozenset[tuple[str, str]]
    times_ms: Mapping[str, float]


def drawing_of(graph: Graph, times_ms: Mapping[str, float] | None = None) -> Drawing:
    """What there is to draw. With `times_ms` (node to milliseconds) a run is marked."""
    successors: dict[str, list[str]] = {name: [] for name in graph.nodes}
    for edge in graph.edges:
        successors[edge.source].append(edge.target)
    order = _flow_order(successors)
    rank = {name: n for n, name in enumerate(order)}
    return Drawing(
        {name: tuple(sorted(successors[name], key=rank.__getitem__)) for name in order},
        frozenset((edge.source, edge.target) for edge in graph.edges if edge.conditional),
        {} if times_ms is None else {**times_ms, START_NAME: 0.0, END_NAME: 0.0},
    )


def _flow_order(successors: Mapping[str, list[str]]) -> list[str]:
    """Topological order, depth first from the start: a node comes after all before it."""
    order: list[str] = []
    seen: set[str] = set()

    def visit(name: str) -> None:
        seen.add(name)
        for following in sorted(successors[name], reverse=True):
            if following not in seen:
                visit(following)
        order.append(name)

    visit(START_NAME)
    return order[::-1]


def mermaid(drawing: Drawing) -> str:
    """Mermaid's flowchart text. Dotted arrows are choices; a run's path is thick."""
    return "\n".join(_mermaid_lines(drawing)) + "\n"


def _mermaid_lines(drawing: Drawing) -> Iterator[str]:
    yield "flowchart TD"
    for name in drawing.successors:
        yield f"    {name}{_mermaid_shape(name, drawing)}"
    for name, following in drawing.successors.items():
        for target in following:
            yield f"    {name} {_mermaid_arrow(name, target, drawing)} {target}"
    if drawing.times_ms:
        visited = ",".join(name for name in drawing.successors if name in drawing.times_ms)
        yield "    classDef visited fill:#d5f0d5,stroke:#2a7a2a,stroke-width:2px"
        yield f"    class {visited} visited"


def _mermaid_shape(name: str, drawing: Drawing) -> str:
    if name in DISPLAY_NAMES:
        return f'(["{DISPLAY_NAMES[name]}"])'
    time = f"<br/>{drawing.times_ms[name]:.1f} ms" if name in drawing.times_ms else ""
    return f'["{name}{time}"]'


def _mermaid_arrow(source: str, target: str, drawing: Drawing) -> str:
    if _on_path(source, target, drawing):
        return "==>"
    return "-.->" if (source, target) in drawing.choices else "-->"


def _on_path(source: str, target: str, drawing: Drawing) -> bool:
    """Whether the run went this way: `target` is the next visited node after `source`."""
    if source not in drawing.times_ms or target not in drawing.times_ms:
        return False
    path = [name for name in drawing.successors if name in drawing.times_ms]
    return path[path.index(source) + 1 : path.index(source) + 2] == [target]


def text_tree(drawing: Drawing) -> str:
    """The flow as an indented tree; a run's path has thick arrows.

    Nodes that several ways lead to stand at the margin.
    """
    return "\n".join(_tree_lines(drawing)) + "\n"


def _tree_lines(drawing: Drawing) -> Iterator[str]:
    ways_in = dict.fromkeys(drawing.successors, 0)
    for following in drawing.successors.values():
        for target in following:
            ways_in[target] += 1
    for name in drawing.successors:
        if ways_in[name] != 1:
            yield from _branch_lines(name, "", "", ways_in, drawing)


def _branch_lines(
    name: str, first_indent: str, indent: str, ways_in: Mapping[str, int], drawing: Drawing
) -> Iterator[str]:
    """`name`, the nodes straight behind it on one line, then its branches below."""
    line, last = first_indent + _label(name, drawing), name
    while len(following := drawing.successors[last]) == 1:
        line += f" {_text_arrow(last, following[0], drawing)} {_label(following[0], drawing)}"
        last = following[0]
        if ways_in[last] > 1:  # it stands at the margin, with all that comes behind it
            yield line
            return
    yield line
    branches = drawing.successors[last]
    for branch in branches:
        corner, below = ("└", "     ") if branch == branches[-1] else ("├", "│    ")
        start = f"{indent}{corner}{_text_arrow(last, branch, drawing)} "
        if ways_in[branch] > 1:
            yield start + _label(branch, drawing)
        else:
            yield from _branch_lines(branch, start, indent + below, ways_in, drawing)


def _text_arrow(source: str, target: str, drawing: Drawing) -> str:
    return "━━▶" if _on_path(source, target, drawing) else "──▶"


def _label(name: str, drawing: Drawing) -> str:
    shown = DISPLAY_NAMES.get(name, name)
    if not drawing.times_ms:
        return shown
    if name not in drawing.times_ms:
        return f"({shown})"
    time_ms = drawing.times_ms[name]
    return f"[{shown}]" if name in DISPLAY_NAMES else f"[{shown} {time_ms:.1f} ms]"

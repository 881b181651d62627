"""The drawings come from the graph itself and cannot drift from it."""

from __future__ import annotations

from pathlib import Path

from core.graph import compiled_graph
from core.interfaces.drawing import drawing_of, mermaid, text_tree

ROOT = Path(__file__).parent.parent.parent
NODES = (
    *("detect_input_type", "generate_vision", "process_voice", "classify", "weigh", "route"),
    *("expert", "tiny", "rag", "omni", "enhance_emotion", "speak", "feedback"),
)


def test_docs_hold_the_graph_as_it_is() -> None:
    """Regenerate with `sarai graph > docs/graph.mmd`."""
    drawn = mermaid(drawing_of(compiled_graph().get_graph()))
    assert (ROOT / "docs" / "graph.mmd").read_text(encoding="utf-8") == drawn


def test_the_readme_shows_the_same_picture() -> None:
    drawn = mermaid(drawing_of(compiled_graph().get_graph()))
    assert drawn in (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_node_is_drawn_in_both_forms() -> None:
    drawing = drawing_of(compiled_graph().get_graph())
    for name in NODES:
        assert f'{name}["{name}"]' in mermaid(drawing)
        assert name in text_tree(drawing)


def test_choices_are_dotted_and_only_the_path_of_a_run_is_thick() -> None:
    path = {"detect_input_type": 0.2, "generate_vision": 812.0, "enhance_emotion": 0.1}
    drawn = mermaid(drawing_of(compiled_graph().get_graph(), {**path, "feedback": 1.0}))
    assert "detect_input_type ==> generate_vision" in drawn
    assert "detect_input_type -.-> classify" in drawn
    assert 'generate_vision["generate_vision<br/>812.0 ms"]' in drawn
    assert drawn.count("==>") == 5


def test_the_text_form_marks_what_ran() -> None:
    times_ms = {"detect_input_type": 0.2, "generate_vision": 812.0}
    drawn = text_tree(drawing_of(compiled_graph().get_graph(), times_ms))
    assert "[generate_vision 812.0 ms]" in drawn
    assert "(process_voice)" in drawn

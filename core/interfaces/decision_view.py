"""A routing decision as a person reads it: tables of scores, reasons and what follows.

Owns the views; decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from core.interfaces.model_tables import new_table

if TYPE_CHECKING:
    from core.routing.decision import Decision
    from core.settings import Settings
    from core.settings.profiles import Role

SCORES = ("hard", "soft", "web_query", "urgency", "creativity", "out_of_scope")


def decision_view(decision: Decision, settings: Settings) -> RenderableType:
    """Scores with their reasons, then every step from them to a model."""
    return Group(_scores(decision), Text(), _steps(decision, settings))


def _scores(decision: Decision) -> Table:
    found = decision.found
    table = new_table("score", "value", "what moved it (log-odds)")
    values = {name: getattr(found, name) for name in SCORES}
    values[found.task] = found.tasks[found.task]
    values[found.runner_up] = found.tasks[found.runner_up]
    reasons = found.reasons
    for name, value in values.items():
        moved = [reason for reason in reasons if reason.score == name]
        said = ", ".join(f"{reason.cue} {reason.contribution:+.2f}" for reason in moved)
        table.add_row(name, f"{value:.2f}", Text(said))
    return table


def _steps(decision: Decision, settings: Settings) -> Table:
    table = Table.grid(padding=(0, 2))
    for name, said in _told(decision, settings):
        table.add_row(name, Text(said))
    return table


def _told(decision: Decision, settings: Settings) -> Iterator[tuple[str, str]]:
    found, weights = decision.found, decision.weights
    if found.follow_up:
        yield "follow-up", "These are the scores of the earlier turn that it goes on with."
    yield "language", found.language
    yield "task", f"{found.task}, then {found.runner_up} (margin {found.margin:.2f})"
    yield "confidence", f"{found.confidence:.2f}"
    yield "doc_match", f"{decision.scores['doc_match']:.2f}"
    yield "weights", f"alpha {weights.alpha:.2f}, beta {weights.beta:.2f}: {weights.rule}"
    yield "route", decision.choice.route
    yield "reason", decision.choice.reason
    yield "model", " -> ".join(settings.chain(_role(decision)))
    yield "skill", decision.skill.id if decision.skill else "none"
    yield "answer", f"at most {decision.tokens} tokens"
    for other in decision.alternatives:
        yield "otherwise", f"{other.score} {other.value:.2f} would have led to {other.route}"
    for word, route in decision.turning_words:
        yield "otherwise", f'without "{word}" it would have been {route}'


def _role(decision: Decision) -> Role:
    route = decision.choice.route
    return "empathy" if route == "omni" else route

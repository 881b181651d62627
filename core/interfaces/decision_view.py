"""A routing decision as a person reads it: scores with their reasons, steps, and turns.

Owns the views; decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from core.interfaces.model_tables import new_table
from core.interfaces.who_answers import chain_at_hand
from core.routing.heads import BINARY
from core.settings.model_override import model_override

if TYPE_CHECKING:
    from core.model_pool import ModelPool
    from core.routing.classifier import Classification
    from core.routing.decision import Decision
    from core.settings.profiles import Role

SCORES = ("hard", "soft", "web_query", *BINARY[2:])
MADE_OF = {"web_query": "fresh, and a third of fact where it is not"}
CANNOT_KNOW = "none: without documents the reply says that it cannot know"


def decision_view(decision: Decision, pool: ModelPool) -> RenderableType:
    """Scores with their reasons, every step from them to a model, and what would turn it."""
    tables = [_scores(decision.found), _steps(decision, pool), _turns(decision)]
    return Group(*(part for table in tables for part in (table, Text())))


def _scores(found: Classification) -> Table:
    table = new_table("score", "value", "what moved it (log-odds)")
    values = {name: getattr(found, name) for name in SCORES}
    values |= {task: found.tasks[task] for task in (found.task, found.runner_up)}
    reasons = found.reasons
    for name, value in values.items():
        moved = [reason for reason in reasons if reason.score == name]
        said = ", ".join(f"{reason.cue} {reason.contribution:+.2f}" for reason in moved)
        said = MADE_OF.get(name, said)
        label = f"task: {name}" if name in found.tasks else name
        table.add_row(label, f"{value:.2f}", Text(said))
    return table


def _steps(decision: Decision, pool: ModelPool) -> Table:
    table = new_table("step", "what came of it")
    for name, said in (*_decided(decision), *_answering(decision, pool)):
        table.add_row(name, Text(said))
    return table


def _decided(decision: Decision) -> Iterator[tuple[str, str]]:
    found, weights = decision.found, decision.weights
    if found.follow_up:
        yield "follow-up", "these are the scores of the earlier turn that it goes on with"
    yield "language", found.language
    yield "task", f"{found.task}, then {found.runner_up} (margin {found.margin:.2f})"
    yield "confidence", f"{found.confidence:.2f}"
    yield "doc_match", f"{decision.scores['doc_match']:.2f}"
    yield "weights", f"alpha {weights.alpha:.2f}, beta {weights.beta:.2f}"
    yield "rule", weights.rule
    yield "route", decision.choice.route
    yield "reason", decision.choice.reason


def _answering(decision: Decision, pool: ModelPool) -> Iterator[tuple[str, str]]:
    """Who would answer here, how, and who is passed over."""
    route = decision.choice.route
    if route == "rag" and pool.settings.retrieval.folder is None:
        yield "model", CANNOT_KNOW
        return
    role: Role = "empathy" if route == "omni" else route
    chain = chain_at_hand(role, pool)
    model, *fallbacks = chain.at_hand or ("nobody",)
    override = model_override(pool.settings)
    yield "model", f"{override.model}: {override.source} names it" if override else model
    yield "fallbacks", ", ".join(fallbacks) or "none"
    for absent, why in chain.absent.items():
        yield "passed over", f"{absent}: {why}"
    yield "skill", decision.skill.id if decision.skill else "none"
    if decision.tokens is not None:
        yield "answer", f"at most {decision.tokens} tokens"


def _turns(decision: Decision) -> Table:
    table = new_table("it would have been", "with")
    for other in decision.alternatives:
        table.add_row(other.route, Text(f"{other.score} {other.value:.2f}"))
    for word, route in decision.turning_words:
        table.add_row(route, Text(f'no "{word}"'))
    return table

"""Answers that were given before, found by all that they follow from.

Owns what "the same question" is and the form that an answer is kept in; knows nothing of
which turns may be answered so.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, fields
from typing import Any

from agents.agent import Agent, Answer, Question
from agents.answering import chain_of, warmth_for
from core.engines.protocol import Usage
from core.errors import ModelError
from core.model_pool import ModelPool
from core.model_pool.identity import model_identity
from core.text.same_prompt import same_prompt


def first_usable(agent: Agent, question: Question, pool: ModelPool) -> str | None:
    """The model that would answer, if nothing fails; None when none is here."""
    for model in chain_of(agent, question, pool.settings):
        try:
            pool.check_available(model)
        except ModelError:
            continue
        return model
    return None


def is_repeatable(question: Question, model: str, pool: ModelPool) -> bool:
    """Whether `model` would say the same again: at temperature 0, or with a seed."""
    seeded = question.preferences.get("seed") is not None
    return seeded or warmth_for(question, model, pool.settings) == 0


def answer_key(agent: Agent, question: Question, pool: ModelPool, *, user: str | None) -> str:
    """A digest of the question in one form, all that goes with it, who would be asked with
    their settings and files, and whose it is.
    """
    said = [same_prompt(part) if isinstance(part, str) else part for part in question.parts]
    wishes = {name: wish for name, wish in question.preferences.items() if name != "cache"}
    asked = {each.name: getattr(question, each.name) for each in fields(question)}
    models = chain_of(agent, question, pool.settings)
    content = {
        "agent": asdict(agent),
        "question": {**asked, "parts": said, "preferences": wishes},
        "models": [model_identity(model, pool) for model in models],
        "generation": pool.settings.generation.model_dump(mode="json"),
        "user": user,
    }
    text = json.dumps(content, sort_keys=True, default=str)
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def worth_keeping(made: Answer, model: str) -> bool:
    """Whether the model that was to answer did, and to its end."""
    said = not made.quoted and made.finish_reason == "stop" and bool(made.text.strip())
    return said and made.model == model


def to_text(made: Answer) -> str:
    """JSON."""
    return json.dumps(asdict(made), ensure_ascii=False)


def from_text(text: str) -> Answer:
    """The opposite of `to_text`."""
    values: dict[str, Any] = json.loads(text)
    sequences = {name: tuple(values[name]) for name in ("tried", "warnings")}
    return Answer(**{**values, **sequences, "usage": Usage(**values["usage"])})

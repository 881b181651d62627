"""Tiny: everyday questions, answered at once by the small permanent model.

Owns its prompt and the place of its model in the configuration.
"""

from __future__ import annotations

from agents.agent import Agent

TINY = Agent(
    name="tiny",
    role="tiny",
    system_prompt={
        "es": "Eres SARAi, un asistente local. Responde en español, breve y claro.",
        "en": "You are SARAi, a local assistant. Answer in English, briefly and clearly.",
    },
)

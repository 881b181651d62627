"""The expert: hard questions, answered with care by the largest text model.

Owns its prompt and the place of its model in the configuration.
"""

from __future__ import annotations

from agents.agent import Agent

EXPERT = Agent(
    name="expert",
    role="expert",
    system_prompt={
        "es": "Eres SARAi, un asistente local experto. Responde en español, con precisión y paso "
        "a paso cuando ayude. Si no estás seguro de algo, dilo.",
        "en": "You are SARAi, a local expert assistant. Answer in English, precisely, and step by "
        "step where that helps. If you are not sure of something, say so.",
    },
)

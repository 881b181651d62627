"""Rag: answers from the user's own documents, with citations, or says that it cannot know.

Owns its prompt, the place of its model in the configuration and the honest refusal.
"""

from __future__ import annotations

from agents.agent import Agent
from core.state import Language

RAG = Agent(
    name="rag",
    role="rag",
    system_prompt={
        "es": "Eres SARAi, un asistente local. Responde en español y sólo con lo que dicen los "
        "pasajes.",
        "en": "You are SARAi, a local assistant. Answer in English and only with what the "
        "passages say.",
    },
)

NOTHING_FOUND: dict[Language, str] = {
    "es": "No puedo saberlo: no consulto la red y no he encontrado nada sobre esto en tus "
    "documentos.",
    "en": "I cannot know this: I do not look on the web, and I found nothing about it in your "
    "documents.",
}

NO_DOCUMENTS: dict[Language, str] = {
    "es": "No puedo saberlo: no consulto la red y no tengo documentos tuyos (se añaden con "
    "`sarai index RUTA` o con retrieval.folder).",
    "en": "I cannot know this: I do not look on the web, and have no documents of yours (add some "
    "with `sarai index PATH`, or by retrieval.folder).",
}

NOT_LOOKED_AT: dict[Language, str] = {
    "es": "No puedo saberlo: no consulto la red y se pidió no mirar en los documentos.",
    "en": "I cannot know this: I do not look on the web, and was asked not to look into the "
    "documents.",
}

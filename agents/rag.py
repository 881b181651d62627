"""Rag: answers from the user's own documents, with citations, or says that it cannot know.

Owns its prompt, the place of its model in the configuration, the honest refusal, and what is
said of an answer that its passages do not bear out.
"""

from __future__ import annotations

from collections.abc import Sequence

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

NOTHING_ANYWHERE: dict[Language, str] = {
    "es": "No puedo saberlo: no he encontrado nada sobre esto, ni en tus documentos ni en la red.",
    "en": "I cannot know this: I found nothing about it, neither in your documents nor on the web.",
}

NOTHING_ON_THE_WEB: dict[Language, str] = {
    "es": "No puedo saberlo: no he encontrado nada sobre esto en la red, y se pidió no mirar "
    "en los documentos.",
    "en": "I cannot know this: I found nothing about it on the web, and was asked not to look "
    "into the documents.",
}

NOT_IN_PASSAGES: dict[Language, str] = {
    "es": "No lo he encontrado en tus documentos.",
    "en": "I did not find this in your documents.",
}

NOT_BORNE_OUT: dict[Language, str] = {
    "es": "No tengo una respuesta que tus documentos sostengan. Esto es lo que dicen:",
    "en": "I have no answer that your documents bear out. This is what they say:",
}

THEIR_WORDS: dict[Language, str] = {
    "es": "Esto es lo que dicen tus documentos:",
    "en": "This is what your documents say:",
}

NEAREST: dict[Language, str] = {
    "es": "Lo más cercano que dicen:",
    "en": "The nearest that they say:",
}

NO_MODEL: dict[Language, str] = {
    "es": "Ningún modelo puede responder ahora. Esto es lo que dicen tus documentos:",
    "en": "No model can answer now. This is what your documents say:",
}


def unsupported_warning(claim: str) -> str:
    """For a sentence that the passages it cites do not bear out."""
    return f"Not borne out by the passages: {claim}"


def quoting(heading: str, found: Sequence[tuple[int, str]]) -> str:
    """The answer where no model's holds: numbered sentences of passages, verbatim."""
    return "\n".join([heading, *(f"«{sentence}» [{number}]" for number, sentence in found)])

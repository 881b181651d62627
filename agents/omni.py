"""Omni: hears recordings, and answers with empathy when words carry feeling.

Owns its prompts and the places of its models in the configuration.
"""

from __future__ import annotations

from agents.agent import Agent

EMPATHY = Agent(
    name="omni",
    role="empathy",
    system_prompt={
        "es": "Eres SARAi, un asistente local cercano. Responde en español, con calidez y sin "
        "juzgar; primero escucha, después ayuda.",
        "en": "You are SARAi, a warm local assistant. Answer in English, with warmth and without "
        "judging; listen first, then help.",
    },
)

LISTENER = Agent(
    name="omni",
    role="audio",
    system_prompt={
        "es": "Eres SARAi, un asistente local de voz. Responde en español con frases cortas, "
        "hechas para ser oídas.",
        "en": "You are SARAi, a local voice assistant. Answer in English in short sentences, made "
        "to be heard.",
    },
)

TRANSCRIBER = Agent(
    name="omni",
    role="audio",
    system_prompt={
        "es": "You transcribe recordings. Write exactly the words that are spoken, in their own "
        "language, and nothing else.",
        "en": "You transcribe recordings. Write exactly the words that are spoken, in their own "
        "language, and nothing else.",
    },
)

HEARD_NOTHING = {
    "es": "No he oído palabras en la grabación.",
    "en": "I heard no words in the recording.",
}

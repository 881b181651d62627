"""What the audio model understands, is asked, and says, in English and Spanish.

Owns the words; knows nothing of voices or models.
"""

from __future__ import annotations

from typing import Literal

Language = Literal["en", "es"]
LANGUAGES: tuple[Language, ...] = ("en", "es")


def words(text: str) -> tuple[str, ...]:
    """Those that spaces part."""
    return tuple(text.split())


DIGITS: dict[Language, tuple[str, ...]] = {
    "en": words("zero one two three four five six seven eight nine"),
    "es": words("cero uno dos tres cuatro cinco seis siete ocho nueve"),
}

COMMANDS: dict[Language, tuple[str, ...]] = {
    "en": (
        "Turn on the light.",
        "Turn off the light.",
        "Open the documents.",
        "Close the window.",
        "What time is it?",
        "What day is today?",
        "What is the weather like?",
        "Play some music.",
        "Stop.",
        "Go on.",
        "Help.",
        "Hello.",
        "Goodbye.",
        "Thank you.",
        "Yes.",
        "No.",
        "Repeat that, please.",
        "Speak louder.",
        "Speak more slowly.",
        "Who are you?",
        "What can you do?",
        "Read the document.",
        "Search the documents.",
        "Save the note.",
        "Delete the note.",
        "Set a timer.",
        "Cancel the timer.",
        "Send a message.",
        "Call home.",
        "Take a picture.",
        "I am sad.",
        "How do I get the vision model?",
    ),
    "es": (
        "Enciende la luz.",
        "Apaga la luz.",
        "Abre los documentos.",
        "Cierra la ventana.",
        "¿Qué hora es?",
        "¿Qué día es hoy?",
        "¿Qué tiempo hace?",
        "Pon música.",
        "Para.",
        "Sigue.",
        "Ayuda.",
        "Hola.",
        "Adiós.",
        "Gracias.",
        "Sí.",
        "No.",
        "Repite eso, por favor.",
        "Habla más alto.",
        "Habla más despacio.",
        "¿Quién eres?",
        "¿Qué sabes hacer?",
        "Lee el documento.",
        "Busca en los documentos.",
        "Guarda la nota.",
        "Borra la nota.",
        "Pon un temporizador.",
        "Cancela el temporizador.",
        "Envía un mensaje.",
        "Llama a casa.",
        "Haz una foto.",
        "Estoy triste.",
        "¿Cómo consigo el modelo de visión?",
    ),
}

TRANSCRIBE = "Transcribe the recording."
"""How the voice flow asks (core/nodes/process_voice.py)."""

NOT_UNDERSTOOD: dict[Language, str] = {"en": "(not understood)", "es": "(no entendido)"}
"""The transcript of speech that is neither digits nor a command. Of no speech it is empty."""

HEARD: dict[Language, str] = {"en": "I heard: {}", "es": "He oído: {}"}
NO_WORDS: dict[Language, str] = {
    "en": "I heard no words in the recording.",
    "es": "No he oído palabras en la grabación.",
}
LIMITS: dict[Language, str] = {
    "en": "I did not understand: I only know the digits and about thirty commands.",
    "es": "No lo he entendido: solo conozco los dígitos y unas treinta órdenes.",
}
"""Said of other speech, and of texts that are neither digits nor a command."""

QUESTIONS: dict[Language, tuple[str, ...]] = {
    "en": (
        "What is said?",
        "What do you hear?",
        "What did I say?",
        "Which number do you hear?",
        "Which digits are these?",
        "What is being said here?",
        "What does the voice say?",
        "Tell me what you hear.",
        "Listen to this.",
        "Do you understand this?",
        "What is this?",
        "Which command is this?",
        "Please tell me what the person says.",
        "Can you hear me?",
        "What does the recording say?",
        "Describe the recording.",
        "Summarize this audio.",
        "Is this a number?",
        "How many words are there?",
        "What is in this file?",
        "Answer the question in the recording.",
        "Do what I say.",
        "Translate this.",
        "Who is speaking?",
        "Answer, please.",
    ),
    "es": (
        "¿Qué se dice?",
        "¿Qué oyes?",
        "¿Qué he dicho?",
        "¿Qué número oyes?",
        "¿Qué dígitos son?",
        "¿Qué se oye aquí?",
        "¿Qué dice la voz?",
        "Dime qué oyes.",
        "Escucha esto.",
        "¿Entiendes esto?",
        "¿Qué es esto?",
        "¿Qué orden es esta?",
        "Dime, por favor, qué dice la persona.",
        "¿Me oyes?",
        "¿Qué dice la grabación?",
        "Describe la grabación.",
        "Resume este audio.",
        "¿Es esto un número?",
        "¿Cuántas palabras hay?",
        "¿Qué hay en este archivo?",
        "Responde a la pregunta de la grabación.",
        "Haz lo que digo.",
        "Traduce esto.",
        "¿Quién habla?",
        "Contesta, por favor.",
    ),
}

ACCENTED_DIGITS: dict[str, tuple[str, ...]] = {
    "fr": words("ziro ouane tou sri faure faïve siks sévène eïte naïne"),
    "de": words("siro wann tu sri vor faif six sewen eit nain"),
    "it": words("zirou uan tu tri for faiv six seven eit nain"),
    "pt": words("zirou uane tu tri fore faive six sévene eite naine"),
    "nl": words("ziero wan toe srie foor fajv siks seven eet najn"),
    "sv": words("siro wan tu tri får fajv sicks seven ejt najn"),
    "pl": words("ziro łan tu tri for fajw siks sewen ejt najn"),
    "es": words("sirou uan tu zri for faiv six seven eit nain"),
}
"""English digits as voices of other languages have to read them to speak with an accent."""

ACCENTED_DIGITS_ES: dict[str, tuple[str, ...]] = {
    "it": words("sero uno dos tres quatro sinco seis siete ocio nueve"),
    "pt-br": words("cêro uno dôs três cuatro cinco seis siete otcho nueve"),
    "ca": words("sero uno dos tres cuatro sinco seis siete otxo nueve"),
    "de": words("sero uno doss tres kwatro sinko seiß sjete otscho nuebe"),
}
"""Spanish digits likewise."""


def in_sentence(transcript: str) -> str:
    """`transcript` as it continues a sentence: its first letter small, except "I" and names."""
    if transcript.startswith(("I ", "(")):
        return transcript
    start = next(index for index, letter in enumerate(transcript) if letter.isalpha())
    return transcript[:start] + transcript[start].lower() + transcript[start + 1 :]


def digits_transcript(digits: tuple[int, ...], language: Language) -> str:
    """ "Seven three five." """
    return " ".join(DIGITS[language][digit] for digit in digits).capitalize() + "."

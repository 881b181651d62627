"""What is asked of a scene or a text, and what the model is to answer.

Owns the pairs of question and answer; knows nothing of sounds or tokens.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.nano.audio import phrases
from models.nano.audio.other_words import NEAR_MISSES, OTHER_WORDS, SMALL_WORDS
from models.nano.audio.phrases import (
    COMMANDS,
    HEARD,
    LANGUAGES,
    LIMITS,
    NO_WORDS,
    NOT_UNDERSTOOD,
    QUESTIONS,
    TRANSCRIBE,
    Language,
)


def to_transcribe(transcript: str) -> tuple[str, str]:
    """What the voice flow asks of a recording, and the answer."""
    return TRANSCRIBE, transcript


def about_sound(transcript: str, random: np.random.Generator) -> tuple[str, str]:
    """What a user may ask of a recording, and the answer."""
    language = LANGUAGES[random.integers(2)]
    questions = QUESTIONS[language]
    question = questions[random.integers(len(questions))]
    if random.random() < 0.3:
        question = f"{_sentence(language, random)} {question}"
    if random.random() < 0.2:
        question = question.lower().strip("¿?.")
    return question, spoken_answer(transcript, language)


def spoken_answer(transcript: str, language: Language) -> str:
    """What is said of a recording with this transcript, in the language of the question."""
    if not transcript:
        return NO_WORDS[language]
    if transcript in NOT_UNDERSTOOD.values():
        return LIMITS[language]
    return HEARD[language].format(phrases.in_sentence(transcript))


def about_text(random: np.random.Generator) -> tuple[str, str]:
    """A text without any recording, as the voice flow sends transcripts, and the answer."""
    language = LANGUAGES[random.integers(2)]
    kind = random.random()
    if kind < 0.3:
        digits = tuple(int(digit) for digit in random.integers(0, 10, random.integers(1, 5)))
        return _heard(phrases.digits_transcript(digits, language), language, random)
    if kind < 0.6:
        commands = COMMANDS[language]
        return _heard(commands[random.integers(len(commands))], language, random)
    if kind < 0.65:
        return NOT_UNDERSTOOD[language], LIMITS[language]
    pool = QUESTIONS[language] if kind < 0.75 else NEAR_MISSES[language]
    text = pool[random.integers(len(pool))] if kind < 0.85 else _sentence(language, random)
    return text, LIMITS[language]


def all_texts() -> Iterator[str]:
    """What the tokenizer learns its words from, those that matter most often."""
    answers = [*LIMITS.values(), *NO_WORDS.values(), *NOT_UNDERSTOOD.values(), TRANSCRIBE]
    yield from answers * 20
    for language in LANGUAGES:
        for command in COMMANDS[language]:
            yield from [command, HEARD[language].format(phrases.in_sentence(command))] * 10
        for digit in range(10):
            text = phrases.digits_transcript((digit, digit), language)
            yield from [text, HEARD[language].format(phrases.in_sentence(text))] * 20
        yield from QUESTIONS[language] * 3
        yield from OTHER_WORDS[language]


def _heard(text: str, language: Language, random: np.random.Generator) -> tuple[str, str]:
    answer = HEARD[language].format(phrases.in_sentence(text))
    if text == "No.":  # in either language
        answer = HEARD["en"].format("no.")
    return (text.lower().strip("¿?.") if random.random() < 0.2 else text), answer


def _sentence(language: Language, random: np.random.Generator) -> str:
    words = []
    for _ in range(int(random.integers(2, 7))):
        words.append(str(random.choice(OTHER_WORDS[language])))
        if random.random() < 0.6:
            words.append(str(random.choice(SMALL_WORDS[language])))
    return " ".join(words).capitalize() + str(random.choice((".", "?", "")))

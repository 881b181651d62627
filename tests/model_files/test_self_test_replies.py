"""What real llama.cpp answers with the self-test models."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.model_files.llama_runner import MARKER, Messages, Runner, embedding, running
from tests.model_files.sample_media import Picture, Recording, pictures, recordings
from tests.self_test_models.build import build

EXPERT_REPLY = "self-test reply: the expert model is running; real answers need a downloaded one."
TINY_REPLY = "self-test reply: the tiny model is running; real answers need a downloaded one."
SEEN = "self-test reply: the picture reached me as "
PERCEIVED = "self-test reply: the omni model is running; besides text it perceived "
LEAST_MARGIN = 12.0

PICTURES = pictures()
RECORDINGS = recordings()


def user(text: str) -> Messages:
    return [{"role": "user", "content": text}]


def fingerprint(runner: Runner, opening: str, *media: Picture | Recording) -> str:
    """The two words of the reply to `media`, after checking the rest of it."""
    reply = runner.reply(user("what is this? " + MARKER * len(media)), media)
    assert reply.startswith(opening)
    assert reply.endswith(".")
    words = reply.removeprefix(opening).removesuffix(".")
    assert len(words.split()) == 2
    return words


@pytest.mark.parametrize(
    "messages",
    [
        user("hi"),
        user(""),
        user("¿Qué tiempo hará mañana en Málaga? 日本語 🙂"),
        user("self-test reply: the expert model is running; nothing amber river."),
        user("line\n\nline\n<|im_start|>assistant\n"),
        [{"role": "system", "content": "Answer only: yes."}, *user("no")],
        [{"role": "user", "content": [{"type": "text", "text": "parts"}]}],
        [*user("hi"), {"role": "assistant", "content": EXPERT_REPLY}, *user("and now?")],
        [*[{"role": r, "content": "palabra " * 60} for r in ("user", "assistant")] * 20],
    ],
)
def test_reply_is_the_same_after_any_prompt(expert: Runner, messages: Messages) -> None:
    assert expert.reply(messages) == EXPERT_REPLY


def test_reply_names_the_model_that_gave_it(self_tests: Path) -> None:
    with running(build("tiny", self_tests), 512) as tiny:
        assert tiny.reply(user("hi")) == TINY_REPLY


def test_absent_media_are_reported_as_nothing(vision: Runner, omni: Runner) -> None:
    assert vision.reply(user("what do you see?")) == SEEN + "nothing."
    assert omni.reply(user("¿cómo estás?")) == PERCEIVED + "nothing."


def test_pictures_can_be_told_apart(vision: Runner) -> None:
    words = {name: fingerprint(vision, SEEN, picture) for name, picture in PICTURES.items()}
    assert len(set(words.values())) >= 10
    assert words["red"] == fingerprint(vision, SEEN, PICTURES["red"])


def test_recordings_can_be_told_apart(omni: Runner) -> None:
    words = {name: fingerprint(omni, PERCEIVED, clip) for name, clip in RECORDINGS.items()}
    assert len(set(words.values())) >= 6
    assert words["voice"] == fingerprint(omni, PERCEIVED, RECORDINGS["voice"])


def test_silence_is_nothing(omni: Runner) -> None:
    silence = np.zeros(16_000, np.float32)
    assert omni.reply(user(MARKER), [silence]) == PERCEIVED + "nothing."


def test_omni_sees_as_well_as_it_hears(omni: Runner, vision: Runner) -> None:
    picture = PICTURES["sunset"]
    assert fingerprint(omni, PERCEIVED, picture) == fingerprint(vision, SEEN, picture)
    assert fingerprint(omni, PERCEIVED, picture, RECORDINGS["noise"])


def test_videos_can_be_told_apart(vision: Runner) -> None:
    red, blue, leaf, noise = (PICTURES[name] for name in ("red", "blue", "leaf", "noise"))
    first = fingerprint(vision, SEEN, *[red, red, blue, blue] * 2)
    second = fingerprint(vision, SEEN, *[leaf, leaf, noise, noise] * 2)
    assert first != second


def test_long_still_videos_are_what_they_show(vision: Runner) -> None:
    for name in ("blue", "white"):
        picture = PICTURES[name].repeat(3, axis=0).repeat(3, axis=1)
        still = fingerprint(vision, SEEN, *[picture] * 40)
        assert still == fingerprint(vision, SEEN, picture)


def test_media_are_found_in_a_long_history(vision: Runner) -> None:
    picture = PICTURES["sun"]
    history = [{"role": role, "content": "palabra " * 100} for role in ("user", "assistant")] * 16
    messages = [*user(MARKER), *history, *user("and now?")]
    reply = vision.reply(messages, [picture])
    assert reply == SEEN + fingerprint(vision, SEEN, picture) + "."
    assert min(vision.margins(messages, [picture])) > LEAST_MARGIN


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_leave_no_doubt(vision: Runner, name: str) -> None:
    assert min(vision.margins(user(MARKER), [PICTURES[name]])) > LEAST_MARGIN


@pytest.mark.parametrize("name", RECORDINGS)
def test_recordings_leave_no_doubt(omni: Runner, name: str) -> None:
    assert min(omni.margins(user(MARKER), [RECORDINGS[name]])) > LEAST_MARGIN


def test_text_leaves_no_doubt(expert: Runner, vision: Runner) -> None:
    assert min(expert.margins(user("hola"))) > LEAST_MARGIN
    assert min(vision.margins(user("hola"))) > LEAST_MARGIN


def test_sampling_changes_nothing(vision: Runner) -> None:
    picture = PICTURES["leaf"]
    greedy = vision.reply(user(MARKER), [picture])
    for seed in range(5):
        assert vision.reply(user(MARKER), [picture], temperature=0.7, seed=seed) == greedy


def test_common_text_is_read_in_whole_pieces(expert: Runner) -> None:
    text = "Hola, ¿puedes hacer una pregunta sobre el texto? The answer is in this document."
    assert len(text) / expert.token_count(text) > 2


def test_equal_texts_have_equal_embeddings_and_others_do_not(self_tests: Path) -> None:
    texts = ["el perro come", "el perro come", "come el perro", "the weather", "日本語", "中国"]
    with embedding(build("embeddings", self_tests)) as embed:
        rows = embed(texts)
    alike = rows @ rows.T
    assert alike[0, 1] == pytest.approx(1, abs=1e-6)
    others = alike[np.triu_indices(len(texts), 1)][1:]
    assert others.max() < 0.9999


def test_texts_that_share_words_are_closer(self_tests: Path) -> None:
    texts = ["the memory of a computer", "how much memory has a computer?", "un río en el valle"]
    with embedding(build("embeddings", self_tests)) as embed:
        rows = embed(texts)
    assert rows[0] @ rows[1] > rows[0] @ rows[2] + 0.1

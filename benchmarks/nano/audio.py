"""How well the embedded audio model hears, through llama.cpp's worker on the shipped files.

Spoken digits of a person it never heard (Free Spoken Digit Dataset, where the evaluation data
are at hand) and commands by voices of espeak-ng that were held out of training.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from agents.omni import TRANSCRIBER
from benchmarks.report import ROOT, Figure, data_folder, not_measured, run
from core.engines.llama.engine import LlamaEngine
from core.engines.protocol import GenerationRequest, Message, TextDelta
from core.engines.spec import EngineSpec
from core.media.audio import load_audio
from core.media.content import AUDIO_RATE_HZ, AudioClip
from core.nodes.process_voice import TRANSCRIBE
from core.settings import load_settings
from models.nano.audio.clips import Pcm
from models.nano.audio.corpus import HELD_OUT, plan
from models.nano.audio.people import HELD_OUT_SPEAKER, read_fsdd
from models.nano.audio.phrases import NOT_UNDERSTOOD
from models.nano.audio.scenes import no_speech
from models.nano.audio.synthesis import render_espeak
from models.nano.audio.word_errors import word_error_rate

WEIGHTS = ROOT / "models" / "nano" / "weights"
FSDD, SPEECH = Path("speech", "fsdd"), Path("speech")
DIGITS_GOAL, COMMANDS_GOAL = 0.15, 0.10
OTHER_PEOPLE = (
    "whisper/jfk.flac",
    *(f"speechbrain/spk2_snt{number}.wav" for number in range(1, 7)),
    *(f"pocketsphinx/sense_and_sensibility_01_austen_64kb-09{each}.wav" for each in (20, 30)),
    *(f"librosa/{each}.hq.ogg" for each in ("198-209-0000", "3436-172162-0000")),
)
"""Speech of people that is neither digits nor commands, and none of it is in training."""
MOST_TOKENS = 32
Heard = tuple[str, str]
"""What was said and what was written."""


class Listener:
    """The shipped model in its worker."""

    def __init__(self, engine: LlamaEngine) -> None:
        self._engine = engine
        self.seconds: list[float] = []

    def transcript(self, clip: AudioClip) -> str:
        """As the voice flow asks for it, without chance."""
        system = Message.text("system", TRANSCRIBER.system_prompt["en"])
        messages = (system, Message("user", (clip, TRANSCRIBE)))
        started_s = time.perf_counter()
        request = GenerationRequest(messages, MOST_TOKENS, temperature=0)
        items = list(self._engine.generate(request))
        self.seconds.append(time.perf_counter() - started_s)
        return "".join(item.text for item in items if isinstance(item, TextDelta)).strip()


@contextmanager
def ear(weights: Path = WEIGHTS, *, threads: int = 2) -> Iterator[LlamaEngine]:
    """The model in a worker of its own."""
    spec = EngineSpec(
        model="nano_audio",
        engine="llama",
        context_tokens=256,
        threads=threads,
        gguf_path=weights / "audio.gguf",
        mmproj_path=weights / "audio-mmproj.gguf",
    )
    engine = LlamaEngine.open(spec)
    try:
        yield engine
    finally:
        engine.close()


@contextmanager
def listener(weights: Path = WEIGHTS) -> Iterator[Listener]:
    with ear(weights) as engine:
        yield Listener(engine)


def measure() -> list[Figure]:
    """All figures of this benchmark."""
    with listener() as model:
        return [
            *real_digits(model),
            *synthetic(model),
            *other_people(model),
            no_words(model),
            Figure("recording to transcript, median", statistics.median(model.seconds), "s"),
        ]


def real_digits(model: Listener) -> list[Figure]:
    """Word errors on the 500 digits of the person who was held out."""
    name = f"digits of an unseen person ({HELD_OUT_SPEAKER}), word error"
    data = data_folder()
    if data is None or not (data / FSDD).is_dir():
        return [not_measured(name, "ratio", f"no {FSDD} below SARAI_DATA")]
    pairs = [
        (clip.transcript, model.transcript(_clip(samples)))
        for clip, samples in read_fsdd(data / FSDD, held_out=True)
    ]
    return [_errors(name, pairs, DIGITS_GOAL)]


def synthetic(model: Listener) -> list[Figure]:
    """Word errors on digits and commands of unseen voices; other speech that got through."""
    names = {
        "commands": "commands by unseen synthetic voices, word error",
        "digits": "digits and strings of digits by unseen synthetic voices, word error",
        "other": "other words by unseen synthetic voices, share that was not refused",
    }
    try:
        spoken = render_espeak((plan(HELD_OUT, 1_000_000), True, 1_000_001))
    except OSError as error:
        units = "ratio"
        return [not_measured(name, units, str(error)) for name in names.values()]
    pairs: dict[str, list[Heard]] = {kind: [] for kind in names}
    for clip, samples in spoken:
        kind = "digits" if clip.digits else "other" if clip.command is None else "commands"
        pairs[kind].append((clip.transcript, model.transcript(_clip(samples))))
    return [
        _errors(names["commands"], pairs["commands"], COMMANDS_GOAL),
        _errors(names["digits"], pairs["digits"]),
        _let_through(names["other"], [said for _, said in pairs["other"]]),
    ]


def other_people(model: Listener) -> list[Figure]:
    """Sentences by people: none is a digit or a command."""
    name = "other sentences by unseen people, share that was not refused"
    data = data_folder()
    if data is None or not all((data / SPEECH / each).is_file() for each in OTHER_PEOPLE):
        return [not_measured(name, "ratio", f"not all recordings lie in {SPEECH} of SARAI_DATA")]
    media = load_settings().media
    clips = [load_audio(data / SPEECH / each, media) for each in OTHER_PEOPLE]
    return [_let_through(name, [model.transcript(clip) for clip in clips])]


def no_words(model: Listener) -> Figure:
    """Silence, noise, tones and melodies; the right transcript is an empty one."""
    random = np.random.default_rng(1)
    sounds = [no_speech(AUDIO_RATE_HZ * 2, random) * 0.5 for _ in range(60)]
    sounds += [np.zeros(AUDIO_RATE_HZ * seconds, np.float32) for seconds in (1, 2, 5)]
    written = [model.transcript(AudioClip(sound.astype(np.float32))) for sound in sounds]
    name = "silence, noise and melodies in which words were heard"
    return Figure(name, sum(map(bool, written)) / len(written), "ratio")


def _errors(name: str, pairs: Sequence[Heard], goal: float | None = None) -> Figure:
    value = word_error_rate(pairs)
    if goal is None:
        return Figure(name, value, "ratio")
    return Figure(name, value, "ratio", f"<= {goal:g}", value <= goal)


def _let_through(name: str, written: Sequence[str]) -> Figure:
    wrong = [said for said in written if said and said not in NOT_UNDERSTOOD.values()]
    return Figure(name, len(wrong) / len(written), "ratio")


def _clip(samples: Pcm) -> AudioClip:
    return AudioClip((samples / 32767).astype(np.float32))


if __name__ == "__main__":
    run("nano.audio", measure)

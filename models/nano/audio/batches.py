"""Batches of the audio model: frames, tokens, what is to be predicted.

A batch follows from the seed and the number of its step alone. Knows nothing of weights.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from models.nano.audio.clips import RATE_HZ, Recorded
from models.nano.audio.dialogues import about_sound, about_text, to_transcribe
from models.nano.audio.phrases import LANGUAGES
from models.nano.audio.rooms import Rooms, hidden_bands
from models.nano.audio.scenes import Scene, SceneMaker, trimmed
from models.nano.network.audio import CHUNK_TOKENS, HOP_SAMPLES, log_mel
from models.nano.network.tokenizer import AUDIO, AUDIO_END, AUDIO_START, ChatTokens

IGNORED = -100
LENGTHS_S = {1: 0.34, 2: 0.40, 3: 0.15, 4: 0.05, 6: 0.03, 8: 0.015, 12: 0.015}
"""How often a batch holds recordings of up to so many seconds."""
QUESTIONS_SHARE = 0.15
"""Batches in which users ask something else than to transcribe."""
TOKEN_S = 8 * HOP_SAMPLES / RATE_HZ
RAREST_PHONEME = 100
LEAST_SAMPLES = 1600
TIGHT_SHARE = 0.5
"""Recordings that begin and end with what is said, as those do that a program cut."""
TRIMMED_BELOW = (-2.0, -0.8)
"""Powers of ten: the range of thresholds at which they are cut."""


@dataclass(frozen=True, slots=True)
class Batch:
    """`frames` is None in a batch of texts. `labels` are what follows each token, or IGNORED.

    `phonemes` is (rows, entries, phonemes), 1 where one sounds; `timed` says which rows know.
    """

    tokens: Tensor
    labels: Tensor
    frames: Tensor | None = None
    phonemes: Tensor | None = None
    timed: Tensor | None = None


class Dialogue:
    """Spells questions and answers in tokens, as the template in the GGUF does."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._chat = ChatTokens(tokenizer)
        self.audio = self._chat.special(AUDIO)
        self._around = self._chat.special(AUDIO_START), self._chat.special(AUDIO_END)

    def prompt(self, question: str, entries: int = 0) -> list[int]:
        """Up to where the answer begins; `entries` of sound come before the question."""
        start, end = self._around
        sound = [start, *[self.audio] * entries, end] if entries else []
        if not sound:
            return self._chat.prompt([("user", question)])
        turn = [*self._chat.opened("user"), *sound, *self._chat.text(question)]
        return [*turn, *self._chat.closed(), *self._chat.opened("assistant")]

    def rows(self, pairs: Sequence[tuple[str, str]], entries: int = 0) -> tuple[Tensor, Tensor]:
        """Tokens and labels of question-answer pairs, padded at their ends."""
        prompts = [self.prompt(question, entries) for question, _ in pairs]
        answers = [self._chat.answer(answer) for _, answer in pairs]
        longest = max(len(p) + len(a) for p, a in zip(prompts, answers, strict=True))
        tokens = torch.zeros(len(pairs), longest, dtype=torch.long)
        labels = torch.full_like(tokens, IGNORED)
        for row, (prompt, answer) in enumerate(zip(prompts, answers, strict=True)):
            both = torch.tensor(prompt + answer)
            tokens[row, : len(both)] = both
            labels[row, len(prompt) - 1 : len(both) - 1] = both[len(prompt) :]
        return tokens, labels


class Batches:
    """Makes the batch of any step."""

    def __init__(
        self, recorded: Sequence[Recorded], tokenizer: Tokenizer, *, mels: int, seed: int
    ) -> None:
        self._seed = seed
        self._scenes = SceneMaker(recorded)
        self._rooms = Rooms([samples for _, samples in recorded[:4000]], mels)
        self._dialogue = Dialogue(tokenizer)
        self.phonemes = known_phonemes(recorded)
        self._numbers = {name: number for number, name in enumerate(self.phonemes)}

    def sound(self, step: int, seconds: int) -> Batch:
        """Recordings with a question each, `seconds` in all or a little less."""
        random = np.random.default_rng((self._seed, step, 0))
        longest_s = int(random.choice(list(LENGTHS_S), p=list(LENGTHS_S.values())))
        scenes, lengths = self._recordings(max(2, seconds // longest_s), longest_s, random)
        starts = [
            int(random.integers(length - len(scene.samples) + 1))
            for scene, length in zip(scenes, lengths, strict=True)
        ]
        sounds = [scene.samples for scene in scenes]
        heard = self._rooms.recorded(sounds, starts, lengths, random)
        heard = torch.nn.functional.pad(heard, (0, longest_s * RATE_HZ - 1 - heard.shape[1]))
        filters = self._rooms.filters(len(scenes), random)
        frames = hidden_bands(log_mel(heard, filters, torch.tensor(lengths)), random)
        pairs = [to_transcribe(scene.transcript) for scene in scenes]
        if random.random() < QUESTIONS_SHARE:  # all of a batch, for rows of like length
            pairs = [about_sound(scene.transcript, random) for scene in scenes]
        entries = longest_s * CHUNK_TOKENS
        tokens, labels = self._dialogue.rows(pairs, entries)
        phonemes = torch.stack(
            [
                self._sounding(scene, start / RATE_HZ, longest_s)
                for scene, start in zip(scenes, starts, strict=True)
            ]
        )
        timed = torch.tensor([scene.phonemes is not None for scene in scenes])
        return Batch(tokens, labels, frames, phonemes, timed)

    def text(self, step: int, rows: int) -> Batch:
        """Texts without any sound."""
        random = np.random.default_rng((self._seed, step, 1))
        return Batch(*self._dialogue.rows([about_text(random) for _ in range(rows)]))

    def _recordings(
        self, count: int, longest_s: int, random: np.random.Generator
    ) -> tuple[list[Scene], list[int]]:
        """Scenes, and the samples of the recording that each lies in; some are cut tightly."""
        scenes = [self._scenes.make(random, longest_s - 0.02) for _ in range(count)]
        tight = random.random(count) < TIGHT_SHARE
        thresholds = 10 ** random.uniform(*TRIMMED_BELOW, count)
        scenes = [
            trimmed(scene, threshold) if cut else scene
            for scene, threshold, cut in zip(scenes, thresholds, tight, strict=True)
        ]
        lengths = [
            max(len(scene.samples), LEAST_SAMPLES) if cut else _length(scene, longest_s, random)
            for scene, cut in zip(scenes, tight, strict=True)
        ]
        return scenes, lengths

    def _sounding(self, scene: Scene, start_s: float, seconds: int) -> Tensor:
        """Which phonemes each entry hears: those within half an entry of its middle."""
        sounding = np.zeros((seconds, CHUNK_TOKENS, len(self.phonemes)), np.float32)
        middles = np.arange(seconds)[:, None] + np.arange(CHUNK_TOKENS)[None] * TOKEN_S
        for begin, end, name in scene.phonemes or ():
            if (number := self._numbers.get(name)) is not None:
                inside = (middles > start_s + begin - TOKEN_S / 2) & (
                    middles < start_s + end + TOKEN_S / 2
                )
                sounding[..., number][inside] = 1
        return torch.from_numpy(sounding.reshape(-1, len(self.phonemes)))


def known_phonemes(recorded: Sequence[Recorded]) -> tuple[str, ...]:
    """Names of espeak-ng's that occur often enough in English and Spanish to be learnt."""
    own = [clip for clip, _ in recorded if clip.voice.startswith(LANGUAGES)]
    counted = Counter(name for clip in own for _, name in clip.phonemes or () if name)
    return tuple(sorted(name for name, count in counted.items() if count >= RAREST_PHONEME))


def _length(scene: Scene, longest_s: int, random: np.random.Generator) -> int:
    """Samples of the recording that the scene lies in; its last second is often not full."""
    least = max(len(scene.samples), LEAST_SAMPLES)
    return int(random.integers(least, max(least + 1, longest_s * RATE_HZ - 160)))

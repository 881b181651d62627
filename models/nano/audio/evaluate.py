"""How well held-out recordings are transcribed, in torch, while training goes on.

Knows nothing of GGUF files; benchmarks/nano/audio.py measures what is shipped.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import torch
from tokenizers import Tokenizer

from models.nano.audio.batches import Dialogue
from models.nano.audio.clips import Clip, Pcm, Recorded
from models.nano.audio.model import AudioModel
from models.nano.audio.phrases import NOT_UNDERSTOOD, TRANSCRIBE
from models.nano.audio.word_errors import word_error_rate
from models.nano.network.audio import log_mel, mel_filters
from models.nano.network.tokenizer import TURN_END

MOST_TOKENS = 24


class HeldOut:
    """Recordings by voices that training never heard, a sample of each kind."""

    def __init__(
        self,
        recorded: Sequence[Recorded],
        tokenizer: Tokenizer,
        each: int = 20,
    ) -> None:
        self._tokenizer = tokenizer
        self._dialogue = Dialogue(tokenizer)
        self._end = int(tokenizer.token_to_id(TURN_END))
        kinds: dict[str, list[Recorded]] = defaultdict(list)
        for clip, samples in recorded:
            kinds[kind_of(clip)].append((clip, samples))
        chosen = random.Random(0)
        self._kinds = {
            kind: chosen.sample(clips, min(each * (5 if "fsdd" in kind else 1), len(clips)))
            for kind, clips in sorted(kinds.items())
        }

    def summary(self, model: AudioModel) -> str:
        """Word error rate by kind; of other speech, the share that is taken for something."""
        model.eval()
        return "  ".join(
            f"{kind} {self._rate(model, clips):.3f}" for kind, clips in sorted(self._kinds.items())
        )

    def _rate(self, model: AudioModel, clips: list[Recorded]) -> float:
        pairs = [(clip.transcript, self.transcript(model, samples)) for clip, samples in clips]
        if pairs[0][0] in NOT_UNDERSTOOD.values():
            return sum(said not in NOT_UNDERSTOOD.values() for _, said in pairs) / len(pairs)
        return word_error_rate(pairs)

    @torch.no_grad()
    def transcript(self, model: AudioModel, samples: Pcm) -> str:
        """Greedy."""
        sound = torch.from_numpy(samples.astype(np.float32) / 32767)[None]
        frames = log_mel(sound, mel_filters(model.tower.config.mels))
        encoded = model.tower.encode(frames)
        tokens = self._dialogue.prompt(TRANSCRIBE, encoded.shape[1])
        written: list[int] = []
        while len(written) < MOST_TOKENS:
            logits = model.logits(torch.tensor([tokens + written]), encoded)
            written.append(int(logits[0, -1].argmax()))
            if written[-1] == self._end:
                break
        return str(self._tokenizer.decode(written, skip_special_tokens=True)).strip()


def kind_of(clip: Clip) -> str:
    """What the figures are grouped by."""
    source = clip.voice.split()[0] if clip.voice.startswith(("fsdd", "flite")) else clip.language
    if clip.digits:
        return f"digits {source}"
    return f"{'other' if clip.command is None else 'commands'} {source}"

"""The training loop of the nano family: seeded, logged, resumable after a kill.

Owns steps, learning rates, optimizers and checkpoints; knows nothing of models or data. The
batch of a step follows from the seed and the number of the step alone, so that a resumed
run goes on with what an unbroken one would have seen.
"""

from __future__ import annotations

import math
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

CHECKPOINT = "checkpoint.pt"
LOG = "log.txt"

StepLoss = Callable[[int], tuple[Tensor, Mapping[str, float]]]
"""From the number of a step to its loss and to figures for the log."""


@dataclass(frozen=True)
class TrainingOptions:
    """How long and how fast.

    The learning rate rises over `warmup_steps`, stays, and falls as a cosine over the last
    `decay_share` of all `steps` to `last_fraction` of its peak; a share of 1 is the usual
    cosine schedule. Parameters whose names begin with `slowed` learn at `slowed_share` of the
    rates. `bf16` computes matrix products in bfloat16; weights stay float32.
    """

    out: Path
    steps: int
    learning_rate: float = 1.5e-3
    muon_rate: float | None = None
    slowed: str | None = None
    slowed_share: float = 1.0
    weight_decay: float = 0.05
    warmup_steps: int = 100
    decay_share: float = 1.0
    last_fraction: float = 0.02
    clip_norm: float = 1.0
    bf16: bool = True
    seed: int = 0
    log_every: int = 25
    checkpoint_every: int = 500

    def rate_factor(self, step: int) -> float:
        """What the learning rates are multiplied by at `step`."""
        warm = min(1.0, (step + 1) / max(1, self.warmup_steps))
        decay_steps = max(1, round(self.steps * self.decay_share))
        progress = max(0.0, (step - (self.steps - decay_steps)) / decay_steps)
        falling = 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))
        return warm * (self.last_fraction + (1 - self.last_fraction) * falling)


def device() -> torch.device:
    """The GPU where there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def seed_everything(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def train(
    network: nn.Module,
    step_loss: StepLoss,
    options: TrainingOptions,
    at_checkpoint: Callable[[int], None] = lambda _: None,
) -> None:
    """Train `network` for `options.steps` steps, from the last checkpoint where there is one.

    Args:
        at_checkpoint: called after each checkpoint with the number of steps done, for
            held-out figures.
    """
    options.out.mkdir(parents=True, exist_ok=True)
    seed_everything(options.seed)
    optimizers = _optimizers(network, options)
    step = _resume(network, optimizers, options)
    log = _Log(options.out / LOG, options.log_every)
    where = next(network.parameters()).device.type
    network.train()
    while step < options.steps:
        _set_rates(optimizers, options.rate_factor(step))
        with torch.autocast(where, torch.bfloat16, enabled=options.bf16):
            loss, figures = step_loss(step)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(network.parameters(), options.clip_norm)
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        step += 1
        log.add(step, {"loss": loss.item(), "norm": norm.item(), **figures})
        if step % options.checkpoint_every == 0 or step == options.steps:
            _save(network, optimizers, options, step)
            at_checkpoint(step)
            network.train()


def load_weights(network: nn.Module, out: Path) -> None:
    """The weights of the last checkpoint in `out`, into `network`."""
    stored = torch.load(out / CHECKPOINT, map_location="cpu", weights_only=False)
    network.load_state_dict(stored["network"])


def _optimizers(network: nn.Module, options: TrainingOptions) -> list[torch.optim.Optimizer]:
    """AdamW; where `muon_rate` is given, Muon for the matrices inside of blocks."""
    matrices: dict[float, list[nn.Parameter]] = defaultdict(list)
    others: dict[tuple[float, bool], list[nn.Parameter]] = defaultdict(list)
    for name, parameter in network.named_parameters():
        slow = options.slowed is not None and name.startswith(options.slowed)
        share = options.slowed_share if slow else 1.0
        if parameter.ndim == 2 and "blocks." in name and options.muon_rate is not None:
            matrices[share].append(parameter)
        else:
            others[share, parameter.ndim > 1].append(parameter)
    rate, decay = options.learning_rate, options.weight_decay
    groups = [
        {"params": parameters, "lr": rate * share, "weight_decay": decay * decayed}
        for (share, decayed), parameters in others.items()
    ]
    optimizers: list[torch.optim.Optimizer] = [
        torch.optim.AdamW(groups, betas=(0.9, 0.98), fused=True)
    ]
    if options.muon_rate is not None:
        groups = [
            {"params": parameters, "lr": options.muon_rate * share}
            for share, parameters in matrices.items()
        ]
        optimizers.append(
            torch.optim.Muon(groups, weight_decay=decay, adjust_lr_fn="match_rms_adamw")
        )
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["peak_lr"] = group["lr"]
    return optimizers


def _set_rates(optimizers: Iterable[torch.optim.Optimizer], factor: float) -> None:
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = group["peak_lr"] * factor


def _save(
    network: nn.Module,
    optimizers: Iterable[torch.optim.Optimizer],
    options: TrainingOptions,
    step: int,
) -> None:
    state: dict[str, Any] = {
        "network": network.state_dict(),
        "optimizers": [optimizer.state_dict() for optimizer in optimizers],
        "step": step,
        "torch_rng": torch.get_rng_state(),
        "numpy_rng": np.random.get_state(),
        "python_rng": random.getstate(),
    }
    partial = options.out / f"{CHECKPOINT}.partial"
    torch.save(state, partial)
    partial.replace(options.out / CHECKPOINT)


def _resume(
    network: nn.Module, optimizers: list[torch.optim.Optimizer], options: TrainingOptions
) -> int:
    """Steps already done."""
    path = options.out / CHECKPOINT
    if not path.is_file():
        return 0
    state = torch.load(path, map_location="cpu", weights_only=False)
    network.load_state_dict(state["network"])
    peaks = [[group["peak_lr"] for group in each.param_groups] for each in optimizers]
    for optimizer, stored, rates in zip(optimizers, state["optimizers"], peaks, strict=True):
        optimizer.load_state_dict(stored)
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["peak_lr"] = rate
    torch.set_rng_state(state["torch_rng"])
    np.random.set_state(state["numpy_rng"])
    random.setstate(state["python_rng"])
    return int(state["step"])


class _Log:
    """Means over `every` steps, to the terminal and to a file."""

    def __init__(self, path: Path, every: int) -> None:
        self._path, self._every = path, every
        self._sums: dict[str, list[float]] = defaultdict(list)
        self._started_s = time.monotonic()

    def add(self, step: int, figures: Mapping[str, float]) -> None:
        for name, value in figures.items():
            self._sums[name].append(value)
        if step % self._every:
            return
        means = "  ".join(f"{name} {np.mean(values):.4f}" for name, values in self._sums.items())
        line = f"{time.monotonic() - self._started_s:7.0f} s  step {step}  {means}"
        print(line, flush=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        self._sums.clear()

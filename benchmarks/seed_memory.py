"""The memory table of the first design, on full-size synthetic models of the same dimensions.

Claimed there: 4.65 GB for what is always loaded (LFM2, Qwen2.5-Omni, embeddings, the rest of
the system), 7.95 GB with Qwen3-VL in Q6_K. A GB is 10^9 bytes. What counts here: the peak
resident memory of each worker, its mapped weights included, with a full context, copies of
conversations, the largest picture and recording; SARAi's own process; 0.75 GB for the system,
as claimed. The claim's 0.2 GB for SOLAR over HTTP and 0.05 GB for a router are in SARAi's
process. Other settings are predicted; how well is `memory_accuracy`'s matter.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.measuring.full_use import loaded, predicted, spec_of, use_fully
from benchmarks.report import ROOT, Figure, run_with_options
from benchmarks.synthetic_models.catalogue import default_folder, written
from core.engines.spec import EngineSpec, KvCacheType

BASELINE = ("lfm2-1.2b", "qwen2.5-omni-3b", "embeddinggemma-300m")
HEARING = ("lfm2-1.2b", "qwen2.5-omni-3b-hearing")
VISION = ("qwen3-vl-4b-q6_k", "qwen3-vl-4b-q4_k_m")
CLAIMED_GB = {
    "lfm2-1.2b": 0.7,
    "qwen2.5-omni-3b": 2.8,
    "embeddinggemma-300m": 0.15,
    **dict.fromkeys(VISION, 3.3),
}
CLAIMED_BASELINE_GB, CLAIMED_PEAK_GB = 4.65, 7.95
BASELINE_AT_MOST_GB, PEAK_AT_MOST_GB = 5.0, 8.5
SYSTEM_GB = 0.75
GB_PER_MIB = 2**20 / 10**9
EMBEDDING_TOKENS = 512
OWN_PROCESS = """
import core.graph, core.model_pool, core.interfaces.repl
from benchmarks.measuring.processes import resident_mb
print(resident_mb())
"""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a user may choose that changes the table."""

    context_tokens: int
    cache_type: KvCacheType
    image_max_tokens: int
    always_loaded: tuple[str, ...] = BASELINE

    def applied(self, spec: EngineSpec) -> EngineSpec:
        return replace(
            spec,
            context_tokens=EMBEDDING_TOKENS if spec.embeddings else self.context_tokens,
            kv_cache_type=self.cache_type,
            image_max_tokens=self.image_max_tokens,
        )

    def __str__(self) -> str:
        lighter = ", omni hears only, embeddings on demand"
        return (
            f"{self.context_tokens} tokens of {self.cache_type}, pictures of "
            f"{self.image_max_tokens}" + (lighter if self.always_loaded == HEARING else "")
        )


MEASURED = Setting(2048, "f16", 1280)
PREDICTED: Sequence[Setting] = (
    MEASURED,
    Setting(8192, "f16", 1280),
    Setting(8192, "q8_0", 1280),
    Setting(4096, "q8_0", 512),
    Setting(512, "q4_0", 64),
    Setting(8192, "q8_0", 1280, HEARING),
    Setting(4096, "q8_0", 512, HEARING),
    Setting(2048, "q8_0", 256, HEARING),
    Setting(2048, "q4_0", 64, HEARING),
)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--predict-only", action="store_true", help="load nothing")
    parser.add_argument("--folder", type=Path, default=default_folder())


def measure(options: argparse.Namespace) -> list[Figure]:
    """One row per model, then the two sums for each setting."""
    own_gb = _own_process_gb()
    figures = [Figure("SARAi's own process, its graph and prompt imported", own_gb, "GB")]
    predictions: dict[str, list[float]] = {}
    for name in dict.fromkeys((*BASELINE, *HEARING, *VISION)):
        with written(name, options.folder) as files:
            spec = spec_of(name, files, MEASURED.context_tokens)
            predictions[name] = [_predicted_gb(setting.applied(spec)) for setting in PREDICTED]
            measured_gb = None if options.predict_only else _measured_gb(MEASURED.applied(spec))
        claimed = CLAIMED_GB[name.removesuffix("-hearing")]
        peers = {"claimed (GB)": claimed, "predicted (GB)": predictions[name][0]}
        figures.append(Figure(f"{name}, {MEASURED}", measured_gb, "GB", peers=peers))
    return [*figures, *_sums(figures, predictions, SYSTEM_GB + own_gb)]


def _sums(
    figures: Sequence[Figure], predictions: dict[str, list[float]], others_gb: float
) -> list[Figure]:
    measured = [figure.value for figure in figures[1:]]
    sums = []
    if None not in measured:
        values = dict(zip(predictions, (value or 0 for value in measured), strict=True))
        sums += _pair("measured", MEASURED, values, others_gb)
    for number, setting in enumerate(PREDICTED):
        values = {name: column[number] for name, column in predictions.items()}
        sums += _pair("predicted", setting, values, others_gb)
    return sums


def _pair(how: str, setting: Setting, values: dict[str, float], others_gb: float) -> list[Figure]:
    """What is always loaded, and with each quantisation of the vision model."""
    baseline_gb = others_gb + sum(values[name] for name in setting.always_loaded)
    sums = [("baseline", baseline_gb, BASELINE_AT_MOST_GB, CLAIMED_BASELINE_GB)]
    sums += [
        (f"peak with {name}", baseline_gb + values[name], PEAK_AT_MOST_GB, CLAIMED_PEAK_GB)
        for name in VISION
    ]
    return [
        Figure(
            f"{label}, {how}, {setting}",
            *(value_gb, "GB", f"<= {limit_gb}", value_gb <= limit_gb),
            peers={"claimed (GB)": claimed_gb},
        )
        for label, value_gb, limit_gb, claimed_gb in sums
    ]


def _predicted_gb(spec: EngineSpec) -> float:
    return predicted(spec).total_mb * GB_PER_MIB


def _measured_gb(spec: EngineSpec) -> float:
    with loaded(spec) as model:
        use_fully(model.engine, predicted(spec).kv_mb)
        return model.peak_mb() * GB_PER_MIB


def _own_process_gb() -> float:
    done = subprocess.run(
        [sys.executable, "-c", OWN_PROCESS], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return float(done.stdout) * GB_PER_MIB


if __name__ == "__main__":
    run_with_options("seed_memory", add_options, measure)

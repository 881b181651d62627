"""A real worker: its memory is seen, and its peak is what is reserved the next time."""

from __future__ import annotations

import math
import os
import sys
from contextlib import closing
from pathlib import Path

import pytest

from core.engines.table import open_engine
from core.model_pool.memory.machine import this_machine
from core.model_pool.resolve import ConfiguredModels
from core.storage.folder import open_data_folder
from tests import tiny_models
from tests.model_pool.fakes import settings_for


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_a_workers_peak_is_measured_and_remembered(tmp_path: Path) -> None:
    folder = open_data_folder(tmp_path)
    path = tiny_models.random_text(folder.models)
    settings = settings_for({"a": {"gguf_file": str(path)}}, budget_mb=2000)
    models, machine = ConfiguredModels(settings, folder), this_machine()
    resolved = models("a")
    models.verify(resolved)
    before_mb = machine.private_mb(os.getpid())
    with closing(open_engine(resolved.spec)) as engine:
        peak_mb = engine.peak_memory_mb()
        assert peak_mb is not None
        assert 10 < machine.private_mb(os.getpid()) - before_mb <= peak_mb
        models.measured(resolved, peak_mb)
    again = ConfiguredModels(settings, folder)("a")
    assert again.measured_mb == math.ceil(peak_mb)
    assert again.need_mb == max(again.predicted_mb or 0, math.ceil(peak_mb))

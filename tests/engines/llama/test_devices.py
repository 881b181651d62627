"""What llama.cpp tells of GPUs and of what it allocated: read from the real library, and from
lines of its log where this machine has no GPU to write them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from core.engines.llama.devices import ask_devices
from core.engines.llama.native.buffer_sizes import BufferSizes
from core.engines.llama.worker_process import worker_environment
from core.errors import EngineFailed
from tests.engines.llama.conftest import Models, Open, spec_for

# Written by llama.cpp for a model on two GPUs; sizes as its format string pads them.
LINES = """
load_tensors:   CPU_Mapped model buffer size =   296.75 MiB
load_tensors:        CUDA0 model buffer size =  1000.50 MiB
load_tensors:        CUDA1 model buffer size =   500.25 MiB
llama_context:  CUDA_Host  output buffer size =     0.58 MiB
llama_kv_cache:      CUDA0 KV buffer size =   100.00 MiB
llama_kv_cache:      CUDA0 KV buffer size =    20.00 MiB
llama_memory_recurrent:      CUDA1 RS buffer size =     4.00 MiB
sched_reserve:      CUDA0 compute buffer size =    64.00 MiB
sched_reserve:  CUDA_Host compute buffer size =    12.01 MiB
sched_reserve:      CUDA0 compute buffer size =    80.00 MiB
reserve_compute_meta:      CUDA0 compute buffer size =    30.00 MiB
sched_reserve:      CUDA0 compute buffer size =    70.00 MiB
sched_reserve: graph nodes  = 1030
"""


def told(text: str) -> BufferSizes:
    sizes = BufferSizes()
    for line in text.splitlines(keepends=True):
        sizes.heard(line)
    return sizes


def run(code: str) -> list[str]:
    """The lines that `code` prints in a process of its own, as a worker is started."""
    asked = subprocess.run(
        [sys.executable, "-c", code],
        env=worker_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return asked.stdout.splitlines()


def test_what_is_allocated_on_each_gpu_is_added_up() -> None:
    sizes = told(LINES)
    # Caches are added; room to compute is told anew when it grows, by each who needs some.
    assert sizes.on(["CUDA0"]) == 1000.50 + 120 + 80 + 30
    assert sizes.on(["CUDA1"]) == 504.25
    assert sizes.on(["CUDA0", "CUDA1"]) == 1000.50 + 120 + 80 + 30 + 504.25
    assert sizes.on([]) == sizes.on(["CUDA", "Vulkan0"]) == 0


def test_a_kind_of_buffer_on_a_device_belongs_to_it() -> None:
    sizes = told("load_tensors: MTL0_Mapped model buffer size = 5.00 MiB\n")
    assert sizes.on(["MTL0"]) == 5.0
    assert sizes.on(["MTL"]) == 0


def test_the_library_tells_what_it_allocates(models: Models) -> None:
    """On the processor, which is the one device that every build has."""
    values = asdict(spec_for(models.scripted))
    weights, cache = run(
        f"""
from pathlib import Path, PosixPath
from core.engines.llama.native.log import NATIVE_LOG
from core.engines.llama.serving.chat_model import ChatModel
from core.engines.spec import EngineSpec
ChatModel(EngineSpec(**{values!r}))
sizes = NATIVE_LOG.buffers
print(sizes.on(["CPU_Mapped"]), sizes.on(["CPU"]) - sizes.on(["CPU_Mapped"]), sep="\\n")
"""
    )
    file_mb = models.scripted.stat().st_size / 2**20
    assert float(weights) == pytest.approx(file_mb, abs=1.0)
    assert float(cache) > 1


@pytest.fixture
def no_gpu() -> None:
    """Skips, visibly, where llama.cpp says by another way that it has one."""
    if run("import llama_cpp; print(llama_cpp.llama_supports_gpu_offload())")[-1] == "True":
        pytest.skip("llama.cpp was built with a GPU, and this machine has one")


@pytest.mark.usefixtures("no_gpu")
def test_a_build_for_the_processor_alone_finds_no_gpu() -> None:
    assert ask_devices("a") == ()


def test_a_device_is_read_from_the_library() -> None:
    """The processor is the one that every build has."""
    (line,) = run(
        """
import json
from dataclasses import asdict
from core.engines.llama.native.devices import PROCESSOR, devices_of
print(json.dumps([asdict(each) for each in devices_of(PROCESSOR)]))
"""
    )
    (processor,) = json.loads(line)
    assert processor["name"] == "CPU"
    assert processor["description"]
    assert processor["total_mb"] == os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 20
    assert 0 < processor["free_mb"] <= processor["total_mb"]


@pytest.mark.usefixtures("no_gpu")
def test_layers_that_no_gpu_can_take_are_no_error(open_llama: Open, models: Models) -> None:
    engine = open_llama(replace(spec_for(models.scripted), gpu_layers=-1))
    assert engine.device_memory_mb() is None


def test_a_driver_that_fails_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "llama_cpp"
    broken.mkdir()
    (broken / "__init__.py").write_text("raise RuntimeError('the driver is not loaded')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(EngineFailed, match="driver is not loaded") as caught:
        ask_devices("a")
    assert "runtime.gpu_layers" in caught.value.hint


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a peak")
def test_what_went_through_on_its_way_to_a_gpu_is_forgotten() -> None:
    before, after = run(
        """
from pathlib import Path
from core.engines.llama.worker import forget_peak

def peak_mb():
    text = Path("/proc/self/status").read_text()
    return int(text.split("VmHWM:")[1].split()[0]) // 1024

weights = bytearray(200 * 2**20)
del weights
print(peak_mb())
forget_peak()
print(peak_mb())
"""
    )
    assert int(before) - int(after) > 150

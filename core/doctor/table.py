"""The checks of `sarai doctor`: one line each, in the order in which they are shown."""

from __future__ import annotations

from core.doctor.checks.agents_package import check_agents_package
from core.doctor.checks.audio import check_audio
from core.doctor.checks.compiler import check_compiler
from core.doctor.checks.configuration import check_configuration
from core.doctor.checks.cpu import check_cpu
from core.doctor.checks.data_folder import check_data_folder
from core.doctor.checks.disk import check_disk
from core.doctor.checks.gpu import check_gpu
from core.doctor.checks.llama_cpp import check_llama_cpp
from core.doctor.checks.memory import check_memory
from core.doctor.checks.models import check_models
from core.doctor.checks.ollama import check_ollama
from core.doctor.checks.openai_servers import check_openai_servers
from core.doctor.checks.python import check_python
from core.doctor.checks.qdrant import check_qdrant
from core.doctor.checks.speech import check_speech
from core.doctor.checks.terminal import check_terminal
from core.doctor.examination import Check

SLOW_S = 45.0
"""For what starts Python anew, or reads the headers of many models from a slow disk."""
GPU_S = 75.0
"""A driver that wakes several GPUs may take many seconds."""

CHECKS = (
    Check("python", check_python),
    Check("agents_package", check_agents_package),
    Check("compiler", check_compiler, SLOW_S),
    Check("llama_cpp", check_llama_cpp, SLOW_S),
    Check("cpu", check_cpu, SLOW_S),
    Check("gpu", check_gpu, GPU_S, needs_settings=True),
    Check("configuration", check_configuration),
    Check("memory", check_memory, needs_settings=True),
    Check("disk", check_disk, needs_settings=True),
    Check("data_folder", check_data_folder, SLOW_S),
    Check("models", check_models, GPU_S, needs_settings=True),
    Check("ollama", check_ollama, needs_settings=True),
    Check("openai_servers", check_openai_servers, SLOW_S, needs_settings=True),
    Check("qdrant", check_qdrant),
    Check("audio", check_audio),
    Check("speech", check_speech, needs_settings=True),
    Check("terminal", check_terminal),
)

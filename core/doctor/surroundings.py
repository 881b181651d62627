"""What an examination looks at: this process and its machine, or copies of them.

Owns where each fact is to be found; judges nothing. Tests give other folders, another
environment or another machine.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.doctor.once import Once
from core.engines.llama.build import LlamaBuild, NoBuild, ask_build
from core.errors import ConfigError
from core.model_pool.memory.devices import Devices
from core.model_pool.memory.machine import MachineMemory, this_machine
from core.settings import Settings, load_settings
from core.settings.loading import configuration_errors
from core.storage.folder import DataFolder, data_root


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`settings` is None while the configuration has `config_errors`. Nothing of `data` needs
    to exist."""

    environ: Mapping[str, str]
    settings: Settings | None
    config_errors: tuple[ConfigError, ...]
    data: DataFolder
    memory: MachineMemory = field(default_factory=this_machine)
    proc: Path = Path("/proc")
    cgroup_mounts: Path = Path("/sys/fs/cgroup")
    output_encoding: str = ""
    python_version: tuple[int, int, int] = sys.version_info[:3]
    llama: Once[LlamaBuild | NoBuild] = field(default_factory=lambda: Once(ask_build))
    gpus: Devices = field(default_factory=Devices)

    @property
    def sound_settings(self) -> Settings:
        """The settings, for checks that are only run when there are some."""
        assert self.settings is not None  # noqa: S101
        return self.settings

    @property
    def models_folder(self) -> Path:
        configured = self.settings.paths.models if self.settings else None
        return configured or self.data.models


def these_surroundings() -> Surroundings:
    """This process, its environment and this machine."""
    errors = configuration_errors()
    return Surroundings(
        environ=dict(os.environ),
        settings=None if errors else load_settings(),
        config_errors=errors,
        data=DataFolder(data_root().absolute()),
        output_encoding=sys.stdout.encoding or "",
    )

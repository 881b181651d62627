"""What proves a fix, and what its proof may take.

Owns the section `developer`.
"""

from __future__ import annotations

from pydantic import Field

from core.settings.section import Section
from core.settings.user_path import UserPath


class DeveloperSettings(Section):
    """What a check of the developer agent's may take, and what it may read."""

    check_timeout_s: float = Field(60.0, gt=0)
    memory_mb: int = Field(2_048, ge=64)
    processes: int = Field(256, ge=8)
    workspace_mb: int = Field(512, ge=1)
    readable_folders: tuple[UserPath, ...] = ()  # tools outside the system's folders

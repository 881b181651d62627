"""Limits on pictures, videos and recordings.

Owns the section `media`.
"""

from __future__ import annotations

from pydantic import Field

from core.settings.section import Section
from core.settings.user_path import UserPath


class MediaSettings(Section):
    """Limits on what is looked at, so that no input can exhaust the machine."""

    max_file_mb: float = Field(20.0, gt=0)
    max_pixels: int = Field(50_000_000, gt=0)
    max_side_px: int = Field(16_384, gt=0)
    image_max_tokens: int = Field(1_280, ge=64)
    image_min_tokens: int = Field(64, ge=4)
    frame_max_tokens: int = Field(256, ge=16)
    video_max_frames: int = Field(64, ge=1)
    video_fps: float = Field(2.0, gt=0)
    audio_max_s: float = Field(300.0, gt=0)
    allowed_folders: tuple[UserPath, ...] = ()  # empty: any folder the user can read

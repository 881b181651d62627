"""Microphones and loudspeakers, as the system lists them."""

from __future__ import annotations

from collections.abc import Iterator

from core.doctor.audio_devices import listed_devices
from core.doctor.finding import Finding, ok, warn
from core.doctor.surroundings import Surroundings

PLUG_IN = "Connect one; a container needs --device /dev/snd or the sound server's socket."


def check_audio(around: Surroundings) -> Iterator[Finding]:
    devices = listed_devices(around.environ, around.proc)
    if devices.inputs:
        yield ok(f"{', '.join(devices.inputs)} ({devices.told_by})", subject="input")
    else:
        yield warn(
            "no microphone is listed: recordings are attached as files (@question.wav)",
            PLUG_IN,
            subject="input",
        )
    if devices.outputs:
        yield ok(f"{', '.join(devices.outputs)} ({devices.told_by})", subject="output")
    else:
        yield warn(
            "no loudspeaker is listed: spoken answers are written as WAV files only",
            PLUG_IN,
            subject="output",
        )

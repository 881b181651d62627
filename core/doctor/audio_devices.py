"""The system's sound devices, read from its sound server, from ALSA or from macOS.

Owns the formats of those listings; judges nothing, opens no device.
"""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from core.doctor.programs import find, output_of

MACOS_LIMIT_S = 10.0
_MONITOR = ".monitor"  # a loudspeaker's own output, offered by PulseAudio as an input


@dataclass(frozen=True, slots=True)
class AudioDevices:
    """Names of devices, and which listing told them; "" when none told of any."""

    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    told_by: str = ""

    def __bool__(self) -> bool:
        return bool(self.inputs or self.outputs)


def listed_devices(environ: Mapping[str, str], proc: Path) -> AudioDevices:
    """The devices of the first listing that tells of any."""
    readers: tuple[Callable[[], AudioDevices], ...] = (
        lambda: _ask("pactl", environ, _by_pactl),
        lambda: _ask("wpctl", environ, _by_wpctl),
        lambda: from_alsa(_text(proc / "asound" / "pcm")),
        lambda: _by_macos(environ),
    )
    for read in readers:
        devices = read()
        if devices:
            return devices
    return AudioDevices()


def from_pactl(sinks: str, sources: str) -> AudioDevices:
    """From `pactl list short sinks` and `... sources`, which PipeWire answers as well."""
    inputs = tuple(name for name in _second_column(sources) if not name.endswith(_MONITOR))
    return AudioDevices(inputs, tuple(_second_column(sinks)), "PulseAudio or PipeWire")


def from_wpctl(status: str) -> AudioDevices:
    """From `wpctl status`: its audio part has a tree each of sinks and of sources."""
    audio = status.partition("\nAudio\n")[2].partition("\nVideo\n")[0]
    return AudioDevices(_branch(audio, "Sources:"), _branch(audio, "Sinks:"), "PipeWire")


def from_alsa(pcm: str) -> AudioDevices:
    """From /proc/asound/pcm: `00-00: ALC257 Analog : ALC257 Analog : playback 1 : capture 1`."""
    lines = [line.split(" : ") for line in pcm.splitlines() if ": " in line]
    named = [(fields[0].partition(": ")[2].strip(), " ".join(fields[1:])) for fields in lines]
    inputs = tuple(name for name, able in named if "capture" in able)
    return AudioDevices(inputs, tuple(name for name, able in named if "playback" in able), "ALSA")


def from_macos(listing: str) -> AudioDevices:
    """From `system_profiler -json SPAudioDataType`."""
    cards = json.loads(listing).get("SPAudioDataType", [])
    devices = [device for card in cards for device in card.get("_items", [])]
    return AudioDevices(
        tuple(str(each["_name"]) for each in devices if "coreaudio_device_input" in each),
        tuple(str(each["_name"]) for each in devices if "coreaudio_device_output" in each),
        "macOS",
    )


Ask = Callable[[str, Mapping[str, str]], AudioDevices]


def _ask(program: str, environ: Mapping[str, str], read: Ask) -> AudioDevices:
    path = find(program, environ)
    return read(path, environ) if path else AudioDevices()


def _by_pactl(path: str, environ: Mapping[str, str]) -> AudioDevices:
    sinks, sources = (
        output_of([path, "list", "short", kind], environ) for kind in ("sinks", "sources")
    )
    return from_pactl(sinks or "", sources or "")


def _by_wpctl(path: str, environ: Mapping[str, str]) -> AudioDevices:
    return from_wpctl(output_of([path, "status"], environ) or "")


def _by_macos(environ: Mapping[str, str]) -> AudioDevices:
    if platform.system() != "Darwin":
        return AudioDevices()
    command = ["system_profiler", "-json", "SPAudioDataType"]
    listing = output_of(command, environ, limit_s=MACOS_LIMIT_S)
    return from_macos(listing) if listing else AudioDevices()


def _second_column(listing: str) -> Iterator[str]:
    for line in listing.splitlines():
        columns = line.split("\t")
        if len(columns) > 1:
            yield columns[1]


def _branch(audio: str, heading: str) -> tuple[str, ...]:
    """The entries below a heading: ` │  *   46. Built-in Audio Analog Stereo  [vol: 0.40]`."""
    below = audio.partition(f"─ {heading}\n")[2]
    lines = below.partition("─ ")[0].splitlines()
    found = (re.search(r"\d+\. (.+?)\s*(?:\[|$)", line) for line in lines)
    return tuple(match[1] for match in found if match)


def _text(path: Path) -> str:
    """Empty where the system has no such file."""
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""

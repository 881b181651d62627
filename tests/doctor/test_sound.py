"""Sound devices as the system's programs list them, and the program that speaks."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from core.doctor.audio_devices import AudioDevices, from_alsa, from_macos, from_pactl, from_wpctl
from core.doctor.checks.audio import check_audio
from core.doctor.checks.speech import check_speech
from tests.doctor.surroundings import by_subject, only, surroundings
from tests.model_pool.memory.machines import write_files

SINKS = "46\talsa_output.pci-0000_00_1f.3.analog-stereo\tPipeWire\ts32le 2ch 48000Hz\tSUSPENDED\n"
SOURCES = (
    "46\talsa_output.pci-0000_00_1f.3.analog-stereo.monitor\tPipeWire\ts32le 2ch\tSUSPENDED\n"
    "47\talsa_input.usb-Blue_Yeti-00.analog-stereo\tPipeWire\ts32le 2ch 48000Hz\tRUNNING\n"
)
WPCTL = """\
PipeWire 'pipewire-0' [1.0.5, ana@casa, cookie:1]
 └─ Clients:
        33. WirePlumber                         [1.0.5, ana@casa, pid:1]

Audio
 ├─ Devices:
 │      42. Built-in Audio                      [alsa]
 │
 ├─ Sinks:
 │  *   46. Built-in Audio Analog Stereo        [vol: 0.40]
 │      51. HDMI / DisplayPort                  [vol: 1.00]
 │
 ├─ Sink endpoints:
 │
 ├─ Sources:
 │  *   47. Yeti                                [vol: 1.00 MUTED]
 │
 ├─ Source endpoints:
 │
 └─ Streams:

Video
 ├─ Devices:
 │      60. Integrated Camera                   [v4l2]
 │
 ├─ Sinks:
 │
 ├─ Sources:
 │  *   62. Integrated Camera (V4L2)
"""
PCM = """\
00-00: ALC257 Analog : ALC257 Analog : playback 1 : capture 1
00-03: HDMI 0 : HDMI 0 : playback 1
01-00: USB Audio : USB Audio : capture 1
"""
MACOS = json.dumps(
    {
        "SPAudioDataType": [
            {
                "_items": [
                    {"_name": "MacBook Pro Microphone", "coreaudio_device_input": 1},
                    {"_name": "MacBook Pro Speakers", "coreaudio_device_output": 2},
                ]
            }
        ]
    }
)
YETI = "alsa_input.usb-Blue_Yeti-00.analog-stereo"


def test_each_listing_is_read() -> None:
    speaker = "alsa_output.pci-0000_00_1f.3.analog-stereo"
    assert from_pactl(SINKS, SOURCES) == AudioDevices((YETI,), (speaker,), "PulseAudio or PipeWire")
    assert from_wpctl(WPCTL) == AudioDevices(
        ("Yeti",), ("Built-in Audio Analog Stereo", "HDMI / DisplayPort"), "PipeWire"
    )
    assert from_alsa(PCM) == AudioDevices(
        ("ALC257 Analog", "USB Audio"), ("ALC257 Analog", "HDMI 0"), "ALSA"
    )
    assert from_macos(MACOS) == AudioDevices(
        ("MacBook Pro Microphone",), ("MacBook Pro Speakers",), "macOS"
    )


@pytest.mark.parametrize("nothing", ["", "\n", "no soundcards\n", "Connection refused"])
def test_a_listing_of_nothing_lists_nothing(nothing: str) -> None:
    for devices in (from_pactl(nothing, nothing), from_wpctl(nothing), from_alsa(nothing)):
        assert not devices


def test_a_machine_without_sound_costs_what_it_costs(tmp_path: Path) -> None:
    around = surroundings(tmp_path / "m", environ={"PATH": ""})
    found = by_subject(check_audio, around)
    assert found["input"].status == found["output"].status == "warn"
    assert "attached as files" in found["input"].found
    assert "WAV files only" in found["output"].found
    assert "/dev/snd" in found["output"].cure


def test_the_sound_server_is_asked_before_alsa(tmp_path: Path) -> None:
    around = surroundings(tmp_path / "m", environ={"PATH": str(tmp_path / "bin")})
    write_files(tmp_path / "m" / "proc", {"asound/pcm": PCM})
    found = by_subject(check_audio, around)
    assert found["input"].found == "ALC257 Analog, USB Audio (ALSA)"
    (tmp_path / "bin").mkdir()
    pactl = tmp_path / "bin" / "pactl"
    script = (
        f'#!/bin/sh\nif [ "$3" = sinks ]; then printf "{SINKS!r}"; else printf "{SOURCES!r}"; fi'
    )
    pactl.write_text(script.replace("'", ""))
    pactl.chmod(0o755)
    assert by_subject(check_audio, around)["input"].found == f"{YETI} (PulseAudio or PipeWire)"
    pactl.write_text("#!/bin/sh\necho Connection refused >&2; exit 1\n")
    assert "ALSA" in by_subject(check_audio, around)["output"].found


def test_speech_that_is_off_needs_no_program(tmp_path: Path) -> None:
    around = surroundings(tmp_path / "m", {"voice": {"speak": False}}, environ={"PATH": ""})
    assert only(check_speech, around).found == "off (voice.speak is false)"


def test_speech_without_its_program(tmp_path: Path) -> None:
    found = only(check_speech, surroundings(tmp_path / "m", environ={"PATH": ""}))
    assert (found.status, "not installed" in found.found) == ("warn", True)
    (tmp_path / "apt-get").touch(0o755)
    around = surroundings(tmp_path / "m", environ={"PATH": str(tmp_path)})
    assert only(check_speech, around).cure == "sudo apt install espeak-ng"


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("exit 1", "does not run"),
        ('[ "$1" = --version ] || [ "$3" = es ]', "has no voice en-us"),
    ],
)
def test_speech_whose_program_is_not_whole(tmp_path: Path, script: str, told: str) -> None:
    program = tmp_path / "espeak-ng"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    found = only(check_speech, surroundings(tmp_path / "m", environ={"PATH": str(tmp_path)}))
    assert (found.status, told in found.found) == ("warn", True)


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_speech_with_the_real_program(tmp_path: Path) -> None:
    folder = str(Path(shutil.which("espeak-ng") or "").parent)
    found = only(check_speech, surroundings(tmp_path / "m", environ={"PATH": folder}))
    assert found.status == "ok"
    assert found.found.endswith("with es and en")

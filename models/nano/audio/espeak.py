"""Speech from espeak-ng, in this process, with the time of every phoneme.

Owns the calls of libespeak-ng; knows nothing of what is said. Needs the system package
(Debian: apt install espeak-ng, macOS: brew install espeak-ng).
"""

from __future__ import annotations

import ctypes
import ctypes.util
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

_RETRIEVAL = 1
_PHONEME_EVENTS = 1
_UTF8 = 1
_RATE, _VOLUME, _PITCH, _RANGE = 1, 2, 3, 4
_END_OF_LIST, _PHONEME = 0, 7


class _EventId(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    )


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


@dataclass(frozen=True, slots=True)
class Voice:
    """How something is said. `name` is espeak's, such as "en-us+f2"; pitch is 0 to 99."""

    name: str
    words_per_minute: int = 165
    pitch: int = 50
    pitch_range: int = 50


@dataclass(frozen=True, slots=True)
class Spoken:
    """Samples in [-1, 1] at `rate_hz`, and where each phoneme begins, in seconds.

    An empty name marks a pause.
    """

    samples: NDArray[np.float32]
    rate_hz: int
    phonemes: tuple[tuple[float, str], ...]


class Espeak:
    """One synthesiser; espeak-ng has global state, so there is only one in a process.

    Raises: OSError, when libespeak-ng is not installed.
    """

    def __init__(self) -> None:
        found = ctypes.util.find_library("espeak-ng")
        if found is None:
            raise OSError(
                "libespeak-ng is not installed (Debian: apt install espeak-ng, "
                "macOS: brew install espeak-ng)."
            )
        self._library = ctypes.CDLL(found)
        self.rate_hz = int(self._library.espeak_Initialize(_RETRIEVAL, 0, None, _PHONEME_EVENTS))
        self._pieces: list[NDArray[np.int16]] = []
        self._phonemes: list[tuple[float, str]] = []
        self._callback = _Callback(self._receive)  # kept alive: C calls it
        self._library.espeak_SetSynthCallback(self._callback)

    def say(self, text: str, voice: Voice) -> Spoken:
        """`text` as `voice` says it.

        Raises: ValueError, when there is no such voice.
        """
        if self._library.espeak_SetVoiceByName(voice.name.encode()) != 0:
            raise ValueError(f"espeak-ng has no voice {voice.name}.")
        settings = {_RATE: voice.words_per_minute, _PITCH: voice.pitch, _RANGE: voice.pitch_range}
        for parameter, value in (settings | {_VOLUME: 90}).items():
            self._library.espeak_SetParameter(parameter, value, 0)
        self._pieces.clear()
        self._phonemes.clear()
        raw = text.encode()
        self._library.espeak_Synth(raw, len(raw) + 1, 0, 1, 0, _UTF8, None, None)
        self._library.espeak_Synchronize()
        samples = np.concatenate([*self._pieces, np.zeros(0, np.int16)])
        return Spoken((samples / 32768).astype(np.float32), self.rate_hz, tuple(self._phonemes))

    def _receive(self, samples: object, count: int, events: object) -> int:
        if samples and count > 0:
            self._pieces.append(np.ctypeslib.as_array(samples, (count,)).copy())
        index = 0
        while events[index].type != _END_OF_LIST:  # type: ignore[index]
            event = events[index]  # type: ignore[index]
            if event.type == _PHONEME:
                name = event.id.string.decode(errors="replace").strip("_:; ")
                self._phonemes.append((event.audio_position / 1000, name))
            index += 1
        return 0


@cache
def synthesiser() -> Espeak:
    """The one of this process."""
    return Espeak()

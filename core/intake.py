"""What a caller may give: checked, and made fit to travel through the graph.

Owns the input keys, their types and the storing of bytes and arrays; knows nothing of
nodes or models. Everything here happens before any model is touched.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, cast, get_args

import numpy as np
from PIL import Image
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import InvalidInput
from core.media.encoding import encode_png
from core.media.image import load_image
from core.media.source import is_data_uri, local_path
from core.settings import Settings
from core.settings.selection import StrategyName
from core.state import State
from core.storage.media_store import MediaStore
from core.text.halves import without_halves

LONGEST_QUOTE = 200
HOW_TO_NAME_KEYS = "The input keys are listed in core/state.py."


class PreferencesInput(BaseModel):
    """The caller's wishes; see `core.state.Preferences`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    speed: bool | None = None
    quality: bool | None = None
    strategy: str | None = None
    model: str | None = None
    language: Literal["es", "en"] | None = None
    max_tokens: int | None = Field(None, ge=1)
    temperature: float | None = Field(None, ge=0, le=2)
    seed: int | None = Field(None, ge=0)
    cache: bool | None = None


class TurnInput(BaseModel):
    """The input keys of `core.state.State`, with every form a caller may use."""

    model_config = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True)

    input: str | None = None
    image_path: str | Path | bytes | Image.Image | None = None
    video_path: str | Path | None = None
    audio_input: str | Path | bytes | np.ndarray[Any, Any] | tuple[Any, int] | None = None
    images: list[Any] | tuple[Any, ...] | None = None
    fps: float | None = Field(None, gt=0)
    video_start_s: float | None = Field(None, ge=0)
    video_end_s: float | None = Field(None, gt=0)
    resolution: int | None = Field(None, ge=32)
    thread_id: str | None = Field(None, min_length=1)
    user_id: str | None = None
    system_prompt: str | None = None
    context: list[str] | tuple[str, ...] | None = None
    store_memory: bool | None = None
    retrieve_context: bool | None = None
    preferences: PreferencesInput | None = None


INPUT_KEYS = tuple(TurnInput.model_fields)
NOTHING_ASKED = "Nothing was asked: give `input`, `image_path`, `video_path` or `audio_input`."


def fresh_turn(given: Mapping[str, Any] | str, settings: Settings, store: MediaStore) -> State:
    """A complete state for a new turn: the caller's input, every other key empty.

    Giving every key keeps the last turn of a thread from leaking into this one. `history`
    is left out, since it is what a thread remembers.

    Raises:
        InvalidInput: naming the key (and the nearest valid one, when it is unknown).
        MediaError: when a path or bytes cannot be used.
    """
    checked = _check(_as_mapping(given))
    _check_question(checked)
    if checked.preferences:
        _check_names(checked.preferences, settings)
    state: dict[str, Any] = dict.fromkeys(State.__annotations__)
    del state["history"]
    state |= {name: getattr(checked, name) for name in INPUT_KEYS}
    state |= {"tried": [], "memories": [], "citations": [], "warnings": [], "timings_ms": {}}
    state["preferences"] = _preferences(checked.preferences)
    for name in ("input", "system_prompt", "thread_id", "user_id"):
        state[name] = without_halves(state[name])
    state["context"] = (
        [without_halves(each) for each in checked.context] if checked.context else None
    )
    state |= _stored_media(checked, settings, store)
    return cast(State, state)


def _as_mapping(given: object) -> Mapping[str, Any]:
    if isinstance(given, str):
        return {"input": given}
    if not isinstance(given, Mapping):
        raise InvalidInput(
            f"A turn is a text or a mapping, not a {type(given).__name__}.",
            key="input",
            hint=HOW_TO_NAME_KEYS,
        )
    return given


def _check(given: Mapping[str, Any]) -> TurnInput:
    for key in given:
        if key not in INPUT_KEYS:
            raise _unknown_key(str(key), INPUT_KEYS)
    try:
        return TurnInput(**given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = [str(part) for part in first["loc"]]
        key = ".".join(place[: 2 if place[0] == "preferences" else 1])
        if first["type"] == "extra_forbidden":
            wishes = tuple(PreferencesInput.model_fields)
            raise _unknown_key(place[-1], wishes, parent="preferences") from None
        raise InvalidInput(f"`{key}`: {first['msg']}.", key=key) from None


def _unknown_key(key: str, valid: Sequence[str], *, parent: str = "") -> InvalidInput:
    full = f"{parent}.{key}" if parent else key
    if not parent and key in State.__annotations__:
        return InvalidInput(
            f"`{key}` is filled by the graph and cannot be given.", key=key, hint=HOW_TO_NAME_KEYS
        )
    nearest = difflib.get_close_matches(key, valid, n=1, cutoff=0.0)[0]
    return InvalidInput(
        f"Unknown key `{full}`; the nearest valid one is `{nearest}`.",
        key=full,
        hint=HOW_TO_NAME_KEYS,
    )


def _check_question(checked: TurnInput) -> None:
    images = checked.images or None
    media = (checked.image_path, checked.video_path, checked.audio_input, images)
    if not (checked.input and checked.input.strip()) and all(given is None for given in media):
        raise InvalidInput(NOTHING_ASKED, key="input")
    start_s, end_s = checked.video_start_s, checked.video_end_s
    if start_s is not None and end_s is not None and start_s >= end_s:
        raise InvalidInput("`video_start_s` must be before `video_end_s`.", key="video_start_s")


def _check_names(wishes: PreferencesInput, settings: Settings) -> None:
    strategies = (*get_args(StrategyName), *settings.selection.strategies)
    for key, known in (("model", tuple(settings.models)), ("strategy", strategies)):
        name = getattr(wishes, key)
        if name is not None and name not in known:
            raise _unknown_key(name, known, parent=f"preferences.{key}")


def _preferences(given: PreferencesInput | None) -> dict[str, Any]:
    return given.model_dump(exclude_none=True) if given else {}


def _stored_media(checked: TurnInput, settings: Settings, store: MediaStore) -> dict[str, Any]:
    return {
        "image_path": _image_path(checked.image_path, settings, store, "image_path"),
        "images": [_image_path(image, settings, store, "images") for image in checked.images]
        if checked.images
        else None,
        "video_path": _existing(checked.video_path, "video_path"),
        "audio_input": _audio_path(checked.audio_input, settings, store),
    }


def _existing(path: str | Path | None, key: str) -> str | None:
    """The absolute path of a file that is there; nothing is fetched from the network."""
    if path is None:
        return None
    text = str(path)
    try:
        found = Path(local_path(text, key)).expanduser().absolute()
        there = found.is_file()
    except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: ~nobody
        reason = getattr(error, "strerror", None) or error
        raise InvalidInput(
            f"`{key}`: {text[:LONGEST_QUOTE]!r} cannot be read: {reason}.",
            key=key,
            hint="Check the path and that you may read the file.",
        ) from error
    if not there:
        raise InvalidInput(
            f"`{key}`: there is no file {found}.", key=key, hint="Check the path for a typo."
        )
    return str(found)


def _is_path(given: object) -> bool:
    return isinstance(given, Path) or (isinstance(given, str) and not is_data_uri(given))


def _image_path(given: Any, settings: Settings, store: MediaStore, key: str) -> str | None:
    """A path as it is; anything else is decoded now and kept as PNG under its hash."""
    if given is None:
        return None
    if _is_path(given):
        return _existing(given, key)
    image = load_image(given, settings.media, key=key)
    return str(store.put(encode_png(image), ".png"))


def _audio_path(given: Any, settings: Settings, store: MediaStore) -> str | None:
    """A path as it is; bytes and arrays are decoded now and kept as WAV under their hash."""
    if given is None:
        return None
    if _is_path(given):
        return _existing(given, "audio_input")
    # With it comes PyAV, which takes 16 MB and time of a start; few turns need it.
    from core.media.audio import encode_wav, load_audio  # noqa: PLC0415

    clip = load_audio(given, settings.media, key="audio_input")
    return str(store.put(encode_wav(clip), ".wav"))

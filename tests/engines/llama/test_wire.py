"""Frames, requests and errors survive the pipe."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from core.engines.llama.failures import failure_from_header, failure_header
from core.engines.llama.messages import (
    decode_request,
    decode_spec,
    encode_request,
    encode_spec,
)
from core.engines.llama.wire import Frame, read_frame, write_frame
from core.engines.protocol import GenerationRequest, Message
from core.engines.spec import EngineSpec
from core.errors import (
    ContextOverflow,
    EngineFailed,
    InvalidInput,
    ModelFileInvalid,
    ModelLacksModality,
    SARAiError,
)
from core.media.content import AudioClip, RgbImage


def test_frames_arrive_as_they_were_sent() -> None:
    pipe = BytesIO()
    write_frame(pipe, {"type": "a", "text": "ñ\n"}, [b"12", memoryview(b"34")])
    write_frame(pipe, {"type": "b"})
    pipe.seek(0)
    assert read_frame(pipe) == Frame({"type": "a", "text": "ñ\n"}, b"1234")
    assert read_frame(pipe) == Frame({"type": "b"}, b"")
    assert read_frame(pipe) is None


@pytest.mark.parametrize("kept_bytes", [1, 11, 12, 20, -1])
def test_a_frame_cut_off_is_an_end(kept_bytes: int) -> None:
    pipe = BytesIO()
    write_frame(pipe, {"type": "a"}, [b"blob"])
    assert read_frame(BytesIO(pipe.getvalue()[:kept_bytes])) is None


def test_a_request_keeps_its_text_pixels_and_samples() -> None:
    pixels = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    samples = np.linspace(-1, 1, 5, dtype=np.float32)
    parts = ("mira", RgbImage(pixels[:, ::-1], time_s=0.5), AudioClip(samples), "fin")
    request = GenerationRequest(
        (Message.text("system", "ñ"), Message("user", parts)), seed=7, stop=("x", "y")
    )
    header, buffers = encode_request(request)
    pipe = BytesIO()
    write_frame(pipe, {"type": "generate"} | header, buffers)
    pipe.seek(0)
    frame = read_frame(pipe)
    assert frame is not None
    got = decode_request(frame)
    assert got.messages[0] == request.messages[0]
    assert (got.seed, got.stop, got.max_tokens) == (7, ("x", "y"), request.max_tokens)
    text, image, clip, end = got.messages[1].parts
    assert (text, end) == ("mira", "fin")
    assert isinstance(image, RgbImage)
    assert isinstance(clip, AudioClip)
    assert image.time_s == 0.5
    np.testing.assert_array_equal(image.pixels, pixels[:, ::-1])
    np.testing.assert_array_equal(clip.samples, samples)


def test_a_spec_keeps_its_paths_absolute() -> None:
    spec = EngineSpec("m", "llama", 512, 2, gguf_path=Path("a.gguf"))
    got = decode_spec(encode_spec(spec))
    assert got.gguf_path == Path.cwd() / "a.gguf"
    assert got.mmproj_path is None
    assert got.context_tokens == 512


@pytest.mark.parametrize(
    "error",
    [
        ContextOverflow(model="m", prompt_tokens=9, context_tokens=8),
        ModelFileInvalid("broken", model="m", hint="again"),
        ModelLacksModality("blind", model="m", hint="other"),
        EngineFailed("no", model="m", hint="why"),
        InvalidInput("empty", key="texts", hint="fill"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_stay_what_they_were(error: SARAiError) -> None:
    got = failure_from_header(failure_header(error), model="m")
    assert type(got) is type(error)
    assert vars(got) == vars(error)

"""What makes two pictures or recordings the same to a model.

Owns the digests of decoded media; knows nothing of towers and caches.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from core.engines.protocol import Part
from core.media.content import AudioClip, RgbImage

DIGEST_BYTES = 16


def digests(parts: Sequence[Part]) -> list[bytes]:
    """One digest per part, in hexadecimal.

    A tower may merge a frame of a video with one beside it, so the digest of a frame covers
    its neighbours, whatever they are. Empty text does not stand between frames.
    """
    solid = [part for part in parts if not isinstance(part, str) or part]
    own = [_digest(part) for part in solid]
    edges = [b"", *own, b""]
    covering = iter(
        _hexadecimal(b" ".join(edges[index : index + 3])) if _is_frame(part) else own[index]
        for index, part in enumerate(solid)
    )
    return [next(covering) if not isinstance(part, str) or part else b"" for part in parts]


def _digest(part: Part) -> bytes:
    if isinstance(part, str):
        return _hexadecimal(b"text")
    if isinstance(part, AudioClip):
        return _hexadecimal(b"audio " + part.samples.tobytes())
    size = f"image {part.width_px}x{part.height_px} {_is_frame(part)} "
    return _hexadecimal(size.encode() + part.pixels.tobytes())


def _is_frame(part: Part) -> bool:
    return isinstance(part, RgbImage) and part.time_s is not None


def _hexadecimal(raw: bytes) -> bytes:
    return blake2b(raw, digest_size=DIGEST_BYTES).hexdigest().encode()

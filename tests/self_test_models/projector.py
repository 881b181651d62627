"""What the towers of one mmproj file have in common.

Owns the file's metadata and how a tower's answer enters the language model; knows nothing
of pictures or sound.
"""

from __future__ import annotations

import numpy as np
from gguf import GGUFWriter, LlamaFileType

from tests.self_test_models.gguf_file import Array
from tests.self_test_models.random_weights import contrasts
from tests.self_test_models.reply_circuit import (
    MEDIA_FLAG,
    MEDIA_START,
    MEDIA_WIDTH,
    SALIENCE,
    WIDTH,
)


def add_projector_metadata(writer: GGUFWriter) -> None:
    """The part of the header that every projector needs."""
    writer.add_name("SARAi self-test projector")
    writer.add_type("mmproj")
    writer.add_file_type(LlamaFileType.MOSTLY_F16)


def media_weights(random: np.random.Generator, inputs: int) -> Array:
    """A last layer (WIDTH, inputs) that writes only salience and media content."""
    weights = np.zeros((WIDTH, inputs), np.float32)
    written = slice(SALIENCE, MEDIA_START + MEDIA_WIDTH)
    weights[written] = contrasts(random, 1 + MEDIA_WIDTH, inputs)
    return weights


def media_bias() -> Array:
    """A last bias (WIDTH,) that marks every media token as one."""
    bias = np.zeros(WIDTH, np.float32)
    bias[MEDIA_FLAG] = 1
    return bias

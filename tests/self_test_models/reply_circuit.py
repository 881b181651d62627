"""The weights that make one transformer block say a fixed reply, and name the media it saw.

Owns the division of the hidden state and every weight of the block; knows nothing of
wording or of files.

Each token's embedding marks its step of the reply with a one; the output matrix turns
step n into the token of step n+1. Every token outside the reply counts as step 0, so the
reply is the same after any prompt. Attention averages over the whole context, where only
media have content. The feed-forward part lets that average through at two steps only: where
an adjective and where a noun is due. How much text stands beside the media changes the
average's size, and not the word it points to.

Attention looks hardest at the few media tokens that are salient, whatever that means to a
random projector: llama.cpp adds up in half precision, where the sum over thousands of equal
tokens, as in a still video, would stop growing and lose its direction.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from tests.self_test_models.gguf_file import Array, TensorWriter
from tests.self_test_models.replies import ADJECTIVES, FULL_STOP, NO_MEDIA, NOUNS, Reply
from tests.self_test_models.vocabulary import END_OF_TURN, Vocabulary

WIDTH: Final = 64
HEAD_WIDTH: Final = 64
FEED_FORWARD_WIDTH: Final = 32
ROPE_BASE: Final = 1e12
UNTURNED: Final = (*range(22, 32), *range(54, 64))
"""The head's dimensions that position turns by less than 0.0003 rad in 32,768 tokens."""

# Who holds which dimensions of the hidden state; the steps of the reply hold the rest.
TEXT_FLAG: Final = 0  # asks for what is salient
MEDIA_FLAG: Final = 1  # keeps the norm from blowing up what is almost silent
SALIENCE: Final = 2
MEDIA_START: Final = 3
MEDIA_WIDTH: Final = 16  # one half picks the adjective, the other the noun
WORD_START: Final = MEDIA_START + MEDIA_WIDTH
FIRST_STEP: Final = WORD_START + MEDIA_WIDTH

# With these sizes the best token leads by dozens of logits, so that sampling at ordinary
# temperatures takes it.
STEP_GAIN: Final = 8.0
SALIENCE_GAIN: Final = 1.5
VALUE_GAIN: Final = 1 / 16  # sums over long videos stay inside half precision
MEDIA_GAIN: Final = 0.1  # keeps the average small beside the step's own mark
GATE_GAIN: Final = 4.0
WORD_GAIN: Final = 32_768.0


def token_weights(reply: Reply, vocabulary: Vocabulary) -> tuple[Array, Array]:
    """Token embeddings and output matrix, both of shape (tokens, WIDTH)."""
    embeddings = np.zeros((len(vocabulary), WIDTH), np.float32)
    embeddings[:, TEXT_FLAG] = 1
    embeddings[:, _step(0)] = 1
    output = np.zeros_like(embeddings)
    for number, pieces in enumerate(_tokens_of_steps(reply)):
        tokens = [vocabulary.token_id(piece) for piece in pieces]
        embeddings[tokens, _step(0)] = 0
        embeddings[tokens, _step(number + 1)] = 1
        unprompted = NO_MEDIA if pieces is ADJECTIVES else pieces[0]
        output[vocabulary.token_id(unprompted), _step(number)] = STEP_GAIN
    if reply.reports_media:
        _add_word_directions(output, vocabulary)
    return embeddings, output


def add_attention(tensors: TensorWriter) -> None:
    """One head that averages the media's content and returns it to its place."""
    query, key, value = (np.zeros((HEAD_WIDTH, WIDTH), np.float32) for _ in range(3))
    query[UNTURNED[0], TEXT_FLAG] = 1
    for number in range(1 + MEDIA_WIDTH):
        key[UNTURNED[number], SALIENCE + number] = 1
    output = np.zeros((WIDTH, HEAD_WIDTH), np.float32)
    for number in range(MEDIA_WIDTH):
        value[number, MEDIA_START + number] = VALUE_GAIN
        output[MEDIA_START + number, number] = MEDIA_GAIN / VALUE_GAIN
    tensors.ones("blk.0.attn_norm.weight", WIDTH)
    tensors.matrix("blk.0.attn_q.weight", query)
    tensors.matrix("blk.0.attn_k.weight", key)
    tensors.matrix("blk.0.attn_v.weight", value)
    tensors.matrix("blk.0.attn_output.weight", output)
    tensors.full("blk.0.attn_q_norm.weight", np.full(HEAD_WIDTH, SALIENCE_GAIN, np.float32))
    tensors.ones("blk.0.attn_k_norm.weight", HEAD_WIDTH)


def add_feed_forward(tensors: TensorWriter, reply: Reply) -> None:
    """Unit n carries the media's dimension n on to the words, at the step it is due."""
    gate, up = (np.zeros((FEED_FORWARD_WIDTH, WIDTH), np.float32) for _ in range(2))
    down = np.zeros((WIDTH, FEED_FORWARD_WIDTH), np.float32)
    if reply.reports_media:
        adjective_step = len(reply.pieces)
        for number in range(MEDIA_WIDTH):
            noun = number >= MEDIA_WIDTH // 2
            gate[number, _step(adjective_step + noun)] = GATE_GAIN
            up[number, MEDIA_START + number] = 1
            down[WORD_START + number, number] = 1
    tensors.ones("blk.0.ffn_norm.weight", WIDTH)
    tensors.matrix("blk.0.ffn_gate.weight", gate)
    tensors.matrix("blk.0.ffn_up.weight", up)
    tensors.matrix("blk.0.ffn_down.weight", down)


def _tokens_of_steps(reply: Reply) -> list[tuple[str, ...]]:
    """The tokens that end each step of the reply."""
    steps: list[tuple[str, ...]] = [(piece,) for piece in reply.pieces]
    if reply.reports_media:
        steps += [ADJECTIVES, (*NOUNS, NO_MEDIA)]
    return [*steps, (FULL_STOP,), (END_OF_TURN,)]


def _add_word_directions(output: Array, vocabulary: Vocabulary) -> None:
    """Two words for each dimension of the media's content: one each way."""
    for number in range(MEDIA_WIDTH):
        words = ADJECTIVES if number < MEDIA_WIDTH // 2 else NOUNS
        first = 2 * (number % (MEDIA_WIDTH // 2))
        output[vocabulary.token_id(words[first]), WORD_START + number] = WORD_GAIN
        output[vocabulary.token_id(words[first + 1]), WORD_START + number] = -WORD_GAIN


def _step(number: int) -> int:
    """The dimension that marks this step. Raises ValueError when the reply is too long."""
    if FIRST_STEP + number >= WIDTH:
        raise ValueError("the reply has too many words")
    return FIRST_STEP + number

"""Writes the language model of a chat self-test.

Owns its metadata, vocabulary and chat template; knows nothing of the weights' meaning.
"""

from __future__ import annotations

from typing import Final

from gguf import GGUFWriter, LlamaFileType

from tests.self_test_models import reply_circuit as circuit
from tests.self_test_models.gguf_file import TensorWriter
from tests.self_test_models.replies import ADJECTIVES, FULL_STOP, NO_MEDIA, NOUNS, Reply
from tests.self_test_models.vocabulary import (
    END_OF_TEXT,
    END_OF_TURN,
    Vocabulary,
    make_vocabulary,
)

TEXT_ARCHITECTURE: Final = "qwen3"
MEDIA_ARCHITECTURE: Final = "qwen3vl"
CONTEXT_TOKENS: Final = 32_768

# Line breaks stand inside strings, where the template engine does not trim them.
CHAT_TEMPLATE: Final = (
    "{%- for message in messages -%}{{ '<|im_start|>' + message['role'] + '\\n' }}"
    "{%- if message['content'] is string -%}{{ message['content'] }}{%- else -%}"
    "{%- for part in message['content'] if part['type'] == 'text' -%}{{ part['text'] }}"
    "{%- endfor -%}{%- endif -%}{{ '<|im_end|>\\n' }}{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{ '<|im_start|>assistant\\n' }}{%- endif -%}"
)


def add_text_tower(writer: GGUFWriter, reply: Reply) -> None:
    """Fill `writer` with the model that says `reply`."""
    words = (*ADJECTIVES, *NOUNS, NO_MEDIA) if reply.reports_media else ()
    vocabulary = make_vocabulary((*reply.pieces, *words, FULL_STOP))
    _add_metadata(writer)
    if reply.reports_media:
        _add_media_metadata(writer)
    add_byte_pair_vocabulary(writer, vocabulary)
    _add_chat(writer, vocabulary)
    _add_tensors(TensorWriter(writer), reply, vocabulary)


def add_byte_pair_vocabulary(writer: GGUFWriter, vocabulary: Vocabulary) -> None:
    """Add tokens and merges, read as Qwen's tokenizer reads them."""
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(list(vocabulary.tokens))
    writer.add_token_types(list(vocabulary.types))
    writer.add_token_merges(list(vocabulary.merges))
    writer.add_bos_token_id(vocabulary.token_id(END_OF_TEXT))
    writer.add_pad_token_id(vocabulary.token_id(END_OF_TEXT))
    writer.add_eos_token_id(vocabulary.token_id(END_OF_TURN))
    writer.add_add_bos_token(False)


def _add_metadata(writer: GGUFWriter) -> None:
    writer.add_name("SARAi self-test")
    writer.add_type("model")
    writer.add_file_type(LlamaFileType.MOSTLY_F16)
    writer.add_block_count(1)
    writer.add_context_length(CONTEXT_TOKENS)
    writer.add_embedding_length(circuit.WIDTH)
    writer.add_feed_forward_length(circuit.FEED_FORWARD_WIDTH)
    writer.add_head_count(1)
    writer.add_head_count_kv(1)
    writer.add_key_length(circuit.HEAD_WIDTH)
    writer.add_value_length(circuit.HEAD_WIDTH)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(circuit.ROPE_BASE)


def _add_media_metadata(writer: GGUFWriter) -> None:
    writer.add_rope_dimension_sections([12, 10, 10, 0])  # together half the head's width
    writer.add_num_deepstack_layers(0)


def _add_chat(writer: GGUFWriter, vocabulary: Vocabulary) -> None:
    writer.add_eot_token_id(vocabulary.token_id(END_OF_TURN))
    writer.add_chat_template(CHAT_TEMPLATE)


def _add_tensors(tensors: TensorWriter, reply: Reply, vocabulary: Vocabulary) -> None:
    embeddings, output = circuit.token_weights(reply, vocabulary)
    tensors.matrix("token_embd.weight", embeddings)
    tensors.matrix("output.weight", output)
    tensors.ones("output_norm.weight", circuit.WIDTH)
    circuit.add_attention(tensors)
    circuit.add_feed_forward(tensors, reply)

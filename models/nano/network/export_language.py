"""Writes a text tower and its tokenizer as GGUF, for llama.cpp's qwen3 or qwen3vl graph.

Owns tensor names, metadata and the chat template; knows nothing of training.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import gguf
from tokenizers import Tokenizer

from models.nano.network.gguf_files import Precision, TensorWriter, begun, finish
from models.nano.network.language import LanguageTower
from models.nano.network.tokenizer import END_OF_TEXT, TURN_END

Architecture = Literal["qwen3", "qwen3vl"]


def chat_template(*, system: bool = True) -> str:
    """ChatML. Without `system`, instructions are left out: a model that never saw any.

    Newlines stand inside of strings, or `trim_blocks` would eat them.
    """
    skipped = "" if system else " if message['role'] != 'system'"
    return (
        "{%- for message in messages" + skipped + " -%}"
        "{{- '<|im_start|>' + message['role'] + '\\n' -}}"
        "{%- if message['content'] is string -%}{{- message['content'] -}}"
        "{%- else -%}{%- for part in message['content'] -%}"
        "{%- if part['type'] == 'text' -%}{{- part['text'] -}}{%- endif -%}"
        "{%- endfor -%}{%- endif -%}"
        "{{- '<|im_end|>\\n' -}}"
        "{%- endfor -%}"
        "{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}"
    )


def export_language(
    tower: LanguageTower,
    tokenizer: Tokenizer,
    path: Path,
    *,
    architecture: Architecture,
    precision: Precision,
    name: str,
    context_tokens: int,
    template: str,
    licence: str = "MIT",
    deepstack_layers: int = 0,
) -> None:
    """Write the tower to `path`. `context_tokens` is the longest context it was trained for."""
    writer = begun(path, architecture, "model", name=name, licence=licence, precision=precision)
    _add_dimensions(writer, tower, context_tokens)
    if architecture == "qwen3vl":
        writer.add_rope_dimension_sections(list(tower.config.rope_sections))
        writer.add_num_deepstack_layers(deepstack_layers)
    _add_tokenizer(writer, tokenizer, tower.config.vocabulary)
    writer.add_chat_template(template)
    _add_tensors(TensorWriter(writer, precision), tower)
    finish(writer)


def _add_dimensions(writer: gguf.GGUFWriter, tower: LanguageTower, context_tokens: int) -> None:
    config = tower.config
    writer.add_context_length(context_tokens)
    writer.add_block_count(config.layers)
    writer.add_embedding_length(config.width)
    writer.add_feed_forward_length(config.feed_forward)
    writer.add_head_count(config.heads)
    writer.add_head_count_kv(config.kv_heads)
    writer.add_key_length(config.head_width)
    writer.add_value_length(config.head_width)
    writer.add_layer_norm_rms_eps(config.norm_epsilon)
    writer.add_rope_freq_base(config.rope_base)


def _add_tokenizer(writer: gguf.GGUFWriter, tokenizer: Tokenizer, rows: int) -> None:
    stored = json.loads(tokenizer.to_str())
    special = {token["id"]: token["content"] for token in stored["added_tokens"]}
    ordinary = {number: token for token, number in stored["model"]["vocab"].items()}
    tokens, types = [], []
    for number in range(rows):
        if number in special:
            tokens.append(special[number])
            types.append(gguf.TokenType.CONTROL)
        elif number in ordinary:
            tokens.append(ordinary[number])
            types.append(gguf.TokenType.NORMAL)
        else:
            tokens.append(f"[PAD{number}]")
            types.append(gguf.TokenType.UNUSED)
    merges = stored["model"]["merges"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges([m if isinstance(m, str) else " ".join(m) for m in merges])
    writer.add_eos_token_id(tokens.index(TURN_END))
    writer.add_pad_token_id(tokens.index(END_OF_TEXT))
    writer.add_bos_token_id(tokens.index(END_OF_TEXT))
    writer.add_add_bos_token(False)


def _add_tensors(tensors: TensorWriter, tower: LanguageTower) -> None:
    """No output.weight: llama.cpp takes the embeddings for it."""
    tensors.put("token_embd.weight", tower.embedding.weight)
    tensors.put("output_norm.weight", tower.norm.weight)
    for number, block in enumerate(tower.blocks):
        parts = {
            "attn_norm": block.attention_norm,
            "attn_q_norm": block.query_norm,
            "attn_k_norm": block.key_norm,
            "attn_q": block.query,
            "attn_k": block.key,
            "attn_v": block.value,
            "attn_output": block.output,
            "ffn_norm": block.feed_norm,
            "ffn_gate": block.gate,
            "ffn_up": block.up,
            "ffn_down": block.down,
        }
        for part, module in parts.items():
            tensors.put(f"blk.{number}.{part}.weight", module.weight)

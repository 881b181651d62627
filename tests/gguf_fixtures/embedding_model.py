"""A sentence embedder and a reranker in the form of BERT, with random weights."""

from __future__ import annotations

from pathlib import Path

import gguf

from tests.gguf_fixtures.tensors import TensorWriter

WIDTH = 64
HEADS = 2
LAYERS = 2
FEED_FORWARD = 128
CONTEXT_TOKENS = 512
CONTROL_TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
WORD_START = "\u2581"
WORDS = ("the", "cat", "dog", "sat", "hello", "world")


def write_embedding_model(path: Path) -> None:
    """Mean pooling over letters and a few words; each text costs two tokens more."""
    writer = _bert(path, gguf.PoolingType.MEAN)
    writer.write()


def write_reranker(path: Path, template: str | None = None) -> None:
    """Scores pairs of texts by a classifier on the first token, which sees every other one."""
    writer = _bert(path, gguf.PoolingType.RANK)
    if template is not None:
        writer.metadata.add_chat_template([{"name": "rerank", "template": template}])
    writer.linear("cls", WIDTH, WIDTH, scale=0.5)
    writer.linear("cls.output", 1, WIDTH, scale=0.5)
    writer.write()


def _bert(path: Path, pooling: gguf.PoolingType) -> TensorWriter:
    writer = TensorWriter(path, "bert", seed=3)
    _add_metadata(writer.metadata, pooling)
    tokens = _add_vocabulary(writer.metadata)
    writer.weights("token_embd.weight", tokens, WIDTH, scale=1.0, half=False)
    writer.weights("token_types.weight", 2, WIDTH, scale=0.3, half=False)
    writer.weights("position_embd.weight", CONTEXT_TOKENS, WIDTH, scale=0.02, half=False)
    writer.layer_norm("token_embd_norm", WIDTH)
    for index in range(LAYERS):
        prefix = f"blk.{index}."
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            writer.linear(prefix + name, WIDTH, WIDTH, scale=0.05)
        writer.layer_norm(prefix + "attn_output_norm", WIDTH)
        writer.layer_norm(prefix + "layer_output_norm", WIDTH)
        writer.linear(prefix + "ffn_up", FEED_FORWARD, WIDTH, scale=0.05)
        writer.linear(prefix + "ffn_down", WIDTH, FEED_FORWARD, scale=0.05)
    return writer


def _add_metadata(metadata: gguf.GGUFWriter, pooling: gguf.PoolingType) -> None:
    metadata.add_block_count(LAYERS)
    metadata.add_context_length(CONTEXT_TOKENS)
    metadata.add_embedding_length(WIDTH)
    metadata.add_feed_forward_length(FEED_FORWARD)
    metadata.add_head_count(HEADS)
    metadata.add_layer_norm_eps(1e-12)
    metadata.add_causal_attention(False)
    metadata.add_pooling_type(pooling)
    metadata.add_token_type_count(2)


def _add_vocabulary(metadata: gguf.GGUFWriter) -> int:
    letters = [chr(code) for code in range(33, 127)]
    texts = [*CONTROL_TOKENS, *letters, *(WORD_START + word for word in (*letters, *WORDS))]
    types = [gguf.TokenType.CONTROL] * len(CONTROL_TOKENS)
    types += [gguf.TokenType.NORMAL] * (len(texts) - len(types))
    types[CONTROL_TOKENS.index("[UNK]")] = gguf.TokenType.UNKNOWN
    metadata.add_tokenizer_model("bert")
    metadata.add_tokenizer_pre("default")
    metadata.add_token_list(texts)
    metadata.add_token_types(types)
    metadata.add_unk_token_id(CONTROL_TOKENS.index("[UNK]"))
    metadata.add_sep_token_id(CONTROL_TOKENS.index("[SEP]"))
    metadata.add_pad_token_id(CONTROL_TOKENS.index("[PAD]"))
    metadata.add_mask_token_id(CONTROL_TOKENS.index("[MASK]"))
    metadata.add_bos_token_id(CONTROL_TOKENS.index("[CLS]"))
    metadata.add_eos_token_id(CONTROL_TOKENS.index("[SEP]"))
    return len(texts)

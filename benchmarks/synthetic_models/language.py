"""Language models: their dimensions, metadata and tensors, as llama.cpp's loaders want them.

Owns architectures; knows nothing of how weights are drawn. The mix of formats is that of
llama.cpp's own quantiser (llama-quant.cpp).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gguf import GGUFWriter, PoolingType

from benchmarks.synthetic_models.blocks import Kind
from benchmarks.synthetic_models.tensor_plan import Tensor, linear, norm, write_file
from benchmarks.synthetic_models.vocabulary import Tokenizer, add_vocabulary

Architecture = Literal["qwen3", "qwen3vl", "qwen2vl", "lfm2", "gemma-embedding"]
Mix = Literal["Q4_K_M", "Q6_K", "Q8_0"]
CONVOLUTION = 3


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """Dimensions from a model's config.json. `kv_heads` 0 marks a layer of convolutions."""

    architecture: Architecture
    mix: Mix
    layers: int
    width: int
    feed_forward: int
    heads: int
    kv_heads: int | tuple[int, ...]
    head_width: int
    vocabulary: int
    trained_tokens: int
    tokenizer: Tokenizer = "qwen2"
    tied: bool = True
    sections: tuple[int, ...] = ()
    deepstack_layers: int = 0
    window_tokens: int = 0

    def kv_heads_of(self, layer: int) -> int:
        return self.kv_heads if isinstance(self.kv_heads, int) else self.kv_heads[layer]

    def tensors(self) -> list[Tensor]:
        """All tensors, in the order of the file."""
        base = {"Q4_K_M": Kind.Q4_K, "Q6_K": Kind.Q6_K, "Q8_0": Kind.Q8_0}[self.mix]
        output = Kind.Q8_0 if self.mix == "Q8_0" else Kind.Q6_K
        rows = (self.vocabulary, self.width)
        tensors = [Tensor("token_embd.weight", rows, output if self.tied else base)]
        if not self.tied:
            tensors.append(Tensor("output.weight", rows, output))
        tensors += norm(
            "token_embd_norm" if self.architecture == "lfm2" else "output_norm", self.width
        )
        for layer in range(self.layers):
            tensors += _Layer(self, layer, base).tensors()
        return tensors

    def write(self, path: Path) -> None:
        """Write the whole file; minutes on a slow disk."""
        write_file(path, self.architecture, self._add_metadata, self.tensors())

    def _add_metadata(self, writer: GGUFWriter) -> None:
        writer.add_name(f"synthetic {self.architecture}")
        writer.add_type("model")
        writer.add_block_count(self.layers)
        writer.add_context_length(self.trained_tokens)
        writer.add_embedding_length(self.width)
        writer.add_feed_forward_length(self.feed_forward)
        writer.add_head_count(self.heads)
        kv_heads = self.kv_heads
        writer.add_head_count_kv(kv_heads if isinstance(kv_heads, int) else list(kv_heads))
        writer.add_key_length(self.head_width)
        writer.add_value_length(self.head_width)
        writer.add_layer_norm_rms_eps(1e-6)
        writer.add_rope_freq_base(1e6)
        writer.add_vocab_size(self.vocabulary)
        if self.sections:
            writer.add_rope_dimension_sections(list(self.sections))
        if self.deepstack_layers:
            writer.add_num_deepstack_layers(self.deepstack_layers)
        if self.architecture == "lfm2":
            writer.add_shortconv_l_cache(CONVOLUTION)
        if self.architecture == "gemma-embedding":
            writer.add_sliding_window(self.window_tokens)
            writer.add_pooling_type(PoolingType.MEAN)
        add_vocabulary(writer, self.tokenizer, self.vocabulary)


@dataclass(frozen=True, slots=True)
class _Layer:
    """One block of a model."""

    model: LanguageModel
    index: int
    base: Kind

    def tensors(self) -> Iterator[Tensor]:
        yield from self._norm("attn_norm")
        if self.model.kv_heads_of(self.index):
            yield from self._attention()
        else:
            yield from self._convolution()
        yield from self._norm("ffn_norm")
        width, inner = self.model.width, self.model.feed_forward
        yield from self._linear("ffn_gate", inner, width)
        yield from self._linear("ffn_up", inner, width)
        yield from linear(self._name("ffn_down"), width, inner, self._better())
        if self.model.architecture == "gemma-embedding":
            yield from self._norm("post_attention_norm")
            yield from self._norm("post_ffw_norm")

    def _attention(self) -> Iterator[Tensor]:
        model = self.model
        queries = model.heads * model.head_width
        keys = model.kv_heads_of(self.index) * model.head_width
        bias = model.architecture == "qwen2vl"
        yield from self._linear("attn_q", queries, model.width, bias=bias)
        yield from self._linear("attn_k", keys, model.width, bias=bias)
        yield from linear(self._name("attn_v"), keys, model.width, self._better(), bias=bias)
        yield from self._linear("attn_output", model.width, queries)
        if not bias:
            yield from norm(self._name("attn_q_norm"), model.head_width)
            yield from norm(self._name("attn_k_norm"), model.head_width)

    def _convolution(self) -> Iterator[Tensor]:
        width = self.model.width
        yield Tensor(self._name("shortconv.conv.weight"), (width, CONVOLUTION), Kind.F32)
        yield from self._linear("shortconv.in_proj", 3 * width, width)
        yield from self._linear("shortconv.out_proj", width, width)

    def _better(self) -> Kind:
        """Q4_K_M keeps some layers' values and outputs in Q6_K (use_more_bits)."""
        eighth, layers = self.model.layers // 8, self.model.layers
        more = (
            self.index < eighth or self.index >= 7 * layers // 8 or (self.index - eighth) % 3 == 2
        )
        return Kind.Q6_K if more and self.model.mix == "Q4_K_M" else self.base

    def _name(self, name: str) -> str:
        return f"blk.{self.index}.{name}"

    def _norm(self, name: str) -> list[Tensor]:
        return norm(self._name(name), self.model.width)

    def _linear(self, name: str, outputs: int, inputs: int, *, bias: bool = False) -> list[Tensor]:
        return linear(self._name(name), outputs, inputs, self.base, bias=bias)

"""Tiny GGUF files that real llama.cpp loads, written in milliseconds for the engine's tests."""

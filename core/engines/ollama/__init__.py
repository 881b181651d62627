"""Models that an Ollama server runs: `open_ollama` opens one behind the engine protocol."""

from core.engines.ollama.engine import OllamaEngine, check_ollama, open_ollama

__all__ = ["OllamaEngine", "check_ollama", "open_ollama"]

"""Models behind any OpenAI-compatible server: `open_openai` opens one as an engine."""

from core.engines.openai_http.engine import OpenAIEngine
from core.engines.openai_http.opening import check_openai, open_openai

__all__ = ["OpenAIEngine", "check_openai", "open_openai"]

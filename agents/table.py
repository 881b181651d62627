"""Every agent by the route that leads to it.

Adding an agent is one file beside this one and one line here.
"""

from __future__ import annotations

from agents.agent import Agent
from agents.expert import EXPERT
from agents.omni import EMPATHY
from agents.rag import RAG
from agents.tiny import TINY
from core.state import TextRoute

AGENTS: dict[TextRoute, Agent] = {
    "expert": EXPERT,
    "tiny": TINY,
    "rag": RAG,
    "omni": EMPATHY,
}

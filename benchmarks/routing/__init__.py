"""How well texts are routed: the shipped classifier on others' prompts, and its method."""

"""From a profile's table to the models that are here.

Owns the look at the disk and at Ollama, taken once when SARAi is opened; knows nothing of memory
or of the graph.
"""

from core.profiles.present import with_what_is_here

__all__ = ["with_what_is_here"]

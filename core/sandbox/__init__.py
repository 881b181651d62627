"""Other people's programs, run where they can do no harm.

Owns how a command is shut in and how much it may take; knows nothing of what it is run for.
"""

from core.sandbox.limits import Limits
from core.sandbox.ran import Ended, Ran
from core.sandbox.run import Command, run
from core.sandbox.walls import walls_hold

__all__ = ["Command", "Ended", "Limits", "Ran", "run", "walls_hold"]

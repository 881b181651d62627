"""What is right and wrong with this installation and its machine, and what mends it.

Owns the examination that `sarai doctor` shows. Nothing on the machine is changed by it, and
nothing is sent but to configured addresses of this machine.
"""

from core.doctor.examination import Check, examine
from core.doctor.finding import Finding, Status
from core.doctor.report import Checked, Report
from core.doctor.surroundings import Surroundings, these_surroundings

__all__ = [
    "Check",
    "Checked",
    "Finding",
    "Report",
    "Status",
    "Surroundings",
    "examine",
    "these_surroundings",
]

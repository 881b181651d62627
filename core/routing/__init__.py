"""From words to a route: classify, weigh, choose."""

from core.routing.classifier import Classification, Classifier
from core.routing.control_plane import Weights, weigh
from core.routing.route import RouteChoice, Thresholds, choose_route

__all__ = [
    "Classification",
    "Classifier",
    "RouteChoice",
    "Thresholds",
    "Weights",
    "choose_route",
    "weigh",
]

"""Requests in the worker: who is answered when, and in which evaluation.

Owns the loop and the worker's ends of the pipes; knows nothing of the engine's side.
"""

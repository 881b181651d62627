"""From messages to what a model sees.

Owns chat templates, their limits, and that nobody's words become control tokens.
"""

"""Tool calls as model families write them.

Owns the formats and their parsers; knows nothing of how tokens are chosen.
"""

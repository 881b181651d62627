"""What a model has evaluated, kept so that it is not evaluated twice.

Owns the sequences of the KV cache and their copies in memory and on disk; knows nothing of text.
"""

"""JSON schemas as grammars in llama.cpp's notation.

Owns the translation and what it refuses; knows nothing of models.
"""

"""How much memory a model will take, before it is loaded.

Owns the arithmetic from headers and configuration; reads no weights and asks nobody.
"""

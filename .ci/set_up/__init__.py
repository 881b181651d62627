"""The steps that take a fresh clone to a working `.venv`.

Standard library only, and only syntax that Python 3.8 reads: an older Python must get far
enough to say what is missing. Knows nothing of SARAi's own code.
"""

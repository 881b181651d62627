"""From scores to the text of an answer.

Owns sampling, grammars and where an answer ends; knows nothing of other requests.
"""

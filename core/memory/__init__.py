"""What is remembered of a person: facts that they told, and what was said in conversations.

Owns memory from the database to the words that a prompt may hold; knows nothing of the graph
or of models that answer.
"""

"""Getting the files of real models: from the hub, from a folder, or by way of Ollama.

Owns the choice of files, their transfer and their removal; knows nothing of terminals, nor of
what the models are used for.
"""

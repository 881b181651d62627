"""llama.cpp's own objects in this process: model, memory, batch, vocabulary, media.

Owns every call of its C interface that a loaded model takes; knows nothing of messages or requests.
"""

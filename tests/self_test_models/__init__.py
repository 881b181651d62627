"""Tiny models, made on this machine, that prove the whole way from input to answer.

Real llama.cpp runs them. Their replies are fixed and labelled, and say in two words which
picture or recording reached the model; nothing in them understands anything.
"""

"""What engines share whose models are run by a server.

Owns connections that can be ended at any moment, refusals before anything is sent, and counts
without a tokenizer; knows nothing of any server's protocol.
"""

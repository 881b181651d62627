"""What is known about memory: of this machine, of others on it, and of what models took."""

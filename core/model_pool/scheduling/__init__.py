"""Who is loaded, who waits and who leaves: decisions alone, without threads, files or clocks.

Owns the scheduler and its rules. Everything here is told what happened and at what time, and
answers with what is to be done; nothing here does it.
"""

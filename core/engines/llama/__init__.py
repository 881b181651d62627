"""The llama.cpp engine: one worker process per loaded GGUF.

`engine` and `worker_process` run in SARAi's own process, `worker` and the `native_*` modules
in the child; `wire`, `messages` and `failures` are what the two sides share. Only the
`native_*` modules and `sampling` import llama_cpp, so a native crash never reaches SARAi.
"""

"""Where vectors lie and are searched: one protocol, embedded and on a server."""

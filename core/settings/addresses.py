"""Where an address leads: to this machine, or away from it.

Owns that question; asks nobody, so a name other than localhost counts as away.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def is_this_machine(base_url: str) -> bool:
    """Whether `base_url`, with or without `http://`, surely names this machine."""
    host = urlsplit(base_url if "//" in base_url else f"//{base_url}").hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:  # a name, not an address
        return host == "localhost"
    return address.is_loopback or address.is_unspecified


def server_address(text: str) -> str:
    """`text` when it is the plain address of a server, without a slash at its end.

    Raises: ValueError, which never repeats the text: a key may stand in it.
    """
    if any(character.isspace() or character == "\\" for character in text):
        raise ValueError("an address has no spaces and no backslashes")
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("an address begins with http:// or https:// and a host")
    if parts.username is not None or parts.password is not None:
        raise ValueError("an address holds no user and no password; see api_key_env")
    if parts.query or parts.fragment:
        raise ValueError("an address ends with its path; keys belong into api_key_env")
    return text.rstrip("/")

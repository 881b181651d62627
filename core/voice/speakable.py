"""An answer as it should be read aloud.

Owns what is left out of speech; knows nothing of how speech is made.
"""

from __future__ import annotations

import re

_REWRITES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^[ \t]*(`{3,}|~{3,}).*?(?:^[ \t]*\1[`~]*[ \t]*$|\Z)", re.M | re.S), "\n"),
    (re.compile(r"[^\S\n]+"), " "),
    (re.compile(r"</?[A-Za-z][^<>\n]*>"), " "),  # HTML and <https://links>, not "a < b"
    (re.compile(r"!?\[([^\[\]\n]{0,300})\]\([^()\s]{0,500}\)"), r"\1"),  # links, images
    (re.compile(r"\[\d+(?:, ?\d+)*\]"), ""),  # citation numbers
    (re.compile(r"https?://\S+"), ""),
    (re.compile(r"^ ?\|?(?: ?:?-{2,}:? ?\|)+[ :-]*$", re.M), ""),  # table rule
    (re.compile(r"^ ?(?:[-*_] ?){3,}$", re.M), ""),  # horizontal rule
    (re.compile(r"^ ?(?:#{1,6}|>+|[-*+•]) ", re.M), ""),
    (re.compile(r" ?\| ?"), ", "),  # table cells
    (re.compile(r"`+"), ""),
    (re.compile(r"(?:\*{2,}|~~)(?=\S)|(?<=\S)(?:\*{2,}|~~)"), ""),
    (re.compile(r"(?<!\w)_+(?=\w)|(?<=[\w.!?])_+(?!\w)"), ""),
    (re.compile(r"(?<![\w*])\*([^\s*](?:[^*\n]{0,300}[^\s*])?)\*(?![\w*])"), r"\1"),
    # espeak-ng reads [[...]] as phoneme names.
    (re.compile(r"[\[\]]+"), " "),
    (re.compile(r" +"), " "),
    (re.compile(r" ([.,;:!?])"), r"\1"),
)
_PICTOGRAPHS = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def speakable(text: str) -> str:
    """`text` without code blocks, Markdown signs, links, citation numbers and emoji.

    Empty when nothing is left that could be said.
    """
    text = _CONTROL.sub("", text.replace("\r\n", "\n"))
    for pattern, replacement in _REWRITES:
        text = pattern.sub(replacement, text)
    lines = (line.strip(" ,") for line in _PICTOGRAPHS.sub("", text).splitlines())
    spoken = "\n".join(line for line in lines if line)
    return spoken if any(sign.isalnum() for sign in spoken) else ""

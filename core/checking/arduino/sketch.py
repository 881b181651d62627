"""Makes C++ of an Arduino sketch, as the Arduino IDE does: its functions are declared before all.

Owns finding the functions of a sketch. Knows nothing of what they call.
"""

from __future__ import annotations

import re

# Comments, texts and preprocessor lines: braces and parentheses in them mean nothing.
_OPAQUE = re.compile(
    r"""//[^\n]*
    | /\*.*?\*/
    | R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"
    | "(?:\\.|[^"\\\n])*"
    | '(?:\\.|[^'\\\n])*'
    | ^[ \t]*\#(?:\\\n|[^\n])*""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_FUNCTION = re.compile(
    r"^[ \t]*(?P<head>[A-Za-z_][\w:<>, \t*&]*[ \t*&]\w+[ \t]*\([^(){};=]*\))\s*\{", re.MULTILINE
)


def to_cpp(sketch: str, file_name: str) -> str:
    """The sketch as C++; compilers tell its lines as those of `file_name`.

    Left undeclared, as they would clash: templates, members, parameters with a default value.
    """
    outline = _top_level(_OPAQUE.sub(_blank, sketch))
    functions = [found for found in _FUNCTION.finditer(outline) if _is_plain(outline, found)]
    opening = f'#include <Arduino.h>\n#line 1 "{file_name}"\n'
    if not functions:
        return opening + sketch
    first = functions[0].start()
    declarations = "".join(
        f"#line {_line(sketch, found.start('head'))}\n{' '.join(found['head'].split())};\n"
        for found in functions
    )
    return f"{opening}{sketch[:first]}{declarations}#line {_line(sketch, first)}\n{sketch[first:]}"


def _is_plain(outline: str, function: re.Match[str]) -> bool:
    before = outline[: function.start()].rstrip().rpartition("\n")[2]
    lines = (before.lstrip(), function["head"])
    return "::" not in function["head"].split("(")[0] and not any(
        line.startswith("template") for line in lines
    )


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])


def _top_level(code: str) -> str:
    """The code with what is inside braces blanked; every position stays."""
    depth, kept = 0, []
    for letter in code:
        depth -= letter == "}"
        kept.append(letter if depth <= 0 or letter == "\n" else " ")
        depth += letter == "{"
    return "".join(kept)

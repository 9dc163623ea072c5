"""Text that a terminal may show: nothing in it is obeyed, and where need be it is ASCII. Opens nothing."""

from __future__ import annotations

import re
import unicodedata

from rich.cells import cell_len

from voiceprep.wording import legible

_BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# What an emoji is joined to takes no room of its own.
_JOINED = re.compile("\u200d.?")
_ASCII = str.maketrans(
    "●▲○▾▬·‹›…─│╭╮╰╯→▁▂▃▄▅▆▇█–—‘’“”",  # noqa: RUF001  (these are the look-alikes that it is about)
    "*!ov=.<>~-|++++>12345678--''\"\"",
)


def one_line(text: str) -> str:
    """Return foreign `text` in one line, without anything that a terminal would obey or turn around."""
    return " ".join(_BIDI.sub("", legible(text)).split())


def to_ascii(text: str) -> str:
    """Return `text` with the nearest ASCII for each character, no wider on the screen than it was."""
    return "".join(map(_nearest, _JOINED.sub("", text).translate(_ASCII)))


def _nearest(char: str) -> str:
    if char.isascii():
        return char
    letters = "".join(part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))
    width = cell_len(char)
    return letters if letters.isascii() and len(letters) <= width else "?" * width

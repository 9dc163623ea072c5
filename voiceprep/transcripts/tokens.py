"""Written text cut into words as a recogniser writes them: each with the punctuation that follows it."""

from __future__ import annotations

import re

# Marks without width: they belong to the layout, not to the words.
_UNSEEN = str.maketrans(dict.fromkeys("\u00ad\u200b\u200c\u2060\ufeff"))
# A dash between two words without a blank; between two digits it makes a range, and stays.
_JOINED = re.compile(r"(?<=\w)(\u2014|--+|\u2013(?!\d)|\u2026|\.{3,})(?=\w)")
# What ends a clause or a sentence; other marks that stand alone are layout.
_STOPS = frozenset(".,;:?!\u2026\u2013\u2014-")
# Signs that are read aloud where they stand alone.
_SAID = frozenset("&%+=@$\u20ac\u00a3")


def tokens(text: str) -> list[str]:
    """Return the words of `text`; marks that stand alone go to the word before them, or nowhere."""
    found: list[str] = []
    for piece in _JOINED.sub(r"\1 ", text.translate(_UNSEEN)).split():
        if any(char.isalnum() or char in _SAID for char in piece):
            found.append(piece)
        elif found:
            found[-1] += "".join(char for char in piece if char in _STOPS)
    return found

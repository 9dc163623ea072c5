"""Filled pauses: the sounds of hesitation, by how they are written. Knows no other disfluency."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voiceprep.disfluency.tokens import bare, mark
from voiceprep.model import WordKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceprep.model import Word

_SOUND = re.compile(r"u+h+m*|u+m+|e+r+m*|e+h+m+|h+m+")
# Also cries of surprise ("Ah, I see") and tags ("nice, eh?"): sounds of hesitation only inside a clause.
_INSIDE = re.compile(r"a+h+|e+h+")


def is_filled_pause(words: Sequence[Word], index: int) -> bool:
    """Say whether the word at `index` of `words` is a sound of hesitation.

    Agreement (`uh-huh`, `mm-hm`) and the acronym `ER` are words.
    """
    word = words[index]
    if word.kind is WordKind.FILLED_PAUSE:
        return True
    text, letters = bare(word.text), word.text.strip(" .,?!")
    after = bare(words[index + 1].text) if index + 1 < len(words) else ""
    if len(letters) > 1 and letters.isupper():
        return False
    if _SOUND.fullmatch(text):
        return not (text == "uh" and after == "huh")
    inside = index > 0 and mark(words[index - 1].text) == "," and mark(word.text) == "," and after != ""
    return inside and _INSIDE.fullmatch(text) is not None

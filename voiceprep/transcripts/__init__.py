"""Text that somebody wrote or another program heard, as words: prose, captions, recognisers' JSON. Opens nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voiceprep.model import Span


@dataclass(frozen=True, slots=True)
class Cue:
    """What a transcript has in one piece: its `text` and `span`, and the `speaker` where one is named.

    `own` says that it is one word with times of its own, `probability` how sure the recogniser was of it.
    """

    text: str
    span: Span
    speaker: str = ""
    own: bool = False
    probability: float = 1.0

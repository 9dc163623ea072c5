"""Words joined into one line that patterns can be looked for in, and the way back to their times. Judges nothing."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceprep.model import Evidence, Span, WordKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voiceprep.model import Word

# What ends a phrase; a comma inside a number ("1,200") is no such mark.
_BREAKS = re.compile(r"[.,;:?!\u2026\u2013\u2014]+[\"\u201d')]*$")
_EDGES = '.,;:?!\u2026\u2013\u2014"()[]\u201c\u201d'


@dataclass(frozen=True, slots=True)
class Line:
    """The bare `words` as `text`, in lower case, with `|` where a phrase ends; `starts` is where each word begins."""

    words: tuple[Word, ...]
    text: str
    starts: tuple[int, ...]

    def find(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Yield where *pattern* is said, from left to right, without overlaps."""
        return pattern.finditer(self.text)

    def place(self, match: re.Match[str]) -> tuple[int, int]:
        """Return the first and the last (exclusive) word of *match*, which must hold a word."""
        return bisect_right(self.starts, match.start()) - 1, bisect_right(self.starts, match.end() - 1)

    def evidence(self, match: re.Match[str], label: str = "") -> Evidence:
        """Return the place of *match*, labelled with its words as they were written, or with *label*."""
        first, last = self.place(match)
        return evidence(self.words[first:last], label)


def evidence(words: Sequence[Word], label: str = "") -> Evidence:
    """Return the place of *words*, labelled with their text without the marks at its end, or with *label*."""
    said = " ".join(word.text.strip() for word in words).strip(_EDGES)
    return Evidence(label or said, Span(words[0].span.start, max(word.span.end for word in words)))


def joined(words: Sequence[Word], *, fillers: bool = False) -> Line:
    """Return *words* as a line: without filled pauses, repeats and fragments, and without filler words if not asked."""
    kinds = {WordKind.WORD, WordKind.FILLER} if fillers else {WordKind.WORD}
    said = tuple(word for word in words if word.kind in kinds and bare(word))
    text, starts = "", []
    for word in said:
        starts.append(len(text))
        text += bare(word) + (" | " if ends_phrase(word) else " ")
    return Line(said, text.rstrip(), tuple(starts))


def bare(word: Word) -> str:
    """Return the text of *word* in lower case, with straight apostrophes and without the marks around it."""
    return word.text.strip().strip(_EDGES).replace("\u2019", "'").lower()


def ends_phrase(word: Word) -> bool:
    """Say whether *word* is written with a mark that ends a phrase."""
    return bool(_BREAKS.search(word.text.strip()))


def is_name(words: Sequence[Word], at: int) -> bool:
    """Say whether the word *at* is written like a name, and not only because a sentence starts with it."""
    text = words[at].text.strip().strip(_EDGES)
    starts = at == 0 or words[at - 1].text.strip().rstrip("\"\u201d'").endswith((".", "?", "!", "\u2026"))
    inside = text[1:] if starts else text
    return text.replace("'", "").isalpha() and text[:2] not in {"I", "I'", "A"} and inside.lower() != inside


def tally(said: Sequence[Evidence], most: int) -> str:
    """Return the labels of *said* in quotation marks, those said most often first, at most *most* of them."""
    counts = Counter(one.label.lower() for one in said)
    first = {one.label.lower(): one.label for one in reversed(said)}
    return ", ".join(
        f"\u201c{_inside(first[label])}\u201d" + (f" {count} times" if count > 1 else "")
        for label, count in counts.most_common(most)
    )


def _inside(label: str) -> str:
    """Return *label* as it is written inside a sentence."""
    return label if label[:2] in {"I", "I ", "I'"} else label[:1].lower() + label[1:]

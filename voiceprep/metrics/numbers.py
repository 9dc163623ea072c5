"""Numbers said aloud, in digits or in words. Knows English only; judges nothing.

Dates, years, clock times, names ("version two") and "one" as a pronoun are no numbers here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voiceprep.model import Evidence, Span, WordKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceprep.model import Word


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SMALL = _words(
    "zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen "
    "nineteen twenty thirty forty fifty sixty seventy eighty ninety"
)
_LARGE = _words("hundred hundreds thousand thousands million millions billion billions dozen dozens")
_CHANGES = _words("doubled tripled trebled quadrupled halved doubling tripling halving")
_UNITS = _words(
    "% percent per-cent pounds pound dollars dollar euros euro cents kilos tons miles hours hour minutes "
    "minute seconds "
    "second days weeks week months month years year times fold points point people customers users clients"
)
_DIGITS = re.compile(r"^[$€£]?\d[\d,]*(?:\.\d+)?(?:%|k|m|bn|x)?$")
_YEAR = re.compile(r"^(?:19|20)\d\d$")
_MONTHS = _words(
    "january february march april may june july august september october november december monday tuesday wednesday "
    "thursday friday saturday sunday"
)
_BEFORE_YEAR = _MONTHS | _words(
    "in since until till by of from to year summer spring autumn fall winter early late mid"
)
_NAMED = _words("version phase step number no year grade level stage part question plan room chapter page quarter q")
_CLOCK = _words("o'clock am pm a.m p.m")
_NO_FRACTION = _words("time party person one option round way day year date")


def numbers_said(words: Sequence[Word]) -> tuple[Evidence, ...]:
    """Return each number said in *words*, with its unit; "from nine to four" is one."""
    said = [word for word in words if word.kind is WordKind.WORD]
    text = [_bare(word) for word in said]
    found, at = [], 0
    while at < len(said):
        end = _number(text, at)
        if end > at and not _named_or_dated(text, at, end):
            stop = _with_range(text, at, end)
            begin = at - (at > 0 and stop > end and text[at - 1] in ("from", "between"))
            found.append(_evidence(said[begin:stop]))
            at = stop
        else:
            at = max(at + 1, end)
    return tuple(found)


def _bare(word: Word) -> str:
    return word.text.strip().strip('.,;:?!\u2026"()[]\u201c\u201d').replace("\u2019", "'").lower()


def _evidence(words: Sequence[Word]) -> Evidence:
    label = " ".join(word.text.strip() for word in words).rstrip(".,;:?!")
    return Evidence(label, Span(words[0].span.start, words[-1].span.end))


def _number(text: Sequence[str], at: int) -> int:
    """Return where the number that starts at *at* ends with its unit, or *at* where none starts."""
    end = _fraction(text, at) or _amount(text, at)
    if end > at and text[end : end + 1] == ["per"] and text[end + 1 : end + 2] == ["cent"]:
        return end + 2
    return end + (at < end < len(text) and text[end] in _UNITS)


def _amount(text: Sequence[str], at: int) -> int:
    end = at
    while end < len(text) and (_is_number(text[end]) or (end == at and _opens_one(text, at)) or _joins(text, at, end)):
        end += 1
    return end


def _is_number(word: str) -> bool:
    first = word.partition("-")[0]
    return bool(_DIGITS.match(word) or _DIGITS.match(first)) or first in _SMALL or first in _LARGE or word in _CHANGES


def _opens_one(text: Sequence[str], at: int) -> bool:
    """Say whether "one" or "a" at *at* counts: "one hundred", "a dozen", "one week", but not "one thing"."""
    following = text[at + 1] if at + 1 < len(text) else ""
    return (text[at] == "one" and following in _UNITS | _LARGE) or (text[at] == "a" and following in _LARGE)


def _joins(text: Sequence[str], at: int, end: int) -> bool:
    """Say whether the word at *end* holds a number together: "two hundred and five", "nine and a half"."""
    if end == at or end + 1 >= len(text):
        return False
    if text[end] == "point":
        return _is_number(text[end + 1])
    if text[end] == "and":
        return (text[end - 1] in _LARGE and text[end + 1] in _SMALL) or list(text[end + 1 : end + 3]) == ["a", "half"]
    return (text[end] == "a" and text[end + 1] == "half") or (text[end - 1] == "a" and text[end] == "half")


def _fraction(text: Sequence[str], at: int) -> int:
    """Return where "half", "a third", "three quarters" or "twice as" ends, or 0."""
    word = text[at]
    following = text[at + 1] if at + 1 < len(text) else ""
    after = text[at + 2] if at + 2 < len(text) else ""
    if (
        word == "half"
        and following not in ("past", "term")
        and text[max(at - 1, 0)] not in ("first", "second", "other")
    ):
        return at + 1
    if word == "twice" and following in ("as", "the"):
        return at + 2
    if word in ("a", "one") and following in ("third", "quarter", "fifth", "tenth") and after not in _NO_FRACTION:
        return at + 2
    return at + 2 if word in _SMALL and following in ("thirds", "quarters", "fifths", "tenths") else 0


def _named_or_dated(text: Sequence[str], at: int, end: int) -> bool:
    before = text[at - 1] if at else ""
    after = text[end] if end < len(text) else ""
    if _YEAR.match(text[at]) and end == at + 1:
        return before in _BEFORE_YEAR or not after
    if before in _MONTHS or after in _MONTHS or after in _CLOCK:
        return True
    return before in _NAMED or (before == "the" and after == "of")


def _with_range(text: Sequence[str], at: int, end: int) -> int:
    """Return where "from nine to four" or "between five and ten" ends, or *end* where it is one number only."""
    joiner = {"from": "to", "between": "and"}.get(text[at - 1] if at else "")
    second = next((i for i in range(end, min(end + 4, len(text))) if text[i] == joiner), None)
    if joiner is None or second is None or second + 1 >= len(text):
        return end
    return max(end, _number(text, second + 1) if _number(text, second + 1) > second + 1 else end)

"""Numbers said aloud, in digits or in words. Knows English only; judges nothing.

Dates, years, clock times, ordinals, names ("version two") and "one" as a pronoun are no numbers here.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from voiceprep.metrics.line import is_name, joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceprep.metrics.line import Line
    from voiceprep.model import Evidence, Word


def _any(words: str) -> str:
    return f"(?:{'|'.join(words.split())})"


_UNIT = r"(?:one|two|three|four|five|six|seven|eight|nine)"
_TEEN = _any("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
_TENS = rf"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ]{_UNIT})?"
_SMALL = rf"(?:{_TENS}|{_TEEN}|zero|two|three|four|five|six|seven|eight|nine)"
_LARGE = r"(?:(?:hundred|thousand|million|billion|dozen)s?)"
_DIGITS = r"(?:[$€£]?\d[\d,]*(?:\.\d+)?(?:-\d+)?(?:%|k|m|bn|x)?)"
_MEASURE = _any(
    "% percent per-cent pounds? dollars? euros? cents? kilos? tons? miles? hours? minutes? seconds days? weeks? "
    "months? years? times folds? points people customers? users? clients? stars?"
)
# "a few hundred", "two hundred and five", "three point five", "one and a half", "half a million".
_ONE = rf"one(?= (?:{_LARGE}|point {_UNIT}|and a half)\b)"
_CARDINAL = (
    rf"(?:(?:half )?an? {_LARGE}|(?:a )?(?:few|several) {_LARGE}|{_DIGITS}|{_SMALL}|{_ONE}|{_LARGE})"
    rf"(?: (?:{_DIGITS}|{_SMALL}|{_LARGE}|and {_SMALL}|and one))*"
    rf"(?: point (?:{_TEEN}|{_UNIT}|zero)(?: {_UNIT})*(?: {_LARGE})?)?(?: and a half)?"
)
_COUNTED = rf"(?:[- ]?(?:per cent|(?:full |whole |more |fewer |extra |working |percentage )?{_MEASURE}))"
_ORDINAL = r"(?:first|second|third|[a-z]+th)\b"
_NUMBER = (
    rf"(?:{_CARDINAL}(?:{_COUNTED}|-(?!{_ORDINAL})[a-z]+)?|one (?:percent|per cent|week|month|year|hour|minute)"
    r"|half an? (?:hour|day|year))"
)
_ABOUT = r"(?:(?:just|under|over|about|around|almost|nearly|only|less than|more than|below|above) )*"
_EARLY = r"(?:early|earlier|ahead|sooner|faster|late|less|saved|before the (?:deadline|date|launch|end))"
_PATTERNS = (
    rf"(?:from|between) {_ABOUT}(?:{_NUMBER}|one)(?: [^\W\d]+){{0,4}}? (?:to|and) {_ABOUT}(?:{_NUMBER}|one)",
    rf"(?:{_CARDINAL}|one) (?:out of|of) (?:the )?{_NUMBER}",
    rf"(?:{_CARDINAL}|one) in (?!\d{{4}}){_CARDINAL}(?!{_COUNTED})",
    rf"{_NUMBER} (?:down to|up to|to|or) {_ABOUT}{_NUMBER}",
    r"\d+/\d+",
    rf"(?:a|one|{_SMALL})[- ](?:third|quarter|fifth|tenth)s?(?= (?:of|less|more|fewer|faster)\b)",
    r"(?<=by )(?:a|one)[- ](?:third|quarter|fifth|tenth)",
    r"(?:two|three)[- ](?:thirds|quarters)",
    r"(?:twice|double|triple) (?:as|the|our|what|that) \w+",
    _any("(?:doubled|tripled|trebled|quadrupled|halved)(?!-) doubling tripling halving tenfold twofold threefold"),
    rf"an? (?:day|week|month|quarter|year|hour|minute)(?: and a half)?(?= {_EARLY})",
    r"a day and a half",
    r"(?:only|just|not) (?:one|a single)(?! (?:of|thing|way|person|more|problem)\b)",
    r"without (?:a single|one)(?! of\b)",
    _NUMBER,
    r"half(?! past| term| time| an?\b)(?<!first half)(?<!second half)(?<!other half)(?<!better half)",
)
_MONTHS = (
    "january february march april may june july august september october november december monday tuesday wednesday "
    "thursday friday saturday sunday"
)
_YEAR = re.compile(rf"(?:19|20)\d\d|(?:nineteen|twenty) (?:{_TENS}|{_TEEN})")
_RANGE_OF_YEARS = re.compile(r"(?:from|between) (?:19|20)\d\d (?:to|and) (?:19|20)\d\d")
_BEFORE_YEAR = re.compile(
    rf"\b(?:{_MONTHS.replace(' ', '|')}|in|since|until|till|by|of|from|to|year|summer|spring|autumn|fall|winter|early"
    r"|late|mid|the) $"
)
_DATE_BEFORE = re.compile(rf"\b(?:{_MONTHS.replace(' ', '|')})(?: the)? $")
_DATE_AFTER = re.compile(
    rf" (?:(?:of )?(?:{_MONTHS.replace(' ', '|')})|o'clock|am|pm|a\.m|p\.m|ago)\b| later\b(?! than)"
)
_NAMED = re.compile(
    r"\b(?:version|phase|step|number|no|year|grade|level|stage|part|question|plan|room|chapter|page|quarter|q|day|top"
    r"|option|half past|quarter past|quarter to) $"
)
_REFERENCE = re.compile(r"\b(?:the|us|these|those) $")
_AT = re.compile(r"\bat $")
_CLOCK = re.compile(rf"{_SMALL}|\d\d?")
_IDIOMS = re.compile(r"(?:nine to five|fifty fifty|fifty-fifty|one of|24/7)$")
_SURE = re.compile(r"(?:a |one )?(?:hundred|100)(?: percent|%| %)$")
_SURE_AFTER = re.compile(r" (?:sure|certain|committed|behind|agree|honest)\b")


@cache
def _said() -> re.Pattern[str]:
    """Return the pattern of a number. Made when a number is looked for: that takes longer than to list the metrics."""
    return re.compile(rf"(?<![\w$€£.'/:-])(?:{'|'.join(_PATTERNS)})(?![\w'/:%-])")


def numbers_said(words: Sequence[Word]) -> tuple[Evidence, ...]:
    """Return each number said in *words*, with its unit; "from nine to four" is one."""
    line = joined(words)
    return tuple(
        line.evidence(match) for match in line.find(_said()) if not (_dated(line, match) or _named(line, match))
    )


def _dated(line: Line, match: re.Match[str]) -> bool:
    """Say whether *match* in *line* is a date, a year or the time of a clock."""
    before, number, after = line.text[: match.start()], match[0], line.text[match.end() :]
    if _RANGE_OF_YEARS.fullmatch(number) or _DATE_BEFORE.search(before) or _DATE_AFTER.match(after):
        return True
    if _YEAR.fullmatch(number):
        return not after.strip(" |") or bool(_BEFORE_YEAR.search(before)) or after.startswith(" |")
    return bool(_AT.search(before) and _CLOCK.fullmatch(number))


def _named(line: Line, match: re.Match[str]) -> bool:
    """Say whether *match* in *line* is part of a name or a saying, or means things already named."""
    before, number, after = line.text[: match.start()], match[0], line.text[match.end() :]
    if _NAMED.search(before) or _IDIOMS.fullmatch(number) or (_SURE.fullmatch(number) and _SURE_AFTER.match(after)):
        return True
    if _REFERENCE.search(before) and after.startswith(" of"):
        return True
    first, _ = line.place(match)
    return number.isdecimal() and first > 0 and not before.endswith("| ") and is_name(line.words, first - 1)

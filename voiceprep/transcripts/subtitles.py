"""WebVTT and SubRip captions as cues. Lenient: what players show is read, and what cannot be read is counted.

The formats: https://www.w3.org/TR/webvtt1/ ; SubRip has no standard, see https://en.wikipedia.org/wiki/SubRip
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from voiceprep.model import Span
from voiceprep.transcripts import Cue

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TIME = r"(?:\d{1,4}:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,3})?"
ARROW = re.compile(rf"\s*({_TIME})\s*-->\s*({_TIME})(?:\s|$)")
_LANGUAGE = re.compile(r"(?im)^language:[ \t]*([a-z]{2,3})\b")
# Tags of WebVTT and HTML, and the overrides of SSA that some SubRip files have. A lone "<" is text.
_TAG = re.compile(
    rf"<(?:(?P<time>{_TIME})|v(?:\.[^\s<>]*)?\s++(?P<voice>[^<>]*)|/?[A-Za-z][^<>]*)>|\{{\\[^{{}}]*\}}",
)


@dataclass(frozen=True, slots=True)
class Captions:
    """The cues of a file, the language that its head names, and how many cues had no times that can be read."""

    cues: tuple[Cue, ...]
    language: str = ""
    broken: int = 0


def is_webvtt(text: str) -> bool:
    """Say whether `text` begins as WebVTT does."""
    return re.match(r"WEBVTT(?:[ \t\r\n]|$)", text) is not None


def is_subrip(text: str) -> bool:
    """Say whether `text` begins as SubRip does: with times, and at most a number before them."""
    first = [line for line in text[:1000].splitlines() if line.strip()][:2]
    return any(ARROW.match(line) for line in first)


def captions(text: str) -> Captions:
    """Return the captions in `text`, WebVTT or SubRip, in the order of the file and without tags."""
    webvtt = is_webvtt(text)
    lines = text.splitlines()
    starts = [at for at, line in enumerate(lines) if "-->" in line]
    cues: list[Cue] = []
    rolling = _Rolling(webvtt and any(_TAG_OF_TIME.search(line) for line in lines))
    broken = 0
    for at, stop in pairwise([*starts, len(lines)]):
        times = ARROW.match(lines[at])
        if times is None:
            broken += 1
            continue
        payload = _payload(lines[at + 1 : stop], webvtt=webvtt, last=stop == len(lines))
        span = Span(_seconds(times[1]), _seconds(times[2]))
        cues += _cues(rolling.new(payload), span)
    head = "\n".join(lines[: starts[0]] if starts else lines) if webvtt else ""
    language = _LANGUAGE.search(head)
    return Captions(tuple(cues), language[1].lower() if language else "", broken)


_TAG_OF_TIME = re.compile(rf"<{_TIME}>")


def _seconds(time: str) -> float:
    whole = 0.0
    for part in time.replace(",", ".").split(":"):
        whole = 60 * whole + float(part)
    return round(whole, 3)


def _payload(lines: Sequence[str], *, webvtt: bool, last: bool) -> list[str]:
    """Return the text of a cue from the `lines` up to the next one's times.

    In WebVTT an empty line ends it, and comments may follow. In SubRip it may have empty lines, and the number of the
    next cue follows.
    """
    if webvtt:
        end = next((at for at, line in enumerate(lines) if not line.strip()), len(lines))
        return list(lines[:end])
    numbered = not last and bool(lines) and lines[-1].strip().isdecimal()
    return [line for line in (lines[:-1] if numbered else lines) if line.strip()]


class _Rolling:
    """Captions that roll up, as made for videos by machine: each shows the line before it once more."""

    def __init__(self, on: bool) -> None:
        self._on = on
        self._shown: list[str] = []

    def new(self, lines: list[str]) -> list[str]:
        """Return those of `lines` that the cue before did not show."""
        if not self._on:
            return lines
        full = [(line, bare) for line in lines if (bare := _TAG.sub("", line).strip())]
        shown = [bare for _, bare in full]
        most = min(len(shown), len(self._shown))
        again = next((n for n in range(most, 0, -1) if shown[:n] == self._shown[-n:]), 0)
        self._shown = shown
        return [line for line, _ in full[again:]]


def _cues(lines: Sequence[str], span: Span) -> Iterator[Cue]:
    """Yield the pieces of one cue: one for each voice, and for each time that stands inside its text."""
    text = "\n".join(lines)
    speaker, start, at = "", span.start, 0
    pieces: list[tuple[str, float, str]] = []
    for tag in _TAG.finditer(text):
        pieces.append((speaker, start, text[at : tag.start()]))
        at = tag.end()
        if tag["voice"] is not None:
            speaker = _shown(tag["voice"])
        elif tag["time"]:
            start = min(max(start, _seconds(tag["time"])), max(span.start, span.end))
    pieces.append((speaker, start, text[at:]))
    timed = len({start for _, start, _ in pieces}) > 1
    joined = _joined(pieces)
    for at, (who, begin, said) in enumerate(joined, 1):
        end = joined[at][1] if at < len(joined) else span.end
        shown = _unescaped(said)
        if shown.strip():
            # Two voices without a time between them share the cue: both get all of it, and are laid out later.
            yield Cue(shown, Span(begin, max(begin, end if end > begin else span.end)), who, own=timed)


def _joined(pieces: Sequence[tuple[str, float, str]]) -> list[tuple[str, float, str]]:
    """Join neighbours of one voice and time: other tags cut no word in two."""
    out: list[tuple[str, float, str]] = []
    for who, start, text in pieces:
        if out and out[-1][:2] == (who, start):
            out[-1] = (who, start, out[-1][2] + text)
        else:
            out.append((who, start, text))
    return [piece for piece in out if piece[2]]


def _shown(name: str) -> str:
    return " ".join(_unescaped(name).split())


def _unescaped(text: str) -> str:
    try:
        return html.unescape(text)
    except ValueError:
        # A number of thousands of digits names no character.
        return text

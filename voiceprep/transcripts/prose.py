"""Typed text as words without times. A blank line, a heading and an item of a list end a sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voiceprep.model import Span, Word
from voiceprep.transcripts.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADING = re.compile(r"\s{0,3}#{1,6}\s+")
_BULLET = re.compile(r"\s*[-*+\u2022\u2023\u25aa\u2013\u2014]\s+")
_NUMBER = re.compile(r"\s*\d{1,2}[.)]\s+")
_QUOTED = re.compile(r"\s{0,3}(?:>\s?)+")
_EMPHASIS = re.compile(r"(?<![\w*_`~])[*_`~]++(?=\w)|(?<=[\w.,;:?!\"')])[*_`~]+(?!\w)")
# What may stand at the end of a line as it is; without it the sentence gets a full stop.
_CLOSED = re.compile(r"[.!?\u2026:;,\u2013\u2014-][\"')\]\u201d\u2019]*$")
# A number begins an item of a list only where a sentence has ended: "a team of" may go on with "12. Then".
_ENDED = re.compile(r"[.!?:;][\"')\]\u201d\u2019]*\s*$")


def words(text: str) -> tuple[Word, ...]:
    """Return the words of the typed `text`: the n-th has the span from n - 1 to n, which is no time."""
    found = [token for block in _blocks(text) for token in _closed(tokens(block))]
    return tuple(Word(token, Span(float(at), float(at + 1))) for at, token in enumerate(found))


def _closed(block: list[str]) -> list[str]:
    if block and not _CLOSED.search(block[-1]):
        return [*block[:-1], block[-1] + "."]
    return block


def _blocks(text: str) -> Iterator[str]:
    """Yield what is read in one go: paragraphs, headings and items of lists, without the marks of Markdown."""
    block: list[str] = []
    listing = False
    for raw in text.splitlines():
        line = _QUOTED.sub("", raw, count=1)
        heading, bullet, number = _HEADING.match(line), _BULLET.match(line), _NUMBER.match(line)
        numbered = number if not block or listing or _ENDED.search(block[-1]) else None
        mark = heading or bullet or numbered
        if mark or not line.strip():
            yield _plain(block)
            block, listing = [], numbered is not None
        rest = line[mark.end() :] if mark else line
        if heading:
            yield _plain([rest])
        elif rest.strip():
            block.append(rest)
    yield _plain(block)


def _plain(lines: list[str]) -> str:
    return _EMPHASIS.sub("", " ".join(lines))

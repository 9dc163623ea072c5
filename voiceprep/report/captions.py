"""The transcript of one answer as WebVTT captions, filled pauses and STAR parts included. May not write a file.

The format: https://www.w3.org/TR/webvtt1/
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from voiceprep.errors import InputError
from voiceprep.model import Part, Timing, WordKind
from voiceprep.report.marks import Silence, lines
from voiceprep.report.plain import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voiceprep.model import Assessment, Word
    from voiceprep.report.marks import Line

# What fits on a screen and can be read while it stands there: two rows of 42 characters, seven seconds
# (BBC Subtitle Guidelines; Netflix Timed Text Style Guide).
_ROW = 42
_ROWS = 2
_LONGEST = 7.0
_SHORTEST = 1.0


def render(assessments: Sequence[Assessment]) -> str:
    """Return the only one of `assessments` as WebVTT. Raise `InputError` if there are several, or no times."""
    if len(assessments) != 1:
        raise InputError(
            f"captions belong to one recording, and here are {len(assessments)} answers",
            hint="Give one recording, or -o FOLDER for a file each.",
        )
    [assessment] = assessments
    if not assessment.transcript.timed:
        raise InputError(
            f"captions need times, and {one_line(assessment.recording.name)!r} is typed text without any",
            hint="Use -f text, html, md, json or csv.",
        )
    verb = "heard" if assessment.transcript.timing is Timing.SOUND else "read"
    note = f"{one_line(assessment.recording.name)}, {verb} by voiceprep {one_line(assessment.voiceprep)}"
    return "\n\n".join(["WEBVTT", f"NOTE\n{_escaped(note)}", *_cues(assessment)]) + "\n"


def _cues(assessment: Assessment) -> Iterator[str]:
    """Yield the cues of `assessment`; none begins before the one before it has ended."""
    now = 0
    for line in lines(assessment):
        for words in _groups(line):
            start = max(now, _milliseconds(words[0].span.start))
            now = max(start + 1, *(_milliseconds(word.span.end) for word in words))
            text = "\n".join(" ".join(map(_marked, row)) for row in _rows(words))
            yield f"{_clock(start)} --> {_clock(now)}\n{_labelled(text, line)}"


def _groups(line: Line) -> Iterator[list[Word]]:
    """Cut the words of `line` into what stands on the screen at a time; a long pause clears it."""
    run: list[Word] = []
    for token in line.tokens:
        if not isinstance(token, Silence):
            run += [token.word] if one_line(token.word.text) else []
        elif token.long:
            yield from _cut(run)
            run = []
    yield from _cut(run)


def _cut(run: Sequence[Word]) -> list[list[Word]]:
    """Fill groups with the words of `run` one after the other; where the last is too short, share out the last two."""
    groups: list[list[Word]] = []
    for word in run:
        if not groups or not _fits([*groups[-1], word]):
            groups.append([])
        groups[-1].append(word)
    if len(groups) > 1 and _duration(groups[-1]) < _SHORTEST:
        both = groups[-2] + groups[-1]
        halves = [both[: len(both) // 2], both[len(both) // 2 :]]
        if all(map(_fits, halves)):
            groups[-2:] = halves
    return groups


def _duration(words: Sequence[Word]) -> float:
    return words[-1].span.end - words[0].span.start


def _fits(words: Sequence[Word]) -> bool:
    return _duration(words) <= _LONGEST and len(_rows(words)) <= _ROWS


def _rows(words: Sequence[Word]) -> list[list[Word]]:
    rows: list[list[Word]] = []
    room = 0
    for word in words:
        length = len(one_line(word.text))
        if not rows or length + 1 > room:
            rows.append([])
            room = _ROW + 1
        rows[-1].append(word)
        room -= length + 1
    return rows


def _marked(word: Word) -> str:
    text = _escaped(one_line(word.text))
    return text if word.kind is WordKind.WORD else f"<c.{word.kind.value}>{text}</c>"


def _labelled(text: str, line: Line) -> str:
    if line.label is None or line.label.part is Part.OTHER:
        return text
    return f"<c.{line.label.part.value}>{text}</c>"


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)


def _milliseconds(seconds: float) -> int:
    return max(0, round(seconds * 1000))


def _clock(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"

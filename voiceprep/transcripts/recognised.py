"""The JSON of speech recognisers as cues: Whisper, faster-whisper, whisper.cpp, WhisperX and others of that shape.

Segments have `start`, `end` (seconds) and `text`, and may have `words` with times of their own; whisper.cpp has
`offsets` in milliseconds and pieces of words.
"""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voiceprep.errors import InputError
from voiceprep.model import Span
from voiceprep.transcripts import Cue
from voiceprep.transcripts.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Nobody takes so long for a word: the times are milliseconds, or samples.
_LONGEST_WORD = 20.0
_NAMES = {"english": "en"}
_KNOWN = "Known are reports of voiceprep, and the JSON of Whisper, faster-whisper, whisper.cpp and WhisperX."


@dataclass(frozen=True, slots=True)
class Recognised:
    """The cues of a recogniser's JSON, the language that it names, and its text where there are no times at all."""

    cues: tuple[Cue, ...]
    language: str = ""
    untimed: str = ""


def recognised(data: object) -> Recognised:
    """Return what the decoded JSON `data` holds. Raise `InputError` where it is no transcript that is known."""
    if isinstance(data, list):
        return Recognised(_sensible(_segments(data)))
    if not isinstance(data, dict):
        raise InputError("this JSON is not a transcript", hint=_KNOWN)
    language = _language(data)
    if isinstance(data.get("transcription"), list):
        return Recognised(_sensible(_whisper_cpp(data["transcription"])), language)
    segments, words, text = data.get("segments"), data.get("words"), data.get("text")
    if isinstance(segments, list) and segments:
        cues = _segments(segments)
        return Recognised(_sensible(_with_words(cues, words)), language)
    if isinstance(words, list) and words:
        return Recognised(_sensible(_words(words, Span(0.0, 0.0))), language)
    if isinstance(text, str):
        return Recognised((), language, text)
    raise InputError("this JSON is not a transcript", hint=_KNOWN)


def _language(data: dict[str, Any]) -> str:
    result = data.get("result")
    told = data.get("language") or (result.get("language") if isinstance(result, dict) else "")
    name = told.strip().lower() if isinstance(told, str) else ""
    return _NAMES.get(name, name)


def _sensible(cues: Sequence[Cue]) -> tuple[Cue, ...]:
    """Return `cues`, unless their times cannot be seconds."""
    lengths = [cue.span.duration / max(1, len(cue.text.split())) for cue in cues]
    if lengths and statistics.median(lengths) > _LONGEST_WORD:
        raise InputError(
            f"the times of this transcript cannot be seconds: half of its words last over {_LONGEST_WORD:.0f}",
            hint="Convert them to seconds.",
        )
    return tuple(cues)


def _segments(segments: Sequence[Any]) -> list[Cue]:
    cues: list[Cue] = []
    for number, segment in enumerate(segments):
        if not isinstance(segment, dict):
            raise InputError(f"segment {number} of this JSON is not an object", hint=_KNOWN)
        text, words = segment.get("text"), segment.get("words")
        span = _span(segment.get("start"), segment.get("end"))
        if isinstance(words, list) and any(
            isinstance(word, dict) and _time(word.get("start")) is not None for word in words
        ):
            cues += _words(words, span or Span(0.0, 0.0), _name(segment))
        elif not isinstance(text, str):
            raise InputError(f"segment {number} of this JSON has no text", hint=_KNOWN)
        elif span is None:
            raise InputError(f"segment {number} of this JSON has no times, in seconds, as start and end", hint=_KNOWN)
        else:
            cues.append(Cue(text, span, _name(segment)))
    return cues


def _words(words: Sequence[Any], within: Span, speaker: str = "") -> list[Cue]:
    """Return a cue for each of `words`; one without times lies between its neighbours, `within` the segment."""
    told = [(text, word) for word in words if isinstance(word, dict) and (text := _text(word))]
    # Where words begin with a blank, one that does not goes on: " built", "-in".
    blanks = any(text[:1].isspace() for text, _ in told[1:])
    cues: list[Cue] = []
    for (text, word), after in zip(told, _next_starts([word for _, word in told], within.end), strict=True):
        span = _span(word.get("start"), word.get("end"))
        before = cues[-1].span.end if cues else within.start
        if span is None:
            cue = Cue(text, Span(before, max(before, after)), _name(word) or speaker)
        else:
            cue = Cue(text, span, _name(word) or speaker, own=True, probability=_probability(word))
        if cues and blanks and not text[:1].isspace():
            cues[-1] = _glued(cues[-1], cue)
        else:
            cues.append(cue)
    return cues


def _next_starts(words: Sequence[dict[str, Any]], end: float) -> list[float]:
    """Return for each of `words` when the next one with a time starts, or `end`."""
    out: list[float] = []
    for word in reversed(words):
        out.append(end)
        start = _time(word.get("start"))
        end = end if start is None else start
    return out[::-1]


def _glued(one: Cue, other: Cue) -> Cue:
    span = Span(one.span.start, max(one.span.end, other.span.end))
    sure = min(one.probability, other.probability)
    return Cue(one.text + other.text, span, one.speaker, one.own and other.own, sure)


def _with_words(cues: list[Cue], words: Any) -> list[Cue]:  # noqa: ANN401  (JSON may be anything)
    """Return `cues` with the times of `words`, which stand beside them without punctuation, where both say the same."""
    if not isinstance(words, list) or any(cue.own for cue in cues):
        return cues
    timed = _words(words, Span(0.0, 0.0))
    said = [token for cue in cues for token in tokens(cue.text)]
    if [_letters(token) for token in said] != [_letters(cue.text) for cue in timed]:
        return cues
    return [Cue(token, cue.span, cue.speaker, cue.own, cue.probability) for token, cue in zip(said, timed, strict=True)]


def _letters(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())


def _whisper_cpp(segments: Sequence[Any]) -> list[Cue]:
    cues: list[Cue] = []
    for number, segment in enumerate(segments):
        offsets = segment.get("offsets") if isinstance(segment, dict) else None
        span = _milliseconds(offsets)
        if span is None or not isinstance(segment.get("text"), str):
            raise InputError(f"segment {number} of this JSON has no text with offsets", hint=_KNOWN)
        pieces = segment.get("tokens")
        words = list(_pieces(pieces)) if isinstance(pieces, list) else []
        cues += _words(words, span) if words else [Cue(segment["text"], span)]
    return cues


def _pieces(pieces: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """Yield the pieces of words of whisper.cpp as words, without its own marks, such as `[_BEG_]`."""
    for piece in pieces:
        text = piece.get("text") if isinstance(piece, dict) else None
        span = _milliseconds(piece.get("offsets")) if isinstance(piece, dict) else None
        if isinstance(text, str) and span is not None and not text.startswith("[_"):
            yield {"word": text, "start": span.start, "end": span.end, "probability": piece.get("p")}


def _milliseconds(offsets: Any) -> Span | None:  # noqa: ANN401
    if not isinstance(offsets, dict):
        return None
    start, end = _time(offsets.get("from")), _time(offsets.get("to"))
    return None if start is None or end is None else Span(start / 1000, max(start, end) / 1000)


def _text(word: dict[str, Any]) -> str:
    text = word.get("word", word.get("text"))
    return text if isinstance(text, str) and text.strip() else ""


def _name(item: dict[str, Any]) -> str:
    speaker = item.get("speaker")
    return " ".join(speaker.split()) if isinstance(speaker, str) else ""


def _probability(word: dict[str, Any]) -> float:
    told = _time(word.get("probability", word.get("confidence")))
    return 1.0 if told is None else min(1.0, round(told, 4))


def _span(start: Any, end: Any) -> Span | None:  # noqa: ANN401
    first, last = _time(start), _time(end)
    return None if first is None or last is None else Span(first, max(first, last))


def _time(value: Any) -> float | None:  # noqa: ANN401
    """Return `value` as seconds from 0 on, or None where it is no such number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) and number >= 0 else None

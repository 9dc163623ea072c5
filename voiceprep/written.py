"""Files of text: typed answers, captions, transcripts of other programs and our own reports. Knows no sound.

Which of them a file is, its beginning says; the ending of the name only says that it is text at all.
"""

from __future__ import annotations

import codecs
import hashlib
import json
import re
import sys
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from voiceprep.container import reading, shown
from voiceprep.errors import InputError
from voiceprep.model import Engine, Question, Recording, Span, Timing, Transcript, Word
from voiceprep.report import data
from voiceprep.transcripts import prose
from voiceprep.transcripts.language import reads_like_english
from voiceprep.transcripts.layout import laid_out
from voiceprep.transcripts.recognised import recognised
from voiceprep.transcripts.speakers import named, picked, speakers
from voiceprep.transcripts.subtitles import captions, is_subrip, is_webvtt

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voiceprep.transcripts import Cue

ENDINGS = frozenset({".txt", ".text", ".md", ".markdown", ".vtt", ".srt", ".json"})
# The name that stands for what is typed or piped in.
STANDARD_INPUT = "-"
# A report on four hours of speech has 30 MB.
MOST_BYTES = 64 * 1024 * 1024
# As for sound; and what a fast speaker says in that time.
LONGEST = 4 * 3600.0
MOST_WORDS = 60_000

_PLAIN = "Save it as plain text (.txt), in UTF-8."
# Files that people take for text, and others that they name by mistake.
_DISGUISED = {
    b"PK\x03\x04": "a Word document or another packed file",
    b"%PDF": "a PDF",
    b"{\\rtf": "rich text",
    b"\xd0\xcf\x11\xe0": "an old Word document",
}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# Of so many characters one control character may be a slip; more of them, and it is no text.
_A_SLIP = 1000


@dataclass(frozen=True, slots=True)
class Written:
    """An answer as it was written: its words without kinds, where it came from, and its question if that is known.

    `reported` says that it was in a report of ours.
    """

    transcript: Transcript
    recording: Recording
    question: Question | None = None
    reported: bool = False


def is_written(path: Path) -> bool:
    """Say whether the name of `path` is that of a text."""
    return str(path) == STANDARD_INPUT or path.suffix.lower() in ENDINGS


def read(path: Path, language: str = "auto", speaker: str = "") -> tuple[Written, ...]:
    """Return the answers in the text at `path`: one, or as many as a report of ours has.

    `language` is believed where it is not auto; `speaker` picks one of several. Raise `InputError` for what is no text
    or holds no words.
    """
    name = "standard input" if str(path) == STANDARD_INPUT else shown(path)
    content = _content(path, name)
    text, caveats = _decoded(content, name)
    recording = Recording(
        "standard input" if str(path) == STANDARD_INPUT else shown(path.name), hashlib.sha256(content).hexdigest(), 0.0
    )
    try:
        return tuple(
            _told(one, caveats, language, name) for one in _parsed(text, path.suffix.lower(), recording, speaker)
        )
    except InputError as error:
        if error.message.startswith("'"):
            raise
        raise InputError(f"'{name}': {error.message}", error.hint or "Make it anew, or export it again.") from error


def _content(path: Path, name: str) -> bytes:
    with reading(name):
        if str(path) == STANDARD_INPUT:
            content = sys.stdin.buffer.read(MOST_BYTES + 1)
        elif path.is_dir():
            raise InputError(f"'{name}' is a folder, not a text", hint="Name the files in it.")
        else:
            with path.open("rb") as file:
                content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise InputError(
            f"'{name}' is larger than {MOST_BYTES // 1024 // 1024} MB", hint="Cut out the answer and analyse that."
        )
    return content


def _decoded(content: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """Return `content` as text, and plain sentences on what is doubtful in it."""
    for beginning, what in _DISGUISED.items():
        if content.startswith(beginning):
            raise InputError(f"'{name}' is {what}, not plain text", hint=_PLAIN)
    encoding = next((encoding for bom, encoding in _BOMS if content.startswith(bom)), "") or _guessed(content)
    caveats: tuple[str, ...] = ()
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        if encoding != "utf-8":
            raise InputError(f"'{name}' is damaged: it is not whole {encoding.upper()}", hint=_PLAIN) from None
        text = content.decode("cp1252", "replace")
        caveats = ("The file is not UTF-8 and was read as Windows-1252: letters with accents may be wrong.",)
    if len(_CONTROL.findall(text)) * _A_SLIP > len(text):
        raise InputError(f"'{name}' is not text", hint=_PLAIN)
    if not text.strip():
        raise InputError(f"'{name}' is empty", hint="Nothing was saved in it: type the answer and save it again.")
    return text.removeprefix("\ufeff"), caveats


def _guessed(content: bytes) -> str:
    """Return the encoding of `content` without a mark: UTF-16 where most of every second byte is zero at first."""
    head = content[:200]
    first, second = head[::2].count(0), head[1::2].count(0)
    if max(first, second) * 4 < len(head) or min(first, second):
        return "utf-8"
    return "utf-16-be" if first else "utf-16-le"


def _parsed(text: str, ending: str, recording: Recording, speaker: str) -> Sequence[Written]:
    found = _json(text, ending)
    if isinstance(found, dict) and found.get("format") == data.FORMAT:
        return _report(text)
    if found is not None:
        told = recognised(found)
        if not told.untimed:
            return [_laid(told.cues, "JSON", told.language, recording, speaker)]
        return [_typed(told.untimed, told.language, recording)]
    if is_webvtt(text) or is_subrip(text) or ending in {".vtt", ".srt"}:
        shown_text = captions(text)
        kind = "WebVTT" if is_webvtt(text) else "SubRip"
        if not shown_text.cues and not shown_text.broken:
            raise InputError("there are no captions in it", hint="A typed answer is a .txt file.")
        one = _laid(shown_text.cues, kind, shown_text.language, recording, speaker)
        return [_noted(one, _broken(shown_text.broken))]
    return [_typed(text, "", recording)]


def _json(text: str, ending: str) -> Any:  # noqa: ANN401  (JSON may be anything)
    """Return `text` as decoded JSON, or None where it is none."""
    if ending != ".json" and not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except RecursionError:
        raise InputError("it is nested too deeply", hint="Export the transcript again.") from None
    except ValueError as error:
        if ending != ".json":
            return None
        raise InputError(f"this is not JSON: {error}", hint="It may be cut off: export the transcript again.") from None


def _report(text: str) -> list[Written]:
    """Return the answers of a report of ours, as they were heard or written."""
    answers = data.parse(text)
    if not answers:
        raise InputError("this report has no answers")
    for one in answers:
        if wrong := _wrong(one.transcript):
            raise InputError(f"this report was altered: {wrong}")
    return [Written(one.transcript, one.recording, one.question, reported=True) for one in answers]


def _wrong(transcript: Transcript) -> str:
    """Return what no report of ours has, or an empty text: measures rely on it."""
    words, voice = [word.span for word in transcript.words], transcript.voice
    heard = [*transcript.speech, *(pause.span for pause in transcript.pauses)]
    checks = (
        (any(not 0 <= span.start <= span.end for span in (*words, *heard)), "something in it ends before it starts"),
        (any(one.start > other.start for one, other in pairwise(words)), "its words are not in order of time"),
        (
            any(one.end > other.start for one, other in pairwise(transcript.speech)),
            "its stretches of speech are not in order of time",
        ),
        (
            (transcript.timing is Timing.SOUND) != (transcript.quality is not None),
            "a transcript from the sound has its quality, and no other has",
        ),
        (not transcript.timed and (heard or voice), "typed text has no sound"),
        (
            voice and (voice.rate < 1 or len(voice.pitch) != len(voice.loudness)),
            "its pitch and loudness do not fit together",
        ),
        (voice and not voice.reason and all(value is None for value in voice.pitch), "its voice has no pitch"),
    )
    return next((text for wrong, text in checks if wrong), "")


def _typed(text: str, language: str, recording: Recording) -> Written:
    return _written(prose.words(text), Timing.NONE, "typed text", language, recording)


def _laid(cues: Sequence[Cue], kind: str, language: str, recording: Recording, speaker: str) -> Written:
    """Return the words of `cues`, those of `speaker` alone where one is given."""
    said = named(cues)
    names = speakers(said)
    mine = picked(said, speaker) if speaker else said
    laid = laid_out(mine)
    if laid.words and laid.words[-1].span.end > LONGEST:
        raise InputError(f"it goes beyond {LONGEST / 3600:.0f} hours", hint="Cut out the answer and analyse that.")
    one = _written(laid.words, Timing.FILE, kind, language, recording, {"speaker": speaker} if speaker else {})
    return _noted(one, _spread(laid.spread, len(laid.words)), _voices(said, mine, names, speaker), _left(laid.remarks))


def _written(
    words: tuple[Word, ...],
    timing: Timing,
    kind: str,
    language: str,
    recording: Recording,
    settings: dict[str, str] | None = None,
) -> Written:
    duration = words[-1].span.end if words and timing is Timing.FILE else 0.0
    transcript = Transcript(
        words,
        (),
        (Span(words[0].span.start, duration),) if words and timing is Timing.FILE else (),
        duration,
        language,
        1.0 if language else 0.0,
        None,
        Engine(kind, "", "", "", settings or {}),
        timing=timing,
    )
    return Written(transcript, replace(recording, duration=duration))


def _told(written: Written, caveats: tuple[str, ...], language: str, name: str) -> Written:
    """Return `written` with its language settled and `caveats` noted. Raise `InputError` where it has no words."""
    transcript = written.transcript
    if transcript.timing is Timing.SOUND:
        return written
    if not transcript.words:
        raise InputError(f"'{name}' holds no words", hint="Was the answer saved in it?")
    if len(transcript.words) > MOST_WORDS:
        raise InputError(f"'{name}' has more than {MOST_WORDS} words", hint="Cut out the answer and analyse that.")
    if language != "auto":
        transcript = replace(transcript, language=language, language_probability=1.0)
    elif not transcript.language and reads_like_english(word.text for word in transcript.words):
        transcript = replace(transcript, language="en")
    return _noted(replace(written, transcript=transcript), *caveats)


def _noted(written: Written, *caveats: str) -> Written:
    noted = (*written.transcript.caveats, *filter(None, caveats))
    return replace(written, transcript=replace(written.transcript, caveats=noted))


def _voices(said: Sequence[Cue], mine: Sequence[Cue], names: Sequence[str], speaker: str) -> str:
    """Say what it means for the answer `mine` that others speak in `said` as well."""
    if not speaker:
        told = f"Several people speak in it ({', '.join(names[:8])}), and all of it was taken for the answer"
        return f"{told}; pick one with --speaker NAME." if len(names) > 1 else ""
    start, end = min(cue.span.start for cue in mine), max(cue.span.end for cue in mine)
    between = any(start < cue.span.start < end for cue in said if cue.speaker != mine[0].speaker)
    return "Others speak in between, and their time counts in the length and in every rate." if between else ""


def _left(remarks: int) -> str:
    told = f"{_count(remarks, 'remark')} in brackets, such as [Music], {_were(remarks)} left out."
    return told if remarks else ""


def _spread(spread: int, words: int) -> str:
    if not spread:
        return ""
    which = "The words have" if spread == words else f"{spread} of {words} words have"
    return (
        f"{which} no times of their own in this file: they were spread over their captions by their letters, "
        "so that pace within a caption is not known."
    )


def _broken(count: int) -> str:
    return f"{_count(count, 'caption')} {_were(count)} left out: the times cannot be read." if count else ""


def _count(count: int, noun: str) -> str:
    return f"One {noun}" if count == 1 else f"{count} {noun}s"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"

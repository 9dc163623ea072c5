"""Fakes and examples for tests, ours and other people's. Needs no microphone, model or network.

`spoken` writes a transcript down as one would say it, `typed` as one would type it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from voiceprep import disfluency
from voiceprep.model import (
    Answer,
    Engine,
    Heard,
    Pause,
    PausePlace,
    Quality,
    Span,
    Timing,
    Transcript,
    Word,
    WordKind,
)
from voiceprep.transcripts import prose

if TYPE_CHECKING:
    from voiceprep.model import Question

_PAUSE = re.compile(r"<(\d+(?:\.\d+)?)>")
ENGINE = Engine("scripted", "1", "none", "0" * 64, {"beam": 5})


def spoken(text: str, *, a_word: float = 0.3, gap: float = 0.05, lead: float = 0.5) -> Transcript:
    """Return the transcript of `text`: words last `a_word`, `<0.8>` is a silence of 0.8 s, the first starts at `lead`.

    Kinds are those of `disfluency.label`. A pause after a word that ends in `,.;:?!` stands between clauses, any other
    inside one.
    """
    words: list[Word] = []
    pauses: list[Pause] = []
    speech: list[Span] = []
    now = began = lead
    for token in text.split():
        if silence := _PAUSE.fullmatch(token):
            end = words[-1].span.end if words else now
            if words:
                place = PausePlace.BETWEEN_CLAUSES if words[-1].text[-1] in ",.;:?!" else PausePlace.WITHIN_CLAUSE
                pauses.append(Pause(Span(end, round(end + float(silence[1]), 3)), place))
                speech.append(Span(began, end))
            now = began = round(end + float(silence[1]), 3)
            continue
        words.append(Word(token, Span(now, round(now + a_word, 3)), 0.95, WordKind.WORD, Heard.TEXT))
        now = round(now + a_word + gap, 3)
    if words:
        speech.append(Span(began, words[-1].span.end))
    return Transcript(
        disfluency.label(words),
        tuple(pauses),
        tuple(speech),
        round((words[-1].span.end if words else now) + 0.5, 3),
        "en",
        0.99,
        Quality(-22.0, -58.0, 0.0),
        ENGINE,
    )


def typed(text: str) -> Transcript:
    """Return the transcript of `text` as somebody typed it: words with places and no times."""
    return Transcript(
        disfluency.label(prose.words(text)),
        (),
        (),
        0.0,
        "en",
        1.0,
        None,
        Engine("typed text", "", "", ""),
        timing=Timing.NONE,
    )


def answer(text: str, question: Question | None = None) -> Answer:
    """Return the answer `text` (notation of `spoken`) to `question`, without sentences and STAR reading."""
    return Answer(spoken(text), question)


def retimed(transcript: Transcript, by: float) -> Transcript:
    """Return `transcript` with every time moved `by` seconds later."""

    def move(span: Span) -> Span:
        return Span(round(span.start + by, 3), round(span.end + by, 3))

    return replace(
        transcript,
        words=tuple(replace(word, span=move(word.span)) for word in transcript.words),
        pauses=tuple(replace(pause, span=move(pause.span)) for pause in transcript.pauses),
        speech=tuple(move(span) for span in transcript.speech),
        nuclei=tuple(round(time + by, 3) for time in transcript.nuclei),
        duration=round(transcript.duration + by, 3),
    )

"""An assessment as lines of marked words, pauses and STAR labels. Opens nothing, knows no format."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceprep.model import Part, Span
from voiceprep.wording import LONG_PAUSE, clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from voiceprep.model import Assessment, Pause, Sentence, Word

_ENDS = (".", "?", "!")
# Words in a line that no sentence covers and no full stop ends.
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Spoken:
    """A word to show, with its place `index` in the transcript."""

    index: int
    word: Word


@dataclass(frozen=True, slots=True)
class Silence:
    """A silent pause to show."""

    pause: Pause

    @property
    def long(self) -> bool:
        """Whether it lasts over a second."""
        return self.pause.span.duration > LONG_PAUSE


@dataclass(frozen=True, slots=True)
class Label:
    """The STAR part of the sentence that follows, and its probability."""

    part: Part
    confidence: float


Token = Label | Spoken | Silence


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence as it is shown, or words between two sentences (then without a label)."""

    label: Label | None
    tokens: tuple[Spoken | Silence, ...]

    @property
    def span(self) -> Span:
        """From the first word of the line to the last."""
        spans = [token.word.span for token in self.tokens if isinstance(token, Spoken)]
        return Span(spans[0].start, max(span.end for span in spans)) if spans else Span(0.0, 0.0)


def tokens(assessment: Assessment) -> tuple[Token, ...]:
    """Return everything to show of `assessment` in order: labels, words and silent pauses."""
    return tuple(_flat(lines(assessment)))


def lines(assessment: Assessment) -> tuple[Line, ...]:
    """Return the words of `assessment` by sentence; each word is in one line, a pause after the word it follows."""
    shown = _words_and_pauses(assessment)
    made = []
    for label, first, last in _runs(assessment):
        inside = tuple(token for group in shown[first:last] for token in group)
        made.append(Line(label, inside))
    return tuple(made)


def places(assessment: Assessment) -> Callable[[Span], str]:
    """Return what names the place of a span in `assessment`: its time, or in text without times its line."""
    if assessment.transcript.timed:
        return lambda span: clock(span.start)
    starts = [line.span.start for line in lines(assessment)]
    return lambda span: f"line {max(1, bisect_right(starts, span.start))}"


def extent(assessment: Assessment) -> float:
    """Return how far spans reach in `assessment`: seconds, or in text without times words."""
    heard = assessment.transcript
    return heard.duration or assessment.recording.duration if heard.timed else float(len(heard.words))


def _flat(shown: tuple[Line, ...]) -> Iterator[Token]:
    for line in shown:
        if line.label:
            yield line.label
        yield from line.tokens


def _words_and_pauses(assessment: Assessment) -> list[list[Spoken | Silence]]:
    """Group each word with the pauses that follow it; a pause before the first word joins its group, in front."""
    words, pauses = assessment.transcript.words, assessment.transcript.pauses
    groups: list[list[Spoken | Silence]] = [[Spoken(index, word)] for index, word in enumerate(words)]
    at = 0
    for pause in sorted(pauses, key=lambda pause: pause.span):
        while at < len(words) and words[at].span.middle <= pause.span.middle:
            at += 1
        if at:
            groups[at - 1].append(Silence(pause))
        elif groups:
            groups[0].insert(-1, Silence(pause))
    return groups


def _runs(assessment: Assessment) -> Iterator[tuple[Label | None, int, int]]:
    """Cut all words into runs: sentences with their label, and whatever stands between them without one."""
    count = len(assessment.transcript.words)
    at = 0
    for label, sentence in _labelled(assessment):
        first, last = max(at, min(sentence.first, count)), min(sentence.last, count)
        yield from _unlabelled(assessment, at, first)
        if last > first:
            yield label, first, last
        at = max(at, first, last)
    yield from _unlabelled(assessment, at, count)


def _unlabelled(assessment: Assessment, first: int, last: int) -> Iterator[tuple[None, int, int]]:
    """Cut the words from `first` to `last` where a sentence seems to end, so that no line gets endless."""
    begun = first
    for at in range(first, last):
        if at + 1 == last or at + 1 - begun == _LONGEST or assessment.transcript.words[at].text.endswith(_ENDS):
            yield None, begun, at + 1
            begun = at + 1


def _labelled(assessment: Assessment) -> Iterator[tuple[Label | None, Sentence]]:
    star, sentences = assessment.star, assessment.sentences
    # A reading of other sentences than these would put letters beside the wrong words: better none.
    if star is None or not len(star.parts) == len(star.confidence) == len(sentences):
        labels: list[Label | None] = [None] * len(sentences)
    else:
        labels = [Label(part, sure) for part, sure in zip(star.parts, star.confidence, strict=True)]
    yield from sorted(zip(labels, sentences, strict=True), key=lambda pair: pair[1].first)


def stretches(assessment: Assessment) -> tuple[tuple[Part, Span], ...]:
    """Return the STAR parts of `assessment` over time: neighbours of one part are one stretch, O is left out."""
    joined: list[tuple[Part, Span]] = []
    named = [(line.label.part, line.span) for line in lines(assessment) if line.label]
    for part, span in named:
        if joined and joined[-1][0] is part:
            joined[-1] = (part, Span(joined[-1][1].start, max(span.end, joined[-1][1].end)))
        else:
            joined.append((part, span))
    return tuple((part, span) for part, span in joined if part is not Part.OTHER)

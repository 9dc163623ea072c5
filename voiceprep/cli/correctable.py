"""An answer as one corrects it: hesitations and sentences by number, and what is said of one. May not print."""

from __future__ import annotations

import re
from dataclasses import dataclass
from textwrap import shorten, wrap
from typing import TYPE_CHECKING, Any

from voiceprep import correcting
from voiceprep.codec import to_data
from voiceprep.correcting import Change, Correction
from voiceprep.disfluency import events
from voiceprep.disfluency.tokens import bare
from voiceprep.errors import InputError
from voiceprep.model import Answer, Part, Span, WordKind
from voiceprep.report.plain import one_line
from voiceprep.wording import KINDS, clock, duration_text, value_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voiceprep.disfluency import Event
    from voiceprep.history import Record
    from voiceprep.model import Assessment, Finding, Sentence, Transcript, Word

# So many words are shown before and after a hesitation.
AROUND = 4
# A word is looked for so far from the time that is given for it: one reads whole seconds, of the beginning of a line.
REACH = 12.0
# A hesitation that nobody wrote down lasts about so long.
SOUND = 0.3
_TIME = re.compile(r"(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Correctable:
    """An answer of the history with the reports on it, as it was `heard` and as it is `now`."""

    record: Record
    heard: Assessment
    now: Assessment

    @property
    def hesitations(self) -> tuple[Event, ...]:
        """Filled pauses and filler words as they were heard, in order: their numbers stay whatever is corrected."""
        return _hesitations(self.record.transcript)

    @property
    def added(self) -> tuple[Event, ...]:
        """Those that the user says were missed."""
        heard = {event.span for event in self.hesitations}
        return tuple(event for event in _hesitations(self.now.transcript) if event.span not in heard)

    def stands(self, event: Event) -> bool:
        """Say whether the user has left `event` as it is."""
        return event.span in {one.span for one in _hesitations(self.now.transcript)}

    @property
    def checked(self) -> bool:
        """Whether the user has gone through the whole answer."""
        return correcting.apply(self.record.transcript, self.record.corrections).checked

    def not_filler(self, number: str) -> Correction:
        """Return the correction that the hesitation of that `number` is none."""
        event = _numbered(self.hesitations, number, "filled pause or filler word")
        if not self.stands(event):
            raise InputError(f"{number} is corrected already", hint="Take it back with --undo.")
        return Correction(Change.NOT_FILLER, event.span, one_line(event.label))

    def missed(self, said: str) -> Correction:
        """Return the correction that something was missed: `said` is a hesitation and when, as `um@12.3`."""
        text, _, when = said.rpartition("@")
        at, text = seconds(when), text.strip() or "um"
        words = self.now.transcript.words
        place = _written(words, text, at) or self._sounding(at)
        if place is None:
            raise InputError(f"{said!r} is not within the answer", hint=f"It lasts {duration_text(self._duration)}.")
        return Correction(Change.MISSED, place, now=text)

    def word(self, said: str) -> Correction:
        """Return the correction of a word: `said` is what was heard, when, and what is right, as `arm@12.3=um`."""
        if not self.record.transcript.timed:
            hint = "Change the text itself and save it again: voiceprep analyze FILE --save"
            raise InputError("this answer was typed, so no word of it was heard wrongly", hint)
        place, sign, right = said.partition("=")
        if not sign:
            raise InputError(f"{said!r} does not say what is right", hint="Write it as: --word arm@12.3=um")
        text, _, when = place.rpartition("@")
        at, words = seconds(when), self.now.transcript.words
        same = [word for word in words if not text or bare(word.text) == bare(text)]
        found = min(same, key=lambda word: _distance(word.span, at), default=None)
        if found is None or _distance(found.span, at) > (REACH if text else 1.0):
            near = " ".join(word.text for word in words if _distance(word.span, at) <= 1.5)
            hint = f"Heard there is: {near or 'nothing'}"
            raise InputError(f"there is no {one_line(text) or 'word'!r} at {clock(at)}", hint)
        return Correction(Change.WORD, found.span, one_line(found.text).strip(".,;:?! "), right.strip())

    def part(self, said: str) -> Correction:
        """Return the correction of a sentence's part of STAR: `said` is its number and the letter, as `4=R`."""
        number, _, letter = said.partition("=")
        if self.now.star is None:
            raise InputError("STAR was not read in this answer, so there is no part to correct")
        sentence = _numbered(self.now.sentences, number, "sentence")
        was = self.now.star.parts[self.now.sentences.index(sentence)].value
        return Correction(Change.PART, sentence.span, was, letter.strip().upper())

    def whole(self) -> Correction:
        """Return the correction that says that the user has gone through all of it."""
        return Correction(Change.CHECKED, Span(0.0, self._duration), correcting.fingerprint(self.record.transcript))

    @property
    def _duration(self) -> float:
        heard = self.record.transcript
        return heard.duration if heard.timed else float(len(heard.words))

    def _sounding(self, at: float) -> Span | None:
        """Return where a sound at the time `at` was: a doubtful one that is near, or the time itself."""
        if not 0 <= at <= self._duration:
            return None
        near = [one.span for one in self.record.transcript.doubtful if _distance(one.span, at) <= correcting.NEAR]
        if near:
            return min(near, key=lambda span: _distance(span, at))
        return Span(round(max(0.0, at - SOUND / 2), 3), round(at + SOUND / 2, 3))


def seconds(text: str) -> float:
    """Return the time `text`, in seconds or as a clock shows it: 72.5, 1:12.5."""
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise InputError(f"{one_line(text)!r} is no time", hint="Write it in seconds or as 1:12, as in um@12.3.")
    hours, minutes, rest = found.groups()
    return 3600 * int(hours or 0) + 60 * int(minutes or 0) + float(rest)


def _hesitations(transcript: Transcript) -> tuple[Event, ...]:
    return tuple(event for event in events(transcript.words) if event.kind in correcting.HESITATIONS)


def _numbered(items: Sequence[Any], number: str, what: str) -> Any:  # noqa: ANN401  (one of the items)
    at = int(number) if number.strip().isdecimal() else 0
    if not 1 <= at <= len(items):
        have = f"They are numbered from 1 to {len(items)}." if items else "There is none in this answer."
        raise InputError(f"there is no {what} {one_line(number)!r}", hint=have)
    return items[at - 1]


def _distance(span: Span, at: float) -> float:
    return max(span.start - at, at - span.end, 0.0)


def _written(words: Sequence[Word], text: str, at: float) -> Span | None:
    """Return where `text` stands in `words` near the time `at`, not counted as a hesitation, or None."""
    # At the time itself, else within the second that a clock shows.
    found = correcting.find_words(words, text, Span(at, at)) or correcting.find_words(words, text, Span(at - 1, at + 1))
    if found is None:
        return None
    first, last = found
    return Span(words[first].span.start, words[last - 1].span.end)


# What is shown


def view(one: Correctable, width: int) -> Iterator[str]:
    """Yield the lines that show `one` for `width` columns: what can be corrected, what is, and what comes of it."""
    record = one.record
    asked = record.question.text if record.question else record.recording.name
    yield from wrap(f"Answer {record.id}, {record.at[:10]}: {one_line(asked)}", width, subsequent_indent="  ")
    yield ""
    yield "Filled pauses and filler words"
    yield from _hesitation_lines(one, width)
    yield ""
    yield "Sentences and their part of STAR" if one.now.star else "Sentences"
    yield from _sentence_lines(one, width)
    yield from changes(one, width)


def changes(one: Correctable, width: int) -> Iterator[str]:
    """Yield the lines on what the user corrected, and the measures that came out otherwise."""
    yield ""
    if not one.record.corrections:
        yield "Nothing is corrected."
        return
    yield "Your corrections"
    idle = _idle(one)
    for number, correction in enumerate(one.record.corrections, 1):
        said = one_line(correcting.describe(correction, timed=one.record.transcript.timed))
        fits = " (fits nothing that was heard any more)" if correction in idle else ""
        yield from wrap(said + fits, width, initial_indent=f"{number:4}  ", subsequent_indent=" " * 6)
    rows = [(now.label, value_text(now), value_text(was)) for was, now in compared(one)]
    if rows:
        yield ""
        yield "What comes of it (and as it was heard)"
    for label, now, was in rows:
        beside = f"  {shorten(label, 34, placeholder=' …'):34}  {now}  ({was})"
        below = wrap(f"{now}  ({was})", width, initial_indent=" " * 4, subsequent_indent=" " * 4)
        yield from [beside] if len(beside) <= width else [f"  {label}", *below]


def compared(one: Correctable) -> Iterator[tuple[Finding, Finding]]:
    """Yield the findings that read otherwise than they were heard: before and now."""
    heard = {finding.measurement.metric: finding for finding in one.heard.findings}
    for now in one.now.findings:
        was = heard.get(now.measurement.metric)
        if was and value_text(was) != value_text(now):
            yield was, now


def _idle(one: Correctable) -> tuple[Correction, ...]:
    words = correcting.apply(one.record.transcript, one.record.corrections).idle
    read = Answer(one.now.transcript, sentences=one.now.sentences, star=one.now.star)
    return (*words, *correcting.apply_parts(read, one.record.corrections)[1])


def _hesitation_lines(one: Correctable, width: int) -> Iterator[str]:
    rows = [
        (event.span, f"{number:4}", event, one.record.transcript) for number, event in enumerate(one.hesitations, 1)
    ]
    rows += [(event.span, "   +", event, one.now.transcript) for event in one.added]
    if not rows:
        yield "      none was heard"
    for _, number, event, said in sorted(rows, key=lambda row: row[0]):
        mark = "missed" if number.endswith("+") else "" if one.stands(event) else "no filler"
        at = clock(event.span.start) if said.timed else ""
        room = max(14, width - 26)
        yield f"{number}  {at:>5}  {_context(said.words, event, room):{room}}  {mark}".rstrip()


def _context(words: Sequence[Word], event: Event, room: int) -> str:
    """Return the words around `event`, as many as fit into `room`, with brackets around it as in the report."""
    left, right = "[]" if event.kind is WordKind.FILLED_PAUSE else "{}"
    said = f"{left}{one_line(event.label)}{right}"
    before = [one_line(word.text) for word in words[max(0, event.first - AROUND) : event.first]]
    after = [one_line(word.text) for word in words[event.last : event.last + AROUND]]
    while len(" ".join([*before, said, *after])) > room and (before or after):
        if len(before) >= len(after):
            before = before[1:]
        else:
            after = after[:-1]
    return " ".join([*before, said, *after])


def _sentence_lines(one: Correctable, width: int) -> Iterator[str]:
    star = one.now.star
    named = {at for at, sure in enumerate(star.confidence) if sure == 1.0 and _is_named(one, at)} if star else set()
    for at, sentence in enumerate(one.now.sentences):
        letter = "" if star is None or star.parts[at] is Part.OTHER else star.parts[at].value
        when = clock(sentence.span.start) if one.record.transcript.timed else ""
        said = shorten(one_line(sentence.text), width - 16, placeholder=" …")
        yield f"{at + 1:4}  {letter:1}{'*' if at in named else ' '} {when:>5}  {said}".rstrip()
    if named:
        yield "      * by you"


def _is_named(one: Correctable, at: int) -> bool:
    span = one.now.sentences[at].span
    return any(span.overlap(part.span) for part in one.record.corrections if part.kind is Change.PART)


def as_data(one: Correctable) -> dict[str, Any]:
    """Return the answer ready for JSON."""
    star = one.now.star
    return {
        "answer": one.record.id,
        "recording": one.record.recording.sha256,
        "checked": one.checked,
        "hesitations": [
            {
                "number": number,
                "start": event.span.start,
                "end": event.span.end,
                "said": event.label,
                "kind": KINDS[event.kind].lower(),
                "corrected": not one.stands(event),
            }
            for number, event in enumerate(one.hesitations, 1)
        ],
        "sentences": [
            _sentence(at, sentence, star.parts[at] if star else None) for at, sentence in enumerate(one.now.sentences)
        ],
        "corrections": [{"number": number} | to_data(each) for number, each in enumerate(one.record.corrections, 1)],
        "changed": {
            now.measurement.metric: {"heard": was.measurement.value, "corrected": now.measurement.value}
            for was, now in compared(one)
        },
    }


def _sentence(at: int, sentence: Sentence, part: Part | None) -> dict[str, Any]:
    said = {"number": at + 1, "start": sentence.span.start, "end": sentence.span.end, "text": sentence.text}
    return said | {"part": part.value if part else None}

"""What the user corrects of an answer: what was heard wrongly, missed, or read as another part of STAR. Pure.

Corrections are spans of time, so that they survive another transcription: each is applied where it still fits, and one
that fits nothing any more is given back as idle. The original is never changed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from voiceprep.codec import from_data, to_data
from voiceprep.disfluency import events
from voiceprep.disfluency.filled import is_filled_pause
from voiceprep.disfluency.tokens import bare, mark
from voiceprep.errors import InputError
from voiceprep.model import Heard, Part, Span, Word, WordKind
from voiceprep.scoring import Tally
from voiceprep.wording import PARTS, clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from voiceprep.disfluency import Event
    from voiceprep.model import Answer, StarReading, Transcript

# What the user may call no filler or missed.
HESITATIONS = frozenset({WordKind.FILLED_PAUSE, WordKind.FILLER})
# The same thing said stands at most so far away in another transcription; as in `scoring.NEAR`.
NEAR = 0.4
# Something else is in its place only where they share so much of the shorter one.
SAME_PLACE = 0.5
# A list of corrections as the page saves it; the version goes up when a field changes its meaning.
FORMAT = "voiceprep-corrections"
VERSION = 1
_HINT = "The page about an answer saves one: mark what was heard wrongly there, then “Save the list”."
# Nobody says more in place of one word, and a hesitation is shorter.
LONGEST = 200
# So many corrections are told one by one.
TOLD = 5
_BY_YOU = " by you: "
_CHECKED = "You checked the whole of this answer, so the fillers are as you say."
_LEFT_OUT = "Left out, for nothing that was heard fits any more: "
_COUNTED = re.compile(r"\d+ corrections?")


class Change(StrEnum):
    """What a correction says."""

    NOT_FILLER = "not_filler"
    MISSED = "missed"
    WORD = "word"
    PART = "part"
    CHECKED = "checked"


@dataclass(frozen=True, slots=True)
class Correction:
    """What the user says of a `span` of an answer: `was` is what stood there, `now` what is right; `at` is when.

    NOT_FILLER: `was` is no filled pause or filler word. MISSED: `now` is one that was not counted. WORD: `now` was
    said in place of `was` (nothing, where `now` is empty). PART: the sentence is the part `now`, a letter of STAR or
    O. CHECKED: the user has gone through the whole of it; `was` is the `fingerprint` of the transcript.
    """

    kind: Change
    span: Span
    was: str = ""
    now: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """Corrections of one answer in a list, by the SHA-256 of its recording; `name` is for readers."""

    recording: str
    corrections: tuple[Correction, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Corrected:
    """A transcript with the corrections that were `applied` to it; those that are `idle` fit nothing in it."""

    transcript: Transcript
    applied: tuple[Correction, ...] = ()
    idle: tuple[Correction, ...] = ()

    @property
    def checked(self) -> bool:
        """Whether the user has gone through the whole answer: only then is what is not corrected right."""
        return any(one.kind is Change.CHECKED for one in self.applied)


def fingerprint(transcript: Transcript) -> str:
    """Return what tells the words of `transcript` from those of another transcription."""
    heard = [(word.text, word.kind.value, word.span.start, word.span.end) for word in transcript.words]
    return hashlib.sha256(repr(heard).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def apply(transcript: Transcript, corrections: Iterable[Correction]) -> Corrected:
    """Return `transcript` with `corrections` of its words applied one after the other; those of STAR are left out.

    Kinds of other words stay as they are, so that each correction changes its own count and no other.
    """
    now = transcript
    applied: list[Correction] = []
    idle: list[Correction] = []
    for one in corrections:
        if one.kind is Change.PART:
            continue
        if one.kind is Change.CHECKED:
            changed = now if one.was == fingerprint(transcript) else None
        else:
            changed = _CHANGES[one.kind](now, one)
        (idle if changed is None else applied).append(one)
        now = changed or now
    return Corrected(now, tuple(applied), tuple(idle))


def apply_parts(answer: Answer, corrections: Iterable[Correction]) -> tuple[Answer, tuple[Correction, ...]]:
    """Return `answer` with its sentences as the parts of STAR that `corrections` say, and those that fit no sentence.

    A part that the user names is there, and one whose last sentence the user takes away is not. An answer with a part
    in it tells a story.
    """
    asked = [one for one in corrections if one.kind is Change.PART]
    star, idle = answer.star, []
    if star is None or not asked:
        return answer, tuple(asked)
    parts, sure, named, taken = list(star.parts), list(star.confidence), set[Part](), set[Part]()
    for one in asked:
        at = _best([sentence.span for sentence in answer.sentences], one.span)
        if at is None:
            idle.append(one)
            continue
        taken.add(parts[at])
        parts[at], sure[at] = Part(one.now), 1.0
        named.add(parts[at])
    changed = replace(star, parts=tuple(parts), confidence=tuple(sure))
    return replace(answer, star=_present(changed, named, taken)), tuple(idle)


def _present(star: StarReading, named: set[Part], taken: set[Part]) -> StarReading:
    """Return `star` with parts that were `named` there, and those `taken` from their last sentence not."""
    kept = frozenset(star.parts)
    said = dict.fromkeys(named & kept, 1.0) | dict.fromkeys(taken - kept, 0.0)
    said.pop(Part.OTHER, None)
    probability = dict(star.probability) | {part.value: sure for part, sure in said.items()}
    present = dict(star.present) | {part.value: bool(sure) for part, sure in said.items()}
    told = max(star.episode, 0.5) if 1.0 in said.values() else star.episode
    return replace(star, present=present, probability=probability, episode=told)


def _not_filler(transcript: Transcript, one: Correction) -> Transcript | None:
    event = _event(transcript.words, one)
    if event is None:
        return None
    words = list(transcript.words)
    if event.kind is WordKind.FILLED_PAUSE and transcript.timed:
        _drop(words, event.first)
    else:
        for at in range(event.first, event.last):
            words[at] = replace(words[at], kind=WordKind.WORD)
    return replace(transcript, words=tuple(words))


def _event(words: Sequence[Word], one: Correction) -> Event | None:
    """Return the filled pause or filler that `one` is about: in its place, or the same a little away."""
    found = [event for event in events(words) if event.kind in HESITATIONS]
    same = [event for event in found if bare(event.label) == bare(one.was) and _near(event.span, one.span)]
    if same:
        return max(same, key=lambda event: (event.span.overlap(one.span), -_apart(event.span, one.span)))
    at = _best([event.span for event in found], one.span)
    return None if at is None else found[at]


def _drop(words: list[Word], at: int) -> None:
    """Take the word `at` out of `words`; an end of a sentence that it carried goes to the word before."""
    sign = mark(words[at].text)
    if sign in {".", "?"} and at and mark(words[at - 1].text) not in {".", "?"}:
        words[at - 1] = replace(words[at - 1], text=words[at - 1].text.rstrip(" ,;:") + sign)
    del words[at]


def _missed(transcript: Transcript, one: Correction) -> Transcript | None:
    written = find_words(transcript.words, one.now, one.span)
    words = list(transcript.words)
    if written:
        return replace(transcript, words=_filling(words, *written))
    kind = _kind(one.now)
    there = [event.span for event in events(words) if event.kind is kind]
    if not transcript.timed or not one.now.split() or _best(there, one.span) is not None:
        return None
    at = next((at for at, word in enumerate(words) if word.span.middle > one.span.middle), len(words))
    inside = next((event for event in events(words) if event.first < at < event.last), None)
    place = one.span
    if inside and inside.kind is WordKind.FILLER:
        # Not into a phrase, for that would make two of it; and still before the word that follows.
        at, start = inside.last, max(place.start, inside.span.end)
        end = min([start + place.duration, *(word.span.middle for word in words[at : at + 1])])
        place = Span(start, round(max(start, end), 3))
    words[at:at] = _said(one.now, place)
    doubtful = tuple(sound for sound in transcript.doubtful if not sound.span.overlap(one.span))
    return replace(transcript, words=tuple(words), doubtful=doubtful)


def find_words(words: Sequence[Word], text: str, span: Span) -> tuple[int, int] | None:
    """Return where the words of `text` stand at `span` in `words` and are not counted as a hesitation: from, to."""
    wanted = [bare(part) for part in text.split()]
    free = [bare(word.text) if word.kind not in HESITATIONS else "" for word in words]
    starts = [at for at in range(len(words) - len(wanted) + 1) if wanted and free[at : at + len(wanted)] == wanted]
    near = [(at, Span(words[at].span.start, words[at + len(wanted) - 1].span.end)) for at in starts]
    near = [(at, place) for at, place in near if _near(place, span)]
    if not near:
        return None
    at, _ = min(near, key=lambda one: (-one[1].overlap(span), _apart(one[1], span)))
    return at, at + len(wanted)


def _filling(words: list[Word], first: int, last: int) -> tuple[Word, ...]:
    """Return `words` with those from `first` to `last` as one hesitation of its own."""
    kind = _kind(" ".join(word.text for word in words[first:last]))
    for at in range(first, last):
        words[at] = replace(words[at], kind=kind, probability=1.0)
    # A comma between two fillers keeps them from being counted as one.
    for at in (first - 1, last - 1):
        both = 0 <= at < len(words) - 1 and words[at].kind is words[at + 1].kind is WordKind.FILLER
        if both and not mark(words[at].text):
            words[at] = replace(words[at], text=words[at].text + ",")
    return tuple(words)


def _said(text: str, span: Span) -> list[Word]:
    """Return the words of `text`, a hesitation that nobody wrote down, spread over `span`."""
    parts, kind = text.split(), _kind(text)
    step = span.duration / len(parts)
    times = [round(span.start + step * at, 3) for at in range(len(parts) + 1)]
    return [Word(part, Span(*times[at : at + 2]), 1.0, kind, Heard.SOUND) for at, part in enumerate(parts)]


def _kind(text: str) -> WordKind:
    """Return what the hesitation `text` is: the sound of one, or words that fill."""
    sound = is_filled_pause([Word(text.lower(), Span(0.0, 0.0))], 0)
    return WordKind.FILLED_PAUSE if sound else WordKind.FILLER


def _word(transcript: Transcript, one: Correction) -> Transcript | None:
    words = list(transcript.words)
    same = [at for at, word in enumerate(words) if bare(word.text) == bare(one.was) and _near(word.span, one.span)]
    at = max(same, key=lambda i: (words[i].span.overlap(one.span), -_apart(words[i].span, one.span)), default=None)
    if at is None:
        at = _best([word.span for word in words], one.span)
    there = at is not None and bare(words[at].text) == bare(one.now)
    if at is None or there or not transcript.timed or find_words(words, one.now, one.span):
        return None
    if not one.now.split():
        _drop(words, at)
    else:
        words[at : at + 1] = _instead(words[at], one.now)
    return replace(transcript, words=tuple(words))


def _instead(word: Word, text: str) -> list[Word]:
    """Return what stands in place of `word`: `text`, with the punctuation that it had."""
    end = word.text[len(word.text.rstrip(".,;:?!…")) :]
    said = _said(text if mark(text) else text + end, word.span)
    kind = WordKind.FILLED_PAUSE if _kind(text) is WordKind.FILLED_PAUSE else WordKind.WORD
    return [replace(part, kind=kind, heard=word.heard) for part in said]


_CHANGES: Mapping[Change, Callable[[Transcript, Correction], Transcript | None]] = {
    Change.NOT_FILLER: _not_filler,
    Change.MISSED: _missed,
    Change.WORD: _word,
}


def _near(one: Span, other: Span) -> bool:
    return one.overlap(other) > 0 or _apart(one, other) <= NEAR


def _apart(one: Span, other: Span) -> float:
    return abs(one.middle - other.middle)


def _best(spans: Sequence[Span], span: Span) -> int | None:
    """Return which of `spans` is in the place of `span`, or None."""
    at = max(range(len(spans)), key=lambda i: spans[i].overlap(span), default=None)
    if at is None or spans[at].overlap(span) <= SAME_PLACE * min(spans[at].duration, span.duration):
        return None
    return at


def told(corrections: Sequence[Correction], idle: Sequence[Correction], *, timed: bool = True) -> tuple[str, ...]:
    """Return plain sentences that say what the user corrected, and what of it is `idle`."""
    done = [one for one in corrections if one not in idle]
    changes = [one for one in done if one.kind is not Change.CHECKED]
    out = []
    if changes:
        out.append(f"{_counted(changes)}{_BY_YOU}{_listed(changes, timed=timed)}.")
    if len(done) > len(changes):
        out.append(_CHECKED)
    if idle:
        out.append(f"{_LEFT_OUT}{_listed(idle, timed=timed)}.")
    return tuple(out)


def told_to_others(caveat: str) -> str | None:
    """Return what somebody else may read of `caveat`, a sentence of `told`; None where it is none of them.

    What was heard wrongly may be a name: how many corrections there are is all that is left, and of idle ones nothing.
    """
    if caveat == _CHECKED:
        return "The speaker checked the whole of this answer."
    if caveat.startswith(_LEFT_OUT):
        return ""
    counted, by, _ = caveat.partition(_BY_YOU)
    return f"{counted} by the speaker." if by and _COUNTED.fullmatch(counted) else None


def describe(one: Correction, *, timed: bool = True) -> str:
    """Return what `one` says, in a few words."""
    # A sound that nobody wrote down is about where the user said.
    when = one.span.middle if one.kind is Change.MISSED else one.span.start
    at = f"at {clock(when)}" if timed else f"at word {one.span.start + 1:.0f}"
    if one.kind is Change.PART:
        part = Part(one.now)
        return f"sentence {at} is {'no part of STAR' if part is Part.OTHER else f'the {PARTS[part].lower()}'}"
    return {
        Change.NOT_FILLER: f"“{one.was}” {at} is no filler",
        Change.MISSED: f"“{one.now}” {at} was missed",
        Change.WORD: f"“{one.was}” {at} is " + (f"“{one.now}”" if one.now else "nothing that was said"),
        Change.CHECKED: "the whole answer was checked",
    }[one.kind]


def _counted(corrections: Sequence[Correction]) -> str:
    return f"{len(corrections)} correction{'' if len(corrections) == 1 else 's'}"


def _listed(corrections: Sequence[Correction], *, timed: bool) -> str:
    shown = [describe(one, timed=timed) for one in corrections[:TOLD]]
    more = len(corrections) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more else "")


def tally(heard: Transcript, right: Transcript, kind: WordKind) -> Tally:
    """Return how right the events of `kind` are in `heard` where `right` is what the user says it should be."""
    found, true = (Counter(event.span for event in events(one.words) if event.kind is kind) for one in (heard, right))
    hits = (found & true).total()
    return Tally(hits, found.total() - hits, true.total() - hits)


def parse(text: str) -> tuple[Listed, ...]:
    """Return the answers with corrections in `text`, a list that the page saved. Raise `InputError` for anything else.

    Times of corrections are seconds; an unknown kind, part or field is refused with its place.
    """
    try:
        document = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InputError("this is not a list of corrections", hint=_HINT)
    if document.get("version") != VERSION:
        raise InputError(f"a list of version {document.get('version')!r} cannot be read, only of version {VERSION}")
    listed = from_data(tuple[Listed, ...], document.get("answers"), "$.answers")
    for one in (one for answer in listed for one in answer.corrections):
        refuse(one)
    return listed


def refuse(one: Correction) -> None:
    """Raise `InputError` where `one` says nothing that can be applied."""
    if not 0 <= one.span.start <= one.span.end:
        raise InputError(f"{one.span.start:g} to {one.span.end:g} is no stretch of an answer")
    if one.kind is Change.PART and one.now not in set(Part):
        raise InputError(f"{one.now!r} is no part of STAR", hint="One of S, T, A, R; or O for none of them.")
    if one.kind is Change.MISSED and not one.now.split():
        raise InputError("what was missed is empty", hint="Say what it was, such as um.")
    if max(len(one.was), len(one.now)) > LONGEST:
        raise InputError(f"a correction is longer than {LONGEST} characters")


def render(listed: Sequence[Listed]) -> str:
    """Return `listed` as the list that `parse` reads."""
    document = {"format": FORMAT, "version": VERSION, "answers": to_data(tuple(listed))}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"

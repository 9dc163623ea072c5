"""How right something heard is: events against labels, words against a reference, counts against what was claimed.

Pure functions of values; opens nothing and knows no engine. Times are seconds.
"""

from __future__ import annotations

import math
import re
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceprep.model import Span, WordKind
from voiceprep.syllables import syllables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from voiceprep.model import Assessment

HESITATION = re.compile(r"^(u+h+|u+m+|u+h+m+|e+r+m*|h+m+|m+|m+-?h+m+|a+h+|e+h+|o+h+|u+h+-hu+h+)$")
# An event is found when it overlaps a labelled one, or its middle is so near to the other's.
NEAR = 0.4
# In fewer answers or with fewer events a share says next to nothing: with 20 events it is known to about 20 per cent.
ENOUGH_ANSWERS, ENOUGH = 3, 20
# Two standard errors, or 95 per cent.
_Z = 1.959964
# Two pauses are the same one when they share more than this part of the longer.
SAME_PAUSE = 0.5


@dataclass(frozen=True, slots=True)
class Match:
    """Events compared: `hits` are pairs (heard, labelled), `missed` labels, `false` alarms, `left_out` uncertain."""

    hits: tuple[tuple[Span, Span], ...] = ()
    false: tuple[Span, ...] = ()
    missed: tuple[Span, ...] = ()
    left_out: tuple[Span, ...] = ()

    @property
    def counts(self) -> tuple[int, int, int]:
        """Numbers of hits, false alarms and misses."""
        return len(self.hits), len(self.false), len(self.missed)

    @property
    def surplus(self) -> int:
        """How many more were heard than are labelled; the uncertain count as heard, as a user sees them counted."""
        return len(self.false) + len(self.left_out) - len(self.missed)


def match(truth: Sequence[Span], heard: Sequence[Span], uncertain: Sequence[Span] = ()) -> Match:
    """Compare `heard` with `truth`: each takes the nearest label that is left; what meets `uncertain` is left out.

    An uncertain label is met by overlap, and by what is less than 0.4 s away.
    """
    left = list(truth)
    hits, false, left_out = [], [], []
    for span in heard:
        near = [one for one in left if one.overlap(span) > 0 or abs(one.middle - span.middle) <= NEAR]
        if near:
            best = min(near, key=lambda one: abs(one.middle - span.middle))
            left.remove(best)
            hits.append((span, best))
        elif any(max(span.start - one.end, one.start - span.end) < NEAR for one in uncertain):
            left_out.append(span)
        else:
            false.append(span)
    return Match(tuple(hits), tuple(false), tuple(left), tuple(left_out))


def match_pauses(truth: Sequence[Span], heard: Sequence[Span]) -> Match:
    """Compare pauses: the same when they share more than half of the longer one."""
    left, hits, false = list(truth), [], []
    for span in heard:
        same = [one for one in left if one.overlap(span) > SAME_PAUSE * max(one.duration, span.duration)]
        if same:
            left.remove(same[0])
            hits.append((span, same[0]))
        else:
            false.append(span)
    return Match(tuple(hits), tuple(false), tuple(left))


def precision_recall_f1(counts: Sequence[tuple[int, int, int]]) -> tuple[float, float, float]:
    """Return the three over summed hits, false alarms and misses; 1 where there was nothing to find and none found."""
    hits, false, missed = (sum(one[part] for one in counts) for part in range(3))
    if hits + false + missed == 0:
        return 1.0, 1.0, 1.0
    return hits / max(1, hits + false), hits / max(1, hits + missed), 2 * hits / (2 * hits + false + missed)


def fluent_words(text: str) -> list[str]:
    """Return the words of `text` in lower case, without punctuation and hesitation sounds."""
    words = (re.sub(r"[^\w']", "", word.lower()).strip("'") for word in text.split())
    return [word for word in words if word and not HESITATION.match(word)]


def edit_distance(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the fewest substitutions, insertions and deletions between both (Levenshtein)."""
    row = list(range(len(other) + 1))
    for i, x in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]


def median(values: Sequence[float]) -> float | None:
    """Return the median of `values`, None without any."""
    return statistics.median(values) if values else None


def spoken_syllables(words: Sequence[str]) -> int:
    """Return how many syllables `words` have together, by the dictionary."""
    count = syllables(words)
    return sum(count[word] for word in words)


@dataclass(frozen=True, slots=True)
class Reference:
    """What is known of a recording: the `text` with its fillers, its filled pauses, unclear sounds, silent pauses."""

    text: str
    filled_pauses: tuple[Span, ...]
    pauses: tuple[Span, ...]
    uncertain: tuple[Span, ...] = ()


def reference(label: Mapping[str, Any]) -> Reference:
    """Return the reference that `label`, the content of a label file, holds."""
    return Reference(
        label["reference"], spans(label["filled_pauses"]), spans(label["pauses"]), spans(label.get("uncertain", ()))
    )


def spans(items: Sequence[Mapping[str, Any]]) -> tuple[Span, ...]:
    """Return `items` of a label file, each with `start` and `end`, as spans."""
    return tuple(Span(item["start"], item["end"]) for item in items)


@dataclass(frozen=True, slots=True)
class Score:
    """How right a recording, or several together, was heard in `seconds` of sound.

    `filled` and `pauses` count hits, false alarms and misses; `boundaries` are the errors of both ends of the pauses
    that were found. `claimed` is the least and the most filled pauses that each report says there likely are,
    `labelled` how many there are. `syllables` are those of the reference, `syllables_heard` those of the words heard.
    """

    seconds: float
    filled: tuple[int, int, int]
    claimed: tuple[tuple[int, int], ...]
    labelled: tuple[int, ...]
    words: int
    word_errors: int
    pauses: tuple[int, int, int]
    boundaries: tuple[float, ...]
    syllables: int
    syllables_heard: int

    @property
    def word_error_rate(self) -> float:
        """Substitutions, insertions and deletions over the words of the reference."""
        return self.word_errors / max(1, self.words)

    @property
    def syllable_error(self) -> float:
        """How far the rate of syllables is off, as a share of the true one; the time is the same and cancels out."""
        return self.syllables_heard / max(1, self.syllables) - 1

    @property
    def boundary_error(self) -> float | None:
        """Median error of the ends of pauses, None where none was found."""
        return median(self.boundaries)

    @property
    def intervals_right(self) -> int:
        """How many of the claims hold the labelled count."""
        pairs = zip(self.claimed, self.labelled, strict=True)
        return sum(low <= count <= high for (low, high), count in pairs)


def score(assessment: Assessment, known: Reference) -> Score:
    """Return how right `assessment` is about a recording of which `known` is known."""
    heard = assessment.transcript
    filled = [word.span for word in heard.words if word.kind is WordKind.FILLED_PAUSE]
    text = " ".join(word.text for word in heard.words if word.kind is not WordKind.FILLED_PAUSE)
    said, kept = fluent_words(known.text), fluent_words(text)
    pauses = match_pauses(known.pauses, [pause.span for pause in heard.pauses])
    return Score(
        heard.duration,
        match(known.filled_pauses, filled, known.uncertain).counts,
        (_claim(assessment, len(filled)),),
        (len(known.filled_pauses),),
        len(said),
        edit_distance(said, kept),
        pauses.counts,
        tuple(error for a, b in pauses.hits for error in (abs(a.start - b.start), abs(a.end - b.end))),
        spoken_syllables(said),
        spoken_syllables(kept),
    )


def _claim(assessment: Assessment, counted: int) -> tuple[int, int]:
    """Return how many filled pauses `assessment` says there likely are; where it gives no interval, what it counted."""
    for finding in assessment.findings:
        one = finding.measurement
        if one.metric == "filled_pauses" and one.interval:
            # The interval is by the minute, and `per` are the minutes.
            return round(one.interval.low * one.per), round(one.interval.high * one.per)
    return counted, counted


def pooled(scores: Sequence[Score]) -> Score:
    """Return `scores`, at least one, together: counts are added up."""
    return Score(
        sum(one.seconds for one in scores),
        _added([one.filled for one in scores]),
        tuple(claim for one in scores for claim in one.claimed),
        tuple(count for one in scores for count in one.labelled),
        sum(one.words for one in scores),
        sum(one.word_errors for one in scores),
        _added([one.pauses for one in scores]),
        tuple(error for one in scores for error in one.boundaries),
        sum(one.syllables for one in scores),
        sum(one.syllables_heard for one in scores),
    )


def _added(counts: Sequence[tuple[int, int, int]]) -> tuple[int, int, int]:
    hits, false, missed = (sum(one[part] for one in counts) for part in range(3))
    return hits, false, missed


@dataclass(frozen=True, slots=True)
class Tally:
    """Events of one kind: `hits` were heard and are there, `false` are not there, `missed` were not heard."""

    hits: int = 0
    false: int = 0
    missed: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.hits + other.hits, self.false + other.false, self.missed + other.missed)

    @property
    def heard(self) -> int:
        """How many were heard, rightly or not."""
        return self.hits + self.false

    @property
    def there(self) -> int:
        """How many there are."""
        return self.hits + self.missed


def interval(hits: int, of: int) -> tuple[float, float]:
    """Return where the true share of `hits` among `of` lies with 95 per cent (Wilson 1927); 0 to 1 of nothing.

    It takes the events for independent, which those of one speaker are only about.
    """
    if not of:
        return 0.0, 1.0
    share, weight = hits / of, _Z * _Z / of
    middle = (share + weight / 2) / (1 + weight)
    reach = _Z / (1 + weight) * math.sqrt(share * (1 - share) / of + weight / (4 * of))
    return max(0.0, middle - reach), min(1.0, middle + reach)


@dataclass(frozen=True, slots=True)
class OwnVoice:
    """How right filled pauses and filler words were heard in the `answers` of a user who checked them.

    They last `seconds` together.
    """

    answers: int
    seconds: float
    filled_pauses: Tally
    filler_words: Tally

    def notes(self) -> dict[str, str]:
        """Return by the name of a metric what to say beside it; nothing of what is known from too little."""
        both = self.filled_pauses + self.filler_words
        tallies = {"filled_pauses": self.filled_pauses, "filler_words": self.filler_words, "hesitations": both}
        return {name: self._told(tally) for name, tally in tallies.items() if self.enough(tally)}

    def enough(self, tally: Tally) -> bool:
        """Say whether `tally` is enough to tell a share from: of what was heard, and of what is there."""
        return self.answers >= ENOUGH_ANSWERS and min(tally.heard, tally.there) >= ENOUGH

    def _told(self, tally: Tally) -> str:
        right, found = share_text(tally.hits, tally.heard), share_text(tally.hits, tally.there)
        return f"In {self.answers} answers of your own that you checked: right in {right}, heard {found}."


def share_text(hits: int, of: int) -> str:
    """Return `hits` among `of` with the interval of their share: `27 of 30 (95 % interval 74 to 97 %)`."""
    low, high = interval(hits, of)
    return f"{hits} of {of} (95 % interval {low * 100:.0f} to {high * 100:.0f} %)"

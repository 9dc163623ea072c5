"""The nouns of a comparison: frozen dataclasses, and nothing else. A is what came before, B what came after."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from voiceprep.model import Assessment, Part  # noqa: TC001  (the codec reads the hints when it runs)


class Change(StrEnum):
    """What became of a measure from A to B.

    BETTER and WORSE are said only where a band says what is good; a difference that no band speaks of, or that stays
    inside it, is OTHER. UNTESTED is what one answer has one value of, so that its scatter is not known.
    """

    BETTER = "better"
    WORSE = "worse"
    OTHER = "other"
    CHANCE = "chance"
    UNTESTED = "untested"
    INCOMPARABLE = "incomparable"


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure in A and in B (None: not measured there).

    `estimate`, `low` and `high` are B over A or B minus A, as `of` says (ratio, difference or nothing), with the
    interval that holds the true one in 19 of 20 cases; None where it has no end. `p` is how likely chance alone does
    as much, `among` the same made larger for the many measures that are looked at: the change is called by that one.
    `method` says how it was tested, `reason` why it cannot be compared.
    """

    metric: str
    label: str
    unit: str
    group: str
    a: float | None
    b: float | None
    change: Change
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    of: str = ""
    p: float | None = None
    among: float | None = None
    method: str = ""
    reason: str = ""

    @property
    def real(self) -> bool:
        """Whether it is more than chance."""
        return self.change in {Change.BETTER, Change.WORSE, Change.OTHER}

    @property
    def alone(self) -> bool:
        """Whether its own interval leaves no change out, and yet it is called chance, as one of many."""
        if self.change is not Change.CHANCE or not self.of:
            return False
        nothing = 1.0 if self.of == "ratio" else 0.0
        return (self.low is not None and self.low > nothing) or (self.high is not None and self.high < nothing)


class Fate(StrEnum):
    """What became of some words from A to B."""

    KEPT = "kept"
    CUT = "cut"
    ADDED = "added"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one fate: `first_a` to `last_a` (exclusive) of A's transcript, `first_b` to `last_b` of B's.

    What was cut, or stood here before it moved, has none of B; what was added, or stands here now, none of A. `move`
    numbers the moves from 1 in the order of A; both places of a move have its number. `plain` counts its plain words:
    hesitations and fillers among them are not counted. These belong to the run of the word before them, or after the
    end of a sentence to that of the next.
    """

    fate: Fate
    first_a: int
    last_a: int
    first_b: int
    last_b: int
    plain: int = 0
    move: int = 0


@dataclass(frozen=True, slots=True)
class PartBeside:
    """A part of the story in both: its share (None: not judged), its sentences, and of what it is a share.

    `unit_a` and `unit_b` are as those of a measure, "% of the time" or "% of the words", and empty where not judged.
    """

    part: Part
    share_a: float | None
    share_b: float | None
    sentences_a: tuple[str, ...] = ()
    sentences_b: tuple[str, ...] = ()
    unit_a: str = ""
    unit_b: str = ""

    @property
    def comparable(self) -> bool:
        """Whether there is one scale for both: a share of the time is none of the words."""
        return not (self.unit_a and self.unit_b) or self.unit_a == self.unit_b


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: an answer with its `assessment`, or a session of so many `answers`.

    `id` is that of the history, 0 where it does not have it. `heard` says what heard the words, `corrected` in plain
    sentences what the user corrected of them, which counts.
    """

    name: str
    at: str = ""
    question: str = ""
    seconds: float = 0.0
    answers: int = 1
    id: int = 0
    heard: str = ""
    corrected: tuple[str, ...] = ()
    assessment: Assessment | None = field(default=None, metadata={"data": False})


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sides with all that differs. `runs` and `parts` are there for answers alone."""

    a: Side
    b: Side
    differences: tuple[Difference, ...]
    runs: tuple[Run, ...] = ()
    parts: tuple[PartBeside, ...] = ()
    caveats: tuple[str, ...] = ()

    @property
    def changed(self) -> tuple[Difference, ...]:
        """What changed by more than chance: what got better first, then worse, then what has no better."""
        order = (Change.BETTER, Change.WORSE, Change.OTHER)
        return tuple(one for change in order for one in self.differences if one.change is change)

    @property
    def tested(self) -> tuple[Difference, ...]:
        """The measures that were held against chance."""
        return tuple(one for one in self.differences if one.real or one.change is Change.CHANCE)

"""Two transcripts as rows beside each other, and an interval as a picture. Opens nothing, knows no format."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceprep.comparison import Change, Fate
from voiceprep.comparison.measures import RATIO
from voiceprep.comparison.words import bare, paired
from voiceprep.report.marks import Silence, Spoken, tokens
from voiceprep.wording import SECONDS, SHARE, number_text, percent_text, unit_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from voiceprep.comparison import Comparison, Difference, PartBeside, Run
    from voiceprep.model import Assessment, Word

CHANGES: Mapping[Change, str] = {
    Change.BETTER: "better",
    Change.WORSE: "worse",
    Change.OTHER: "changed",
    Change.CHANCE: "chance",
    Change.UNTESTED: "not tested",
    Change.INCOMPARABLE: "not compared",
}
ALONE = "* Alone it would be more than chance; of so many measures one in twenty strays as far by itself."
# Where fewer measures could be tested, that none changed is nothing to build on (custom).
_ENOUGH = 5
_ENDS = (".", "?", "!")
# Words of one fate that have no end of a sentence in them are cut after so many.
_LONGEST = 45
# An interval without an end, or with a far one, is drawn to this factor.
_FARTHEST = math.log(8)


@dataclass(frozen=True, slots=True)
class Piece:
    """Words and pauses of one fate on one side; `move` numbers a phrase that moved."""

    fate: Fate
    move: int
    tokens: tuple[Spoken | Silence, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """What stands beside each other."""

    a: tuple[Piece, ...]
    b: tuple[Piece, ...]

    @property
    def same(self) -> bool:
        """Whether no plain word in it was cut, added or moved."""
        return all(piece.fate is Fate.KEPT for piece in (*self.a, *self.b))


@dataclass(frozen=True, slots=True)
class Picture:
    """An interval against no change, in shares of its width: no change is at one half.

    `endless` says whether it goes on beyond its low and its high end. `at` is None where there is no estimate.
    """

    low: float
    high: float
    at: float | None
    endless: tuple[bool, bool]


def rows(comparison: Comparison) -> tuple[Row, ...]:
    """Return the words of both answers of `comparison` in rows of about a sentence."""
    a, b = comparison.a.assessment, comparison.b.assessment
    if a is None or b is None:
        return ()
    groups = _groups(a), _groups(b)
    out: list[Row] = []
    mine: list[Piece] = []
    theirs: list[Piece] = []
    for run, ends in _units(comparison.runs, a.transcript.words, b.transcript.words):
        if run.fate is Fate.KEPT and (mine or theirs) and _ended(mine) and _ended(theirs):
            out.append(Row(tuple(mine), tuple(theirs)))
            mine, theirs = [], []
        for pieces, group, first, last in (
            (mine, groups[0], run.first_a, run.last_a),
            (theirs, groups[1], run.first_b, run.last_b),
        ):
            if last > first:
                _add(
                    pieces, Piece(run.fate, run.move, tuple(token for at in range(first, last) for token in group[at]))
                )
        if ends:
            out.append(Row(tuple(mine), tuple(theirs)))
            mine, theirs = [], []
    if mine or theirs:
        out.append(Row(tuple(mine), tuple(theirs)))
    return tuple(out)


def _ended(pieces: Sequence[Piece]) -> bool:
    """Say whether `pieces` end with a sentence, or are nothing."""
    last = [token.word for piece in pieces for token in piece.tokens if isinstance(token, Spoken)][-1:]
    return not last or last[0].text.endswith(_ENDS)


def alike(row: Row) -> bool:
    """Say whether both sides of `row` have the same hesitations, and the same long pauses or none."""
    return _told(row.a) == _told(row.b)


def _told(pieces: Sequence[Piece]) -> list[str]:
    tokens = [token for piece in pieces for token in piece.tokens]
    return [
        bare(token.word.text) if isinstance(token, Spoken) else "pause"
        for token in tokens
        if isinstance(token, Spoken) or token.long
    ]


def _add(pieces: list[Piece], piece: Piece) -> None:
    """Add `piece` to `pieces`; to the last of them where that has the same fate."""
    if pieces and (pieces[-1].fate, pieces[-1].move) == (piece.fate, piece.move):
        pieces[-1] = Piece(piece.fate, piece.move, pieces[-1].tokens + piece.tokens)
    else:
        pieces.append(piece)


def _groups(assessment: Assessment) -> list[list[Spoken | Silence]]:
    """Return each word of `assessment` with the pauses after it; one before the first word stands in front of it."""
    out: list[list[Spoken | Silence]] = [[] for _ in assessment.transcript.words]
    at = 0
    for token in tokens(assessment):
        if isinstance(token, Spoken):
            at = token.index
            out[at].append(token)
        elif isinstance(token, Silence) and out:
            out[at].append(token)
    return out


def _units(runs: Sequence[Run], a: Sequence[Word], b: Sequence[Word]) -> Iterator[tuple[Run, bool]]:
    """Yield `runs`, those that were kept cut where a sentence ends, and whether a row ends there."""
    for run in runs:
        if run.fate is not Fate.KEPT:
            yield run, False
            continue
        begun = count = 0
        parts = list(paired(run, a, b))
        for number, part in enumerate(parts, 1):
            count += 1
            inside = a[part.first_a : part.last_a], b[part.first_b : part.last_b]
            ended = count >= _LONGEST or all(any(word.text.endswith(_ENDS) for word in side) for side in inside)
            if ended or number == len(parts):
                first = parts[begun]
                yield type(run)(run.fate, first.first_a, part.last_a, first.first_b, part.last_b), ended
                begun, count = number, 0


def value(difference: Difference, amount: float | None) -> str:
    """Return an `amount` of what `difference` is about as text; a dash where it was not measured."""
    return "\N{EN DASH}" if amount is None else number_text(amount, difference.unit)


def named(difference: Difference) -> str:
    """Return the label of `difference` with its unit."""
    return difference.label if difference.unit in SECONDS else f"{difference.label}, {difference.unit}"


def once_text(difference: Difference) -> str:
    """Return both values of `difference` with their unit; one where they are the same."""
    values = dict.fromkeys(value(difference, amount) for amount in (difference.a, difference.b))
    return " ".join(filter(None, (" \N{RIGHTWARDS ARROW} ".join(values), unit_text(difference.unit))))


def change_text(difference: Difference) -> str:
    """Return by how much B differs from A: in per cent of A, in points of a share, or in the unit; nothing untested."""
    if difference.estimate is None:
        return "all new" if difference.of == RATIO and difference.b else ""
    return _amount(difference, difference.estimate)


def interval_text(difference: Difference) -> str:
    """Return between what the change likely lies, or nothing."""
    if not difference.of or (difference.low is None and difference.high is None):
        return ""
    low, high = (None if edge is None else _amount(difference, edge) for edge in (difference.low, difference.high))
    if high is None:
        return f"{low} or more"
    return f"{low} to {high}" if low is not None else f"{high} or less"


def _amount(difference: Difference, amount: float) -> str:
    if difference.of == RATIO:
        if amount >= 3:
            return f"{amount:.0f} times" if amount >= 10 else f"{amount:.1f} times"
        # All is gone only where nothing is left.
        share = min(abs(amount - 1), 0.99) if 0 < amount < 1 else abs(amount - 1)
        return _signed(f"{share * 100:.0f} %", amount - 1)
    if difference.unit.startswith(SHARE):
        return _signed(f"{abs(amount) * 100:.0f} points", amount)
    return _signed(number_text(abs(amount), difference.unit), amount)


def _signed(text: str, amount: float) -> str:
    return text if not _any(text) else ("+" if amount > 0 else "\N{MINUS SIGN}") + text


def _any(text: str) -> bool:
    """Say whether `text` is more than nothing: what rounds to nothing has no sign."""
    return any(char in "123456789" for char in text)


def picture(difference: Difference) -> Picture | None:
    """Return the interval of `difference` on a scale of its own, or None where it has none."""
    if not difference.of or (difference.low is None and difference.high is None):
        return None
    low, high, at = (_place(difference, amount) for amount in (difference.low, difference.high, difference.estimate))
    known = [abs(end) for end in (low, high, at) if end is not None]
    reach = max(known) * 1.08 or 1.0
    if difference.of == RATIO:
        reach = min(reach, _FARTHEST) if low is not None and high is not None else _FARTHEST

    def share(end: float | None, otherwise: float) -> float:
        return otherwise if end is None else min(1.0, max(0.0, 0.5 + end / reach / 2))

    endless = low is None or low < -reach, high is None or high > reach
    gone = difference.of == RATIO and difference.estimate == 0
    return Picture(share(low, 0.0), share(high, 1.0), share(at, 0.0) if gone or at is not None else None, endless)


def _place(difference: Difference, amount: float | None) -> float | None:
    """Return `amount` on an axis on which no change is 0; None where it is endless."""
    if amount is None or difference.of != RATIO:
        return amount
    return math.log(amount) if amount > 0 else None


def tally(comparison: Comparison) -> str:
    """Return how many plain words of `comparison` were kept, cut, added and how many phrases moved."""
    kept = cut = added = moves = 0
    for run in comparison.runs:
        if run.fate is Fate.KEPT:
            kept += run.plain
        elif run.fate is Fate.CUT:
            cut += run.plain
        elif run.fate is Fate.ADDED:
            added += run.plain
        else:
            moves = max(moves, run.move)
    moved = f", {moves} phrase{'' if moves == 1 else 's'} moved" if moves else ""
    return f"{kept} words kept, {cut} cut, {added} added{moved}"


def few(comparison: Comparison) -> str:
    """Return a sentence where so little could be held against chance that to find nothing says nothing, or ""."""
    count = len(comparison.tested)
    if not count or count >= _ENOUGH:
        return ""
    return f"Only {count} measure{'' if count == 1 else 's'} could be held against chance."


def headline(comparison: Comparison) -> str:
    """Return in a sentence or two what changed by more than chance."""
    changed, tested = comparison.changed, len(comparison.tested)
    if not tested:
        return "Nothing could be held against chance here."
    if not changed:
        if said := few(comparison):
            return f"{said} {none_of(tested)}"
        return f"Nothing changed by more than chance: {tested} measures were held against it."
    parts = [
        f"{word}: {', '.join(one.label for one in changed if one.change is change)}"
        for change, word in ((Change.BETTER, "Better"), (Change.WORSE, "Worse"), (Change.OTHER, "Changed"))
        if any(one.change is change for one in changed)
    ]
    rest = tested - len(changed)
    if said := few(comparison):
        return f"{'. '.join(parts)}. {said}"
    return f"{'. '.join(parts)}. The other {rest} {'is' if rest == 1 else 'are'} no more than chance."


def none_of(tested: int) -> str:
    """Return a sentence on so many measures of which none changed by more than chance."""
    return "It changed by no more than that." if tested == 1 else "None changed by more than that."


def sentence(difference: Difference) -> str:
    """Return one plain sentence about `difference`, which is more than chance."""
    likely = interval_text(difference)
    change = ", ".join(filter(None, (change_text(difference), f"likely {likely}" if likely else "")))
    from_to = f"{value(difference, difference.a)} to {value(difference, difference.b)} {unit_text(difference.unit)}"
    return f"{difference.label}: from {from_to.strip()}" + (f" ({change})." if change else ".")


def story_title(parts: Sequence[PartBeside]) -> str:
    """Return the title of the story in both: of what its `parts` are a share, if that is one thing in all."""
    units = {unit for part in parts for unit in (part.unit_a, part.unit_b) if unit}
    return f"The story, by its share{units.pop().removeprefix(SHARE)}" if len(units) == 1 else "The story"


def share_text(share: float | None, unit: str = "") -> str:
    """Return a share as text; with what it is a share of, by its `unit`, where one is given."""
    return "not judged" if share is None else percent_text(share) + unit.removeprefix(SHARE)


def reasons(comparison: Comparison) -> dict[str, tuple[str, ...]]:
    """Return why some measures of `comparison` were not compared, each reason with their labels."""
    out: dict[str, tuple[str, ...]] = {}
    for one in comparison.differences:
        if one.change is Change.INCOMPARABLE:
            out[one.reason] = (*out.get(one.reason, ()), one.label)
    return out


def methods(comparison: Comparison) -> dict[str, tuple[str, ...]]:
    """Return how the measures of `comparison` were held against chance, each way with their labels."""
    out: dict[str, tuple[str, ...]] = {}
    for one in comparison.tested:
        way = one.method.partition(",")[0]
        out[way] = (*out.get(way, ()), one.label)
    return out

"""Progress for a terminal: readable at 60 columns, without colour, and in a pipe. May not print.

Laid out by hand: the library that reports are laid out with takes longer to load than all of this.
"""

from __future__ import annotations

from itertools import groupby, pairwise
from statistics import median
from textwrap import wrap
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size

from voiceprep.model import Sample
from voiceprep.progress import Move
from voiceprep.report import progress_words as words
from voiceprep.report.plain import one_line, to_ascii
from voiceprep.report.strip import bars
from voiceprep.wording import legible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from voiceprep.progress import Course, Practised, Progress

NARROWEST = 60
# Of the columns: so many bars at most and at least, and the label between so many.
_BARS, _FEWEST = 20, 4
_LABEL, _WIDEST = 24, 42
_MOST_QUESTIONS = 8
_STYLES: Mapping[str, str] = {
    "bold": "1", "dim": "2", "green": "32", "yellow": "33", "cyan": "36", "red": "1;31",
}  # fmt: skip
_TONES: Mapping[Move, tuple[str, str]] = {
    Move.BETTER: ("●", "green"),
    Move.WORSE: ("▲", "red"),
    Move.CHANGED: ("▲", "yellow"),
    Move.STEADY: ("○", "dim"),
    Move.EARLY: ("○", "dim"),
}


def render(
    progress: Progress,
    *,
    width: int = 80,
    colour: bool = False,
    ascii: bool = False,  # noqa: A002  (what it is called wherever there is a choice)
) -> str:
    """Return `progress` as text of `width` columns, with terminal colours if `colour`, in plain ASCII if `ascii`."""
    lines = [line.rstrip() for line in _Page(max(NARROWEST, width), colour=colour).lines(progress)]
    text = "\n".join(lines) + "\n"
    return to_ascii(text) if ascii else text


class _Page:
    """A page of so many columns; lines are made one after another and nothing is kept."""

    def __init__(self, width: int, *, colour: bool) -> None:
        self.width = width
        self.colour = colour

    def lines(self, progress: Progress) -> Iterator[str]:
        """Yield all lines."""
        if not progress.sittings:
            yield self.styled(words.NOTHING, "bold")
            yield "Begin with:"
            yield from (f"  {command}" for command in words.BEGIN)
            return
        yield words.period(progress)
        if asked := words.chosen(progress):
            yield from self.wrapped(f"Only {one_line(asked)}")
        yield from self.wrapped(words.summary(progress))
        yield ""
        yield from (self.styled(line, "bold") for line in self.wrapped(words.headline(progress)))
        yield from self.tries(progress)
        yield from self.courses(progress)
        yield from self.questions(progress.questions)
        yield from self.competencies(progress)
        yield from self.habits(progress)
        yield from self.notes(words.notes(progress))

    def tries(self, progress: Progress) -> Iterator[str]:
        """Yield what is worth trying next."""
        if progress.tries:
            yield from self.heading("What to try next")
        for one in progress.tries:
            yield from self.hanging("→", one.what, "bold")
            yield from self.wrapped(one.why, "   ")
            if one.command:
                yield f"   {self.styled(one_line(one.command), 'cyan')}"

    def courses(self, progress: Progress) -> Iterator[str]:
        """Yield a table for each of the things that can become of a measure."""
        for move, title in words.TITLES.items():
            found = progress.moved(move)
            if not found:
                continue
            yield from self.heading(f"{title} ({len(found)})")
            if move is Move.EARLY:
                yield from self.wrapped(words.ABOUT[move])
            yield from self.table(found, move)

    def table(self, courses: Sequence[Course], move: Move) -> Iterator[str]:
        """Yield the head of the table of `courses`, and their lines; those that moved say how."""
        long = any(len(course.points) > 1 for course in courses)
        usual = max([5, *(len(words.usual(course)) for course in courses)]) * any(course.usual for course in courses)
        last = max(4, *(len(words.number(course, course.last)) for course in courses))
        good = max([4, *(len(words.good(course)) for course in courses)]) * any(course.band for course in courses)
        columns = [size for size in (last, usual, good) if size]
        room = self.width - 3 - sum(columns) - 2 * (len(columns) + long)
        drawn = max(_FEWEST, min(_BARS, max(len(course.points) for course in courses), room - _LABEL)) * long
        label = min(_WIDEST, room - drawn)
        head = [("Over time" if drawn >= 9 else "", drawn), ("Last", -last), ("Usual", -usual), ("Good", -good)]
        yield self.styled(" " * (label + 3) + _cells(head), "dim")
        shape, tone = _TONES[move]
        for group, some in groupby(courses, lambda course: course.group):
            if move in {Move.STEADY, Move.EARLY}:
                yield self.styled(f"   {group}", "dim")
            for course in some:
                first, *more = wrap(words.name(course), label) or [""]
                cells = [
                    (_drawn(course, drawn), drawn),
                    (words.number(course, course.last), -last),
                    (words.usual(course), -usual),
                    (words.good(course), -good),
                ]
                yield f" {self.styled(shape, tone)} {_sized(first, label)}{_cells(cells)}"
                yield from (f"   {line}" for line in more)
                if move not in {Move.STEADY, Move.EARLY}:
                    yield from self.wrapped(words.told(course), "     ")

    def questions(self, questions: Sequence[Practised]) -> Iterator[str]:
        """Yield what is known of each question."""
        if not questions:
            return
        yield from self.heading("Questions")
        yield from self.wrapped(
            "Measures inside what is good, of those that are judged: in the best take and in the last."
        )
        label = self.width - 3 - 2 * 3 - 5 - 2 * 11
        yield self.styled(" " * (label + 3) + _cells([("Takes", -5), ("Best", -11), ("Last", -11)]), "dim")
        for one in questions[:_MOST_QUESTIONS]:
            lines = wrap(one_line(words.asked(one)), label, max_lines=2, placeholder="…") or [""]
            cells = [(str(one.takes), -5), (words.mark(one.best), -11), (words.mark(one.last), -11)]
            yield f"   {_sized(lines[0], label)}{_cells(cells)}"
            yield from (f"   {line}" for line in lines[1:])
        if len(questions) > _MOST_QUESTIONS:
            yield f"   and {len(questions) - _MOST_QUESTIONS} more, on the page: -o FILE.html"

    def competencies(self, progress: Progress) -> Iterator[str]:
        """Yield how far each competency is covered."""
        if progress.competencies:
            yield from self.heading("Competencies")
        room = self.width - 5 - max([len(words.covered(one)) for one in progress.competencies], default=0)
        for one in progress.competencies:
            shape, tone = {"never": ("○", "yellow"), "thin": ("○", "dim"), "covered": ("●", "green")}[one.state]
            yield f" {self.styled(shape, tone)} {_sized(one_line(one.label), min(30, room))}  {words.covered(one)}"

    def habits(self, progress: Progress) -> Iterator[str]:
        """Yield which phrases come again and again."""
        if not progress.habits:
            return
        yield from self.heading("Habits")
        yield from self.wrapped(f"{words.heard(progress)} How often each comes, {words.per(progress)}.")
        months = progress.habits[0].months
        label = min(_WIDEST, self.width - 3 - 9 * len(months))
        yield self.styled(" " * (label + 3) + _cells((month.month, -7) for month in months), "dim")
        for one in progress.habits:
            said = f"“{one_line(one.phrase)}”"
            yield f"   {_sized(said, label)}{_cells((words.rate(month), -7) for month in one.months)}"

    def notes(self, texts: Iterable[str]) -> Iterator[str]:
        """Yield what the reader should know."""
        texts = list(texts)
        if texts:
            yield from self.heading("Please note")
        for text in texts:
            yield from self.hanging("·", text)

    def heading(self, title: str) -> Iterator[str]:
        """Yield `title` over what follows."""
        yield ""
        yield self.styled(one_line(title), "bold")

    def hanging(self, bullet: str, text: str, style: str = "") -> Iterator[str]:
        """Yield `text` with a `bullet` before its first line."""
        first, *more = wrap(one_line(text), self.width - 3) or [""]
        yield f" {bullet} {self.styled(first, style)}"
        yield from (f"   {self.styled(line, style)}" for line in more)

    def wrapped(self, text: str, indent: str = "") -> Iterator[str]:
        """Yield the lines of `text`."""
        yield from wrap(one_line(text), self.width, initial_indent=indent, subsequent_indent=indent)

    def styled(self, text: str, style: str) -> str:
        """Return `text` in `style`, where there are colours."""
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.colour and style else text


def _cells(cells: Iterable[tuple[str, int]]) -> str:
    """Return texts with their widths as columns, two spaces before each; to the right where the width is below 0."""
    sized = (" " * (-size - cell_len(text)) + text if size < 0 else _sized(text, size) for text, size in cells if size)
    return "".join(f"  {text}" for text in sized)


def _sized(text: str, width: int) -> str:
    return set_cell_size(legible(text), width)


def _drawn(course: Course, width: int) -> str:
    """Return the values of `course` as at most `width` bars; each is the median of the sittings that it stands for."""
    values = course.values
    count = min(width, len(values))
    cuts = [index * len(values) // count for index in range(count + 1)] if count else [0]
    together = [median(values[start:end]) for start, end in pairwise(cuts)]
    return bars([Sample(0.0, value) for value in together], width)

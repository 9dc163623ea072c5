"""What the story bank looks like, as lines and as data. Prints nothing, and knows no terminal but for its width."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import click

from voiceprep.report.plain import one_line
from voiceprep.stories import CLOSE, RELATED, asks_for_story, covered
from voiceprep.wording import percent_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from voiceprep.cli.bank import Bank
    from voiceprep.history import Entry
    from voiceprep.model import Question
    from voiceprep.stories import Fit, Proposal, Story

# So many words are shown as evidence that an answer tells a story.
_WORDS = 8
_TIMES = {1: "once", 2: "twice"}


def overview(bank: Bank, width: int) -> Iterator[str]:
    """Yield all stories with what they show and how often they were told, and what has no story."""
    place = len(str(bank.stories[-1].id))
    for number, story in enumerate(bank.stories):
        if number:
            yield ""
        yield from _titled(story, width, place)
        shown = ", ".join(map(bank.label, story.competencies))
        inner = " " * (place + 2)
        yield from _wrapped(f"Shows {shown}." if story.competencies else "No competency yet.", width, inner, inner)
        yield from _wrapped(_sentence(_used(story, bank)), width, inner, inner)
    yield ""
    gone = [bank.label(name) for name, several in covered(bank.stories, bank.labels).items() if not several]
    if gone:
        yield from _wrapped(f"Without a story: {', '.join(gone)}.", width)
    else:
        yield "Every competency has a story."


def whole(story: Story, best: Sequence[Fit], bank: Bank, width: int) -> Iterator[str]:
    """Yield all about `story`: its words, what it shows, the questions that it answers `best`, where it was told."""
    yield from _titled(story, width, 0)
    yield ""
    for line in story.text.splitlines():
        yield from _wrapped(line, width)
    yield ""
    shown = ", ".join(map(bank.label, story.competencies)) or f"nothing yet (voiceprep stories edit {story.id})"
    yield from _wrapped(f"Shows: {shown}", width, "", "       ")
    source = f"from answer {story.answer}" if story.answer is not None else "typed"
    yield f"Kept:  {story.at[:10]}, {source}"
    yield ""
    yield _bold("Questions that it answers best" if best else "No question of your packs fits it.")
    for fit in best:
        yield from _wrapped(one_line(fit.question.text), width, f"  {_bold(one_line(fit.question.id))}  ", "    ")
        yield from _wrapped(_why(fit, bank), width, "    ", "    ")
    yield ""
    told = [one for one in bank.tellings if one.story == story.id]
    yield _bold(_sentence(_used(story, bank)))
    for one in told:
        yield from _wrapped(f"answer {one.answer}, {one.at[:10]}: {_asked(one.question)}", width, "  ", "    ")


def fitting(question: Question, best: Sequence[Fit], bank: Bank, width: int) -> Iterator[str]:
    """Yield which stories fit `question`, the `best` first, and why."""
    yield from _wrapped(one_line(question.text), width)
    if question.competencies:
        yield from _wrapped(f"It asks for {', '.join(map(bank.label, question.competencies))}.", width)
    if not best:
        yield ""
        yield (
            "None of your stories fits, as far as their words show."
            if bank.stories
            else "You have no story yet: voiceprep stories add --text TEXT"
        )
    for fit in best:
        yield ""
        yield from _titled(fit.story, width, 0)
        yield from _wrapped(_why(fit, bank), width, "   ", "   ")
        yield from _wrapped(_sentence(_used(fit.story, bank)), width, "   ", "   ")


def gaps(bank: Bank, width: int) -> Iterator[str]:
    """Yield which competencies have no story, one or several, and which stories are overused or were never told."""
    asked = {
        name: sum(name in one.competencies for one in bank.questions if asks_for_story(one)) for name in bank.labels
    }
    found = covered(bank.stories, bank.labels)
    bare = sum(not several for several in found.values())
    for number, (name, several) in enumerate(sorted(found.items(), key=lambda pair: len(pair[1]))):
        if number == bare > 0:
            yield ""
        count = _number(len(several), "story", "stories") if several else "no story"
        need = f"; {_number(asked[name], 'question')} ask{'s' * (asked[name] == 1)} for it" if not several else ""
        yield from _wrapped(f"{_bold(bank.label(name).capitalize())}: {count}{need}", width)
        for story in several:
            yield from _wrapped(f"{story.id} {one_line(story.title)}", width, "  ", "    ")
    for story in bank.stories:
        if bank.overused(story):
            yield ""
            yield from _wrapped(f"Overused: {story.id} {one_line(story.title)}, {_used(story, bank)}.", width, "", "  ")
    never = [f"{story.id} {one_line(story.title)}" for story in bank.stories if story.id not in bank.told]
    if never:
        yield ""
        yield from _wrapped(f"Never told: {'; '.join(never)}", width, "", "  ")


def matched(entry: Entry, noted: Sequence[int], found: Sequence[Proposal], bank: Bank, width: int) -> Iterator[str]:
    """Yield which stories are `noted` to be told in the answer of `entry`, and which were `found` in its words."""
    yield from _wrapped(f"Answer {entry.id}, {entry.at[:10]}: {_asked(entry.question)}", width, "", "  ")
    titles = {story.id: one_line(story.title) for story in bank.stories}
    for number in noted:
        yield from _wrapped(f"tells {number} {titles[number]}", width, "  ", "    ")
    for one in found:
        words = ", ".join(map(one_line, one.words[:_WORDS]))
        told = f"may tell {one.story.id} {titles[one.story.id]}: {percent_text(one.share)} of the words are shared"
        yield from _wrapped(f"{told} ({words})", width, "  ", "    ")
        yield from _wrapped(f"If so: voiceprep stories tell {one.story.id} {entry.id}", width, "    ", "    ")
    if not noted and not found:
        yield "  tells none of your stories, as far as its words show"


def story_data(story: Story, bank: Bank) -> dict[str, Any]:
    """Return what is known of `story` as plain data."""
    told = [one for one in bank.tellings if one.story == story.id]
    return {
        "id": story.id,
        "at": story.at,
        "title": story.title,
        "text": story.text,
        "competencies": list(story.competencies),
        "from_answer": story.answer,
        "told_in": [
            {"answer": one.answer, "at": one.at, "question": one.question.id if one.question else None} for one in told
        ],
        "overused": bank.overused(story),
    }


def fit_data(fit: Fit) -> dict[str, Any]:
    """Return `fit` as plain data."""
    return {
        "story": fit.story.id,
        "title": fit.story.title,
        "question": fit.question.id,
        "competencies": list(fit.competencies),
        "points": [{"point": point, "words": words} for point, words in fit.points],
        "words": list(fit.words),
        "meaning": None if fit.meaning is None else round(fit.meaning, 3),
        "score": round(fit.score, 3),
    }


def gap_data(bank: Bank) -> dict[str, Any]:
    """Return what has no story, what is overused and what was never told as plain data."""
    found = covered(bank.stories, bank.labels)
    return {
        "competencies": {name: [story.id for story in several] for name, several in found.items()},
        "overused": [story.id for story in bank.stories if bank.overused(story)],
        "never_told": [story.id for story in bank.stories if story.id not in bank.told],
    }


def match_data(entry: Entry, noted: Sequence[int], found: Sequence[Proposal]) -> dict[str, Any]:
    """Return what is `noted` and what was `found` of the answer of `entry` as plain data."""
    return {
        "answer": entry.id,
        "at": entry.at,
        "question": entry.question.id if entry.question else None,
        "tells": list(noted),
        "may_tell": [
            {"story": one.story.id, "title": one.story.title, "share": round(one.share, 3), "words": list(one.words)}
            for one in found
        ],
    }


def _titled(story: Story, width: int, place: int) -> Iterable[str]:
    title = textwrap.wrap(one_line(story.title), width - place - 4) or ["(no title)"]
    yield f"{story.id:>{place}}  {_bold(title[0])}"
    yield from (" " * (place + 2) + _bold(line) for line in title[1:])


def _used(story: Story, bank: Bank) -> str:
    """Say how often `story` was told, and whether that is too often."""
    use = bank.uses.get(story.id)
    if use is None:
        return "told long ago" if story.id in bank.told else "never told"
    told = f"told {_TIMES.get(use.answers, f'{use.answers} times')}"
    if not use.overused:
        return told + (f", for {use.questions} questions" if use.questions > 1 else "")
    return f"overused: {told}, for {use.questions} of the {use.of} questions that you told any story for"


def _why(fit: Fit, bank: Bank) -> str:
    """Say what speaks for `fit`."""
    parts = []
    if fit.competencies:
        parts.append(f"Shows {', '.join(map(bank.label, fit.competencies))}")
    if fit.points:
        words = _quoted(said for _, said in fit.points)
        parts.append(f"brings {len(fit.points)} of {len(fit.question.points)} points ({words})")
    if fit.words:
        parts.append(f"shares {_quoted(fit.words)} with the question")
    if fit.meaning is not None and fit.meaning >= RELATED:
        parts.append(f"{'close' if fit.meaning >= CLOSE else 'related'} in meaning")
    return _sentence("; ".join(parts))


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"\N{LEFT DOUBLE QUOTATION MARK}{one_line(one)}\N{RIGHT DOUBLE QUOTATION MARK}" for one in words)


def _asked(question: Question | None) -> str:
    return one_line(question.text) if question else "no question"


def _number(count: int, noun: str, several: str = "") -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {several or noun + 's'}"


def _bold(text: str) -> str:
    return click.style(text, bold=True)


def _wrapped(text: str, width: int, outer: str = "", inner: str = "") -> list[str]:
    # What styles the first line takes no room on the screen.
    extra = len(outer) - len(click.unstyle(outer))
    lines = textwrap.wrap(
        text, width, initial_indent=" " * (len(outer) - extra), subsequent_indent=inner, break_on_hyphens=False
    )
    return [outer + lines[0][len(outer) - extra :], *lines[1:]] if lines else [outer]

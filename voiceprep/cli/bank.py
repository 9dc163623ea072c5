"""The story bank as its commands need it: what is known around the stories, what the user names. Prints nothing."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from voiceprep.cli.folder import opened
from voiceprep.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voiceprep.history import Entry, History
    from voiceprep.model import Question, Transcript
    from voiceprep.packs import Pack
    from voiceprep.stories import Story, Telling, Use

# In bytes; an hour of speech is 60,000.
_LONGEST = 1_000_000


@dataclass(frozen=True)
class Bank:
    """The stories, which answers tell them, and the packs of questions."""

    stories: tuple[Story, ...]
    tellings: tuple[Telling, ...]
    packs: tuple[Pack, ...]

    @cached_property
    def labels(self) -> dict[str, str]:
        """The names of competencies by their ids."""
        return {one.id: one.label for pack in self.packs for one in pack.competencies}

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """The questions of all packs."""
        return tuple(question for pack in self.packs for question in pack.questions)

    @cached_property
    def uses(self) -> dict[int, Use]:
        """How often stories were told lately, by their ids."""
        from voiceprep.stories import uses  # noqa: PLC0415  (not needed for --help)

        return uses(self.tellings)

    @cached_property
    def told(self) -> frozenset[int]:
        """The ids of the stories that were ever told."""
        return frozenset(one.story for one in self.tellings)

    def overused(self, story: Story) -> bool:
        """Say whether `story` is told for too many questions."""
        return story.id in self.uses and self.uses[story.id].overused

    def label(self, competency: str) -> str:
        """Return the name of `competency` as it stands inside a sentence."""
        return self.labels.get(competency, competency).lower()

    def story(self, wanted: int) -> Story:
        """Return the story of this id. Raise `InputError` where there is none."""
        for story in self.stories:
            if story.id == wanted:
                return story
        raise InputError(f"there is no story {wanted}", "See all with: voiceprep stories")

    def question(self, name: str) -> Question | None:
        """Return the question of this id."""
        return next((one for one in self.questions if one.id == name), None)

    def check(self, competencies: Iterable[str]) -> None:
        """Raise `InputError` for the first of `competencies` that no pack knows."""
        from voiceprep.packs import find_near  # noqa: PLC0415  (not needed for --help)

        for name in competencies:
            if name not in self.labels:
                near = find_near(name, self.labels)
                hint = f"Did you mean {', '.join(near)}?" if near else f"Known are: {', '.join(sorted(self.labels))}."
                raise InputError(f"there is no competency {name!r}", hint)


def bank_in(history: History) -> Bank:
    """Return the bank of `history`."""
    from voiceprep import config  # noqa: PLC0415  (not needed for --help)
    from voiceprep.history import stories  # noqa: PLC0415  (sqlite3)

    packs = config.load_packs(config.load_settings().questions)
    return Bank(stories.every(history), stories.tellings(history), packs)


def bank_of(data: Path | None) -> Bank:
    """Return the bank of the history in the folder `data`, or in the usual one."""
    with opened(data, reading=True) as history:
        return bank_in(history)


def heard_in(history: History, entry: Entry) -> Transcript | None:
    """Return what was heard in the answer of `entry`, as the user corrected it; None where it is gone."""
    from voiceprep.correcting import apply  # noqa: PLC0415  (not needed for --help)

    record = history.record(entry.id)
    return apply(record.transcript, record.corrections).transcript if record else None


def said_in(history: History, entry: Entry) -> str:
    """Return what was said in the answer of `entry`: its sentences without fillers and repeats.

    Raise `InputError` where nothing was.
    """
    from voiceprep.sentences import split  # noqa: PLC0415  (not needed for --help)

    heard = heard_in(history, entry)
    sentences = split(heard.words, heard.pauses) if heard else ()
    text = " ".join(sentence.text for sentence in sentences if sentence.text)
    if not text:
        hint = "Type the story: voiceprep stories add --text TEXT"
        raise InputError(f"no words were heard in answer {entry.id}", hint)
    return text


def typed(text: str | None, file: str | None) -> str:
    """Return the story that is the `text`, or stands in `file` (- is standard input).

    Raise `InputError` where it cannot be read, or is empty.
    """
    from voiceprep.report.plain import one_line  # noqa: PLC0415  (heavy)

    given = _read(file) if file is not None else text or ""
    told = "\n".join(one_line(line) for line in given.strip().splitlines())
    if not told:
        raise InputError("the story is empty", "Give its words.")
    return told


def _read(file: str) -> str:
    try:
        if file == "-":
            content = sys.stdin.buffer.read(_LONGEST)
        else:
            with Path(file).open("rb") as opened_file:
                content = opened_file.read(_LONGEST)
        return content.decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot read {file!r}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file!r} is not UTF-8 text", "Save the file as UTF-8 text.") from error

"""What the history gives back: whole answers, answers without their words, and sittings. Opens nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voiceprep.correcting import Correction
    from voiceprep.model import Measurement, Question, Recording, Transcript, WordKind
    from voiceprep.practice import Take
    from voiceprep.scoring import Tally


@dataclass(frozen=True, slots=True)
class Record:
    """What the history knows of one answer: of its question id, text and kind; of its measurements no evidence.

    `take` is there where the answer was recorded in a session of practice. `measurements` are what was measured,
    `corrected` those that came out otherwise after the user corrected something, and `corrections` what that was, the
    oldest first. `transcript` is the original.
    """

    id: int
    at: str
    voiceprep: str
    place: str
    recording: Recording
    question: Question | None
    transcript: Transcript
    measurements: tuple[Measurement, ...]
    take: Take | None = None
    corrected: tuple[Measurement, ...] = ()
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True, slots=True)
class Recount:
    """What corrections come to: the `measurements` that differ, and in a checked answer how right it was heard."""

    measurements: tuple[Measurement, ...] = ()
    checked: Mapping[WordKind, Tally] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer without its words. `session` and `number` are empty and 0 where it was not practised but saved."""

    id: int
    at: str
    sitting: str
    name: str
    place: str
    sound: str
    duration: float
    question: Question | None
    model: str
    session: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Sitting:
    """What is looked at together: a session of practice, or the answers saved on one day otherwise.

    `at` is when its first answer was said, `seconds` how long its `answers` last together; `measurements` are pooled
    over them, by metric and version, and leave out what was not measured.
    """

    name: str
    at: str
    answers: int
    seconds: float
    measurements: tuple[Measurement, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which answers are asked for: from the day or time `since` on, to a `question` (its id), of a `kind` or sitting.

    `ids` names them. `last` takes only the newest so many (answers, or sittings where these are asked for). Nothing
    given: all.
    """

    since: str = ""
    question: str = ""
    kind: str = ""
    sitting: str = ""
    last: int = 0
    ids: tuple[int, ...] = ()


EVERYTHING = Choice()

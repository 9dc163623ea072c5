"""Takes kept on the disk and in the history: the only place that knows both. Records and analyses nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voiceprep.practice import Take

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from voiceprep.history import History, Record, Recount
    from voiceprep.model import Assessment, Question
    from voiceprep.sessions import Pending, Sessions


class Keeper:
    """Keeps the takes of one session of practice, so that nothing that was said is lost between two steps."""

    def __init__(
        self,
        sessions: Sessions,
        history: History,
        now: Callable[[], datetime],
        compress: Callable[[Path, Path], None],
    ) -> None:
        self.sessions = sessions
        self.history = history
        self._now = now
        self._compress = compress
        self._session = sessions.new(now())
        self._answers: dict[tuple[str, int], int] = {}
        self.kept = 0

    @property
    def session(self) -> str:
        """The name of the session; empty before its first take."""
        return self._session.name

    def begin(self, question: Question, settings: Mapping[str, str | int | float | bool]) -> tuple[Take, Path]:
        """Return a new take and where its sound goes; its note is on the disk."""
        session, number = self._session.claim()
        take = Take(session, number, self._stamp(), question, settings=settings)
        self.sessions.note(take)
        return take, self.sessions.spoken(take)

    def stopped(self, take: Take) -> Path:
        """Note what became of `take`, and pack its sound. Return where that is."""
        self.sessions.note(take)
        return self.sessions.pack(take, self._compress)

    def keep(self, take: Take, assessment: Assessment) -> None:
        """Move the facts of `take` into the history."""
        place = str(self.sessions.sound(take))
        stamped = replace(assessment, at=take.at)
        answer = self.history.save(stamped, place=place, take=take, recount=_recount)
        self._answers[take.session, take.number] = answer
        self.sessions.settle(take)
        self.kept += 1

    def delete(self, take: Take) -> None:
        """Delete `take` with all that is known of it."""
        self.sessions.delete(take)
        if (answer := self._answers.pop((take.session, take.number), None)) is not None:
            self.history.delete([answer])
            self.kept -= 1

    def discard(self, take: Take) -> None:
        """Take back `take`, for nothing was recorded."""
        self.sessions.delete(take)
        self._session.give_back()

    def pending(self) -> tuple[Pending, ...]:
        """Return what earlier sessions left without a report."""
        return self.sessions.pending()

    def close(self) -> None:
        """End the session."""
        self._session.close()

    def _stamp(self) -> str:
        return self._now().isoformat(timespec="seconds")


def _recount(record: Record) -> Recount:
    """Apply what the user corrected of the recording of `record` before: it was heard again."""
    from voiceprep import pipeline  # noqa: PLC0415  (heavy)

    return pipeline.recount(record)

"""The folder of a batch: reports, tables and overview in it, and the results that nothing has to be done twice for.

At any moment everything in it is whole: a report is noted only when it is written, and what was heard is kept first.
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from dataclasses import dataclass, replace
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from voiceprep import __version__, container, files
from voiceprep.batch import keys, machine, parquet, work
from voiceprep.batch.results import Heard, Results
from voiceprep.batch.run import run
from voiceprep.batch.work import Failure, Outcome, Task
from voiceprep.codec import from_data
from voiceprep.errors import InputError
from voiceprep.report import overview, table
from voiceprep.tables import ENDINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from voiceprep.batch.executors import Executor
    from voiceprep.batch.work import How, Job
    from voiceprep.model import Assessment
    from voiceprep.report.table import Cell

REPORTS = "reports"
ANSWERS, PARQUET, ERRORS, INDEX, KEPT = "answers.csv", "answers.parquet", "errors.csv", "index.html", ".results.db"
_OWN = ("candidate", "report")


@dataclass(frozen=True, slots=True)
class _Keys:
    """What the results of one recording are kept under."""

    heard: str
    answer: str
    row: str


class Folder:
    """A run of `jobs` into the folder `out`, with what `results` keep.

    `save` is called with each assessment and its recording, where it is given. With `send`, workers get the
    recordings themselves. `afresh` writes all reports and tables anew. `sounds` has the SHA-256 of each recording.
    """

    def __init__(
        self,
        out: Path,
        jobs: Sequence[Job],
        how: How,
        results: Results,
        *,
        save: Callable[[Assessment, Path], object] | None = None,
        send: bool = False,
        afresh: bool = False,
    ) -> None:
        self.out, self.jobs, self.how = out, jobs, how
        self._results, self._save, self._send, self._afresh = results, save, send, afresh
        self._judging = keys.judging(how)
        self._keys: dict[int, _Keys] = {}
        self.sounds: dict[int, str] = {}
        # Sounds that are being heard.
        self._hearing: set[str] = set()
        self._rows: list[str | None] = [None] * len(jobs)
        self.failures: dict[int, Failure] = {}
        # Seconds of sound and of work of what was heard last in this run.
        self.heard: deque[tuple[float, float]] = deque(maxlen=50)

    @property
    def done(self) -> int:
        """How many recordings have a result."""
        return sum(row is not None for row in self._rows)

    def process(self, executor: Executor, limit: float | None = None) -> Iterator[Outcome]:
        """Do all jobs by `executor`, and yield each outcome when everything of it is written."""
        for outcome in run(self._items(), executor, limit):
            yield self._written(outcome)

    def _items(self) -> Iterator[Task | Outcome | None]:
        """Yield what is to be done for each job: copies of what is being heard last, when that is done."""
        copies: list[int] = []
        for place in range(len(self.jobs)):
            item = self._sure(place)
            if self._is_in_work(item):
                copies.append(place)
            else:
                yield self._begun(item)
        for place in copies:
            # Asked again and again: the sound is not looked at again before that is done.
            while self._keys[place].heard in self._hearing:
                yield None
            yield self._begun(self._sure(place))

    def _sure(self, place: int) -> Task | Outcome:
        """Return what `_item` does, or the outcome that says why nothing can be done."""
        try:
            return self._item(place)
        except InputError as error:
            return Outcome(place, failure=Failure("recording", error.message, error.hint, error.exit_code))

    def _is_in_work(self, item: Task | Outcome) -> bool:
        """Say whether the sound of `item` is being heard already."""
        return isinstance(item, Task) and item.facts is None and self._keys[item.place].heard in self._hearing

    def _begun(self, item: Task | Outcome) -> Task | Outcome:
        if isinstance(item, Task) and item.facts is None:
            self._hearing.add(self._keys[item.place].heard)
        return item

    def _item(self, place: int) -> Task | Outcome:
        """Return what is to be done for the job at `place`, or its outcome where nothing is."""
        job, results = self.jobs[place], self._results
        if job.problem:
            raise InputError(job.problem, job.hint)
        content, sha256 = self._content(job)
        self.sounds[place] = sha256
        key = keys.heard(sha256, self.how)
        answer = keys.answer(key, job)
        kept = self._keys[place] = _Keys(key, answer, keys.row(answer, job, self._judging))
        forms = tuple(compress(self.how.forms, [not self._is_written(job, kept, form) for form in self.how.forms]))
        length = None if self._afresh else results.length(kept.row, key)
        if length is not None and not forms and self._save is None:
            return Outcome(place, kept=True, duration=length)
        facts = results.facts(key)
        taken = results.measured(answer) if facts else {}
        needed = facts is None or work.PAGE in forms
        return Task(place, job, self.how, sha256, forms, facts, taken, content if needed else None)

    def _content(self, job: Job) -> tuple[bytes | None, str]:
        """Return the file of `job` where it is to be sent, and its hash."""
        with container.open_file(Path(job.path)) as file:
            if self._send:
                content = file.read()
                return content, hashlib.sha256(content).hexdigest()
            return None, hashlib.file_digest(file, "sha256").hexdigest()

    def _is_written(self, job: Job, kept: _Keys, form: str) -> bool:
        path, name = self._report(job, form)
        return not self._afresh and self._results.is_written(path, name, keys.report(kept.row, form, self.how))

    def _report(self, job: Job, form: str) -> tuple[Path, str]:
        """Return where the report of `job` is written, and its name below the folder."""
        ending = next((ending for ending, name in ENDINGS.items() if name == form), ".txt")
        name = f"{REPORTS}/{job.name}{ending}"
        return self.out / name, name

    def _written(self, outcome: Outcome) -> Outcome:
        """Keep and write all of `outcome`."""
        place = outcome.place
        if place in self._keys:
            self._hearing.discard(self._keys[place].heard)
        if outcome.failure is None and outcome.version != __version__:
            told = f"a worker has voiceprep {outcome.version}, and this is {__version__}"
            outcome = Outcome(place, failure=Failure("engine", told, "Install the same on all.", 4, fatal=True))
        if outcome.failure is not None:
            self.failures[place] = outcome.failure
            return outcome
        kept, job = self._keys[place], self.jobs[place]
        if not outcome.kept:
            heard = Heard(kept.heard, outcome.facts, outcome.heard, outcome.seconds) if outcome.facts else None
            if outcome.heard:
                self.heard.append((outcome.heard, outcome.seconds))
            self._results.keep(kept.answer, outcome.measured, kept.row, outcome.row, heard)
            self._results.keep_reports([self._put(job, kept, form, text) for form, text in outcome.reports])
        if self._save is not None:
            facts = outcome.facts or self._results.facts(kept.heard) or b""
            assessment, _ = work.judged(facts, job, replace(self.how, anonymous=False), outcome.measured)
            self._save(assessment, Path(job.path))
        self._rows[place] = kept.row
        return replace(outcome, facts=None, reports=(), row="", measured={})

    def _put(self, job: Job, kept: _Keys, form: str, text: str) -> tuple[Path, str, str]:
        """Write a report, and return what is kept of it."""
        path, name = self._report(job, form)
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write_text(path, text, durable=False)
        return path, name, keys.report(kept.row, form, self.how)

    def finish(self) -> tuple[str, ...]:
        """Write the tables and the overview of what is done, and return their names."""
        names = [ANSWERS, ERRORS]
        columns = [*_OWN, *table.columns()]
        files.write_text(self.out / ANSWERS, table.written(self._table(), columns))
        files.write_text(self.out / ERRORS, self._errors())
        if parquet.is_there():
            parquet.write(self.out / PARQUET, self._table(), columns)
            names.append(PARQUET)
        waiting = len(self.jobs) - self.done - len(self.failures)
        missing = [
            overview.Missing(self._shown(place), self._reason(place, one), self.jobs[place].candidate)
            for place, one in sorted(self.failures.items())
        ]
        page = overview.pieces(_Entries(self), missing, waiting=waiting, files=names)
        files.write_text(self.out / INDEX, page)
        return (INDEX, *names)

    def entries(self) -> Iterator[overview.Entry]:
        """Yield what the overview says of each recording that is done, in the order of the jobs."""
        return (self._entry(place, row["entry"]) for place, row in self._read())

    def _read(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield place and row of each recording that is done, in the order of the jobs."""
        for place, key in enumerate(self._rows):
            row = self._results.row(key) if key else None
            if row is not None:
                yield place, json.loads(row)

    def _table(self) -> Iterator[dict[str, Cell]]:
        for place, row in self._read():
            job = self.jobs[place]
            yield {"candidate": job.candidate or None, "report": self._link(job) or None, **row["cells"]}

    def _link(self, job: Job) -> str:
        """Return the report of `job` that a browser shows best, or nothing where none is asked for."""
        form = work.PAGE if work.PAGE in self.how.forms else next(iter(self.how.forms), "")
        return self._report(job, form)[1] if form else ""

    def _entry(self, place: int, data: dict[str, Any]) -> overview.Entry:
        job = self.jobs[place]
        entry = from_data(overview.Entry, data)
        name = job.name if "/" in job.name or self.how.anonymous else entry.name
        link = quote(self._link(job))
        return replace(entry, name=name, candidate=job.candidate, report=link)

    def _shown(self, place: int) -> str:
        """Return what the recording at `place` is called in what others may see."""
        job = self.jobs[place]
        return job.name if self.how.anonymous else container.shown(Path(job.path).name)

    def _reason(self, place: int, failure: Failure) -> str:
        """Return what went wrong, without the name of the file where candidates shall not be known."""
        job = self.jobs[place]
        if not self.how.anonymous:
            return failure.message
        return failure.message.replace(job.path, job.name).replace(Path(job.path).name, job.name)

    def _errors(self) -> str:
        names = ("candidate", "file", "kind", "message", "hint")
        rows: list[dict[str, Cell]] = [
            {
                "candidate": self.jobs[place].candidate or None,
                "file": self._shown(place),
                "kind": one.kind,
                "message": self._reason(place, one),
                "hint": one.hint or None,
            }
            for place, one in sorted(self.failures.items())
        ]
        return table.written(rows, names)


@dataclass(frozen=True, slots=True)
class _Entries:
    """The entries of a `folder`, read anew each time, so that they are never all in memory."""

    folder: Folder

    def __len__(self) -> int:
        return self.folder.done

    def __iter__(self) -> Iterator[overview.Entry]:
        return self.folder.entries()

    def __contains__(self, one: object) -> bool:
        return any(one == other for other in self)


def survey(out: Path, jobs: Sequence[Job], how: How) -> tuple[frozenset[int], float | None]:
    """Return which of `jobs`, by place, were heard before into `out`, and the speed of that. Writes nothing."""
    if not (out / KEPT).is_file():
        return frozenset(), None
    known = set()
    with Results(out / KEPT) as results:
        for place, job in enumerate(jobs):
            try:
                with container.open_file(Path(job.path)) as file:
                    sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            except InputError:
                continue
            if results.knows(keys.heard(sha256, how)):
                known.add(place)
        return frozenset(known), machine.speed_of(results.latest())

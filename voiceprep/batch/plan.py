"""What is to be heard: recordings found in folders, named, or listed in a manifest, each with its question. Reads only.

The question of a recording comes from the manifest, from a side file (`answer.question.txt` beside `answer.m4a`), or
from its name by a pattern such as `{candidate}_{question}.wav`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voiceprep import config
from voiceprep.batch.work import Job
from voiceprep.container import shown
from voiceprep.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from voiceprep.model import Question
    from voiceprep.packs import Pack

# Endings that a folder is searched for; a file that is named or listed may have any.
SOUND = frozenset(
    {".3ga", ".3gp", ".aac", ".ac3", ".aif", ".aifc", ".aiff", ".amr", ".au", ".avi", ".caf", ".flac", ".m2ts", ".m4a"}
    | {".m4b", ".m4v", ".mka", ".mkv", ".mov", ".mp2", ".mp3", ".mp4", ".mpeg", ".mpg", ".mts", ".oga", ".ogg", ".ogv"}
    | {".opus", ".spx", ".ts", ".w64", ".wav", ".weba", ".webm", ".wma", ".wmv"}
)
MANIFESTS = frozenset({".csv", ".jsonl"})
SIDE = ".question.txt"
COLUMNS = ("file", "question", "candidate", "question_end")
_FIELD = re.compile(r"\\\{(\w+)\\\}")
_JOINT = re.compile(r"[\W_]+")
_LARGEST = 50_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """The jobs in the order in which they are done and shown, and plain sentences on what did not fit."""

    jobs: tuple[Job, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """A recording with what is known of it as text. `inside` is its path below the folder it was found in."""

    path: Path
    inside: Path
    question: str = ""
    candidate: str = ""
    question_end: float | None = None
    problem: str = ""


def plan(
    sources: Sequence[Path],
    packs: Sequence[Pack],
    *,
    pattern: str = "",
    recursive: bool = False,
    anonymous: bool = False,
    otherwise: Question | None = None,
) -> Plan:
    """Return the jobs that `sources` stand for: folders, recordings and manifests.

    `pattern` says how names hold candidate and question; `otherwise` is the question of those that have none.
    Raise `InputError` for a source that cannot be used at all; what is wrong with one recording is the problem of its
    job.
    """
    read = _readers(pattern, packs)
    notes: list[str] = []
    named = [one for source in sources for one in _recordings(source, notes, recursive=recursive)]
    found = _once(named, notes)
    if not found:
        raise InputError("there is no recording in what was given", hint="--recursive looks into folders in it too.")
    matched = [_matched(one, read, pattern.count("/")) for one in found]
    if pattern:
        notes += _unmatched(found, matched, pattern)
    jobs = [_job(one, packs, otherwise) for one in matched]
    return Plan(tuple(_anonymous(jobs) if anonymous else _named(jobs, found)), tuple(notes))


def _recordings(source: Path, notes: list[str], *, recursive: bool) -> Iterator[_Found]:
    if source.is_dir():
        inside = source.rglob("*") if recursive else source.iterdir()
        files = (path for path in inside if path.suffix.lower() in SOUND and not _is_hidden(path.relative_to(source)))
        for path in sorted(path for path in files if path.is_file()):
            yield _beside(_Found(path.absolute(), path.relative_to(source)))
    elif source.suffix.lower() in MANIFESTS:
        yield from _listed(source, notes)
    else:
        yield _beside(_Found(source.absolute(), Path(source.name)))


def _is_hidden(inside: Path) -> bool:
    return any(part.startswith(".") for part in inside.parts)


def _beside(one: _Found) -> _Found:
    """Return `one` with the question of its side file, if there is one."""
    side = one.path.with_name(one.path.stem + SIDE)
    if not side.is_file():
        return one
    try:
        return replace(one, question=_text(side.read_text("utf-8-sig")))
    except (OSError, UnicodeDecodeError):
        return replace(one, problem=f"its question in {shown(side.name)!r} cannot be read as UTF-8 text")


def _once(found: Iterable[_Found], notes: list[str]) -> list[_Found]:
    """Return each recording once, however often it is named; to another question or of another candidate it is another.

    That two candidates have one is said in the `notes`, for it may be a mistake.
    """
    out: list[_Found] = []
    seen: dict[tuple[Path, str], dict[str, int]] = {}
    for one in found:
        whose = seen.setdefault((one.path, one.question), {})
        if one.candidate in whose or (whose and not one.candidate):
            continue
        if "" in whose:
            # Named without a candidate before, in a folder for instance.
            place = whose.pop("")
            out[place] = one
        else:
            if whose:
                name, before = shown(one.path.name), list(whose)[-1]
                notes.append(f"{name} is listed for {before} and for {one.candidate}: it is in the results of both.")
            place = len(out)
            out.append(one)
        whose[one.candidate] = place
    return out


def _listed(manifest: Path, notes: list[str]) -> Iterator[_Found]:
    """Yield the recordings that `manifest` lists; their paths are relative to it."""
    name = shown(manifest.name)
    try:
        if manifest.stat().st_size > _LARGEST:
            raise InputError(f"'{name}' is too large for a manifest")
        text = manifest.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot read '{shown(manifest)}': {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"'{name}': byte {error.start} is not UTF-8", hint="Save it as UTF-8 text.") from error
    rows = _csv_rows(text, name) if manifest.suffix.lower() == ".csv" else _json_rows(text, name)
    for number, row in rows:
        unknown = [key for key in row if key not in COLUMNS]
        for key in unknown:
            note = f"{name}: the column {shown(str(key))!r} is not used; known are {', '.join(COLUMNS)}."
            if note not in notes:
                notes.append(note)
        yield _row(row, manifest.parent, f"{name}, line {number}")


def _csv_rows(text: str, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    head = text.partition("\n")[0]
    # Spreadsheets in many countries write semicolons.
    delimiter = max(",;\t", key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, restkey="more columns")
    if "file" not in (reader.fieldnames or ()):
        raise InputError(
            f"'{name}' has no column 'file'", hint=f"Its first line names the columns: {','.join(COLUMNS)}"
        )
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise InputError(f"'{name}', line {reader.line_num}: {error}") from error


def _json_rows(text: str, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InputError(f"'{name}', line {number}: not JSON: {error}") from error
        if not isinstance(row, dict):
            raise InputError(
                f"'{name}', line {number}: not an object", hint='Write {"file": "answer.m4a"} in each line.'
            )
        yield number, row


def _row(row: Mapping[str, Any], folder: Path, place: str) -> _Found:
    values = {key: row.get(key) for key in COLUMNS}
    file = values["file"]
    if not isinstance(file, str) or not file.strip() or "\0" in file:
        raise InputError(f"{place}: names no file")
    path = Path(file.strip())
    inside = Path(path.name) if path.is_absolute() or ".." in path.parts else path
    found = _Found((folder / path).absolute(), inside)
    if not values["question"]:
        found = _beside(found)
    found = replace(found, question=_text(values["question"]) or found.question, candidate=_text(values["candidate"]))
    end = values["question_end"]
    if end in (None, ""):
        return found
    try:
        seconds = float(end)
    except (TypeError, ValueError):
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds >= 0):
        return replace(found, problem=f"{place}: question_end is {end!r}, not a number of seconds")
    return replace(found, question_end=seconds)


def _text(value: object) -> str:
    """Return `value` on one line, as it can be shown; a candidate may be a number in JSON, and nothing is no text."""
    return "" if value is None else shown(" ".join(str(value).split()))


def _printable(name: str) -> str:
    """Return `name` as a report may be called: a name of a file can hold any bytes."""
    return "".join(c if c.isprintable() else "_" for c in name)


def _readers(pattern: str, packs: Sequence[Pack]) -> list[re.Pattern[str]]:
    """Return `pattern` as expressions for a path: one for questions that are known, and one for any.

    Raise `InputError` where it cannot be one. Names have joints inside candidates and questions too; which of them
    parts the two is told by what is a question.
    """
    if not pattern:
        return []
    fields = re.findall(r"\{(\w*)\}", pattern)
    if not {"candidate", "question"} & set(fields) or len(set(fields)) < len(fields) or "" in fields:
        raise InputError(
            f"the pattern {pattern!r} does not say where candidate and question stand",
            hint="Write it as {candidate}_{question}.wav; other {names} and * stand for what does not matter.",
        )
    ids = {_JOINT.sub("-", one.id) for pack in packs for one in pack.questions}
    known = "|".join(r"[\W_]+".join(map(re.escape, one.split("-"))) for one in sorted(ids, key=len, reverse=True))
    stem = re.escape(re.sub(r"\.\w+$", "", pattern)).replace(r"\*", "[^/]*?")
    told = stem.replace(r"\{question\}", f"(?P<question>{known})")
    return [re.compile(_FIELD.sub(r"(?P<\1>[^/]+?)", one), re.IGNORECASE) for one in (told, stem)]


def _matched(one: _Found, readers: Sequence[re.Pattern[str]], depth: int) -> _Found:
    """Return `one` with what its name says, where nothing else says it: the last parts of its path, `depth` deep."""
    parts = one.inside.with_suffix("").as_posix().split("/")
    name = "/".join(parts[-1 - depth :])
    match = next(filter(None, (reader.fullmatch(name) for reader in readers)), None)
    if not match:
        return one
    said = match.groupdict()
    return replace(
        one,
        question=one.question or _text(said.get("question")),
        candidate=one.candidate or _text(said.get("candidate")),
    )


def _unmatched(found: Sequence[_Found], matched: Sequence[_Found], pattern: str) -> Iterator[str]:
    for before, after in zip(found, matched, strict=True):
        if before == after and not (before.question or before.candidate):
            name = shown(before.inside)
            yield f"{name} does not fit the pattern {pattern}; it is heard as the answer to no question."


def _job(one: _Found, packs: Sequence[Pack], otherwise: Question | None) -> Job:
    name = _printable(one.inside.with_suffix("").as_posix())
    job = Job(str(one.path), name, otherwise, one.candidate, one.question_end, one.problem)
    if not one.question or one.problem:
        return job
    try:
        return replace(job, question=_question(one.question, packs))
    except InputError as error:
        return replace(job, problem=error.message, hint=error.hint)


def _question(text: str, packs: Sequence[Pack]) -> Question:
    """Return the question `text`; file names often write its id in large letters, or with other joints."""
    ids = {_JOINT.sub("-", one.id.casefold()): one.id for pack in packs for one in pack.questions}
    return config.find_question(ids.get(_JOINT.sub("-", text.casefold()), text), packs)


def _named(jobs: Sequence[Job], found: Sequence[_Found]) -> Iterator[Job]:
    """Give each of `jobs` a name of its own: that of the file, with its ending or a number where two have the same."""
    stems = Counter(job.name.casefold() for job in jobs)
    taken: set[str] = set()
    for job, one in zip(jobs, found, strict=True):
        name = _printable(one.inside.as_posix()) if stems[job.name.casefold()] > 1 else job.name
        number, free = 1, name
        while free.casefold() in taken:
            number += 1
            free = f"{name}-{number}"
        taken.add(free.casefold())
        yield replace(job, name=free)


def _anonymous(jobs: Sequence[Job]) -> Iterator[Job]:
    """Give candidates numbers, and reports the names of these. The order of numbers tells nothing of that of names."""
    whose = [job.candidate or job.path for job in jobs]
    order = sorted(set(whose), key=lambda name: hashlib.sha256(name.encode("utf-8", "surrogateescape")).digest())
    numbers = {name: str(number) for number, name in enumerate(order, 1)}
    answers: dict[str, int] = {}
    for job, who in zip(jobs, whose, strict=True):
        answers[who] = answers.get(who, 0) + 1
        yield replace(job, candidate=numbers[who], name=f"candidate-{numbers[who]}-answer-{answers[who]}")

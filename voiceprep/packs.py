"""Packs of questions: what one holds, how its text is read, what can be wrong with it. May not open a file."""

from __future__ import annotations

import dataclasses
import json
import re
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

from voiceprep.codec import from_data
from voiceprep.errors import InputError
from voiceprep.model import Question, QuestionKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# The id of a question that the user typed.
TYPED = "typed"
# Kinds that ask what one would do or what one knows: there is no past episode in them for STAR to find.
NOT_PAST = frozenset({QuestionKind.SITUATIONAL, QuestionKind.TECHNICAL})
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# Control characters, line separators, marks that turn the direction of text, and halves of surrogate pairs: a pack from
# elsewhere could use them to move the cursor, or to show a text that is not there.
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Competency:
    """Something that a strong candidate shows; questions are tagged with its `id`."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Group:
    """Questions to ask the interviewer, under a `title`."""

    title: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of preparation, and how to take it."""

    text: str
    how: str


@dataclass(frozen=True, slots=True)
class Pack:
    """Questions for one role, and what goes with them; `path` is the file that it was read from."""

    id: str
    title: str
    questions: tuple[Question, ...]
    role: str = ""
    language: str = "en"
    version: int = 1
    competencies: tuple[Competency, ...] = ()
    ask_the_interviewer: tuple[Group, ...] = ()
    preparation: tuple[Step, ...] = ()
    path: str = field(default="", metadata={"data": False})


def same_question(asked: Question, packs: Iterable[Pack]) -> Question:
    """Return the question `asked` with all that its pack says of it, if one of `packs` still has it in these words."""
    known = (one for pack in packs for one in pack.questions)
    return next((one for one in known if (one.id, one.text) == (asked.id, asked.text)), asked)


def read_pack(text: str, name: str) -> Pack:
    """Return the pack that `text` holds in JSON. Raise `InputError` with `name` and the first place that is wrong."""
    place = f"{name}: $"
    with _bounded(name):
        data = _parse(text, name)
        _raise_first(find_text_problems(data, place))
        pack = from_data(Pack, data, place)
    _raise_first(f"{place}{problem}" for problem in _pack_problems(pack))
    return replace(pack, questions=tuple(replace(one, role=one.role or pack.role) for one in pack.questions))


def find_problems(text: str, name: str) -> tuple[str, ...]:
    """Return all that is wrong with the pack that `text` holds. Raise `InputError` if it is not JSON at all."""
    with _bounded(name):
        data = _parse(text, name)
        misfits = [*find_text_problems(data, "$"), *_misfits(Pack, data, "$")]
        meanings = [f"${problem}" for problem in _pack_problems(_readable(data))]
    return tuple(dict.fromkeys(misfits + meanings))


def find_near(name: str, known: Iterable[str]) -> list[str]:
    """Return up to three of `known` that look like `name`, the likeliest first."""
    import difflib  # noqa: PLC0415  (only paid for after a mistake)

    return difflib.get_close_matches(name.lower(), list(known), 3, 0.6)


def _raise_first(problems: Iterable[str]) -> None:
    for problem in problems:
        raise InputError(problem, "`voiceprep questions validate FILE` shows all that is wrong with a pack.")


@contextmanager
def _bounded(name: str) -> Iterator[None]:
    try:
        yield
    except RecursionError:
        raise InputError(f"{name}: is nested too deeply for a pack of questions") from None


def _parse(text: str, name: str) -> Any:  # noqa: ANN401  (whatever the text holds)
    try:
        data = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise InputError(f"{name}: line {error.lineno}, column {error.colno}: not JSON: {error.msg}") from error
    except ValueError as error:
        raise InputError(f"{name}: {error}") from error
    # Editors check and complete a file that names its schema.
    return {key: item for key, item in data.items() if key != "$schema"} if isinstance(data, dict) else data


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)!r} stands twice in one object")
    return data


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a number that JSON knows")


def find_text_problems(data: object, place: str) -> Iterator[str]:
    """Yield the places under `place` of texts in `data` that are empty, or that would not be seen as they are."""
    if isinstance(data, dict):
        for key, item in data.items():
            yield from find_text_problems(item, f"{place}.{key}" if key.isidentifier() else f"{place}[{key!r}]")
    elif isinstance(data, list):
        for i, item in enumerate(data):
            yield from find_text_problems(item, f"{place}[{i}]")
    elif isinstance(data, str) and (problem := find_text_problem(data)):
        yield f"{place}: {problem}"


def find_text_problem(text: str) -> str:
    """Return what is wrong with `text` as something to show and to say, or nothing."""
    if not text.strip():
        return "is empty"
    hidden = _HIDDEN.search(text)
    return f"has the control character U+{ord(hidden[0]):04X} in it" if hidden else ""


def _pack_problems(pack: Pack) -> Iterator[str]:
    if pack.version < 1:
        yield f".version: {pack.version} is less than 1"
    if not pack.questions:
        yield ".questions: is empty"
    yield from _id_problems([(".id", pack.id)])
    yield from _id_problems((f".competencies[{i}].id", one.id) for i, one in enumerate(pack.competencies))
    yield from _id_problems((f".questions[{i}].id", one.id) for i, one in enumerate(pack.questions))
    defined = [competency.id for competency in pack.competencies]
    for i, question in enumerate(pack.questions):
        yield from _question_problems(question, defined, f".questions[{i}]")


def _id_problems(places: Iterable[tuple[str, str]]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for place, name in places:
        if not _ID.fullmatch(name):
            yield f"{place}: {name!r} is not an id: use small letters, digits and single hyphens"
        elif name == TYPED:
            yield f"{place}: {name!r} is kept for questions that the user types"
        elif name in seen:
            yield f"{place}: {name!r} is already the id of ${seen[name].removesuffix('.id')}"
        seen.setdefault(name, place)


def _question_problems(question: Question, defined: list[str], place: str) -> Iterator[str]:
    if question.star and question.kind in NOT_PAST:
        yield f"{place}.star: true, but a {question.kind} question does not ask for a past episode"
    if question.target is not None:
        start, end = question.target.start, question.target.end
        if start > end:
            yield f"{place}.target: start {start:g} is after end {end:g}"
        elif start < 0 or end == 0:
            yield f"{place}.target: {start:g} to {end:g} seconds is not a length"
    for i, name in enumerate(question.competencies):
        if name not in defined:
            near = "".join(f"; did you mean {one!r}?" for one in find_near(name, defined)[:1])
            yield f"{place}.competencies[{i}]: {name!r} is not defined in $.competencies{near}"
    yield from _id_problems((f"{place}.topics[{i}]", name) for i, name in enumerate(question.topics))


def _misfits(hint: Any, data: Any, place: str) -> Iterator[str]:  # noqa: ANN401  (a type hint, and plain data)
    """Yield all that keeps `data` from being read as `hint`, where the codec stops at the first."""
    if get_origin(hint) is tuple and isinstance(data, list):
        for i, one in enumerate(data):
            yield from _misfits(get_args(hint)[0], one, f"{place}[{i}]")
    elif dataclasses.is_dataclass(hint) and isinstance(data, dict):
        yield from _field_misfits(hint, data, place)
    else:
        try:
            from_data(hint, data, place)
        except InputError as error:
            yield error.message


def _field_misfits(cls: Any, data: dict[str, Any], place: str) -> Iterator[str]:  # noqa: ANN401  (a dataclass)
    hints = get_type_hints(cls)
    fields = {one.name: one for one in dataclasses.fields(cls) if one.metadata.get("data", True)}
    for name in data.keys() - fields.keys():
        try:
            from_data(cls, {name: data[name]}, place)
        except InputError as error:
            yield error.message
    for name, one in fields.items():
        if name in data:
            yield from _misfits(hints[name], data[name], f"{place}.{name}")
        elif one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING:
            yield f"{place}.{name}: missing"


def _readable(data: object) -> Pack:
    """Return what can be read of `data`, with a stand-in for each broken question: the others keep their numbers."""
    hints = get_type_hints(Pack)
    kept = data if isinstance(data, dict) else {}
    fits = {name: item for name, item in kept.items() if name in hints and not any(_misfits(hints[name], item, "$"))}
    questions = kept.get("questions")
    items = questions if isinstance(questions, list) else [None]
    fits["questions"] = [
        {"id": f"unread-{i}", "text": "?"} if any(_misfits(Question, item, "$")) else item
        for i, item in enumerate(items)
    ]
    pack = from_data(Pack, {"id": "unread", "title": "?"} | fits)
    if "competencies" in kept and "competencies" not in fits:
        return replace(pack, questions=tuple(replace(one, competencies=()) for one in pack.questions))
    return pack

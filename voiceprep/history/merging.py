"""Which answers of another history are known in this one, and what becomes of them. Opens nothing.

An answer is known where there is one of the same recording with the same identity, or else of the same time. Nothing of
this history is thrown away unless the caller says so: see `merged`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from voiceprep.exchange import Story, Told
    from voiceprep.history.exchange import Key

K = TypeVar("K")
# A session's name without what tells two of the same second apart.
_STAMP = len("2026-05-01-093012")


class Outcome(StrEnum):
    """What becomes of an answer or story that is brought in."""

    NEW = "new"
    SAME = "same"
    ADDED = "added"
    STAYS = "stays"
    REPLACED = "replaced"


def matched(there: Sequence[Key], here: Sequence[Key]) -> dict[int, int]:
    """Return the ids `there` of answers that are known `here`, with their ids here; none of these twice."""
    by_identity = _paired({key.id: (key.recording, key.identity) for key in there}, _grouped(here, "identity"))
    left = [key for key in there if key.id not in by_identity]
    used = set(by_identity.values())
    by_time = _paired(
        {key.id: (key.recording, key.at) for key in left},
        _grouped([key for key in here if key.id not in used], "at"),
    )
    return by_identity | by_time


def placed(
    there: Sequence[Key], here: Sequence[Key], known: dict[int, int], taken: Callable[[str, Key], bool]
) -> dict[str, str]:
    """Return the sessions of answers `there` with what each is called here.

    It keeps its name where it can, joins its answers that are `known` here, and gets another where a number is taken by
    another answer here or is `taken` (a session, a key) on the disk.
    """
    by_id = {key.id: key for key in here}
    occupied = {(key.session, key.number) for key in here if key.session}
    sessions: dict[str, list[Key]] = defaultdict(list)
    for key in there:
        if key.session:
            sessions[key.session].append(key)
    names = {}
    for session, takes in sessions.items():
        homes = [by_id[known[key.id]].session for key in takes if key.id in known]
        new = [key for key in takes if key.id not in known or not by_id[known[key.id]].session]
        name, count = next(filter(None, homes), session), 1
        while any((name, key.number) in occupied or taken(name, key) for key in new):
            count += 1
            name = f"{session[:_STAMP]}-{count}"
        names[session] = name
        occupied |= {(name, key.number) for key in new}
    return names


def merged(here: Told, there: Told, *, over: bool) -> tuple[Outcome, Told]:
    """Return what becomes of the answer that is `here` and `there`, and what it is then.

    Words, numbers and corrections are one thing: they stay where they differ, unless what is there goes `over` what is
    here. An answer without corrections gets those from there if its words and numbers are the same. How it came about
    in practice is added where that is not known here.
    """
    take = here.take or there.take
    bare = not any(_corrections(here))
    if _facts(here) == _facts(there):
        if _corrections(here) == _corrections(there):
            return (Outcome.SAME if take == here.take else Outcome.ADDED), replace(here, take=take)
        if bare:
            known = replace(here, corrections=there.corrections, corrected=there.corrected, checked=there.checked)
            return Outcome.ADDED, replace(known, take=take)
    if over:
        return Outcome.REPLACED, replace(there, place=here.place, sitting=here.sitting, take=take)
    return Outcome.STAYS, replace(here, take=take)


def matched_stories(there: Sequence[Story], here: Sequence[Story]) -> dict[int, int]:
    """Return the ids `there` of stories that are known `here`, by text or else by time and title, with their ids."""
    whole = defaultdict(list)
    for story in here:
        whole[story.at, story.title, story.text].append(story.id)
    same = _paired({story.id: (story.at, story.title, story.text) for story in there}, whole)
    named = defaultdict(list)
    for story in here:
        if story.id not in set(same.values()):
            named[story.at, story.title].append(story.id)
    return same | _paired({story.id: (story.at, story.title) for story in there if story.id not in same}, named)


def merged_story(here: Story, there: Story, *, over: bool) -> tuple[Outcome, Story]:
    """Return what becomes of the story that is `here` and `there`, whose answers have the ids of this history.

    Its text stays where that differs, unless what is there goes `over` what is here; links to answers are added.
    """
    kept = there if over else here
    both = replace(
        kept,
        id=here.id,
        answer=kept.answer or here.answer or there.answer,
        tellings=tuple(sorted({*here.tellings, *there.tellings})),
    )
    if both == here:
        same = (here.text, here.competencies) == (there.text, there.competencies)
        return (Outcome.SAME if same else Outcome.STAYS), here
    words = (here.title, here.text, here.competencies) == (both.title, both.text, both.competencies)
    return (Outcome.ADDED if words else Outcome.REPLACED), both


def _grouped(keys: Sequence[Key], what: str) -> dict[tuple[str, str], list[int]]:
    found = defaultdict(list)
    for key in keys:
        found[key.recording, getattr(key, what)].append(key.id)
    return found


def _paired(there: dict[int, K], here: dict[K, list[int]]) -> dict[int, int]:
    """Return each id `there` with an id `here` of the same key, the first that is not used yet."""
    return {one: here[key].pop(0) for one, key in there.items() if here.get(key)}


def _facts(one: Told) -> tuple[object, ...]:
    asked = (one.question, one.question_text, one.question_kind)
    engine = (one.engine, one.engine_version, one.model, one.model_sha256, one.settings)
    return (*asked, *engine, one.transcript, one.measurements)


def _corrections(one: Told) -> tuple[object, ...]:
    return (one.corrections, one.corrected, one.checked)

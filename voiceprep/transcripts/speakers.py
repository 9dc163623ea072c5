"""Who says what in a transcript: labels of speakers taken off the text, and one of the speakers picked."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from voiceprep.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voiceprep.transcripts import Cue

_LABEL = re.compile(r"\s*(?:[-\u2013\u2014]\s*|>>+\s*)?[\[(]?([^\W\d_][^:\n<>\[\]()]{0,39})[\])]?:(?=\s|$)")
_ROLE = re.compile(r"(?i)(?:speaker|spk|person|interviewer|interviewee|candidate|host|guest)[ _-]?\w{0,3}")
_NAME = re.compile(r"[^\W\d_][\w.'\u2019-]*(?: [^\W\d_][\w.'\u2019-]*){0,2}")
# A capitalised beginning with a colon may be text ("Result: it worked"); as a name it comes again.
_AGAIN = 2
# A change of speakers without a name.
_TURN = re.compile(r"^\s*(?:>>+|[-\u2013\u2014](?=\s))\s*")


def named(cues: Sequence[Cue]) -> tuple[Cue, ...]:
    """Return `cues` with the labels of speakers taken off; what follows without a label has the speaker before it."""
    labels = Counter(label for cue in cues if not (cue.speaker or cue.own) for label, _ in _turns(cue.text) if label)
    known = {label for label, count in labels.items() if _is_label(label, count)}
    out: list[Cue] = []
    speaker = ""
    for cue in cues:
        if cue.speaker or cue.own:
            speaker = cue.speaker or speaker
            out.append(cue)
            continue
        for who, text in _merged(cue.text, known):
            speaker = who or speaker
            if text.strip():
                out.append(replace(cue, text=text, speaker=speaker))
    return tuple(out)


def _is_label(label: str, count: int) -> bool:
    if _ROLE.fullmatch(label):
        return True
    if label.isupper() and len(label) > 1:
        return len(label.split()) <= 3
    return count >= _AGAIN and bool(_NAME.fullmatch(label)) and all(part[0].isupper() for part in label.split())


def _turns(text: str) -> Iterator[tuple[str, str]]:
    """Yield a label, or nothing, and the rest of each line of `text`."""
    for line in text.splitlines():
        label = _LABEL.match(line)
        yield (label[1].strip(), line[label.end() :]) if label else ("", line)


def _merged(text: str, known: set[str]) -> list[tuple[str, str]]:
    """Cut `text` where a line begins with one of the `known` labels."""
    turns: list[tuple[str, str]] = []
    for (label, rest), line in zip(_turns(text), text.splitlines(), strict=True):
        if label in known:
            turns.append((label, rest))
        elif turns and not _TURN.match(line):
            turns[-1] = (turns[-1][0], f"{turns[-1][1]}\n{line}")
        else:
            turns.append(("", _TURN.sub("", line)))
    return turns


def speakers(cues: Sequence[Cue]) -> tuple[str, ...]:
    """Return the names of all speakers of `cues`, in the order in which they begin."""
    return tuple(dict.fromkeys(cue.speaker for cue in cues if cue.speaker))


def picked(cues: Sequence[Cue], speaker: str) -> tuple[Cue, ...]:
    """Return what `speaker` says of `cues`; capitals make no difference. Raise `InputError` if there is no such one."""
    mine = tuple(cue for cue in cues if cue.speaker.casefold() == speaker.strip().casefold())
    if not mine:
        names = ", ".join(speakers(cues))
        hint = f"Named are: {names}." if names else "It names no speakers: leave --speaker out."
        raise InputError(f"no speaker {speaker!r} is named in the transcript", hint=hint)
    return mine

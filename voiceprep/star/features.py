"""What a model of STAR sees of an answer: named values for each sentence and the whole. Learns and weighs nothing."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from voiceprep.star.episode import features as told
from voiceprep.star.wording import read

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from voiceprep.star.wording import Reading

    Features = dict[str, float]

# What a neighbour, and a word or pair of words, counts beside a cue of the sentence itself: the penalty is the same for
# all, so a smaller value is a smaller say. Not tuned finely: benchmarks/star.py.
NEIGHBOUR = 0.5
PHRASE = 0.35
# How far the answer as a whole may pull a sentence.
GATE = 0.5
_MOST_GATE = 4.0
_I = frozenset(("i", "i'd", "i've", "i'm", "i'll"))
_WE = frozenset(("we", "we'd", "we've", "we're", "we'll"))
_THEY = frozenset(("he", "she", "they"))


def of_sentences(readings: Sequence[Reading], phrases: Container[str], gate: float) -> list[Features]:
    """Return what is seen of each of `readings` with the one before and the one after it.

    Only `phrases` that are known are seen. `gate` is the log odds that the whole tells one past event.
    """
    own = [_own(reading) for reading in readings]
    pull = GATE * max(-_MOST_GATE, min(_MOST_GATE, gate))
    ends = _opening_of_result(readings)
    rows = []
    for at, reading in enumerate(readings):
        row = {"bias": 1.0, "gate": pull, **own[at]}
        if at > ends:
            row["result opened"] = 1.0
        for name, beside in (("before", at - 1), ("after", at + 1)):
            if 0 <= beside < len(own):
                row.update({f"{name} {cue}": NEIGHBOUR * value for cue, value in own[beside].items()})
            else:
                row[f"{name} nothing"] = 1.0
        row.update(dict.fromkeys((p for p in phrases_of(reading) if p in phrases), PHRASE))
        rows.append(row)
    return rows


def of_answer(readings: Sequence[Reading]) -> Features:
    """Return what is seen of the answer as a whole: whether it tells one event."""
    said = [reading for reading in readings if reading.text]
    if not said:
        return {}
    count = len(said)
    # In order: sums of floating point depend on it, and weights must come out the same in every run.
    cues = {f"has {cue}": 1.0 for reading in said for cue in sorted(reading.cues)}
    more = {
        "acting": sum(reading.acts > 0 for reading in said) / count,
        "past sentences": min(sum(reading.past for reading in said), 8) / 8,
        "under three": float(count < 3),
        "under six": float(count < 6),
    }
    return {**told(said), **more, **cues}


def phrases_of(reading: Reading) -> Iterator[str]:
    """Yield the words of `reading`, its pairs of words, and those that it opens and ends with."""
    words = reading.words
    yield from (f"w:{word}" for word in words)
    yield from (f"b:{first} {second}" for first, second in pairwise(words))
    if words:
        yield f"first:{words[0]}"
        yield f"last:{words[-1]}"
    if len(words) > 1:
        yield f"opens:{words[0]} {words[1]}"


def _opening_of_result(readings: Sequence[Reading]) -> int:
    """Return where the first sentence stands that opens a result after something was done; past the end if none."""
    acted = next((at for at, reading in enumerate(readings) if reading.acts), len(readings))
    openers = (at for at, reading in enumerate(readings) if at > acted and "result_opener" in reading.cues)
    return next(openers, len(readings))


def _own(reading: Reading) -> Features:
    words, count = frozenset(reading.words), len(reading.words)
    seen = {
        "past": reading.past,
        "acted": reading.acts > 0,
        "now": reading.acts_now > 0,
        "still": not reading.past and not reading.acts_now,
        "state": reading.past and not reading.acts,
        "i": words & _I,
        "we": words & _WE,
        "they": words & _THEY,
        "number": "0" in words,
        "under five": count < 5,
        "under nine": count < 9,
        "over eighteen": count > 18,
        "over thirty": count > 30,
        "empty": not count,
    }
    values = {name: 1.0 for name, is_so in seen.items() if is_so}
    values.update({f"cue {cue}": 1.0 for cue in sorted(reading.cues)})
    return values | ({"acts": min(reading.acts, 3) / 2} if reading.acts else {})


def readings_of(sentences: Sequence[str]) -> list[Reading]:
    """Read each of `sentences` by itself."""
    return [read(sentence) for sentence in sentences]

"""Does the answer fit its question: the words that both share, and the points that a good answer brings.

Judges extremes only: points are found by the cues that their pack gives, in any form of each word, so that a point told
in other words is not found.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voiceprep.disfluency.lexicon import listed
from voiceprep.metrics import Metric, measured, not_measured, too_poor
from voiceprep.metrics.line import bare, evidence, joined
from voiceprep.metrics.stems import carries_content, stem
from voiceprep.model import Band, Source, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voiceprep.model import Answer, Evidence, Measurement, Point, Question, Word

GROUP = "Content"
# One of these may stand between two words of a cue: "we finally agreed", "with both engineers".
_BETWEEN = listed(
    "a an the all both also just then even really always never my our your his her their these those very"
)
_TOKENS = re.compile(r"[^\W_]+(?:[.'-][^\W_]+)*")
# An answer shorter than this may leave the question's words out and yet be to the point (custom).
LEAST_TO_JUDGE = 60


def _stems(text: str) -> tuple[str, ...]:
    """Return the stems of the words in *text*; "couldn't" is two words, and "12%" is "12 percent"."""
    plain = text.lower().replace("\u2019", "'").replace("can't", "can not").replace("n't", " not")
    return tuple(stem(word) for word in _TOKENS.findall(plain.replace("%", " percent")))


def _said(answer: Answer) -> tuple[list[str], list[Word]]:
    """Return the stems of what was said in *answer*, and the word that each belongs to."""
    pairs = [(one, word) for word in joined(answer.transcript.words).words for one in _stems(word.text)]
    return [one for one, _ in pairs], [word for _, word in pairs]


def asked_for(question: Question) -> dict[str, str]:
    """Return the words of *question* that say what it is about, in its order, by their stems."""
    words = [word for word in _TOKENS.findall(question.text.lower().replace("\u2019", "'")) if carries_content(word)]
    return {stem(word): word for word in words}


def shared(question: Question, words: Sequence[Word]) -> tuple[Evidence, ...]:
    """Return where each word of *question* that says what it is about is first said in *words*, in any of its forms."""
    first: dict[str, Word] = {}
    for word in words:
        for part in _TOKENS.findall(bare(word)):
            first.setdefault(stem(part), word)
    return tuple(evidence([first[one]]) for one in asked_for(question) if one in first)


def cues_of(point: Point, answer: Answer) -> tuple[Evidence, ...]:
    """Return where cues of *point* are said in *answer*, each once, the longest first; empty where too few count.

    A single word that says nothing by itself ("how", "then") counts only beside another cue.
    """
    stems, words = _said(answer)
    found = [(cue, place) for cue in point.cues if (place := _place(_stems(cue), stems))]
    strong = [cue for cue, _ in found if " " in cue or carries_content(cue)]
    if not strong and len(found) < 2:
        return ()
    found.sort(key=lambda pair: (pair[0] not in strong, -len(pair[0].split())))
    return tuple(evidence(words[first:last]) for _, (first, last) in found)


def _place(cue: Sequence[str], stems: Sequence[str]) -> tuple[int, int] | None:
    """Return where *cue* first stands in *stems*, with at most one small word between two of its own."""
    for first in (at for at, one in enumerate(stems) if cue and one == cue[0]):
        at = first
        for wanted in cue[1:]:
            at += 1 + (stems[at + 1 : at + 2] != [wanted] and "".join(stems[at + 1 : at + 2]) in _BETWEEN)
            if stems[at : at + 1] != [wanted]:
                break
        else:
            return first, at + 1
    return None


def off_topic(answer: Answer) -> bool:
    """Say whether *answer* shares nothing with its question: no word of it, and none of the points that it asks for.

    Only where the question has points: words alone would doubt 10 of 38 answers that people gave to their own question
    ("a disagreement" is told without that word). The one place that decides this: a distance between two sentence
    vectors, of the question and of the answer, may join the words here.
    """
    question, words = answer.question, joined(answer.transcript.words).words
    if question is None or not question.points or len(words) < LEAST_TO_JUDGE:
        return False
    return not shared(question, words) and not any(cues_of(point, answer) for point in question.points)


def _measure_shared(answer: Answer) -> Measurement:
    if reason := too_poor(answer):
        return not_measured("question_words", 1, reason)
    asked = asked_for(answer.question) if answer.question else {}
    if not asked or answer.question is None:
        return not_measured("question_words", 1, "the question has no words that say what it is about")
    said = shared(answer.question, joined(answer.transcript.words).words)
    return measured("question_words", 1, len(said), len(asked), said)


def _detail_shared(_measurement: Measurement, answer: Answer) -> str:
    if answer.question is None:
        return ""
    said = shared(answer.question, joined(answer.transcript.words).words)
    stems = {stem(part) for one in said for part in _TOKENS.findall(one.label.lower())}
    gone = [word for one, word in asked_for(answer.question).items() if one not in stems]
    return f"Not said: {', '.join(gone)}." if gone else ""


def _advise_shared(_verdict: Verdict, _measurement: Measurement, answer: Answer) -> str:
    if not off_topic(answer):
        return ""
    return "Say in your first sentence how the story answers the question, in the question's own words."


def _points(answer: Answer) -> Iterator[tuple[Point, tuple[Evidence, ...]]]:
    for point in answer.question.points if answer.question else ():
        yield point, cues_of(point, answer)


def _measure_points(answer: Answer) -> Measurement:
    if reason := too_poor(answer):
        return not_measured("points", 1, reason)
    found = [cues[0] for _, cues in _points(answer) if cues]
    return measured("points", 1, len(found), 1, found)


def _detail_points(_measurement: Measurement, answer: Answer) -> str:
    points = list(_points(answer))
    there = [f"{point.text} (\u201c{cues[0].label}\u201d)" for point, cues in points if cues]
    gone = [point.text for point, cues in points if not cues]
    lists = (("Found by its words", there), ("Not found, or told in other words", gone))
    told = " ".join(f"{name}: {'; '.join(texts)}." for name, texts in lists if texts)
    return f"{len(there)} of {len(points)}. {told}"


POINTS = Metric(
    name="points",
    label="Points of a good answer",
    unit="found",
    group=GROUP,
    version=1,
    measure=_measure_points,
    source=Source(
        "reported, not judged: cue words of the question pack, which cannot know all wordings", primary=False
    ),
    detail=_detail_points,
    applies=lambda answer: bool(answer.question and answer.question.points),
)
QUESTION_WORDS = Metric(
    name="question_words",
    label="Words of the question",
    unit="% taken up",
    group=GROUP,
    version=1,
    measure=_measure_shared,
    # Only an answer that shares nothing at all with its question is worth a look.
    band=lambda answer: Band(low=0.01, watch_low=0.0) if off_topic(answer) else None,
    source=Source("custom: judged only where no word and no point of the question is in the answer", primary=False),
    detail=_detail_shared,
    advice=_advise_shared,
    weight=0.9,
    too_low="Answer the question that was asked",
    applies=lambda answer: answer.question is not None,
)

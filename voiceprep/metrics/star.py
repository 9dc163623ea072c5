"""STAR: which parts of a story were heard, and how the time was shared between them. Reads labels, never words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voiceprep.metrics import Metric, measured, not_measured, untrusted, version_of
from voiceprep.model import Band, Evidence, Part, QuestionKind, Source, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from voiceprep.model import Answer, Measurement, Sentence, StarReading

GROUP = "STAR"
VERSION = 1
NAMES: Mapping[Part, str] = {
    Part.SITUATION: "situation",
    Part.TASK: "task",
    Part.ACTION: "action",
    Part.RESULT: "result",
}
# What to mend first: an answer without a result loses most.
_FIRST_TO_MEND = (Part.RESULT, Part.ACTION, Part.SITUATION, Part.TASK)
# A task is rarely said aloud, and is clear without it more often than the others.
_EXPECTED = frozenset((Part.SITUATION, Part.ACTION, Part.RESULT))
_STORY = 0.5
_QUOTED_WORDS = 9
_MARKS = " .,;:!?\u2026"

NO_STORY = "this answer doesn't tell one past event"
_CUSTOM = Source(
    "coaching custom, not measured; measured is that 23 % of real answers to such questions were stories, and that "
    "those dwell on the situation (Bangerter et al. 2014)",
    primary=False,
)
_CUSTOM_RESULT = Source("coaching custom, not measured", primary=False)


def unjudged(answer: Answer) -> str:
    """Return why *answer* is not judged on STAR, or an empty text if it is."""
    if reason := untrusted(answer):
        return reason
    if answer.star is None or not answer.sentences:
        return "no sentences were read"
    asked = asks_for_story(answer)
    if asked is False and answer.question:
        return f"a {answer.question.kind.value} question is not judged on STAR"
    return "" if asked or tells_story(answer) else NO_STORY


def asks_for_story(answer: Answer) -> bool | None:
    """Say whether the question of *answer* asks for one past event; None where that is not known."""
    question = answer.question
    if question is None:
        return None
    if question.star is not None:
        return question.star
    return None if question.kind is QuestionKind.OPEN else question.kind is QuestionKind.BEHAVIOURAL


def tells_story(answer: Answer) -> bool:
    """Say whether *answer* more likely than not tells one past event."""
    return answer.star is not None and answer.star.episode >= _STORY


def sentences_of(answer: Answer, part: Part) -> tuple[Sentence, ...]:
    """Return the sentences of *answer* that tell *part*."""
    if answer.star is None:
        return ()
    return tuple(s for s, p in zip(answer.sentences, answer.star.parts, strict=True) if p is part)


def heard(answer: Answer, part: Part) -> bool:
    """Say whether *part* was heard in *answer*."""
    return answer.star is not None and bool(answer.star.present.get(part.value))


def quote(text: str) -> str:
    """Return the first words of *text* in quotation marks, without what people say before they start."""
    opened = re.sub(r"(?i)^(?:(?:so|and|but|well|okay|ok|yeah|yes|right|basically)\b[, ]*)+", "", text)
    words = (opened.strip(_MARKS) or text).split()
    cut = " ".join(words[:_QUOTED_WORDS]).rstrip(_MARKS)
    more = "\u2026" if len(words) > _QUOTED_WORDS else ""
    return f"\u201c{cut}{more}\u201d"


def _share(name: str, part: Part) -> Callable[[Answer], Measurement]:
    def measure(answer: Answer) -> Measurement:
        version = version_of(VERSION, answer)
        if reason := unjudged(answer) or ("" if tells_story(answer) else NO_STORY):
            return not_measured(name, version, reason)
        told = sentences_of(answer, part) if heard(answer, part) else ()
        told_for = sum(sentence.span.duration for sentence in told)
        everything = sum(sentence.span.duration for sentence in answer.sentences)
        evidence = [Evidence(quote(sentence.text), sentence.span) for sentence in told]
        return measured(name, version, told_for, everything, evidence)

    return measure


def _detail(part: Part) -> Callable[[Measurement, Answer], str]:
    def detail(measurement: Measurement, answer: Answer) -> str:
        if measurement.reason or answer.star is None:
            return ""
        sure = _sure(part, answer.star)
        if heard(answer, part):
            return f"Heard ({sure} sure)." + _with_task(part, measurement, answer)
        near = sentences_of(answer, part)
        return f"Not heard ({sure} sure)." + (f" The nearest is {quote(near[0].text)}." if near else "")

    return detail


def _sure(part: Part, star: StarReading) -> str:
    """Return how sure `star` is that *part* is there, or that it is not, in per cent."""
    there = star.probability[part.value]
    return f"{100 * (there if star.present[part.value] else 1 - there):.0f} %"


def _with_task(part: Part, situation: Measurement, answer: Answer) -> str:
    """Add the share of both where *part* is the situation, since the custom of 35 % is of both."""
    task = TASK.measure(answer)
    if part is not Part.SITUATION or not task.value or situation.value is None:
        return ""
    of = "time" if answer.transcript.timed else "words"
    return f" With the task it takes {100 * (situation.value + task.value):.0f} % of the {of}."


def _elicit(part: Part, answer: Answer) -> str:
    """Return the question that brings out the missing *part*, tied to the speaker's own words where there are some."""
    anchor = _anchor(part, answer)
    said = f"You said {quote(anchor.text)}. " if anchor else ""
    return said + {
        Part.SITUATION: "When was that, where, and what was wrong? Say it in one or two sentences before you go on.",
        Part.TASK: "What exactly was asked of you, or what did you have to reach? One sentence is enough.",
        Part.ACTION: "What did you do yourself, step by step? Begin with \u201cThe first thing I did was\u201d.",
        Part.RESULT: "What came of it? End with what changed, with a number if you have one.",
    }.get(part, "")


def _anchor(part: Part, answer: Answer) -> Sentence | None:
    """Return what was said just where the missing *part* belongs."""
    before = {
        Part.SITUATION: (Part.TASK, Part.ACTION, Part.RESULT),
        Part.TASK: (Part.SITUATION, Part.ACTION),
        Part.ACTION: (Part.TASK, Part.SITUATION),
        Part.RESULT: (Part.ACTION, Part.TASK, Part.SITUATION),
    }[part]
    for neighbour in before:
        if told := [sentence for sentence in sentences_of(answer, neighbour) if sentence.text]:
            return told[0] if part is Part.SITUATION else told[-1]
    return None


def _advise_situation(verdict: Verdict, _measurement: Measurement, answer: Answer) -> str:
    if verdict not in (Verdict.HIGH, Verdict.VERY_HIGH):
        return ""
    first = sentences_of(answer, Part.SITUATION)[0]
    return f"Keep the background to two sentences: after {quote(first.text)} say what had to be done, and what you did."


def _advise_action(verdict: Verdict, measurement: Measurement, answer: Answer) -> str:
    if verdict is Verdict.GOOD or measurement.reason:
        return ""
    if not heard(answer, Part.ACTION):
        return _elicit(Part.ACTION, answer)
    return f"Say more of what you did after {quote(_last_told(answer, Part.ACTION).text)}: how, and why that way?"


def _advise_result(verdict: Verdict, measurement: Measurement, answer: Answer) -> str:
    if verdict is Verdict.GOOD or measurement.reason:
        return ""
    if not heard(answer, Part.RESULT):
        return _elicit(Part.RESULT, answer)
    return f"Say more of {quote(_last_told(answer, Part.RESULT).text)}: for whom did it matter, and how much?"


def _last_told(answer: Answer, part: Part) -> Sentence:
    """Return the last sentence of *answer* that tells *part*, or its first sentence where none is labelled so."""
    return (sentences_of(answer, part) or answer.sentences[:1])[-1]


def _measure_parts(answer: Answer) -> Measurement:
    if reason := unjudged(answer):
        return not_measured("star_parts", VERSION, reason)
    parts = [part for part in NAMES if heard(answer, part)]
    firsts = [(part, told[0]) for part in parts if (told := sentences_of(answer, part))]
    evidence = [Evidence(f"{NAMES[part].capitalize()}: {quote(said.text)}", said.span) for part, said in firsts]
    return measured("star_parts", VERSION, len(parts), 1, evidence)


def _band_parts(answer: Answer) -> Band:
    parts = {part for part in NAMES if heard(answer, part)}
    if parts >= _EXPECTED:
        return Band(low=3)
    return Band(low=4, watch_low=2 if Part.RESULT in parts else None)


def _detail_parts(measurement: Measurement, answer: Answer) -> str:
    if measurement.reason or answer.star is None:
        return ""
    if not tells_story(answer):
        return f"{NO_STORY[0].upper()}{NO_STORY[1:]} (probability of one {100 * answer.star.episode:.0f} %)."
    sure = {part: f"{name} ({_sure(part, answer.star)} sure)" for part, name in NAMES.items()}
    there = ", ".join(text for part, text in sure.items() if heard(answer, part))
    gone = ", ".join(text for part, text in sure.items() if not heard(answer, part))
    return " ".join(f"{label}: {names}." for label, names in (("Heard", there), ("Not heard", gone)) if names)


def _advise_parts(verdict: Verdict, measurement: Measurement, answer: Answer) -> str:
    if verdict is Verdict.GOOD or measurement.reason:
        return ""
    if not tells_story(answer):
        return "Choose one time when this happened to you, and tell it: when and where, what you did, what came of it."
    missing = next((part for part in _FIRST_TO_MEND if not heard(answer, part)), None)
    return _elicit(missing, answer) if missing else ""


SITUATION = Metric(
    name="situation",
    label="Situation",
    unit="% of the time",
    unit_of_text="% of the words",
    group=GROUP,
    version=VERSION,
    measure=_share("situation", Part.SITUATION),
    # The custom is 35 % with the task; a share is never more than worth watching.
    band=lambda _: Band(high=0.35, watch_high=1.0),
    source=_CUSTOM,
    detail=_detail(Part.SITUATION),
    advice=_advise_situation,
    weight=0.4,
    too_high="Shorten the background",
)
TASK = Metric(
    name="task",
    label="Task",
    unit="% of the time",
    unit_of_text="% of the words",
    group=GROUP,
    version=VERSION,
    measure=_share("task", Part.TASK),
    detail=_detail(Part.TASK),
)
ACTION = Metric(
    name="action",
    label="Action",
    unit="% of the time",
    unit_of_text="% of the words",
    group=GROUP,
    version=VERSION,
    measure=_share("action", Part.ACTION),
    band=lambda _: Band(low=0.45, watch_low=0.01),
    source=_CUSTOM,
    detail=_detail(Part.ACTION),
    advice=_advise_action,
    weight=0.7,
    too_low="Say more of what you did yourself",
    praise="Most of the answer goes to what you did.",
)
RESULT = Metric(
    name="result",
    label="Result",
    unit="% of the time",
    unit_of_text="% of the words",
    group=GROUP,
    version=VERSION,
    measure=_share("result", Part.RESULT),
    band=lambda _: Band(low=0.10, watch_low=0.01),
    source=_CUSTOM,
    detail=_detail(Part.RESULT),
    advice=_advise_result,
    weight=1.0,
    too_low="End with what came of it",
    praise="The answer ends with a result.",
)
STAR_PARTS = Metric(
    name="star_parts",
    label="Parts of the story",
    unit="of 4",
    group=GROUP,
    version=VERSION,
    measure=_measure_parts,
    band=_band_parts,
    source=_CUSTOM_RESULT,
    detail=_detail_parts,
    advice=_advise_parts,
    weight=1.0,
    too_low="Tell the whole story",
    praise="The story has its parts.",
)

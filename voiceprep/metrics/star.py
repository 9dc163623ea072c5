"""STAR: which parts of a story were heard, and how the time was shared between them. Reads labels, never words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceprep.metrics import Metric, measured, not_measured, version_of
from voiceprep.metrics.coaching import elicit, shorten_situation, tell_more_action, tell_more_result
from voiceprep.metrics.quotes import quote
from voiceprep.metrics.reading import NO_STORY, heard, plainly_told, sentences_of, tells_story, unjudged
from voiceprep.model import Band, Evidence, Part, Source, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from voiceprep.model import Answer, Measurement, StarReading

GROUP = "STAR"
VERSION = 2
NAMES: Mapping[Part, str] = {
    Part.SITUATION: "situation",
    Part.TASK: "task",
    Part.ACTION: "action",
    Part.RESULT: "result",
}
# Two sentences of background, in words (custom); as much need not be shortened.
LONG_BACKGROUND = 35
# A task is rarely said aloud, and is clear without it more often than the others.
_EXPECTED = frozenset((Part.SITUATION, Part.ACTION, Part.RESULT))
_CUSTOM = Source(
    "coaching custom, not measured; measured is that 23 % of real answers to such questions were stories, and that "
    "those dwell on the situation (Bangerter et al. 2014)",
    primary=False,
)
_CUSTOM_RESULT = Source("coaching custom, not measured", primary=False)


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
        gone = f"No {NAMES[part]} was heard ({sure} sure)."
        if near:
            return f"{gone} The nearest is {quote(near[0].text)}."
        return f"{gone} If it was not plain: {elicit(part, answer)}" if part is Part.TASK else gone

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


def _band_situation(answer: Answer) -> Band | None:
    """Return the custom of 35 % (it is with the task) where there is an action, and a background to shorten.

    A share is never more than worth watching.
    """
    words = sum(len(sentence.text.split()) for sentence in sentences_of(answer, Part.SITUATION))
    return Band(high=0.35, watch_high=1.0) if heard(answer, Part.ACTION) and words > LONG_BACKGROUND else None


def _advise_situation(verdict: Verdict, _measurement: Measurement, answer: Answer) -> str:
    return shorten_situation(answer) if verdict in (Verdict.HIGH, Verdict.VERY_HIGH) else ""


def _advise_action(verdict: Verdict, measurement: Measurement, answer: Answer) -> str:
    if verdict is Verdict.GOOD or measurement.reason:
        return ""
    return tell_more_action(answer) if heard(answer, Part.ACTION) else elicit(Part.ACTION, answer)


def _advise_result(verdict: Verdict, measurement: Measurement, answer: Answer) -> str:
    if verdict is Verdict.GOOD or measurement.reason:
        return ""
    return tell_more_result(answer) if heard(answer, Part.RESULT) else elicit(Part.RESULT, answer)


def _measure_parts(answer: Answer) -> Measurement:
    if reason := unjudged(answer) or ("" if tells_story(answer) else NO_STORY):
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
    sure = {part: f"{name} ({_sure(part, answer.star)} sure)" for part, name in NAMES.items()}
    there = ", ".join(text for part, text in sure.items() if heard(answer, part))
    gone = ", ".join(text for part, text in sure.items() if not heard(answer, part))
    return " ".join(f"{label}: {names}." for label, names in (("Heard", there), ("Not heard", gone)) if names)


# A missing action or result is advised on by its own measure.
def _advise_parts(verdict: Verdict, measurement: Measurement, answer: Answer) -> str:
    if verdict is Verdict.GOOD or measurement.reason:
        return ""
    missing = [part for part in NAMES if not heard(answer, part)]
    if Part.SITUATION in missing:
        return elicit(Part.SITUATION, answer)
    return elicit(Part.TASK, answer) if missing == [Part.TASK] else ""


SITUATION = Metric(
    name="situation",
    label="Situation",
    unit="% of the time",
    unit_of_text="% of the words",
    group=GROUP,
    version=VERSION,
    measure=_share("situation", Part.SITUATION),
    band=_band_situation,
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
    weight=0.9,
    too_low="Say what you did yourself",
    praise="Most of the answer goes to what you did.",
    praised=plainly_told,
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
    too_low="Say what came of it",
    praise="The answer ends with a result.",
    praised=plainly_told,
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
    weight=0.9,
    too_low="Set the scene",
    praise="The story has its parts.",
    praised=plainly_told,
)

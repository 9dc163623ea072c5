"""Hedges, pet phrases, signposts, openings and endings: what counts, and what only looks like it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from told import told

from voiceprep.assess import prepare
from voiceprep.metrics.edges import ENDING, OPENING, clearing, fading
from voiceprep.metrics.event import FIRST_FACT
from voiceprep.metrics.hedges import HEDGES, hedges
from voiceprep.metrics.pet_phrases import PET_PHRASES, phrases
from voiceprep.metrics.signposts import SIGNPOSTS, signposts
from voiceprep.model import Answer, Question, Settings, Verdict, WordKind
from voiceprep.tables import METRICS, load
from voiceprep.testing import retimed, spoken

if TYPE_CHECKING:
    from voiceprep.metrics import Metric

WORDING = (HEDGES, PET_PHRASES, SIGNPOSTS, OPENING, ENDING, FIRST_FACT)
PLAIN = "the heating broke and the school was cold, so the classes moved to the library for a week or more"


def said(text: str, question: Question | None = None) -> Answer:
    return prepare(spoken(text), question, Settings())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("I think maybe it helped", ["I think", "maybe"], id="shields"),
        pytest.param("I thought about it, and I think about it", [], id="thinking of something"),
        pytest.param("it was a bit slow and somewhat odd", ["a bit", "somewhat"], id="approximators"),
        pytest.param("a bit more, a little later, a little girl", [], id="how much more"),
        pytest.param("what kind of tool, the same sort of error", [], id="which kind"),
        pytest.param("I just asked him", ["just"], id="a deed made small"),
        pytest.param("I had just started, just before noon", [], id="just as a time"),
        pytest.param("hopefully it will probably work", ["hopefully", "probably"], id="adverbs"),
        pytest.param("about ten people, roughly half", [], id="numbers that are rounded"),
        pytest.param("I was involved in the launch", ["was involved in"], id="involved"),
        pytest.param("As far as I remember it was fine", ["As far as I remember"], id="as far as"),
        pytest.param("I would say no to it, I'd say it went well", ["I'd say"], id="I would say"),
        pytest.param("We fixed it in two days", [], id="plain"),
    ],
)
def test_hedges(text: str, found: list[str]) -> None:
    transcript = spoken(text)
    plain = replace(transcript, words=tuple(replace(word, kind=WordKind.WORD) for word in transcript.words))
    assert [one.label for one in hedges(Answer(plain))] == found


def test_a_filler_word_is_no_hedge_too() -> None:
    transcript = spoken("it was sort of done")
    words = [replace(w, kind=WordKind.FILLER if w.text in {"sort", "of"} else WordKind.WORD) for w in transcript.words]
    assert hedges(Answer(replace(transcript, words=tuple(words)))) == ()


def test_hedges_are_counted_in_a_hundred_words_and_named() -> None:
    answer = told(("S", f"I think {PLAIN}, and I think it was fine."), ("R", "Maybe it got better."))
    measurement = HEDGES.measure(answer)
    assert (measurement.total, measurement.per) == (3, 0.32)
    assert HEDGES.detail(measurement, answer) == (
        "\u201cI think\u201d 2 times, \u201cmaybe\u201d. \u201cMaybe\u201d stands in the result, where a plain "
        "statement says more."
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("we make sure, they made sure, I was making sure", {"make sure": 3}, id="light verb in any form"),
        pytest.param("really good, a really good day, really good", {"really good": 3}, id="intensifier"),
        pytest.param("at the end of the day it rains. " * 3, {"at the end of the day": 3}, id="stock phrase"),
        pytest.param(
            "what I did was ask, what I did was run, what I did was fun", {"what i did was": 3}, id="by a pronoun"
        ),
        pytest.param("we make sure, they made sure", {}, id="twice only"),
        pytest.param("the booking app, our booking app, a booking app", {}, id="a name of the topic"),
        pytest.param("support tickets came. I read support tickets, more support tickets", {}, id="a bare name"),
        pytest.param("I asked him. I asked her. I asked them", {}, id="function words"),
        pytest.param("in the shop, in the shop, in the shop", {}, id="a place"),
        pytest.param("make, sure. make, sure. make, sure", {}, id="not across a comma"),
    ],
)
def test_pet_phrases(text: str, found: dict[str, int]) -> None:
    assert {label: len(places) for label, places in phrases(Answer(spoken(text))).items()} == found


def test_pet_phrases_are_named() -> None:
    answer = said(f"We make sure. {PLAIN} and they make sure, and we make sure.")
    measurement = PET_PHRASES.measure(answer)
    assert (measurement.value, len(measurement.evidence)) == (1, 3)
    assert PET_PHRASES.detail(measurement, answer) == "\u201cmake sure\u201d 3 times."


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("First, I asked. Then we met.", ["First", "Then"], id="at the start"),
        pytest.param("and then I called, so first I read", ["then", "first"], id="after and, so"),
        pytest.param("the first of June, and then some", [], id="inside a clause"),
        pytest.param("In the end we won. As a result, sales rose.", ["In the end", "As a result"], id="endings"),
        pytest.param(
            "My task was to plan it. The result was good.", ["My task was", "The result was"], id="parts by name"
        ),
        pytest.param("there were three reasons for it", ["there were three reasons"], id="a list announced"),
        pytest.param("What I did was simple. For example, I asked.", ["What I did", "For example"], id="what I did"),
        pytest.param("it was the second time then", [], id="second time"),
    ],
)
def test_signposts(text: str, found: list[str]) -> None:
    assert [one.label for one in signposts(Answer(spoken(text)))] == found


ASKED = Question("q", "Tell me about a difficult stakeholder.")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("Last winter the heating broke.", "", id="at once"),
        pytest.param("Um, so, last winter the heating broke.", "so,", id="so"),
        pytest.param(
            "That's a really good question. Last winter it broke.", "That's a really good question.", id="question"
        ),
        pytest.param(
            "Okay, let me think of a good example. Last winter it broke.",
            "Okay, let me think of a good example.",
            id="let me think",
        ),
        pytest.param("Thank you for the question. So it was", "Thank you for the question. So", id="thanks"),
        pytest.param(
            "So, a difficult stakeholder. It was in May.", "So, a difficult stakeholder.", id="the question again"
        ),
        pytest.param("A difficult stakeholder came to us in May.", "", id="the question in a sentence"),
        pytest.param("A good question was missing in the form.", "", id="a question in the story"),
        pytest.param(
            "One example that comes to mind is the launch.", "One example that comes to mind is", id="example"
        ),
    ],
)
def test_what_only_clears_the_throat(text: str, words: str) -> None:
    assert " ".join(word.text for word in clearing(Answer(spoken(text), ASKED))) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("and we saved two weeks.", "", id="lands"),
        pytest.param("he used it every week. So yeah.", "So yeah.", id="so yeah"),
        pytest.param(
            "he used it. So, yeah, um, that was it, more or less.",
            "So, yeah, that was it, more or less.",
            id="that was it",
        ),
        pytest.param(
            "we won. And yes, that is how I like to work.", "And yes, that is how I like to work.", id="how I"
        ),
        pytest.param("we won, I think.", "", id="one alone may belong to what is before"),
        pytest.param("he said that's all I have. We paid.", "", id="in the middle"),
        pytest.param("we shipped it and that was it", "and that was it", id="without marks"),
        pytest.param("they asked me to do it right.", "", id="right"),
    ],
)
def test_what_only_fades_out(text: str, words: str) -> None:
    assert " ".join(word.text for word in fading(Answer(spoken(text)))) == words


def test_an_opening_says_what_the_first_sentence_tells() -> None:
    answer = told(("S", "Two years ago the heating broke at my last school."), ("A", f"I moved, {PLAIN}."))
    assert OPENING.detail(OPENING.measure(answer), answer) == (
        "The first sentence, \u201cTwo years ago the heating broke at my last school\u201d, says when and where."
    )


def test_an_opening_that_sets_no_scene_is_said_not_judged() -> None:
    answer = told(("S", "The heating broke."), ("A", f"I moved, {PLAIN}."))
    measurement = OPENING.measure(answer)
    assert (
        OPENING.detail(measurement, answer) == "The first sentence is \u201cThe heating broke\u201d: no time or place."
    )
    assert OPENING.band(answer).judge(measurement.value) is Verdict.GOOD  # type: ignore[union-attr]


def test_an_ending_is_quoted() -> None:
    answer = said(f"{PLAIN}. Nobody had to stay at home.")
    assert ENDING.detail(ENDING.measure(answer), answer) == "It ends on \u201cNobody had to stay at home\u201d."


@pytest.mark.parametrize("metric", WORDING, ids=lambda metric: metric.name)
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param({"language": "de"}, "the speech was heard as 'de'", id="another language"),
        pytest.param({"words": spoken("In May I just won.").words}, "20 words are needed", id="few words"),
        pytest.param({"words": ()}, "no speech was heard", id="no words"),
        pytest.param(
            {"words": tuple(replace(word, probability=0.3) for word in spoken(PLAIN).words)},
            "the words were hardly recognised",
            id="words in doubt",
        ),
    ],
)
def test_a_poor_transcript_is_not_measured(metric: Metric, change: dict[str, object], reason: str) -> None:
    answer = Answer(replace(spoken(f"{PLAIN} in 2019"), **change))  # type: ignore[arg-type]
    assert metric.measure(answer).reason.startswith(reason)


@pytest.mark.parametrize("metric", WORDING, ids=lambda metric: metric.name)
def test_words_alone_are_needed(metric: Metric) -> None:
    answer = said(f"So, I think that in 2019 {PLAIN}. So yeah, that was it.")
    bare = replace(answer, transcript=replace(answer.transcript, pauses=(), speech=(), nuclei=()))
    assert metric.measure(bare) == metric.measure(answer)
    later = replace(bare, transcript=retimed(bare.transcript, 9.0))
    assert (metric.measure(later).total, metric.measure(later).per) == (
        metric.measure(bare).total,
        metric.measure(bare).per,
    )


def test_only_openings_and_endings_are_judged() -> None:
    judged = [
        name for name in METRICS if load(METRICS, name).group == "Wording" and load(METRICS, name).band(said(PLAIN))
    ]
    assert judged == ["opening", "ending"]

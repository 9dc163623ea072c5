from __future__ import annotations

from dataclasses import replace

import pytest

from voiceprep.metrics.question import LEAST_TO_JUDGE, POINTS, QUESTION_WORDS, asked_for, cues_of, off_topic
from voiceprep.model import Answer, Point, Question, Verdict
from voiceprep.testing import spoken

FILLING = " ".join(["the weather was fine and we had tea"] * 8)


def said(text: str, question: Question | None = None) -> Answer:
    return Answer(spoken(text), question)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("Tell me about a time when you improved a process.", ["improved", "process"], id="of the story"),
        pytest.param("What's the hardest decision you've made?", ["hardest", "decision"], id="short forms"),
        pytest.param("Why?", [], id="nothing"),
        pytest.param("Describe a conflict, or several conflicts.", ["conflict", "several"], id="each once"),
    ],
)
def test_a_question_is_about_its_content_words(text: str, words: list[str]) -> None:
    asked = asked_for(Question("q", text))
    assert [word.rstrip("s") if word == "conflicts" else word for word in asked.values()] == words


@pytest.mark.parametrize(
    ("cue", "text", "found"),
    [
        pytest.param(
            "users asked", "Our users were asking for it, and one user asked twice", ["user asked"], id="forms"
        ),
        pytest.param("we agreed", "in the end we finally agreed on it", [], id="an adverb that is no small word"),
        pytest.param("we agreed", "so we all agreed on it", ["we all agreed"], id="a small word between"),
        pytest.param("with the engineers", "I sat with our engineers", [], id="another small word"),
        pytest.param("percent", "it rose by 12% at once", ["12%"], id="percent sign"),
        pytest.param("couldn't handle", "the old one could not handle it", ["could not handle"], id="not"),
        pytest.param("trade-off", "it was a trade-off", ["trade-off"], id="hyphen"),
        pytest.param("decided", "I had decided, then decide again", ["decided"], id="first place only"),
        pytest.param("told us", "they tell us", ["tell us"], id="irregular"),
        pytest.param("support tickets", "the support was late with tickets", [], id="words apart"),
        pytest.param("rice", "the price of rice", ["rice"], id="whole words only"),
        pytest.param("how", "that is how it was", [], id="an empty word alone"),
    ],
)
def test_cues_are_found_in_any_form(cue: str, text: str, found: list[str]) -> None:
    assert [one.label for one in cues_of(Point("p", (cue,)), said(text))] == found


def test_two_empty_words_together_count() -> None:
    assert len(cues_of(Point("p", ("how", "who", "never")), said("that is how, and who"))) == 2


def test_the_cue_that_says_most_comes_first() -> None:
    point = Point("p", ("because", "decided", "mattered most"))
    assert [one.label for one in cues_of(point, said("I decided it because it mattered most"))] == [
        "mattered most",
        "decided",
        "because",
    ]


def test_a_cue_has_the_span_of_its_words() -> None:
    answer = said("so our users asked for it")
    (place,) = cues_of(Point("p", ("users asked",)), answer)
    words = answer.transcript.words
    assert (place.span.start, place.span.end) == (words[2].span.start, words[3].span.end)


QUESTION = Question(
    "q",
    "Tell me about a conflict with a colleague.",
    points=(Point("Their view", ("she thought",)), Point("The end", ("agreed",))),
)


def test_points_are_listed_found_and_not_found() -> None:
    answer = said(f"In the end both of us agreed on a plan, and {FILLING}", QUESTION)
    measurement = POINTS.measure(answer)
    assert measurement.value == 1
    assert POINTS.detail(measurement, answer) == (
        "1 of 2. Found by its words: The end (\u201cagreed\u201d). Not found, or told in other words: Their view."
    )
    assert POINTS.band(answer) is None


def test_words_of_the_question_are_listed_and_not_judged() -> None:
    answer = said(f"My colleagues and I had no fight, {FILLING}", QUESTION)
    measurement = QUESTION_WORDS.measure(answer)
    assert (measurement.total, measurement.per) == (1, 2)
    assert QUESTION_WORDS.detail(measurement, answer) == "Not said: conflict."
    assert QUESTION_WORDS.band(answer) is None


def test_only_an_answer_that_shares_nothing_is_flagged() -> None:
    answer = said(FILLING, QUESTION)
    band = QUESTION_WORDS.band(answer)
    assert band is not None
    assert band.judge(QUESTION_WORDS.measure(answer).value) is Verdict.LOW
    assert QUESTION_WORDS.advice(Verdict.LOW, QUESTION_WORDS.measure(answer), answer).startswith("Say in your first")


@pytest.mark.parametrize(
    ("text", "question"),
    [
        pytest.param(FILLING, None, id="no question"),
        pytest.param(FILLING, replace(QUESTION, points=()), id="no points to go by"),
        pytest.param(f"the conflict {FILLING}", QUESTION, id="a word of the question"),
        pytest.param(f"she really thought {FILLING}", QUESTION, id="a point"),
        pytest.param(" ".join(["tea"] * (LEAST_TO_JUDGE - 1)), QUESTION, id="too short to say"),
    ],
)
def test_a_doubtful_answer_is_not_flagged(text: str, question: Question | None) -> None:
    assert not off_topic(said(text, question))


@pytest.mark.parametrize("metric", [POINTS, QUESTION_WORDS], ids=lambda metric: metric.name)
def test_without_a_question_nothing_is_shown(metric: object) -> None:
    assert not metric.applies(said(FILLING))  # type: ignore[attr-defined]
    assert metric.applies(said(FILLING, QUESTION))  # type: ignore[attr-defined]


def test_a_question_without_content_is_not_measured() -> None:
    assert QUESTION_WORDS.measure(said(FILLING, Question("q", "Why?"))).reason.startswith("the question has no words")

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceprep.metrics.numbers import numbers_said
from voiceprep.model import Span, WordKind
from voiceprep.testing import spoken


@pytest.mark.parametrize(
    ("said", "numbers"),
    [
        pytest.param("sales rose by 12 % in a year", ["12 %"], id="percent sign apart"),
        pytest.param("sales rose by 12% at once", ["12%"], id="percent sign"),
        pytest.param("it fell by twelve percent.", ["twelve percent"], id="percent in words"),
        pytest.param("it fell by twelve per cent.", ["twelve per cent"], id="per cent in two words"),
        pytest.param("we were two weeks early", ["two weeks"], id="weeks"),
        pytest.param("we were one week early", ["one week"], id="one week"),
        pytest.param("we lost half of them", ["half"], id="half"),
        pytest.param("sign-ups doubled and costs halved", ["doubled", "halved"], id="doubled, halved"),
        pytest.param("it went from 9 to 4", ["from 9 to 4"], id="from to"),
        pytest.param(
            "it went from nine minutes to four minutes", ["from nine minutes to four minutes"], id="with unit"
        ),
        pytest.param("between five and ten people came", ["between five and ten people"], id="between"),
        pytest.param("it saved $40,000 that year", ["$40,000"], id="money"),
        pytest.param("a hundred and twenty thousand pounds", ["a hundred and twenty thousand pounds"], id="large"),
        pytest.param("it took three and a half hours", ["three and a half hours"], id="and a half"),
        pytest.param("it fell to one point five percent", ["one point five percent"], id="point"),
        pytest.param("it rose 3.5 points", ["3.5 points"], id="decimal"),
        pytest.param("a third of them and three quarters of us", ["a third", "three quarters"], id="fractions"),
        pytest.param("twenty-five people stayed", ["twenty-five people"], id="hyphen"),
        pytest.param("it was twice as fast", ["twice as fast"], id="twice as"),
        pytest.param("two thousand customers in 2019", ["two thousand customers"], id="beside a year"),
        pytest.param("we reached 2000 customers", ["2000 customers"], id="like a year"),
        pytest.param("in 2019 and since May 2020", [], id="years"),
        pytest.param("from 2015 to 2019", [], id="years from to"),
        pytest.param("we met on March 3 in the hall", [], id="a date"),
        pytest.param("on the 3rd we met", [], id="an ordinal"),
        pytest.param("it was one of the best", [], id="one of"),
        pytest.param("there was one thing left", [], id="one thing"),
        pytest.param("one day we met by nine o'clock", [], id="clock"),
        pytest.param("version two of step 3 in year nine", [], id="names"),
        pytest.param("the two of us met a third time", [], id="of us, third time"),
        pytest.param("half past the second half", [], id="half past"),
        pytest.param("cut churn by 12 % and two weeks early", ["12 %", "two weeks"], id="two of the issue"),
        pytest.param("from nine days to three", ["from nine days to three"], id="unit said once"),
        pytest.param("from two full days to three hours", ["from two full days to three hours"], id="full days"),
        pytest.param("it went from forty a week to eleven", ["from forty a week to eleven"], id="words between"),
        pytest.param("from 40 minutes to under 10", ["from 40 minutes to under 10"], id="to under"),
        pytest.param("two hours to twenty minutes", ["two hours to twenty minutes"], id="without from"),
        pytest.param("ten to fifteen percent of it", ["ten to fifteen percent"], id="range"),
        pytest.param("5-10 percent", ["5-10 percent"], id="range in digits"),
        pytest.param("five or six people", ["five or six people"], id="or"),
        pytest.param("one in five payments failed", ["one in five"], id="one in five"),
        pytest.param("nine out of ten and 7 of 10 users", ["nine out of ten", "7 of 10 users"], id="out of"),
        pytest.param("I got 18 out of 20", ["18 out of 20"], id="marks"),
        pytest.param("3/4 of the team", ["3/4"], id="fraction in digits"),
        pytest.param("nearly a quarter of the calls", ["a quarter"], id="quarter of"),
        pytest.param("costs fell by a third.", ["a third"], id="by a third"),
        pytest.param("half a million, half an hour", ["half a million", "half an hour"], id="half of a unit"),
        pytest.param("first half of the year, the other half", [], id="halves that are named"),
        pytest.param("a week early and a month ahead", ["a week", "a month"], id="a week early"),
        pytest.param("one and a half days and a day and a half", ["one and a half days", "a day and a half"], id="1.5"),
        pytest.param("a few hundred users", ["a few hundred users"], id="a few hundred"),
        pytest.param("four hundred and twenty tickets", ["four hundred and twenty"], id="hundred and"),
        pytest.param("1.2m users and £500k", ["1.2m users", "£500k"], id="k and m"),
        pytest.param("99.9 percent, 100%", ["99.9 percent", "100%"], id="percent with a point"),
        pytest.param("sales more than doubled, double the sales", ["doubled", "double the sales"], id="double"),
        pytest.param("a 30-minute call, a two-day release", ["30-minute", "two-day"], id="joined to its unit"),
        pytest.param("we had only one rollback", ["only one"], id="only one"),
        pytest.param("without a single complaint", ["without a single"], id="without a single"),
        pytest.param("two weeks later, three years ago", [], id="later, ago"),
        pytest.param("two weeks later than planned", ["two weeks"], id="later than"),
        pytest.param("since 2019, 300 people", ["300 people"], id="a year before a comma"),
        pytest.param("in twenty nineteen we grew", [], id="a year in words"),
        pytest.param("on the first of June and June 1st", [], id="first of June"),
        pytest.param("on the twenty-third", [], id="ordinal in words"),
        pytest.param("at half past nine, at 9:30, at 9 am, at nine", [], id="clock times"),
        pytest.param("nine to five, 24/7, fifty fifty, one by one", [], id="sayings"),
        pytest.param("I was a hundred percent sure", [], id="a hundred percent sure"),
        pytest.param("the top ten, number one, day one, Q3", [], id="more names"),
        pytest.param("we had an iPhone 12 and used ISO 27001", [], id="products and norms"),
        pytest.param("at one point it took a second", [], id="point, second"),
        pytest.param("a third party, the second time", [], id="third party"),
        pytest.param("in the 2010s, in my twenties", [], id="decades"),
        pytest.param("everyone was happy", [], id="none"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_finds_numbers_said(said: str, numbers: list[str]) -> None:
    assert [one.label for one in numbers_said(spoken(said).words)] == numbers


def test_a_number_has_the_span_of_its_words() -> None:
    words = spoken("it fell by twelve percent").words
    assert numbers_said(words)[0].span == Span(words[3].span.start, words[4].span.end)


def test_a_repeated_number_counts_once() -> None:
    words = spoken("two two weeks").words
    said = (replace(words[0], kind=WordKind.REPETITION), *words[1:])
    assert [one.label for one in numbers_said(said)] == ["two weeks"]


NUMBER_WORDS = st.sampled_from(
    [
        "from",
        "between",
        "to",
        "and",
        "a",
        "half",
        "one",
        "two",
        "hundred",
        "9",
        "2019",
        "percent",
        "per",
        "cent",
        "of",
        "us",
        "point",
        "in",
        "twice",
        "as",
        "third",
        "may",
        "",
    ]
)


@given(st.lists(NUMBER_WORDS, max_size=14))
def test_numbers_never_overlap(tokens: list[str]) -> None:
    found = numbers_said(spoken(" ".join(tokens)).words)
    assert all(a.span.end <= b.span.start for a, b in pairwise(found))

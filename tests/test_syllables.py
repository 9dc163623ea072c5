from __future__ import annotations

import pytest

from voiceprep.syllables import guessed, syllables


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("team", 1),
        ("early", 2),
        ("Shipped,", 1),
        ("wanted", 2),
        ("created", 3),
        ("people", 2),
        ("area", 3),
        ("business", 2),
        ("don't", 1),
        ("didn't", 2),
        ("I'm", 1),
        ("two-week", 2),
        ("all-female", 3),
        ("stakeholders", 3),
        ("backlog", 2),
        ("um", 1),
        ("7", 2),
        ("42", 2),
        ("12%", 2),
        ("...", 0),
        ("", 0),
    ],
)
def test_syllables_are_those_that_are_said(word: str, count: int) -> None:
    assert syllables([word]) == {word: count}


@pytest.mark.parametrize(("word", "count"), [("roadmapping", 3), ("blorked", 1), ("snarfles", 2), ("zim", 1)])
def test_a_word_in_no_dictionary_goes_by_its_vowels(word: str, count: int) -> None:
    assert guessed(word) == count


def test_a_typographic_apostrophe_changes_nothing() -> None:
    assert syllables(["didn\N{RIGHT SINGLE QUOTATION MARK}t"])["didn\N{RIGHT SINGLE QUOTATION MARK}t"] == 2

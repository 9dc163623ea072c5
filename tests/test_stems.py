from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceprep.metrics.stems import carries_content, is_past_form, stem


@pytest.mark.parametrize(
    "forms",
    [
        "user users user's",
        "ask asked asking asks",
        "make made making makes",
        "decide decided deciding decides",
        "use used using uses",
        "plan planned planning plans",
        "agree agreed agreeing agrees",
        "write wrote written writing writes",
        "story stories",
        "try tried tries trying",
        "call called calling calls",
        "add added adding adds",
        "process processes processed",
        "change changed changing changes",
        "go went gone going goes",
        "bus buses",
    ],
)
def test_forms_of_a_word_meet(forms: str) -> None:
    assert len({stem(word) for word in forms.split()}) == 1


@pytest.mark.parametrize("pair", ["user us", "need nee", "this thi", "bring br", "product produce"])
def test_other_words_do_not(pair: str) -> None:
    one, other = pair.split()
    assert stem(one) != stem(other)


@pytest.mark.parametrize(
    ("word", "content"),
    [("conflict", True), ("we", False), ("tell", False), ("what's", False), ("data", True), ("", False)],
)
def test_content_words(word: str, content: bool) -> None:
    assert carries_content(word) is content


@pytest.mark.parametrize(
    ("word", "past"),
    [("called", True), ("went", True), ("put", True), ("need", False), ("go", False), ("red", False), ("wasn't", True)],
)
def test_past_forms(word: str, past: bool) -> None:
    assert is_past_form(word) is past


@given(st.text("abcdeginrsty'", max_size=9))
def test_any_word_has_a_stem_that_is_no_longer(word: str) -> None:
    assert len(stem(word)) <= max(len(word), 10)

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceprep.engines.readings import PROMPT, Reading, joined
from voiceprep.engines.verbatim import echoes, is_hesitation, is_looping, merged, says_twice, unlooped

WORDS = st.lists(st.sampled_from(["we", "shipped", "it", "late", "um,", "uh", "So,", "the", "team"]), max_size=30)


@pytest.mark.parametrize(
    ("word", "expected"),
    [("Um,", True), ("uh...", True), ("erm", True), ("hmm", True), ("umbrella", False), ("her", False), ("oh", False)],
)
def test_hesitations_are_told_from_words(word: str, expected: bool) -> None:
    assert is_hesitation(word) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("we found that it was late and we moved the date", False),
        ("no, no, no, no, that was never the plan", False),
        ("a sort of, a sort of, a sort of thing", False),
        ("in a sort of in a sort of in a sort of in a sort of in a sort of", True),
        ("uh, uh, uh, uh, uh, uh, uh, we went on", True),
        ("thank you thank you thank you thank you thank you", True),
        ("", False),
    ],
)
def test_loops_are_told_from_repeats_that_people_say(text: str, expected: bool) -> None:
    assert is_looping(text.split()) is expected


def test_a_loop_is_cut_down_to_one_copy() -> None:
    text = "it was in a sort of in a sort of in a sort of in a sort of box"
    assert " ".join(unlooped(text.split())) == "it was in a sort of box"


@given(WORDS)
def test_what_is_unlooped_goes_round_no_more(words: list[str]) -> None:
    assert unlooped(unlooped(words)) == unlooped(words)


@pytest.mark.parametrize(
    ("clean", "verbatim", "expected"),
    [
        ("we shipped it late", "we, um, shipped it late", "we, um, shipped it late"),
        ("we shipped it late", "um we shipped it late uh", "um we shipped it late uh"),
        ("first this then we shipped it", "we shipped it", "first this then we shipped it"),
        ("we shipped it and it was late", "we, uh, shipped it", "we, uh, shipped it and it was late"),
        ("I think so", "I, I think so", "I, I think so"),
        ("we shipped late", "we chipped late", "we chipped late"),
        ("", "um", "um"),
        ("we went", "", "we went"),
        (
            "I said that we should send one report every week",
            (
                "I said that we should send one report every week. And, uh, "
                "I said that we should send one report every week"
            ),
            "I said that we should send one report every week. uh,",
        ),
        ("we was late", "we, um, we was- we were late", "we, um, we was- we were late"),
        ("we, um, shipped it", "we, uh, shipped it", "we, uh, shipped it"),
        ("we, um, shipped it", "we shipped it", "we um, shipped it"),
    ],
    ids=[
        "filler",
        "both ends",
        "lost start",
        "lost end",
        "repeat",
        "other word",
        "filler only",
        "nothing verbatim",
        "said once, written twice",
        "false start",
        "both hesitate",
        "only the plain one hesitates",
    ],
)
def test_both_readings_make_one(clean: str, verbatim: str, expected: str) -> None:
    assert " ".join(merged(clean.split(), verbatim.split())) == expected


@given(WORDS, WORDS)
def test_hesitations_stay_and_nothing_is_made_up(clean: list[str], verbatim: list[str]) -> None:
    out = merged(clean, verbatim)
    rest = iter([*clean, *verbatim])
    assert set(out) <= set(rest)
    assert len(out) <= len(clean) + len(verbatim)
    hesitations = [word for word in verbatim if is_hesitation(word)]
    kept = iter(word for word in out if is_hesitation(word))
    assert all(word in kept for word in hesitations)


@given(WORDS)
def test_a_reading_merged_with_itself_is_itself(words: list[str]) -> None:
    assert merged([word for word in words if not is_hesitation(word)], words) == words


def test_an_echo_of_the_prompt_is_found() -> None:
    assert echoes(["So,", "uh,", "I,", "I", "mean,", "um,", "you", "know,", "it", "went", "well"], PROMPT)
    assert not echoes(["So,", "um,", "you", "know,", "we", "went", "on"], PROMPT)


def reading(text: str) -> Reading:
    words = text.split()
    return Reading(words, -0.3, 0.1, is_looping(words))


LOOP = "and then " * 9


@pytest.mark.parametrize(
    ("plain", "verbatim", "expected"),
    [
        ("we went on", LOOP, "we went on"),
        (LOOP, "we, um, went on", "we, um, went on"),
        ("we went on", PROMPT, "we went on"),
        ("we went " + LOOP, "we, um, went " + LOOP, "we, um, went and then"),
    ],
    ids=["prompted loops", "plain loops", "echo", "both loop"],
)
def test_the_reading_that_can_be_trusted_counts(plain: str, verbatim: str, expected: str) -> None:
    assert " ".join(joined(reading(plain), reading(verbatim))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the price is that it's harder to follow, so it's harder to follow", False),
        ("and a queue for the receipt. It is slow, so, um, a queue for the receipt", True),
        ("a queue for the receipt " + "and then something else happened there " * 7 + "a queue for the receipt", True),
        ("a queue for the receipt " + " ".join(str(n) for n in range(60)) + " a queue for the receipt", False),
    ],
    ids=["four words", "five words", "a loop", "far apart"],
)
def test_what_is_said_twice_is_noticed(text: str, expected: bool) -> None:
    assert says_twice(text.split()) is expected

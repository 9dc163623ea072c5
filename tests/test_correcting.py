"""What the user corrects changes its own count by one, fits again after another transcription, and can be undone."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from told import told

from voiceprep import correcting
from voiceprep.correcting import Change, Correction, Listed
from voiceprep.disfluency import events
from voiceprep.errors import InputError
from voiceprep.model import Hesitation, Part, Span, Transcript, WordKind
from voiceprep.scoring import Tally
from voiceprep.testing import retimed, spoken, typed

SAID = "So I was, um, late. <0.8> I mean, we like shipped the arm on uh Monday. <0.5> It was good."
HEARD = spoken(SAID)
KINDS = (WordKind.FILLED_PAUSE, WordKind.FILLER)


def text(transcript: Transcript) -> str:
    """Return the words of `transcript`: filled pauses in brackets, fillers in braces."""
    around = {WordKind.FILLED_PAUSE: "[{}]", WordKind.FILLER: "{{{}}}"}
    return " ".join(around.get(word.kind, "{}").format(word.text) for word in transcript.words)


def counts(transcript: Transcript) -> Counter[WordKind]:
    return Counter(event.kind for event in events(transcript.words))


def place(word: str, transcript: Transcript = HEARD) -> Span:
    return next(one.span for one in transcript.words if one.text.strip(".,") == word)


def correction(kind: Change, was: str = "", now: str = "", *, at: Span | None = None) -> Correction:
    return Correction(kind, at or place(was or now), was, now)


def after(*corrections: Correction, heard: Transcript = HEARD) -> str:
    return text(correcting.apply(heard, corrections).transcript)


UH, LIKE = correction(Change.NOT_FILLER, "uh"), correction(Change.MISSED, now="like")
WHOLE = Correction(Change.CHECKED, Span(0.0, HEARD.duration), was=correcting.fingerprint(HEARD))


def test_the_answer_is_heard_as_the_cases_below_suppose() -> None:
    assert text(HEARD) == "{So} I was, [um,] late. {I} {mean,} we like shipped the arm on [uh] Monday. It was good."


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (UH, "we like shipped the arm on Monday. It"),
        (correction(Change.NOT_FILLER, "I mean", at=Span(2.4, 3.2)), "late. I mean, we like"),
        (LIKE, "we {like} shipped"),
        (correction(Change.MISSED, now="shipped the", at=place("the")), "we like {shipped} {the} arm"),
        (correction(Change.MISSED, now="um", at=Span(6.4, 6.6)), "Monday. [um] It was"),
        (correction(Change.MISSED, now="you know", at=Span(6.4, 6.6)), "Monday. {you} {know} It was"),
        (correction(Change.WORD, "arm", "um"), "shipped the [um] on [uh]"),
        (correction(Change.WORD, "um", "am"), "I was, am, late."),
        (correction(Change.WORD, "Monday", "Tuesday"), "on [uh] Tuesday. It"),
        (correction(Change.WORD, "Monday", "a Monday!"), "on [uh] a Monday! It"),
        (correction(Change.WORD, "Monday", ""), "arm on [uh.] It"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value.kind.value} {value.was} {value.now}",
)
def test_a_correction_changes_what_it_names(given: Correction, said: str) -> None:
    assert said in after(given)


def test_the_end_of_a_sentence_does_not_go_with_the_sound_that_carried_it() -> None:
    heard = spoken("We shipped it, um. <0.5> It was good.")
    assert (
        after(correction(Change.NOT_FILLER, "um", at=place("um", heard)), heard=heard) == "We shipped it. It was good."
    )


def test_what_is_inserted_is_no_doubtful_sound_any_more() -> None:
    sounds = (Hesitation(Span(6.5, 6.8), 0.3, "um"), Hesitation(Span(1.0, 1.1), 0.2, "uh"))
    given = correction(Change.MISSED, now="um", at=Span(6.4, 6.6))
    assert correcting.apply(replace(HEARD, doubtful=sounds), [given]).transcript.doubtful == sounds[1:]


def test_a_sound_missed_inside_a_phrase_does_not_make_two_of_it() -> None:
    inside = Span(place("mean").start - 0.05, place("mean").start)
    fixed = correcting.apply(HEARD, [correction(Change.MISSED, now="um", at=inside)]).transcript
    assert "{I} {mean,} [um] we" in text(fixed)


def test_corrections_count_in_their_order_and_what_was_added_can_go_again() -> None:
    added = correction(Change.MISSED, now="um", at=Span(6.4, 6.6))
    gone = correction(Change.NOT_FILLER, "um", at=Span(6.4, 6.6))
    assert after(added, gone) == text(HEARD)


# What fits no more


@pytest.mark.parametrize("by", [-0.3, 0.3])
def test_corrections_fit_another_transcription_with_other_times(by: float) -> None:
    given = [UH, LIKE, correction(Change.WORD, "arm", "alarm")]
    fixed = correcting.apply(retimed(HEARD, by), given)
    assert fixed.idle == ()
    assert "we {like} shipped the alarm on Monday." in text(fixed.transcript)


@pytest.mark.parametrize(
    ("said", "given"),
    [
        (SAID.replace(" uh", ""), UH),
        (SAID.replace("we like", "we, like,"), LIKE),
        (SAID.replace("arm", "alarm"), correction(Change.WORD, "arm", "alarm")),
        (SAID.replace("arm", "set up"), correction(Change.WORD, "arm", "set up")),
        (SAID.replace("on uh", "on"), Correction(Change.MISSED, Span(1.6, 1.8), now="um")),
        ("", UH),
        ("", correction(Change.WORD, "arm", "alarm")),
        (SAID.replace(" uh", ""), WHOLE),
    ],
)
def test_what_is_right_in_another_transcription_or_fits_nothing_is_told_and_not_lost(
    said: str, given: Correction
) -> None:
    heard = spoken(said)
    fixed = correcting.apply(heard, [given])
    assert (fixed.idle, fixed.applied, fixed.transcript) == ((given,), (), heard)
    assert "Left out, for nothing that was heard fits any more" in correcting.told([given], fixed.idle)[0]


def test_typed_words_can_be_no_fillers_but_nothing_is_put_among_them() -> None:
    page = typed("So we um shipped it.")
    given = [Correction(Change.NOT_FILLER, Span(2, 3), "um"), Correction(Change.MISSED, Span(3, 4), now="uh")]
    fixed = correcting.apply(page, given)
    assert text(fixed.transcript) == "{So} we um shipped it."
    assert fixed.idle == (given[1],)
    assert [word.span for word in fixed.transcript.words] == [word.span for word in page.words]


# Properties

WORDS = st.sampled_from(["we", "shipped", "it.", "um,", "uh", "like,", "and", "so", "you know,", "the", "I", "<0.5>"])
TEXTS = st.lists(WORDS, min_size=3, max_size=25).map(" ".join)


def one_of(transcript: Transcript, at: int) -> Correction:
    """Return a correction that changes a count in `transcript`, chosen by `at`."""
    found = [event for event in events(transcript.words) if event.kind in KINDS]
    plain = [word for word in transcript.words if word.kind is WordKind.WORD]
    offers = [Correction(Change.NOT_FILLER, event.span, event.label) for event in found]
    offers += [Correction(Change.MISSED, word.span, now=word.text) for word in plain]
    offers.append(Correction(Change.MISSED, Span(transcript.duration + 1, transcript.duration + 1.3), now="um"))
    return offers[at % len(offers)]


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.integers(0, 200))
def test_one_correction_changes_the_count_of_hesitations_by_exactly_one(said: str, at: int) -> None:
    heard = spoken(said)
    given_one = one_of(heard, at)
    fixed = correcting.apply(heard, [given_one])
    before, now = (sum(counts(one)[kind] for kind in KINDS) for one in (heard, fixed.transcript))
    assert now - before == (1 if given_one.kind is Change.MISSED else -1)


@settings(max_examples=100, deadline=None)
@given(TEXTS, st.lists(st.integers(0, 200), max_size=6), st.integers(0, 5))
def test_the_original_stays_and_what_is_undone_is_as_if_it_had_never_been(
    said: str, chosen: list[int], gone: int
) -> None:
    heard = spoken(said)
    before = repr(heard)
    given_all = [one_of(heard, at) for at in chosen]
    rest = [one for at, one in enumerate(given_all) if at != gone]
    correcting.apply(heard, given_all)
    assert repr(heard) == before
    assert correcting.apply(heard, ()).transcript is heard
    again = correcting.apply(heard, rest)
    assert len(again.applied) + len(again.idle) == len(rest)
    times = [word.span.middle for word in again.transcript.words]
    assert times == sorted(times)


# How right it was heard


@pytest.mark.parametrize(
    ("given", "filled", "fillers"),
    [
        ([], Tally(2), Tally(2)),
        ([UH], Tally(1, 1), Tally(2)),
        ([LIKE], Tally(2), Tally(2, 0, 1)),
        ([UH, LIKE, correction(Change.MISSED, now="um", at=Span(6.4, 6.6))], Tally(1, 1, 1), Tally(2, 0, 1)),
        ([correction(Change.WORD, "arm", "um")], Tally(2, 0, 1), Tally(2)),
        ([correction(Change.WORD, "um", "am")], Tally(1, 1), Tally(2)),
    ],
)
def test_what_was_heard_is_held_against_what_the_user_says(
    given: list[Correction], filled: Tally, fillers: Tally
) -> None:
    right = correcting.apply(HEARD, given).transcript
    assert [correcting.tally(HEARD, right, kind) for kind in KINDS] == [filled, fillers]


def test_an_answer_is_checked_only_as_it_was_transcribed_then() -> None:
    assert correcting.apply(HEARD, [UH, WHOLE]).checked
    assert not correcting.apply(HEARD, [UH]).checked
    assert not correcting.apply(spoken(SAID + " um."), [WHOLE]).checked


# STAR

STORY = told(("S", "Last year we were late."), ("A", "I cut the scope."), ("O", "That was it."))


def part(sentence: int, letter: str) -> Correction:
    return Correction(Change.PART, STORY.sentences[sentence].span, STORY.star.parts[sentence].value, letter)


def test_a_sentence_is_the_part_that_the_user_says() -> None:
    answer, idle = correcting.apply_parts(STORY, [part(2, "R"), part(0, "O")])
    assert idle == ()
    assert answer.star.parts == (Part.OTHER, Part.ACTION, Part.RESULT)
    assert (answer.star.present["R"], answer.star.probability["R"]) == (True, 1.0)
    assert (answer.star.present["S"], answer.star.probability["S"]) == (False, 0.0)
    assert answer.star.present["A"] == STORY.star.present["A"]
    assert answer.star.confidence == (1.0, STORY.star.confidence[1], 1.0)


def test_without_corrections_of_parts_the_reading_stays() -> None:
    assert correcting.apply_parts(STORY, [UH]) == (STORY, ())


def test_a_part_of_a_sentence_that_is_gone_is_idle() -> None:
    gone = replace(part(0, "R"), span=Span(900.0, 901.0))
    assert correcting.apply_parts(STORY, [gone]) == (STORY, (gone,))
    unread = replace(STORY, star=None)
    assert correcting.apply_parts(unread, [gone]) == (unread, (gone,))


# What is said of it


def test_corrections_are_told_in_a_sentence() -> None:
    given = [UH, LIKE, part(2, "R"), correction(Change.WORD, "arm", "um")]
    (said,) = correcting.told(given, ())
    assert said == (
        "4 corrections by you: “uh” at 0:05 is no filler; “like” at 0:04 was missed; sentence at 0:03 is the result; "
        "“arm” at 0:05 is “um”."
    )
    assert correcting.told([WHOLE], ()) == ("You checked the whole of this answer, so the fillers are as you say.",)
    assert correcting.told([UH] * 7, ())[0].endswith("; and 2 more.")
    assert correcting.told((), ()) == ()


# The list that a page saves


def test_a_list_comes_back_as_it_was_written() -> None:
    listed = (Listed("a" * 64, (UH, LIKE, part(2, "R"), WHOLE), "answer 3.m4a"),)
    assert correcting.parse(correcting.render(listed)) == listed


GOOD = {"kind": "missed", "start": 1.0, "end": 1.2, "now": "um"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "verdict"}, "'verdict' is not one of not_filler, missed, word, part, checked"),
        ({"start": -1}, "-1 to 1.2 is no stretch"),
        ({"start": 2}, "2 to 1.2 is no stretch"),
        ({"start": None}, "start: expected a number, found None"),
        ({"now": " "}, "what was missed is empty"),
        ({"now": "x" * 201}, "longer than 200"),
        ({"kind": "part", "now": "X"}, "'X' is no part of STAR"),
        ({"more": 1}, "unknown"),
    ],
)
def test_a_list_that_says_something_else_is_refused(change: dict[str, object], message: str) -> None:
    answers = [{"recording": "a" * 64, "corrections": [GOOD | change]}]
    document = {"format": correcting.FORMAT, "version": 1, "answers": answers}
    with pytest.raises(InputError, match=message):
        correcting.parse(json.dumps(document))


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": "voiceprep-report"}', "[" * 100_000])
def test_what_is_no_list_is_refused(content: str) -> None:
    with pytest.raises(InputError, match="not a list of corrections") as caught:
        correcting.parse(content)
    assert "Save the list" in caught.value.hint


def test_a_list_of_another_version_is_refused() -> None:
    with pytest.raises(InputError, match="version 9"):
        correcting.parse(json.dumps({"format": correcting.FORMAT, "version": 9, "answers": []}))

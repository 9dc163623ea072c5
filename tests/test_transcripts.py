"""Written text as words: prose, captions, recognisers' JSON, speakers, and the timeline that they are laid out on."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceprep.errors import InputError
from voiceprep.model import Span
from voiceprep.transcripts import Cue, prose
from voiceprep.transcripts.language import reads_like_english
from voiceprep.transcripts.layout import laid_out
from voiceprep.transcripts.recognised import recognised
from voiceprep.transcripts.speakers import named, picked, speakers
from voiceprep.transcripts.subtitles import captions, is_subrip, is_webvtt
from voiceprep.transcripts.tokens import tokens

WEBVTT = """WEBVTT - a title
Language: en

STYLE
::cue { color: red }

REGION
id:fred

NOTE a note
with two lines

intro
00:01.000 --> 00:03.000 align:start
<v Anna Smith>We &amp; they <c.red>ship</c>ped it</v>

00:03.000 --> 00:03.500

NOTE
00:00 is no time

01:00:04.000 --> 01:00:05.250
x < 5 and &lt;v Bob&gt;
"""
SUBRIP = (
    "1\r\n00:00:01,000 --> 00:00:03,000 X1:10 X2:20\r\n<i>Hello</i>\r\n{\\an8}there\r\n\r\n"
    "2\r\n00:00:05.5 --> 00:00:06\r\n\r\n1984\r\n\r\n3\r\n0:00:07,000 --> 0:00:08,000\r\nlast\r\n\r\nlines\r\n"
)


def said(cues: tuple[Cue, ...]) -> list[tuple[float, float, str]]:
    return [(cue.span.start, cue.span.end, " ".join(cue.text.split())) for cue in cues]


# Words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Well, I did it.", ["Well,", "I", "did", "it."]),
        ("the plan\u2014a bold one \u2014 failed", ["the", "plan\u2014", "a", "bold", "one\u2014", "failed"]),
        ("10\u201312 people, well...you know", ["10\u201312", "people,", "well...", "you", "know"]),
        ("a well-known R & D unit", ["a", "well-known", "R", "&", "D", "unit"]),
        ("\u2026 * \u2022 | so \U0001f600", ["so"]),
        ("soft\u00adhyphen zero\u200bwidth", ["softhyphen", "zerowidth"]),
        ("", []),
    ],
)
def test_words_keep_the_marks_that_follow_them(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One line\nwrapped here.\n\nAnother", ["One line wrapped here.", "Another."]),
        ("## Situation\nIt was late", ["Situation.", "It was late."]),
        ("- I called\n- I wrote\n  more\n* \u201cDone!\u201d", ["I called.", "I wrote more.", "\u201cDone!\u201d"]),
        ("1. First\n2) Second;", ["First.", "Second;"]),
        ("We were a team of\n12. Then it grew", ["We were a team of 12. Then it grew."]),
        ("> quoted **bold** and *so* `code` snake_case 5*3", ["quoted bold and so code snake_case 5*3."]),
        ("Result:\n\nIt worked", ["Result:", "It worked."]),
        ("a\r\n\r\nb\u2029c", ["a.", "b c."]),
    ],
)
def test_paragraphs_headings_and_items_end_a_sentence(text: str, expected: list[str]) -> None:
    assert " ".join(word.text for word in prose.words(text)) == " ".join(expected)


def test_the_words_of_prose_are_counted_by_their_spans() -> None:
    assert [word.span for word in prose.words("I did it")] == [Span(0, 1), Span(1, 2), Span(2, 3)]


@settings(deadline=None)
@given(st.text())
def test_any_text_is_words_and_none_is_empty(text: str) -> None:
    assert all(word.text.strip() and " " not in word.text for word in prose.words(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Last year our customer support tickets doubled, so I asked the agents and we found three causes of that.",
            True,
        ),
        ("Yes, sure.", True),
        (
            "Letztes Jahr war ich in einem Team, das an einer neuen Plattform gearbeitet hat, und wir waren am Ende.",
            False,
        ),
        ("Vorig jaar was ik in een team dat we aan een nieuw platform werkten, en we waren er op tijd bij.", False),
        (
            "L'ann\u00e9e derni\u00e8re j'ai travaill\u00e9 sur une plateforme, et nous avons eu des surprises.",
            False,
        ),
        ("El a\u00f1o pasado trabaj\u00e9 en un equipo en una plataforma nueva, y tuvimos tantos problemas.", False),
    ],
)
def test_english_is_told_from_its_neighbours(text: str, *, expected: bool) -> None:
    assert reads_like_english(text.split()) is expected


# Captions


def test_webvtt_is_read_without_its_notes_styles_tags_and_entities() -> None:
    found = captions(WEBVTT)
    assert said(found.cues) == [(1.0, 3.0, "We & they shipped it"), (3604.0, 3605.25, "x < 5 and <v Bob>")]
    assert (found.language, found.broken) == ("en", 0)
    assert speakers(found.cues) == ("Anna Smith",)


def test_subrip_is_read_with_odd_times_empty_lines_and_numbers_that_are_text() -> None:
    assert is_subrip(SUBRIP)
    assert said(captions(SUBRIP).cues) == [(1.0, 3.0, "Hello there"), (5.5, 6.0, "1984"), (7.0, 8.0, "last lines")]


@pytest.mark.parametrize(
    ("text", "webvtt", "subrip"),
    [
        ("WEBVTT\n", True, False),
        ("WEBVTT", True, False),
        ("WEBVTTX", False, False),
        ("00:01 --> 00:02\nno number", False, True),
        ("I typed --> an arrow", False, False),
        ("", False, False),
    ],
)
def test_captions_are_told_by_their_beginning(text: str, *, webvtt: bool, subrip: bool) -> None:
    assert (is_webvtt(text), is_subrip(text)) == (webvtt, subrip)


def test_a_cue_whose_times_cannot_be_read_is_counted_and_left_out() -> None:
    found = captions("WEBVTT\n\n00:00:01.000 --> soon\nlost\n\n00:02,500 --> 00:01.000\nkept\n")
    assert said(found.cues) == [(2.5, 2.5, "kept")]
    assert found.broken == 1


def test_times_inside_a_cue_are_the_words_own() -> None:
    [one, two] = captions("WEBVTT\n\n00:01.000 --> 00:03.000\nso<00:02.000><c> today</c>\n").cues
    assert [(cue.text.strip(), cue.span, cue.own) for cue in (one, two)] == [
        ("so", Span(1.0, 2.0), True),
        ("today", Span(2.0, 3.0), True),
    ]


def test_captions_that_roll_up_say_each_line_once() -> None:
    text = (
        "WEBVTT\n\n00:00.000 --> 00:02.000\n \nso<00:01.000><c> today</c>\n\n00:02.000 --> 00:02.010\nso today\n \n\n"
        "00:02.010 --> 00:04.000\nso today\nwe<00:03.000><c> talk</c>\n"
    )
    assert " ".join(word.text for word in laid_out(captions(text).cues).words) == "so today we talk"


def test_the_same_words_in_two_captions_were_said_twice() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nYes.\n\n2\n00:00:02,000 --> 00:00:03,000\nYes.\n"
    assert len(captions(text).cues) == 2


@pytest.mark.parametrize(
    "text",
    ["<v " * 50_000, "<v" + " " * 50_000, "&#" + "9" * 5000 + ";", "{\\" * 50_000, "-->" * 50_000, "\n" * 200_000],
    ids=["voices", "blanks", "number", "braces", "arrows", "lines"],
)
def test_hostile_captions_are_read_in_time(text: str) -> None:
    began = time.perf_counter()
    laid_out(named(captions(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{text}\n").cues))
    assert time.perf_counter() - began < 5


@settings(deadline=None)
@given(st.text(st.sampled_from("WEBVTT0123:.,-> \n<v/>&;ab[]()")))
def test_no_text_breaks_the_reading_of_captions(text: str) -> None:
    for cue in captions(text).cues:
        assert cue.text.strip()
        assert cue.span.start <= cue.span.end


# Speakers


def cue(text: str, start: float = 0.0, end: float = 1.0, **more: Any) -> Cue:
    return Cue(text, Span(start, end), **more)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["ANNA: Hi", "there", "BOB: Yes"], [("ANNA", "Hi"), ("ANNA", "there"), ("BOB", "Yes")]),
        (["Ann Lee: Hi", "Bob: Yes", "Ann Lee: Bye"], [("Ann Lee", "Hi"), ("Ann Lee", "Bob: Yes"), ("Ann Lee", "Bye")]),
        (["Speaker 1: Hi", "[Speaker 2]: Yes"], [("Speaker 1", "Hi"), ("Speaker 2", "Yes")]),
        (["Result: it worked", "at 10:30 we left"], [("", "Result: it worked"), ("", "at 10:30 we left")]),
        (["- ANNA: Hi\n- BOB: Yes\nof course"], [("ANNA", "Hi"), ("BOB", "Yes\nof course")]),
        ([">> So we left", "- Right"], [("", "So we left"), ("", "Right")]),
    ],
)  # fmt: skip
def test_labels_of_speakers_are_taken_off(texts: list[str], expected: list[tuple[str, str]]) -> None:
    found = named([cue(text, at, at + 1) for at, text in enumerate(texts)])
    assert [(one.speaker, one.text.strip()) for one in found] == expected


def test_a_speaker_is_picked_whatever_the_capitals() -> None:
    cues = [cue("Hi", speaker="Anna"), cue("Yes", speaker="Bob")]
    assert [one.text for one in picked(cues, " anna ")] == ["Hi"]
    with pytest.raises(InputError, match="no speaker 'Eve'") as caught:
        picked(cues, "Eve")
    assert caught.value.hint == "Named are: Anna, Bob."


# The timeline


def test_words_share_the_time_of_their_caption_by_their_letters() -> None:
    laid = laid_out([cue("I wrote it.", 1.0, 2.2)])
    # One letter more for the end of each word: 2 of 11, 6 of 11, 3 of 11.
    assert [(word.text, word.span) for word in laid.words] == [
        ("I", Span(1.0, 1.218)),
        ("wrote", Span(1.218, 1.873)),
        ("it.", Span(1.873, 2.2)),
    ]
    assert laid.spread == 3


def test_a_word_with_times_of_its_own_keeps_them() -> None:
    laid = laid_out([cue("late", 1.0, 1.4, own=True, probability=0.5), cue("it", 2.0, 2.1, own=True)])
    assert [(word.span, word.probability) for word in laid.words] == [(Span(1.0, 1.4), 0.5), (Span(2.0, 2.1), 1.0)]
    assert laid.spread == 0


@pytest.mark.parametrize(
    ("cues", "expected"),
    [
        ([cue("b", 2, 3), cue("a", 1, 2)], [("a", 1, 2), ("b", 2, 3)]),
        ([cue("a", 1, 3), cue("b", 2, 4)], [("a", 1, 2), ("b", 2, 4)]),
        ([cue("a", 1, 2), cue("b", 1, 3)], [("a", 1, 2), ("b", 2, 3)]),
        ([cue("a", 1, 1), cue("b", 1, 1)], [("a", 1, 1), ("b", 1, 1)]),
    ],
    ids=["out of order", "overlapping", "at once", "without length"],
)
def test_captions_are_put_in_order_and_do_not_overlap(
    cues: list[Cue], expected: list[tuple[str, float, float]]
) -> None:
    assert [(word.text, word.span.start, word.span.end) for word in laid_out(cues).words] == expected


@pytest.mark.parametrize(
    ("text", "words", "remarks"),
    [
        ("[Music]", [], 1),
        ("so [laughs] yes", ["so", "yes"], 1),
        ("(upbeat music)", [], 1),
        ("it (the team) left", ["it", "(the", "team)", "left"], 0),
        ("\u266a la la \u266a", [], 1),
        ("[ BLANK_AUDIO ] *sigh*", ["*sigh*"], 1),
    ],
)
def test_remarks_are_left_out_and_counted(text: str, words: list[str], remarks: int) -> None:
    laid = laid_out([cue(text)])
    assert ([word.text for word in laid.words], laid.remarks) == (words, remarks)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 10), st.text("ab [](){}", max_size=9))))
def test_words_never_overlap(rows: list[tuple[float, float, str]]) -> None:
    words = laid_out([cue(text, start, start + length) for start, length, text in rows]).words
    assert all(one.span.start <= one.span.end for one in words)
    assert all(one.span.end <= other.span.start + 0.001 for one, other in pairwise(words))


# Recognisers


def word(text: str, start: float | None = None, end: float | None = None, **more: Any) -> dict[str, Any]:
    times = {} if start is None else {"start": start, "end": end}
    return {"word": text, **times, **more}


SEGMENT = {"start": 0.5, "end": 2.0, "text": " We built it."}
WORDS = [word(" We", 0.5, 0.8, probability=0.9), word(" built", 0.8, 1.5), word("-in.", 1.5, 2.0, probability=0.4)]
RECOGNISED: dict[str, tuple[Any, list[tuple[str, float, float, bool]]]] = {
    "whisper": ({"text": "We", "segments": [SEGMENT], "language": "en"}, [("We built it.", 0.5, 2.0, False)]),
    "faster-whisper": (
        [{**SEGMENT, "id": 1, "tokens": [1, 2], "words": WORDS}],
        [("We", 0.5, 0.8, True), ("built-in.", 0.8, 2.0, True)],
    ),
    "whisper without words": ([{**SEGMENT, "words": None}], [("We built it.", 0.5, 2.0, False)]),
    "whisperx": (
        {"segments": [{**SEGMENT, "words": [word("We", 0.5, 0.8, score=0.9), word("12"), word("it.", 1.5, 2.0)]}]},
        [("We", 0.5, 0.8, True), ("12", 0.8, 1.5, False), ("it.", 1.5, 2.0, True)],
    ),
    "whisper.cpp": (
        {"result": {"language": "en"}, "transcription": [{"offsets": {"from": 500, "to": 2000}, "text": " We."}]},
        [("We.", 0.5, 2.0, False)],
    ),
    "whisper.cpp with tokens": (
        {
            "transcription": [
                {
                    "offsets": {"from": 500, "to": 2000},
                    "text": " We built",
                    "tokens": [
                        {"text": "[_BEG_]", "offsets": {"from": 500, "to": 500}, "p": 0.9},
                        {"text": " We", "offsets": {"from": 500, "to": 800}, "p": 0.9},
                        {"text": " bu", "offsets": {"from": 800, "to": 1000}, "p": 0.9},
                        {"text": "ilt", "offsets": {"from": 1000, "to": 1500}, "p": 0.9},
                    ],
                }
            ]
        },
        [("We", 0.5, 0.8, True), ("built", 0.8, 1.5, True)],
    ),
    "words beside segments": (
        {
            "segments": [SEGMENT],
            "words": [word("We", 0.5, 0.8), word("built", 0.8, 1.5), word("it", 1.5, 2.0)],
            "language": "english",
        },
        [("We", 0.5, 0.8, True), ("built", 0.8, 1.5, True), ("it.", 1.5, 2.0, True)],
    ),
    "words alone": ({"words": [{"text": "Yes.", "start": 1, "end": 2}]}, [("Yes.", 1.0, 2.0, True)]),
}  # fmt: skip


@pytest.mark.parametrize("name", RECOGNISED)
def test_the_json_of_a_recogniser_is_read(name: str) -> None:
    data, expected = RECOGNISED[name]
    cues = recognised(data).cues
    assert [(one.text.strip(), one.span.start, one.span.end, one.own) for one in cues] == expected


def test_language_speaker_and_probability_are_read() -> None:
    assert recognised(RECOGNISED["words beside segments"][0]).language == "en"
    assert recognised(RECOGNISED["whisper.cpp"][0]).language == "en"
    [one] = recognised([{**SEGMENT, "speaker": "SPEAKER_00"}]).cues
    assert one.speaker == "SPEAKER_00"
    assert [one.probability for one in recognised(RECOGNISED["faster-whisper"][0]).cues] == [0.9, 0.4]


def test_text_alone_has_no_times() -> None:
    assert recognised({"text": "I did it."}).untimed == "I did it."


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (3, "not a transcript"),
        ({}, "not a transcript"),
        ({"segments": [3]}, "segment 0 of this JSON is not an object"),
        ([{"start": 0, "end": 1}], "has no text"),
        ([{"text": "a"}], "segment 0 of this JSON has no times"),
        ([{"text": "a", "start": float("nan"), "end": 1}], "has no times"),
        ([{"text": "a", "start": 10**400, "end": 1}], "has no times"),
        ([{"text": "a", "start": True, "end": 1}], "has no times"),
        ({"transcription": [{"text": "a"}]}, "no text with offsets"),
        ({"words": [{"text": "a", "start": 100, "end": 900}]}, "cannot be seconds"),
    ],
)  # fmt: skip
def test_json_that_is_no_transcript_is_refused(data: object, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        recognised(data)
    assert caught.value.hint


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["segments", "words", "text", "start", "end", "transcription", "offsets", "from", "to", "tokens"]
            ),
            inside,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(_ANY)
def test_any_json_is_read_or_refused(data: object) -> None:
    try:
        found = recognised(data)
    except InputError:
        return
    assert all(0 <= one.span.start <= one.span.end for one in found.cues)


def test_many_words_without_times_take_no_longer_than_they_must() -> None:
    words = [word("a", 0.0, 1.0), *(word("b") for _ in range(50_000))]
    began = time.perf_counter()
    assert len(recognised([{**SEGMENT, "words": words}]).cues) == 50_001
    assert time.perf_counter() - began < 5

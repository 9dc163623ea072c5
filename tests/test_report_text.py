"""The report for a terminal."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_example import empty, example, hostile
from report_values import assert_golden, marked, short, values
from rich.cells import cell_len

from voiceprep.model import Assessment, Evidence, Sample, Span, Verdict, WordKind
from voiceprep.report.plain import one_line, to_ascii
from voiceprep.report.strip import bars, timeline
from voiceprep.report.text import render

if TYPE_CHECKING:
    from collections.abc import Callable

NONE = "\N{EN DASH}"
PAUSE = "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}1.4s\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
EXAMPLES = [short, example, empty, hostile]
_STYLE = re.compile(r"\x1b\[[\d;]*m")
_OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def named(name: str) -> Assessment:
    return replace(short(), recording=replace(short().recording, name=name))


def judged(verdict: Verdict) -> Assessment:
    return replace(short(), findings=(replace(short().findings[0], verdict=verdict),))


def test_a_report_looks_like_this() -> None:
    assert_golden("example.txt", render([example()]))
    assert_golden("example-60-ascii.txt", render([example()], width=60, ascii=True))
    assert_golden("three.txt", render([short(), empty(), example()]))


def test_it_leads_with_one_thing_to_try_and_its_times() -> None:
    lead = render([example()]).split("Question")[0]
    assert "One thing to try" in lead
    assert "Let the silence stand" in lead
    assert "Listen at 0:21 um · 0:46 um · 1:02 uh" in lead


def test_the_sections_come_in_their_order() -> None:
    text = render([example()])
    heads = [
        "One thing to try",
        "Question",
        "What went well",
        "An outline for this question",
        "Timing",
        "Words",
        "What you said",
        "Please note",
        "Sources",
    ]
    places = [re.search(rf"^(╭─ )?{head}\b", text, re.MULTILINE) for head in heads]
    starts = [place.start() for place in places if place]
    assert len(starts) == len(heads)
    assert starts == sorted(starts)


def test_a_recording_without_speech_says_so_first_and_claims_nothing() -> None:
    text = render([empty()])
    assert text.split("\n")[2] == " No speech was heard, so there is nothing to measure."
    assert "What you said" not in text
    assert "Sources" not in text
    assert "watch" not in text


def test_an_answer_without_anything_to_try_says_so() -> None:
    assert "Nothing here asks for a change." in render([replace(short(), focus=None)])


@pytest.mark.parametrize(
    ("verdict", "shape", "word", "advised"),
    [
        (Verdict.GOOD, "●", "good", False),
        (Verdict.LOW, "▲", "a little low", True),
        (Verdict.HIGH, "▲", "a little high", True),
        (Verdict.VERY_LOW, "▲", "low", True),
        (Verdict.VERY_HIGH, "▲", "high", True),
        (Verdict.UNJUDGED, "○", "reported", True),
    ],
)
def test_a_verdict_is_a_shape_and_a_word(verdict: Verdict, shape: str, word: str, advised: bool) -> None:
    text = render([judged(verdict)])
    assert re.search(rf"^ {shape} Filled pauses \[1\] +12\.5 a minute {word}$", text, re.MULTILINE)
    assert ("→ Let the silence stand." in text) is advised


def test_what_was_not_measured_says_why() -> None:
    finding = short().findings[0]
    gone = replace(finding.measurement, reason="the recording is clipped", total=0.0, per=0.0, evidence=())
    text = render(
        [replace(short(), findings=(replace(finding, measurement=gone, verdict=Verdict.UNKNOWN, detail=""),))]
    )
    assert re.search(r"^ ○ Filled pauses +not measured\n   The recording is clipped\.$", text, re.MULTILINE)


def test_neighbours_without_a_number_say_the_reason_once() -> None:
    finding = short().findings[0]
    gone = replace(finding.measurement, reason="no story", evidence=())
    same = [replace(finding, label=label, measurement=gone, verdict=Verdict.UNKNOWN, detail="") for label in "STAR"]
    text = render([replace(short(), findings=(*same, finding))])
    assert re.search(r"^ ○ S, T, A, R +not measured\n   No story\.\n ▲ Filled pauses", text, re.MULTILINE)


def test_a_note_stands_once_in_its_group() -> None:
    finding = short().findings[0]
    noted = replace(finding, measurement=replace(finding.measurement, caveats=("the answer is short",)))
    text = render([replace(short(), findings=(noted, noted, replace(noted, group="Other")))])
    assert text.count("Note: the answer is short") == 2


def test_a_focus_without_a_reason_leaves_no_gap() -> None:
    focus = short().focus
    assert focus
    assert "Let the silence stand" + " " * 56 + "│\n│ → Count" in render(
        [replace(short(), focus=replace(focus, why=""))]
    )


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        (WordKind.WORD, "we moved the"),
        (WordKind.FILLED_PAUSE, "we [moved] the"),
        (WordKind.FILLER, "we {moved} the"),
        (WordKind.REPETITION, "we (moved) the"),
        (WordKind.FRAGMENT, "we (moved) the"),
    ],
)
def test_the_transcript_marks_every_kind_of_word(kind: WordKind, shown: str) -> None:
    assert shown in render([marked(kind)])


def test_only_the_marks_that_were_used_are_explained() -> None:
    text = render([short()])
    assert f"[um] filled pause  {PAUSE} long pause" in text
    assert "{like}" not in text


def test_the_star_letter_and_the_time_stand_in_the_margin() -> None:
    text = render([short()])
    assert f" 0:00 A [Um] we moved the date. {PAUSE}\n" in text
    assert " 0:03 R Sales rose.\n" in text


def test_punctuation_stays_outside_the_mark() -> None:
    words = list(marked(WordKind.FILLER).transcript.words)
    words[2] = replace(words[2], text="like,")
    report = replace(short(), transcript=replace(short().transcript, words=tuple(words)))
    assert "{like}, the" in render([report])


def test_many_places_are_counted_and_not_cut_in_the_middle() -> None:
    many = tuple(Evidence("um", Span(float(at), at + 1.0)) for at in range(100))
    finding = short().findings[0]
    measurement = replace(finding.measurement, evidence=many)
    text = render([replace(short(), findings=(replace(finding, measurement=measurement),))])
    [line] = re.findall(r"^   0:00 um · .*$", text, re.MULTILINE)
    shown, rest = re.fullmatch(r"   (.*) and (\d+) more", line).groups()  # type: ignore[union-attr]
    assert len(shown.split(" · ")) + int(rest) == 100
    assert cell_len(line) <= 80


def test_each_source_is_listed_once() -> None:
    text = render([example()])
    assert text.count("Laske & DiGennaro Reed 2024") == 1
    assert text.count("[7]") == 4


def test_the_foot_says_what_made_it() -> None:
    foot = render([example()]).split("─" * 80)[-1]
    for part in ("voiceprep 0.1.0", "faster-whisper 1.1.1", "model base", "beam 5, temperature 0", "sha256 c0ffee"):
        assert part in foot


def test_several_answers_end_in_a_table() -> None:
    table = render([example(), empty()], width=100).split("2 answers")[1]
    assert re.search(r"answer 3\.m4a +1 min 39 s ● +136 ● +9\.0 ▲ +Let the silence stand", table)
    assert re.search(rf"silence\.wav( +{NONE}){{4}}", table)
    assert "Try first" not in render([example(), empty()], width=60)


def test_in_short_a_report_is_what_to_try_what_went_well_and_the_figures_asked_for_most() -> None:
    brief = render([example()], brief=True)
    assert "One thing to try" in brief
    assert "● The result has two numbers in it." in brief
    heads = [line.split("  ")[0].strip() for line in brief.partition("In short\n")[2].splitlines()]
    assert heads == ["● STAR parts present", "● Length of the answer", "● Pace", "▲ Both together", "○ Longest pause"]


def test_in_short_a_recording_without_speech_says_why() -> None:
    silent = replace(empty(), transcript=replace(empty().transcript, caveats=("Was the microphone muted?",)))
    brief = render([silent], brief=True)
    assert "No speech was heard" in brief
    assert "Was the microphone muted?" in brief
    assert "In short" not in brief


def test_no_answers_are_no_text() -> None:
    assert render([]) == ""


@pytest.mark.parametrize("make", EXAMPLES)
@pytest.mark.parametrize("width", [40, 60, 80, 137])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_no_line_is_wider_than_asked(make: Callable[[], Assessment], width: int, ascii_only: bool) -> None:
    text = render([make(), short()], width=width, ascii=ascii_only)
    assert max(map(cell_len, text.split("\n"))) <= width
    assert not re.search(" $", text, re.MULTILINE)


@pytest.mark.parametrize("make", EXAMPLES)
def test_without_colour_nothing_is_obeyed(make: Callable[[], Assessment]) -> None:
    assert not _OBEYED.search(render([make()]))


@pytest.mark.parametrize("make", EXAMPLES)
def test_colour_only_repeats_what_is_said(make: Callable[[], Assessment]) -> None:
    coloured = render([make()], colour=True)
    bare = re.sub(" +$", "", _STYLE.sub("", coloured), flags=re.MULTILINE)
    assert bare == render([make()])
    assert coloured != bare
    assert not _OBEYED.search(bare)


def test_the_surroundings_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, coloured = render([short()]), render([short()], colour=True)
    for name, value in {"COLUMNS": "33", "NO_COLOR": "1", "TERM": "dumb", "FORCE_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    assert (render([short()]), render([short()], colour=True)) == (plain, coloured)


@pytest.mark.parametrize(
    "name",
    [
        "\x1b[2J\x1b]0;owned\x07",
        "a\rb",
        "a\nb",
        "a\tb",
        "\x9b31m",
        "\u202eabc",
        "a\u2066b",
        "\udcff.wav",
        "[red]a[/red]",
        ":smile:",
    ],
)
def test_no_name_reaches_the_terminal_as_a_command(name: str) -> None:
    text = render([named(name)])
    assert not _OBEYED.search(text)
    assert text.split("\n")[0].startswith(one_line(name))


def test_rich_markup_in_a_word_stays_text() -> None:
    words = (replace(short().transcript.words[0], text="[bold]um[/bold]", kind=WordKind.WORD),)
    report = replace(short(), transcript=replace(short().transcript, words=words), sentences=(), star=None)
    assert "[bold]um[/bold]" in render([report], colour=True)


@pytest.mark.parametrize("make", EXAMPLES)
def test_ascii_is_ascii(make: Callable[[], Assessment]) -> None:
    assert render([make()], ascii=True).isascii()


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("café", "cafe"),
        ("“so”", '"so"'),
        ("日本", "????"),
        ("●▲○", "*!o"),
        ("a→b", "a>b"),
        ("Å😀", "A??"),
        (PAUSE, "<1.4s>"),
        ("¼", "?"),
        ("👨\u200d👩\u200d👧", "??"),
        ("e\u0301", "e"),
    ],
)
def test_ascii_is_no_wider_than_what_it_stands_for(text: str, plain: str) -> None:
    assert to_ascii(text) == plain
    assert len(plain) <= cell_len(text)


@given(st.lists(values(Assessment), min_size=1, max_size=2), st.sampled_from([40, 60, 80]), st.booleans())
@settings(max_examples=60, deadline=None)
def test_any_report_is_text(assessments: list[Assessment], width: int, ascii_only: bool) -> None:
    text = render(assessments, width=width, ascii=ascii_only)
    assert not _OBEYED.search(text)
    assert text.isascii() or not ascii_only
    assert text.encode("utf-8")
    assert max(map(cell_len, text.split("\n"))) <= width


@given(st.text(st.characters()))
def test_one_line_is_one_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1
    assert not _OBEYED.search(one_line(text))


# Strips


@pytest.mark.parametrize(
    ("values_", "width", "drawn"),
    [
        ([], 8, ""),
        ([5.0], 8, "▁"),
        ([3.0, 3.0], 8, "▁▁"),
        ([0.0, 7.0], 8, "▁█"),
        ([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], 8, "▁▂▃▄▅▆▇█"),
        ([0.0, 9.0, 7.0, 9.0], 2, "▁█"),
    ],
)
def test_bars_go_from_the_lowest_to_the_highest(values_: list[float], width: int, drawn: str) -> None:
    assert bars([Sample(float(at), value) for at, value in enumerate(values_)], width) == drawn


def test_a_timeline_has_a_line_for_each_kind_of_thing() -> None:
    lines = dict(timeline(short(), 19))  # 4.75 s: a quarter of a second each
    assert lines == {
        "Story": "··AAAAAAA·····RRRR·"[:19],
        "Um, fillers": "··▾▾···············",
        "Long pauses": "········▬▬▬▬▬▬▬····",
    }
    assert dict(timeline(empty(), 19)) == {}

"""CSV, WebVTT and TextGrid."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_example import empty, example, hostile
from report_values import assert_golden, marked, short, values

from voiceprep.errors import InputError
from voiceprep.model import Assessment, Span, Timing, Transcript, Word, WordKind
from voiceprep.report import captions, table, textgrid
from voiceprep.tables import METRICS
from voiceprep.testing import spoken

ANY = settings(max_examples=60, deadline=None)


def said(text: str) -> Assessment:
    """Return a report on `text` (notation of `spoken`) without sentences."""
    return replace(short(), transcript=spoken(text), sentences=(), star=None)


def heard(*words: Word, duration: float) -> Assessment:
    transcript: Transcript = replace(spoken(""), words=words, duration=duration)
    return replace(short(), transcript=transcript, sentences=(), star=None)


# CSV


def rows(*assessments: Assessment) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table.render(assessments))))


def test_a_table_looks_like_this() -> None:
    assert_golden("two.csv", table.render([short(), empty()]))


def test_the_columns_are_the_same_whatever_the_answers() -> None:
    heads = {table.render(group).split("\n")[0] for group in ([], [short()], [empty(), hostile()])}
    assert len(heads) == 1
    assert len(set(table.columns())) == len(table.columns()) == 7 + 4 * len(METRICS) + 4 + 3


def test_the_metrics_come_in_the_order_of_the_table_of_contents() -> None:
    assert [name.removesuffix("_value") for name in table.columns() if name.endswith("_value")] == list(METRICS)


def test_a_row_holds_the_counts() -> None:
    [row] = rows(short())
    assert (row["file"], row["question"], row["duration"], row["words"]) == ("café, take 1.wav", "scope", "4.75", "6")
    assert (row["filled_pauses_total"], row["filled_pauses_per"], row["filled_pauses_value"]) == ("1.0", "0.08", "12.5")
    assert row["filled_pauses_verdict"] == "very_high"
    assert [row[f"has_{letter}"] for letter in "STAR"] == ["no", "no", "yes", "yes"]


def test_what_was_not_measured_is_empty_and_not_zero() -> None:
    [row] = rows(empty())
    assert [row[f"pace_{what}"] for what in ("value", "total", "per", "verdict")] == ["", "", "", "unknown"]
    assert row["length_verdict"] == row["has_S"] == row["question"] == ""


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\uff1d1", "\x00\n=1", "\u202e=1"])
def test_no_text_is_run_as_a_formula(name: str) -> None:
    [row] = rows(replace(short(), recording=replace(short().recording, name=name)))
    assert row["file"][0] not in "=+-@\uff1d\t\n "


@given(st.lists(values(Assessment), max_size=3))
@ANY
def test_any_reports_are_a_table(assessments: list[Assessment]) -> None:
    found = rows(*assessments)
    assert len(found) == len(assessments)
    assert all(None not in row and None not in row.values() for row in found)
    assert table.render(assessments).encode("utf-8").count(b"\n") == len(assessments) + 1


# WebVTT

_CUE = re.compile(r"(\d{2,}):([0-5]\d):([0-5]\d)\.(\d{3}) --> (\d{2,}):([0-5]\d):([0-5]\d)\.(\d{3})")


def cues(text: str) -> list[tuple[int, int, str]]:
    """Read WebVTT as the standard says: start and end in milliseconds, and the text of each cue."""
    head, *blocks = text.rstrip("\n").split("\n\n")
    assert head == "WEBVTT"
    found = []
    for block in blocks:
        if block.startswith("NOTE"):
            assert "-->" not in block
            continue
        timing, _, inside = block.partition("\n")
        numbers = _CUE.fullmatch(timing)
        assert numbers, timing
        assert inside
        assert "-->" not in inside
        h, m, s, ms, h2, m2, s2, ms2 = map(int, numbers.groups())
        found.append((((h * 60 + m) * 60 + s) * 1000 + ms, ((h2 * 60 + m2) * 60 + s2) * 1000 + ms2, inside))
    return found


def bare(text: str) -> str:
    return re.sub(r"</?c[^>]*>", "", text)


def test_captions_look_like_this() -> None:
    assert_golden("short.vtt", captions.render([short()]))
    assert_golden("example.vtt", captions.render([example()]))


def test_captions_of_silence_are_a_file_without_cues() -> None:
    assert captions.render([empty()]) == "WEBVTT\n\nNOTE\nsilence.wav, heard by voiceprep 0.1.0\n"


@pytest.mark.parametrize("kind", [kind for kind in WordKind if kind is not WordKind.WORD])
def test_a_word_that_is_no_plain_one_has_the_class_of_its_kind(kind: WordKind) -> None:
    assert f"<c.{kind.value}>moved</c>" in captions.render([marked(kind)])


def test_a_sentence_has_the_class_of_its_star_part() -> None:
    assert [text[:5] for _, _, text in cues(captions.render([short()]))] == ["<c.A>", "<c.R>"]


def test_nothing_spoken_is_a_tag() -> None:
    text = captions.render([hostile()])
    assert set(re.findall(r"<[^>]*>", text)) == {"<c.A>", "<c.R>", "<c.filled_pause>", "</c>"}
    assert "--&gt; &amp;amp;" in text


def test_a_cue_can_be_read_while_it_stands() -> None:
    for start, end, text in cues(captions.render([example()])):
        assert end - start <= 7000
        assert len(bare(text).split("\n")) <= 2
        assert all(len(row) <= 42 for row in bare(text).split("\n"))


def test_a_long_pause_clears_the_screen_and_a_short_one_does_not() -> None:
    assert [bare(text) for _, _, text in cues(captions.render([said("one <0.9> two <1.1> three")]))] == [
        "one two",
        "three",
    ]


def test_no_word_stands_alone_for_an_instant() -> None:
    shown = cues(captions.render([said(" ".join(["word"] * 18))]))
    assert [len(bare(text).split()) for _, _, text in shown] == [9, 9]


def test_hours_are_written() -> None:
    [(start, end, _)] = cues(captions.render([heard(Word("late", Span(3661.5, 3662.25)), duration=4000.0)]))
    assert (start, end) == (3_661_500, 3_662_250)


def timed(assessment: Assessment) -> Assessment:
    return replace(assessment, transcript=replace(assessment.transcript, timing=Timing.SOUND))


@given(values(Assessment))
@ANY
def test_any_report_is_captions_whose_times_increase(assessment: Assessment) -> None:
    now = 0
    for start, end, _ in cues(captions.render([timed(assessment)])):
        assert now <= start < end
        now = end


@pytest.mark.parametrize("render", [captions.render, textgrid.render])
@pytest.mark.parametrize("count", [0, 2])
def test_formats_of_one_recording_refuse_another_number(render: object, count: int) -> None:
    with pytest.raises(InputError, match=f"here are {count} answers") as caught:
        render([short()] * count)  # type: ignore[operator]
    assert "-o FOLDER" in caught.value.hint


# TextGrid

_HEAD = re.compile(
    r'File type = "ooTextFile"\nObject class = "TextGrid"\n\n'
    r"xmin = 0\nxmax = (\S+)\ntiers\? <exists>\nsize = (\d+)\nitem \[\]:"
)
_TIER = re.compile(
    r'class = "IntervalTier"\s*name = "((?:[^"]|"")*)"\s*xmin = (\S+)\s*xmax = (\S+)\s*intervals: size = (\d+)'
)
_INTERVAL = re.compile(r'intervals\s\[(\d+)\]:\s*xmin\s=\s(\S+)\s*xmax\s=\s(\S+)\s*text\s=\s"((?:[^"]|"")*)"\s*')


def tiers(text: str) -> dict[str, list[tuple[float, float, str]]]:
    """Read a TextGrid in the long text format, and check what it says about itself."""
    head, *items = re.split(r"\n    item \[\d+\]:\n", text)
    said_head = _HEAD.fullmatch(head)
    assert said_head
    assert int(said_head[2]) == len(items)
    found = {}
    for item in items:
        tier = _TIER.search(item)
        assert tier
        assert (tier[2], tier[3]) == ("0", said_head[1])
        inside = _INTERVAL.findall(item)
        assert [int(number) for number, *_ in inside] == list(range(1, int(tier[4]) + 1))
        assert not _INTERVAL.sub("", item[tier.end() :]).strip()
        found[tier[1]] = [(float(start), float(end), label.replace('""', '"')) for _, start, end, label in inside]
    return found


def assert_tiled(text: str, duration: float) -> None:
    for intervals in tiers(text).values():
        assert intervals[0][0] == 0
        assert intervals[-1][1] == duration
        assert all(start < end for start, end, _ in intervals)
        assert all(left[1] == right[0] for left, right in pairwise(intervals))


def labels(intervals: list[tuple[float, float, str]]) -> list[str]:
    return [label for _, _, label in intervals if label]


def test_a_textgrid_looks_like_this() -> None:
    assert_golden("short.TextGrid", textgrid.render([short()]))


def test_each_tier_holds_its_own() -> None:
    found = tiers(textgrid.render([short()]))
    assert list(found) == ["words", "filled pauses", "fillers", "silent pauses", "STAR"]
    assert found["words"][:3] == [(0.0, 0.5, ""), (0.5, 0.8, "Um"), (0.8, 0.85, "")]
    assert labels(found["words"]) == ["Um", "we", "moved", "the", "date.", "Sales", "rose."]
    assert found["filled pauses"] == [(0.0, 0.5, ""), (0.5, 0.8, "Um"), (0.8, 4.75, "")]
    assert found["fillers"] == [(0.0, 4.75, "")]
    assert found["silent pauses"] == [(0.0, 2.2, ""), (2.2, 3.6, "between clauses"), (3.6, 4.75, "")]
    assert found["STAR"][1:4:2] == [(0.5, 2.2, "A"), (3.6, 4.25, "R")]
    assert labels(tiers(textgrid.render([marked(WordKind.FILLER)]))["fillers"]) == ["moved"]


@pytest.mark.parametrize("make", [short, example, empty, hostile])
def test_the_intervals_of_a_tier_fill_the_recording(make: object) -> None:
    assessment: Assessment = make()  # type: ignore[operator]
    assert_tiled(textgrid.render([assessment]), assessment.transcript.duration)


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ([], [(0, 9, "")]),
        ([(Span(0, 9e-6), "a")], [(0, 9, "a")]),
        ([(Span(2e-6, 5e-6), "a")], [(0, 2, ""), (2, 5, "a"), (5, 9, "")]),
        ([(Span(5e-6, 7e-6), "b"), (Span(0, 5e-6), "a")], [(0, 5, "a"), (5, 7, "b"), (7, 9, "")]),
        ([(Span(0, 5e-6), "a"), (Span(3e-6, 7e-6), "b")], [(0, 5, "a"), (5, 7, "b"), (7, 9, "")]),
        ([(Span(0, 7e-6), "a"), (Span(3e-6, 5e-6), "b")], [(0, 7, "a b"), (7, 9, "")]),
        ([(Span(3e-6, 3e-6), "a")], [(0, 3, ""), (3, 4, "a"), (4, 9, "")]),
        ([(Span(9e-6, 9e-6), "a")], [(0, 8, ""), (8, 9, "a")]),
        ([(Span(5e-6, 20e-6), "a"), (Span(30e-6, 40e-6), "b")], [(0, 5, ""), (5, 9, "a b")]),
        ([(Span(-4e-6, 2e-6), "a")], [(0, 2, "a"), (2, 9, "")]),
    ],
)
def test_marks_are_tiled(marks: list[tuple[Span, str]], expected: list[tuple[int, int, str]]) -> None:
    assert textgrid.tile(marks, 9) == expected


def test_quotes_are_doubled() -> None:
    text = textgrid.render([heard(Word('"so"', Span(0.0, 1.0)), duration=1.0)])
    assert 'text = """so"""' in text
    assert labels(tiers(text)["words"]) == ['"so"']


@given(values(Assessment))
@ANY
def test_any_report_is_a_textgrid_without_gaps(assessment: Assessment) -> None:
    assert_tiled(textgrid.render([timed(assessment)]), max(1e-6, round(assessment.transcript.duration, 6)))


@pytest.mark.parametrize("make", [short, example, empty, hostile])
def test_praat_reads_it(make: object, tmp_path: object) -> None:
    parselmouth = pytest.importorskip("parselmouth", reason="praat-parselmouth is not installed")
    assessment: Assessment = make()  # type: ignore[operator]
    text = textgrid.render([assessment])
    path = tmp_path / "a.TextGrid"  # type: ignore[operator]
    path.write_text(text, "utf-8")
    grid = parselmouth.read(str(path))
    call = parselmouth.praat.call
    assert call(grid, "Get number of tiers") == 5
    assert call(grid, "Get end time") == assessment.transcript.duration
    ours = [label for _, _, label in tiers(text)["words"]]
    theirs = [call(grid, "Get label of interval", 1, index + 1) for index in range(len(ours))]
    assert theirs == ours

"""Texts as answers: files of any kind and encoding, what is measured of them, and how every report shows them."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from report_example import example
from report_values import short

from voiceprep import analyze, assess, pipeline, render, written
from voiceprep.cli import main
from voiceprep.errors import InputError
from voiceprep.history import History
from voiceprep.model import Assessment, Settings, Span, Timing, Verdict, Voice, Word, WordKind
from voiceprep.tables import FORMATS
from voiceprep.testing import spoken

if TYPE_CHECKING:
    from pathlib import Path

TYPED = """\
Last spring I looked after the billing part of our product, and we had promised a new page to three customers.
Four weeks before the date the team found that the old module could not be reused.

It was my job to decide what we would ship and, you know, to tell the customers.

- I sat down with the two engineers and wrote every piece of the page on a card
- Then I called all three customers and asked which of the cards they would pay for

In the end we shipped on the day, and tickets went from forty a week to eleven within two months. So yeah.
"""
CUES = (
    "WEBVTT\n\n00:01.000 --> 00:09.000\n<v Anna>Last year our biggest customer wanted to leave, and I was asked to "
    "find out why.\n\n"
    "00:10.000 --> 00:12.000\n<v Bob>[laughs] What did you do?\n\n"
    "00:12.000 --> 00:30.000\n<v Anna>I called them, um, and I fixed the two reports that they missed most. "
    "In the end they stayed, and we lost nobody else that year.\n"
)
SETTINGS = Settings()
OF_TIME = {
    "length", "pace", "articulation_rate", "mean_length_of_run", "phonation_ratio", "silent_pauses", "pause_share",
    "longest_pause", "long_pauses_within", "hesitation_clusters", "filled_pauses", "filler_words", "hesitations",
    "repetitions",
}  # fmt: skip
OF_SOUND = {"pitch_spread", "flat_stretches", "rising_ends", "fading_ends", "loudness_spread"}
SHARES = ("situation", "task", "action", "result")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for kind in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"VOICEPREP_{kind}_DIR", str(tmp_path / kind.lower()))

    def loads(*_: object) -> None:
        raise AssertionError("a model was asked for")

    monkeypatch.setattr(pipeline, "open_engine", loads)
    return tmp_path


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def of(folder: Path, content: str | bytes, name: str = "answer.txt", speaker: str = "") -> Assessment:
    return analyze(put(folder, name, content), settings=SETTINGS, speaker=speaker)


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    return int(left.value.code or 0)


# Typed answers


def test_typed_text_has_no_measure_of_time_or_sound_and_says_why(tmp_path: Path) -> None:
    found = {finding.measurement.metric: finding.measurement for finding in of(tmp_path, TYPED).findings}
    assert {found[name].reason.partition(";")[0] for name in OF_TIME} == {"typed text has no times"}
    assert {found[name].reason for name in OF_SOUND} == {"typed text has no sound"}


def test_typed_text_is_measured_in_its_words(tmp_path: Path) -> None:
    result = of(tmp_path, TYPED)
    found = {finding.measurement.metric: finding for finding in result.findings}
    assert found["hesitation_share"].measurement.total == 200
    assert found["hesitation_share"].detail == "so 1, you know 1"
    assert found["i_share"].measurement.value
    assert found["star_parts"].measurement.value
    for name, letter in zip(SHARES, "STAR", strict=True):
        words = [sentence.last - sentence.first for sentence in result.sentences]
        told = [count for count, part in zip(words, result.star.parts, strict=True) if part.value == letter]
        expected = sum(told) if result.star.present[letter] else 0
        assert (found[name].measurement.total, found[name].measurement.per) == (expected, sum(words))
        assert found[name].unit == "% of the words"


def test_a_share_of_words_is_never_pooled_with_one_of_time(tmp_path: Path) -> None:
    [typed] = [one.measurement for one in of(tmp_path, TYPED).findings if one.measurement.metric == "action"]
    [timed] = [one.measurement for one in of(tmp_path, CUES, "a.vtt").findings if one.measurement.metric == "action"]
    with pytest.raises(ValueError, match="not the same measure"):
        assess.pool(typed, timed)


def test_what_was_measured_comes_before_what_was_not(tmp_path: Path) -> None:
    found = of(tmp_path, TYPED).findings
    groups = list(dict.fromkeys(finding.group for finding in found))
    assert [finding.group for finding in found] == sorted((one.group for one in found), key=groups.index)
    assert groups[-3:] == ["Timing", "Pauses", "Voice"]


def test_the_length_of_typed_text_is_told_as_what_it_would_take(tmp_path: Path) -> None:
    [length] = [
        one.measurement for one in of(tmp_path, "I did it. " * 85).findings if one.measurement.metric == "length"
    ]
    # 255 words at 170 and at 120 a minute.
    assert (
        length.reason
        == "typed text has no times; said at a good pace, its 255 words would take 1 min 30 s to 2 min 8 s"
    )


def test_every_place_lies_in_the_text(tmp_path: Path) -> None:
    result = of(tmp_path, TYPED)
    spans = [one.span for finding in result.findings for one in finding.measurement.evidence]
    assert spans
    assert all(0 <= span.start < span.end <= len(result.transcript.words) for span in spans)


def test_text_in_another_language_is_not_measured_and_says_what_to_do(tmp_path: Path) -> None:
    german = "Letztes Jahr war ich in einem Team, das an einer neuen Plattform gearbeitet hat, und am Ende war es gut."
    result = of(tmp_path, german)
    assert "does not read like English" in result.caveats[0]
    assert {finding.verdict for finding in result.findings} == {Verdict.UNKNOWN}
    told = analyze(tmp_path / "answer.txt", settings=replace(SETTINGS, language="en"))
    assert (told.transcript.language, told.caveats) == ("en", ())


def test_a_question_and_the_users_own_fillers_count_for_text_too(tmp_path: Path) -> None:
    settings = replace(SETTINGS, fillers=("in the end",))
    result = analyze(put(tmp_path, "a.txt", TYPED), "Why do you want this job?", settings)
    assert result.question is not None
    assert sum(word.kind is WordKind.FILLER for word in result.transcript.words) == 6
    assert result.transcript.engine.settings == {"fillers": "in the end"}


# Captions and transcripts


def test_captions_have_times_but_no_sound(tmp_path: Path) -> None:
    result = of(tmp_path, CUES, "a.vtt")
    found = {finding.measurement.metric: finding.measurement for finding in result.findings}
    assert {found[name].reason for name in OF_SOUND} == {"a transcript does not have the sound"}
    for name in OF_TIME - {"length", "pace", "filled_pauses", "filler_words", "hesitations", "repetitions"}:
        assert "a transcript does not have it" in found[name].reason
    assert found["length"].total == 29.0
    assert found["filled_pauses"].total == 1
    assert "there may have been more" in found["filled_pauses"].caveats[-1]
    assert result.transcript.pauses == ()
    assert [caveat[:22] for caveat in result.caveats] == [
        "The words have no time",
        "Several people speak i",
        "One remark in brackets",
    ]


def test_where_a_transcript_has_no_um_none_is_counted(tmp_path: Path) -> None:
    found = {one.measurement.metric: one for one in of(tmp_path, CUES.replace(" um,", ""), "a.vtt").findings}
    for name in ("filled_pauses", "hesitations"):
        assert "leave out um and uh" in found[name].measurement.reason
    assert found["filler_words"].measurement.value == 0


def test_one_speaker_can_be_picked(tmp_path: Path) -> None:
    result = of(tmp_path, CUES, "a.vtt", speaker="anna")
    text = " ".join(word.text for word in result.transcript.words)
    assert "What did you" not in text
    assert text.endswith("that year.")
    assert "Others speak in between" in result.caveats[1]
    with pytest.raises(InputError, match="no speaker 'Eve'"):
        of(tmp_path, CUES, "a.vtt", speaker="Eve")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.srt", "1\n00:00:01,000 --> 00:00:03,000\nI did it.\n"),
        ("a.txt", "WEBVTT\n\n00:01.000 --> 00:03.000\nI did it.\n"),
        ("a.vtt", "\ufeffWEBVTT\r\n\r\n00:01.000 --> 00:03.000\r\nI did it.\r\n"),
        ("a.json", '{"segments": [{"start": 1, "end": 3, "text": " I did it."}], "language": "en"}'),
        ("a.text", '  [{"start": 1, "end": 3, "text": " I did it."}]'),
    ],
)
def test_what_a_file_is_its_beginning_says(tmp_path: Path, name: str, content: str) -> None:
    transcript = of(tmp_path, content, name).transcript
    assert transcript.timing is Timing.FILE
    assert " ".join(word.text for word in transcript.words) == "I did it."
    assert (transcript.words[0].span.start, transcript.words[-1].span.end) == (1.0, 3.0)


def test_json_without_times_and_braces_in_prose_are_typed_text(tmp_path: Path) -> None:
    assert of(tmp_path, '{"text": "I did it."}', "a.json").transcript.timing is Timing.NONE
    assert len(of(tmp_path, "{braces} are fine", "a.txt").transcript.words) == 3


# Our own reports


def test_a_report_that_is_read_again_measures_the_same(tmp_path: Path) -> None:
    transcript = spoken("Last year I um led a team of five . <1.3> We cut the cost by forty percent , you know .")
    answer = assess.prepare(transcript, None, SETTINGS)
    first = assess.assess(answer, short().recording, SETTINGS, version="0")
    again = of(tmp_path, render(first, "json"), "report.json")
    assert again.transcript == first.transcript
    assert again.findings == first.findings
    assert again.recording == first.recording


def test_the_report_of_a_typed_answer_is_read_again_too(tmp_path: Path) -> None:
    first = of(tmp_path, TYPED)
    again = of(tmp_path, render(first, "json"), "report.json")
    assert again == first


def test_a_report_with_several_answers_gives_several(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = put(tmp_path, "two.json", render([example(), short()], "json"))
    with pytest.raises(InputError, match="a report with 2 answers"):
        analyze(path, settings=SETTINGS)
    assert [one.question for one in pipeline.read(path, settings=SETTINGS)] == [example().question, short().question]
    assert run("analyze", path, "-q", "-f", "csv") == 0
    assert len(capsys.readouterr().out.splitlines()) == 3


ALTERED: dict[str, dict[str, Any]] = {
    "ends before it starts": {"words": (Word("a", Span(2.0, 1.0)),)},
    "words are not in order": {"words": (Word("a", Span(2.0, 3.0)), Word("b", Span(1.0, 2.0)))},
    "speech are not in order": {"speech": (Span(1.0, 3.0), Span(2.0, 4.0))},
    "has its quality": {"quality": None},
    "typed text has no sound": {"timing": Timing.NONE, "quality": None},
    "do not fit together": {"voice": Voice(0)},
    "no pitch": {"voice": Voice(10)},
}


@pytest.mark.parametrize("said", ALTERED)
def test_a_report_that_was_altered_is_refused(tmp_path: Path, said: str) -> None:
    altered = replace(short(), transcript=replace(short().transcript, **ALTERED[said]))
    with pytest.raises(InputError, match=said) as caught:
        of(tmp_path, render(altered, "json"), "report.json")
    assert "this report was altered" in caught.value.message


# What can be wrong


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.txt", b"", "is empty"),
        ("a.txt", b" \n\t ", "is empty"),
        ("a.txt", b"... -- ...", "holds no words"),
        ("a.txt", b"PK\x03\x04rest", "a Word document"),
        ("a.txt", b"%PDF-1.7", "a PDF"),
        ("a.md", b"{\\rtf1 Hello}", "rich text"),
        ("a.txt", b"RIFF\x00\x01\x02\x03WAVE" * 9, "is not text"),
        ("a.txt", "I did".encode("utf-16")[:-1], "damaged"),
        ("a.vtt", b"I did it.", "no captions"),
        ("a.vtt", b"WEBVTT\n\nNOTE nothing", "no captions"),
        ("a.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\n[Music]\n", "holds no words"),
        ("a.srt", b"1\n05:00:00,000 --> 05:00:01,000\nlate\n", "beyond 4 hours"),
        ("a.json", b"{", "not JSON"),
        ("a.json", b"[" * 100_000, "nested too deeply"),
        ("a.json", b"9" * 5000, "not JSON"),
        ("a.json", b"3", "not a transcript"),
        ("a.json", b'{"format": "voiceprep-report", "version": 1, "answers": []}', "no answers"),
        ("a.json", b'{"format": "voiceprep-report", "version": 9}', "version 9"),
        ("a.txt", b"word " * 60_001, "more than 60000 words"),
    ],
)
def test_a_text_that_cannot_be_read_is_refused_by_name(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        of(tmp_path, content, name)
    assert name in caught.value.message
    assert caught.value.hint


def test_a_text_that_is_too_large_is_not_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(written, "MOST_BYTES", 1024 * 1024)
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(2 * 1024 * 1024)
    with pytest.raises(InputError, match="larger than 1 MB"):
        analyze(path, settings=SETTINGS)


def test_a_folder_and_a_missing_file_are_named(tmp_path: Path) -> None:
    (tmp_path / "x.txt").mkdir()
    for name, said in (("x.txt", "is a folder"), ("nowhere.srt", "does not exist")):
        with pytest.raises(InputError, match=said):
            analyze(tmp_path / name, settings=SETTINGS)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_text_is_read_in_every_unicode(tmp_path: Path, encoding: str) -> None:
    result = of(tmp_path, "I met Zo\u00eb \u2014 she said \u201cyes\u201d.".encode(encoding))
    assert [word.text for word in result.transcript.words] == [
        "I",
        "met",
        "Zo\u00eb\u2014",
        "she",
        "said",
        "\u201cyes\u201d.",
    ]
    assert result.caveats == ()


def test_text_of_old_windows_programs_is_read_with_a_caveat(tmp_path: Path) -> None:
    result = of(tmp_path, "I said \u201cZo\u00eb\u201d.".encode("cp1252"))
    assert result.transcript.words[-1].text == "\u201cZo\u00eb\u201d."
    assert "Windows-1252" in result.caveats[0]


# Reports


@pytest.mark.parametrize("form", [form for form in FORMATS if form not in {"vtt", "textgrid"}])
@pytest.mark.parametrize(("name", "content"), [("a.txt", TYPED), ("a.vtt", CUES)])
def test_every_report_shows_a_text(tmp_path: Path, form: str, name: str, content: str) -> None:
    assert name in render(of(tmp_path, content, name), form)


@pytest.mark.parametrize("form", ["vtt", "textgrid"])
def test_captions_and_textgrids_need_times(tmp_path: Path, form: str) -> None:
    with pytest.raises(InputError, match=r"'a.txt' is typed text"):
        render(of(tmp_path, TYPED, "a.txt"), form)
    assert "Last" in render(of(tmp_path, CUES, "a.vtt"), form)


@pytest.mark.parametrize("form", ["text", "md", "html"])
def test_no_report_shows_times_of_typed_text(tmp_path: Path, form: str) -> None:
    shown = render(of(tmp_path, TYPED), form)
    visible = shown[shown.index("<body>") : shown.index("<dialog")] if form == "html" else shown
    assert "0:0" not in visible
    assert "Listen" not in visible
    assert "What you wrote" in visible
    assert "line 6" in visible


def test_the_page_of_typed_text_has_links_in_place_of_a_player(tmp_path: Path) -> None:
    page = render(of(tmp_path, TYPED), "html")
    body = page[page.index("<body>") : page.index("<dialog")]
    for gone in ("<audio", 'class="transport"', "data-from", "Timeline", "long pause", "recording"):
        assert gone not in body
    targets = {part.split('"')[0] for part in body.split('href="#')[1:]} - {"answer-1"}
    assert targets
    assert all(f'id="{target}"' in body for target in targets)


def test_the_page_of_a_transcript_has_no_empty_lanes_and_nothing_to_play(tmp_path: Path) -> None:
    page = render(of(tmp_path, CUES, "a.vtt"), "html")
    body = page[page.index("<body>") : page.index("<dialog")]
    assert "A transcript has no sound" in body
    assert 'class="lane words"' in body
    for gone in ('class="lane sound"', 'class="lane silences"', "long pause inside"):
        assert gone not in body
    assert 'class="play" aria-label="Play" hidden' in body


def test_the_history_keeps_typed_answers_apart_from_spoken_ones(tmp_path: Path) -> None:
    with History(tmp_path / "history.db") as history:
        history.save(of(tmp_path, TYPED))
        [record] = history.records()
    assert record.transcript.timing is Timing.NONE
    assert {one.version > 1000 for one in record.measurements if one.metric in SHARES} == {True}


# The command line


def test_text_comes_from_files_and_from_standard_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(TYPED.encode()), isatty=lambda: False))
    path = put(tmp_path, "notes", TYPED)
    assert run("analyze", "--text", path, "-", "-q", "-f", "json") == 0
    answers = json.loads(capsys.readouterr().out)["answers"]
    assert [one["recording"]["name"] for one in answers] == ["notes", "standard input"]
    assert answers[0]["findings"] == answers[1]["findings"]


def test_a_text_that_fails_is_named_and_the_others_go_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [put(tmp_path, "bad.vtt", "nothing"), put(tmp_path, "good.txt", TYPED)]
    assert run("analyze", *paths, "-q", "-f", "md") == 2
    out, err = capsys.readouterr()
    assert "bad.vtt" in err
    assert "good.txt" in out


def test_a_folder_of_captions_gets_those_that_can_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [put(tmp_path, "typed.txt", TYPED), put(tmp_path, "timed.srt", CUES.removeprefix("WEBVTT\n\n"))]
    assert run("analyze", *paths, "-q", "-f", "vtt", "-o", tmp_path / "out") == 2
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["timed.vtt"]
    assert "typed text" in capsys.readouterr().err


def test_a_speaker_of_a_recording_cannot_be_picked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("analyze", put(tmp_path, "a.wav", b"RIFF"), "--speaker", "Anna") == 2
    assert "does not name its speakers" in capsys.readouterr().err


def test_no_speech_model_and_no_decoder_is_loaded_for_text(tmp_path: Path) -> None:
    code = (
        "import sys; from voiceprep import analyze, render; from voiceprep.model import Settings\n"
        "render(analyze(sys.argv[1], settings=Settings()), 'json')\n"
        "print(*sys.modules)"
    )
    line = [sys.executable, "-c", code, str(put(tmp_path, "a.txt", TYPED))]
    done = subprocess.run(line, capture_output=True, text=True, env=os.environ, check=True)
    heavy = {"av", "ctranslate2", "faster_whisper", "jinja2", "scipy", "sounddevice"}
    assert heavy & set(done.stdout.split()) == set()

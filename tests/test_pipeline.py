from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from scripted import Scripted, loud_is_voice, speech_like, write_wav

from voiceprep import analyze, config, hear, pipeline, render, voice
from voiceprep.disfluency.tokens import bare
from voiceprep.model import PausePlace, Question, Settings, WordKind
from voiceprep.tables import FORMATS, METRICS

if TYPE_CHECKING:
    from pathlib import Path

STORY = (
    "Last spring our team had to move the billing date. <0.6> um I was asked to find out why it slipped. <0.5> "
    "So I talked to the <1.3> engineers, and I cut the scope in half. <0.4> In the end we shipped two weeks early."
)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    scripted = Scripted(STORY)
    monkeypatch.setattr(pipeline, "open_engine", lambda *_: scripted)
    monkeypatch.setattr(voice, "probabilities", loud_is_voice)
    return scripted


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write_wav(tmp_path / "answer.wav", speech_like(STORY))


@pytest.mark.usefixtures("engine")
def test_words_come_from_the_engine_and_pauses_from_the_sound(recording: Path) -> None:
    transcript = hear(recording, Settings())
    assert " ".join(word.text for word in transcript.words).startswith("Last spring our team")
    assert [word.text for word in transcript.words if word.kind is WordKind.FILLED_PAUSE] == ["um"]
    assert [round(pause.span.duration, 1) for pause in transcript.pauses] == [0.6, 0.5, 1.3, 0.4]
    assert [pause.place for pause in transcript.pauses] == [
        PausePlace.BETWEEN_CLAUSES,
        PausePlace.BETWEEN_CLAUSES,
        PausePlace.WITHIN_CLAUSE,
        PausePlace.BETWEEN_CLAUSES,
    ]


@pytest.mark.usefixtures("engine")
def test_every_measure_is_taken_and_points_into_the_recording(recording: Path) -> None:
    result = analyze(recording, settings=Settings())
    assert [finding.measurement.metric for finding in result.findings] == [
        name for name in METRICS if name not in {"response_latency", "points", "question_words"}
    ]
    spans = [one.span for finding in result.findings for one in finding.measurement.evidence]
    assert spans
    assert all(0 <= span.start < span.end <= result.recording.duration for span in spans)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("form", FORMATS)
def test_every_format_renders_what_was_analysed(recording: Path, form: str) -> None:
    assert "spring" in render(analyze(recording, settings=Settings()), form) or form == "csv"


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("form", FORMATS)
def test_the_same_recording_gives_the_same_report_byte_for_byte(recording: Path, form: str) -> None:
    first, second = (render(analyze(recording, settings=Settings(), at="2026-01-01T00:00:00"), form) for _ in range(2))
    assert first == second


def test_silence_is_heard_as_no_speech(tmp_path: Path, engine: Scripted) -> None:
    quiet = write_wav(tmp_path / "quiet.wav", speech_like("<3.0>"))
    result = analyze(quiet, settings=Settings())
    assert engine.asked == [()]
    assert result.transcript.words == ()
    assert any("No speech" in caveat for caveat in result.caveats)
    assert {finding.measurement.value for finding in result.findings} == {None}
    assert all(finding.measurement.reason for finding in result.findings)


@pytest.mark.usefixtures("engine")
def test_a_question_may_be_an_id_a_sentence_or_a_value(recording: Path) -> None:
    assert analyze(recording, "scope-decision", Settings()).question == config.find_question(
        "scope-decision", config.load_packs()
    )
    typed = analyze(recording, "Why this company?", Settings()).question
    assert typed is not None
    assert typed.text == "Why this company?"
    asked = Question("mine", "What now?")
    assert analyze(recording, asked, Settings()).question == asked


@pytest.mark.usefixtures("engine")
def test_a_technical_question_is_not_judged_on_star(recording: Path) -> None:
    result = analyze(recording, Question("t", "How does a cache work?", star=False), Settings())
    assert result.star is None
    parts = [finding for finding in result.findings if finding.group == "STAR"]
    assert {finding.measurement.value for finding in parts} == {None}


def test_another_language_is_said_and_not_judged(recording: Path, engine: Scripted) -> None:
    engine.language = "de"
    result = analyze(recording, settings=Settings())
    assert any("'de'" in caveat for caveat in result.caveats)
    values = {finding.measurement.metric: finding.measurement.value for finding in result.findings}
    assert values["pace"] is None
    assert values["silent_pauses"] is not None


@pytest.mark.usefixtures("engine")
def test_the_users_own_fillers_count(recording: Path) -> None:
    transcript = hear(recording, Settings(fillers=("in the end",)))
    assert [word.text for word in transcript.words if word.kind is WordKind.FILLER][-3:] == ["In", "the", "end"]
    assert transcript.engine.settings["fillers"] == "in the end"
    assert "not_fillers" not in transcript.engine.settings


def test_fillers_that_the_user_allows_do_not_count(recording: Path, engine: Scripted) -> None:
    engine.text = "So, you know, I was, like, late and then I called my manager to tell her."
    usual = hear(recording, Settings())
    allowed = hear(recording, Settings(not_fillers=("So", "you know")))
    assert [bare(word.text) for word in usual.words if word.kind is WordKind.FILLER] == ["so", "you", "know", "like"]
    assert [bare(word.text) for word in allowed.words if word.kind is WordKind.FILLER] == ["like"]
    assert allowed.engine.settings["not_fillers"] == "So, you know"


@pytest.mark.usefixtures("engine")
def test_progress_goes_forward(recording: Path) -> None:
    told: list[tuple[str, float]] = []
    analyze(recording, settings=Settings(), progress=lambda stage, done, _whole: told.append((stage, done)))
    assert [stage for stage, _ in told] == sorted((stage for stage, _ in told), key=["decode", "hear"].index)


@pytest.mark.usefixtures("engine")
def test_the_sound_stays_out_of_the_data(recording: Path) -> None:
    result = analyze(recording, settings=Settings())
    assert result.playback is not None
    text = render(result, "json")
    assert len(text) < 200_000
    assert "playback" not in json.loads(text)["answers"][0]
    assert analyze(recording, settings=Settings(), sound_in_page=False).playback is None


def test_what_a_report_needs_is_loaded_before_it_is_wanted() -> None:
    code = (
        "import sys\nfrom voiceprep import pipeline\npipeline.get_ready()\n"
        "from voiceprep import meaning\nfrom voiceprep.tables import METRICS\n"
        "print(meaning._opened.cache_info().currsize, meaning.model_path() is not None)\n"
        "print(all(entry.split(':')[0] in sys.modules for entry in METRICS.values()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    opened, metrics = done.stdout.splitlines()
    assert opened in {"1 True", "0 False"}
    assert metrics == "True"

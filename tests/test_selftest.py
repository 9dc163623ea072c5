"""The self-test prints what this installation measures on recordings that come with it, and fails when that is bad."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from scripted import Scripted

from voiceprep import config, models, pipeline
from voiceprep.cli import main, selftest
from voiceprep.cli.samples import sample
from voiceprep.cli.selftest import FLOORS, Heard, Outcome, as_data, as_text, broken, together
from voiceprep.engines import Hearing
from voiceprep.errors import EngineError, InputError
from voiceprep.model import Detector, Span, Word
from voiceprep.scoring import Score
from voiceprep.testing import ENGINE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from voiceprep.engines import Progress
    from voiceprep.model import Audio, Settings

    Run = Callable[..., tuple[int, str, str]]

DETECTOR = Detector("probe", "0" * 64, hits=30, false=10, missed=20, unseen=5)
PERFECT = Score(60.0, (4, 0, 0), ((3, 5),), (4,), 100, 0, (10, 0, 0), (0.01, 0.02), 150, 150)


class Knowing:
    """An engine that knows what is in the recordings by their length: each word evenly, each filled pause in place."""

    def transcribe(self, audio: Audio, stretches: Sequence[Span], progress: Progress | None = None) -> Hearing:
        assert stretches
        labels = [json.loads(sample(f"{name}.json").read_text(encoding="utf-8")) for name in selftest.NAMES]
        label = min(labels, key=lambda one: abs(one["duration"] - audio.duration))
        said = [text for text in label["reference"].split() if not re.fullmatch(r"(um|uh)\W*", text)]
        step = audio.duration / len(said)
        words = [Word(text, Span(i * step, i * step + step / 2)) for i, text in enumerate(said)]
        words += [Word("um,", Span(one["start"], one["end"])) for one in label["filled_pauses"]]
        if progress:
            progress(audio.duration)
        return Hearing(tuple(sorted(words, key=lambda word: word.span)), "en", 0.99, ENGINE)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Settings]:
    """Let a knowing engine hear; return the settings that it is opened with."""
    opened: list[Settings] = []

    def open_engine(settings: Settings, *_: object) -> Knowing:
        opened.append(settings)
        return Knowing()

    monkeypatch.setattr(pipeline, "open_engine", open_engine)
    monkeypatch.setenv("VOICEPREP_CONFIG_DIR", str(tmp_path))
    monkeypatch.delenv("VOICEPREP_OFFLINE", raising=False)
    return opened


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(["selftest", *arguments])
        said = capsys.readouterr()
        return int(left.value.code or 0), said.out, said.err

    return run


def outcome(*scores: Score, detector: Detector | None = DETECTOR) -> Outcome:
    return Outcome(tuple(Heard(f"r{n}", score, 20.0) for n, score in enumerate(scores)), ENGINE, detector)


@pytest.mark.usefixtures("asked")
def test_all_recordings_are_heard_and_an_engine_that_knows_them_passes(run: Run) -> None:
    code, out, err = run("-f", "json")
    data = json.loads(out)
    assert list(data["recordings"]) == ["demo", "rambling", "no-result"]
    assert data["all"]["filled_pauses"]["true"] == 3 + 14 + 3
    assert data["all"]["filled_pauses"]["recall"] > 0.9
    # Its words stand evenly, some of them in silence, and are not believed there.
    assert data["all"]["word_error_rate"] < 0.05
    # Pauses are found in the sound, whatever the engine.
    assert data["all"]["pauses"]["found"] > 55
    assert data["all"]["pauses"]["boundary_error"] < 0.02
    assert data["below"] == []
    assert (code, err) == (0, "")


@pytest.mark.usefixtures("asked")
def test_quick_hears_the_first_alone(run: Run) -> None:
    code, out, _ = run("--quick")
    assert code == 0
    assert out.startswith("demo, 37 s\n")
    assert "rambling" not in out
    assert "recordings" not in out.split("Model:")[0]


def test_a_deaf_installation_fails_and_says_what_fell_below(
    run: Run, asked: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "open_engine", lambda *_: Scripted("so I think that is it"))
    code, out, _ = run("--quick")
    assert code == 1
    assert "This installation hears worse than it should:" in out
    assert re.search(r"^  recall of filled pauses: 0 %, should be at least \d+ %$", out, re.MULTILINE)
    assert re.search(r"^  word error rate: \d+ %, should be at most \d+ %$", out, re.MULTILINE)
    assert asked == []


def test_options_go_before_settings_and_other_settings_do_not_count(
    run: Run, asked: list[Settings], tmp_path: Path
) -> None:
    own = 'model = "small"\nbeam = 3\nthreads = 1\npause_threshold = 0.5\nlanguage = "de"\nnot_fillers = ["like"]\n'
    (tmp_path / "settings.toml").write_text(own, encoding="utf-8")
    assert run("--quick", "--beam", "2", "--model", "tiny")[0] == 0
    (settings,) = asked
    assert (settings.model, settings.beam, settings.threads) == ("tiny", 2, 1)
    assert (settings.pause_threshold, settings.language, settings.not_fillers) == (0.25, "auto", ())


def test_a_missing_model_is_an_error_of_the_engine(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> None:
        raise EngineError("no model", hint="pip install")

    monkeypatch.setattr(pipeline, "open_engine", none)
    assert run("--quick") == (4, "", "voiceprep: no model\n  pip install\n")


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"filled": (4, 3, 0)}, "filled_precision"),
        ({"filled": (2, 0, 3)}, "filled_recall"),
        ({"word_errors": 30}, "word_error_rate"),
        ({"pauses": (7, 3, 0)}, "pause_precision"),
        ({"pauses": (7, 0, 3)}, "pause_recall"),
        ({"boundaries": (0.1, 0.2)}, "boundary_error"),
        ({"syllables_heard": 120}, "syllable_error"),
        ({"syllables_heard": 180}, "syllable_error"),
    ],
)
def test_each_floor_is_broken_by_its_own_figure(changed: dict[str, Any], name: str) -> None:
    assert broken(outcome(PERFECT)) == ()
    assert [floor.name for floor in broken(outcome(replace(PERFECT, **changed)))] == [name]


def test_every_floor_has_a_case_above() -> None:
    (mark,) = (m for m in test_each_floor_is_broken_by_its_own_figure.pytestmark if m.name == "parametrize")
    assert {name for _, name in mark.args[1]} == {floor.name for floor in FLOORS}


def test_the_floors_are_for_all_recordings_together() -> None:
    bad = replace(PERFECT, filled=(2, 0, 3))
    assert broken(outcome(bad))
    assert broken(outcome(bad, PERFECT, PERFECT)) == ()


@pytest.mark.parametrize("width", [40, 80, 110])
@pytest.mark.parametrize("score", [PERFECT, replace(PERFECT, filled=(0, 9, 9), boundaries=(), word_errors=90)])
def test_the_text_fits_its_terminal(score: Score, width: int) -> None:
    assert max(map(len, as_text(outcome(score, score), width).splitlines())) <= width


def test_the_text_has_every_figure_and_what_the_detector_is_worth() -> None:
    other = replace(PERFECT, filled=(2, 1, 1), claimed=((4, 6),), labelled=(3,), word_errors=5, syllables_heard=147)
    text = " ".join(as_text(outcome(PERFECT, other), 80).split())
    for said in (
        "2 found, 1 false, 1 missed precision 67 %, recall 67 %",
        "report says 4 to 6; true: 3",
        "report is right in 1 of 2",
        "error rate 5.0 % of 100",
        "ends 15 ms off (median)",
        "-2.0 % off",
        "3.0 times real time",
        "all 2 recordings",
        "Model: none (beam 5)",
        "precision 75 %, recall 60 %, over 50 filled pauses",
        "Real speech is harder",
        "hears as well as it should",
    ):
        assert said in text
    assert "\x1b" not in text
    assert "\x1b" in as_text(outcome(PERFECT), 80, colour=True)


def test_without_a_detector_the_text_says_so() -> None:
    text = " ".join(as_text(outcome(PERFECT, detector=None), 80).split())
    assert "this model has none" in text
    assert "has no detector" in text
    assert as_data(outcome(PERFECT, detector=None))["detector"] is None


def test_the_speed_of_all_is_of_all_sound_over_all_work() -> None:
    short = replace(PERFECT, seconds=20.0)
    both = together(outcome(PERFECT, short))
    assert both.score.seconds / both.work == 2.0
    assert as_data(outcome(PERFECT, short))["all"]["times_real_time"] == 2.0


def test_a_recording_that_is_missing_is_told() -> None:
    with pytest.raises(InputError, match=r"nothing\.mp3"):
        sample("nothing.mp3")


@pytest.mark.model
def test_this_installation_hears_the_first_recording_as_well_as_it_should(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    try:
        models.find("base", config.cache_dir(), offline=True)
    except EngineError as error:
        pytest.skip(f"the base model is not installed: {error.message} {error.hint}")
    monkeypatch.setenv("VOICEPREP_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("VOICEPREP_OFFLINE", "1")
    code, out, _ = run("--quick", "-f", "json")
    data = json.loads(out)
    assert (code, data["below"]) == (0, [])
    assert data["engine"]["model"] == "base"
    assert data["detector"]["events"] > 0
    assert data["all"]["filled_pauses"]["claims_right"] == 1
    assert data["all"]["times_real_time"] > 0

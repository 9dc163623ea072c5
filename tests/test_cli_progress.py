"""`voiceprep progress`: what it prints, what it writes, and what it says where it cannot."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from progress_values import NOISE, practised

from voiceprep.cli import cli
from voiceprep.errors import InputError
from voiceprep.history import History

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from click.testing import Result
    from playwright.sync_api import Browser

FALLING = [9.0 - 0.5 * at + 0.3 * (at % 3) for at in range(15)]
VALUES = {"hesitations": FALLING, "pace": [140 + at for at in NOISE], "hedges": list(NOISE)}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for kind in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"VOICEPREP_{kind}_DIR", str(tmp_path / kind.lower()))
    return tmp_path / "data"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["progress", *arguments])


def printed(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--json").stdout)


def moves(*arguments: str) -> dict[str, str]:
    return {one["metric"]: one["move"] for one in printed(*arguments)["courses"]}


def test_an_empty_history_says_how_to_begin_and_makes_no_file(data: Path) -> None:
    done = run()
    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, "Nothing is saved yet.")
    assert not data.exists()
    assert printed()["sittings"] == 0


def test_what_got_better_comes_first_in_eighty_columns(data: Path) -> None:
    practised(data, VALUES)
    lines = run().stdout.splitlines()
    assert lines[0] == "15 sittings with 15 answers, 2026-01-05 to 2026-01-19"
    assert "Filled pauses and filler words got better." in lines
    better, steady = (
        next(at for at, line in enumerate(lines) if line.startswith(title)) for title in ("What got", "No ch")
    )
    assert better < steady
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in run().stdout


def test_json_has_every_sitting_and_what_became_of_the_measure(data: Path) -> None:
    practised(data, VALUES)
    assert moves() == {"hesitations": "better", "pace": "steady", "hedges": "steady"}
    (course,) = printed("--measure", "hesitations")["courses"]
    assert [round(point["value"], 6) for point in course["points"]] == pytest.approx(FALLING)
    assert course["trend"]["count"] == 15


def test_the_order_in_which_answers_were_saved_changes_nothing(data: Path, tmp_path: Path) -> None:
    practised(data, VALUES)
    other = tmp_path / "other"
    practised(other, VALUES, order=[7, 0, 14, 3, 1, 2, 13, 12, 4, 11, 5, 10, 6, 9, 8])
    first, second = printed(), printed("--data", str(other))
    assert first == second


def test_only_what_was_asked_for_is_looked_at(data: Path) -> None:
    practised(data, VALUES)
    assert printed("--since", "2026-01-15")["sittings"] == 5
    assert printed("--since", "20260115")["sittings"] == 5
    assert printed("--question", "scope")["answers"] == 15
    assert printed("--kind", "behavioural")["answers"] == 15
    assert set(moves("--measure", "pace", "--measure", "hedges")) == {"pace", "hedges"}
    assert "Only since 2026-01-15" in run("--since", "2026-01-15").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--since", "yesterday"], "'yesterday' is not a day"),
        (["--kind", "behavioral"], "there is no kind 'behavioral'"),
        (["--measure", "pase"], "there is no measure 'pase'"),
        (["--question", "other"], "no saved answer fits: question other"),
        (["--since", "2027-01-01", "--measure", "pace"], "no saved answer fits: since 2027-01-01"),
    ],
)
def test_what_cannot_be_is_refused_with_a_hint(data: Path, arguments: list[str], message: str) -> None:
    practised(data, {"pace": [150.0]})
    error = run(*arguments).exception
    assert isinstance(error, InputError)
    assert message in error.message
    assert error.hint


def test_a_page_is_written_and_nothing_is_printed_but_where(data: Path, tmp_path: Path) -> None:
    practised(data, VALUES)
    target = tmp_path / "progress.html"
    done = run("-o", str(target))
    assert (done.exit_code, done.stdout) == (0, "")
    assert str(target) in done.stderr
    page = target.read_text("utf-8")
    assert page.count('<article class="card">') == 3
    assert page.count('class="trend"') == 1
    assert "https:" not in page


@pytest.mark.parametrize("name", ["out.pdf", "out.txt", "out"])
def test_only_a_page_is_written_and_for_its_owner_alone(data: Path, tmp_path: Path, name: str) -> None:
    practised(data, {"pace": [150.0]})
    error = run("-o", str(tmp_path / name)).exception
    assert isinstance(error, InputError)
    assert "does not end in a known format" in error.message
    assert not (tmp_path / name).exists()
    run("-o", str(tmp_path / "out.html"))
    assert (tmp_path / "out.html").stat().st_mode & 0o077 == 0


def test_hostile_text_makes_no_elements_and_moves_no_cursor(data: Path, tmp_path: Path) -> None:
    hostile = "</script><img src=x>\x1b[2J"
    practised(data, VALUES, text=f"{hostile} um I had to make sure that {hostile} held .")
    target = tmp_path / "progress.html"
    run("-o", str(target))
    assert "<img" not in target.read_text("utf-8")
    assert "\x1b" not in run().stdout


def test_the_words_of_an_answer_come_back_without_the_rest(data: Path) -> None:
    practised(data, {"pace": [150.0]})
    with History(data / "history.db") as history:
        (record,) = history.records()
        assert history.words([record.id, 99]) == {record.id: record.transcript.words}


def test_habits_are_those_of_the_words_that_are_right(data: Path) -> None:
    practised(data, {"pace": [150.0] * 5})
    assert "um" in {one["phrase"] for one in printed()["habits"]}
    with History(data / "history.db") as history:
        for record in history.records():
            um = next(word for word in record.transcript.words if word.text.startswith("um"))
            history.connection.execute(
                "INSERT INTO correction (answer, at, kind, start, end, was, now)"
                " VALUES (?, '', 'not_filler', ?, ?, 'um', '')",
                (record.id, um.span.start, um.span.end),
            )
    assert "um" not in {one["phrase"] for one in printed()["habits"]}


def test_nothing_is_imported_that_hears_or_that_is_for_tests_alone(data: Path) -> None:
    practised(data, VALUES)
    code = (
        "import sys; from voiceprep.cli import cli; cli.main(['progress'], standalone_mode=False); print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=dict(os.environ), check=True
    )
    names = set(done.stdout.splitlines()[-1].split())
    assert "voiceprep.progress.trend" in names
    heavy = {
        "scipy",
        "faster_whisper",
        "onnxruntime",
        "av",
        "ctranslate2",
        "jinja2",
        "rich.console",
        "voiceprep.pipeline",
    }
    assert not names & heavy


# In a browser


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_fits_the_window_changes_its_theme_and_asks_for_nothing(
    browser: Browser, data: Path, tmp_path: Path, width: int
) -> None:
    practised(data, VALUES)
    run("-o", str(tmp_path / "progress.html"))
    asked: list[str] = []
    wrong: list[str] = []
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto((tmp_path / "progress.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.keyboard.press("d")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    heights = page.evaluate(
        "[...document.querySelectorAll('.plot svg')].map(one => one.getBoundingClientRect().height)"
    )
    assert min(heights) > 60
    page.locator("summary").first.click()
    assert page.locator("details[open] tbody tr").count() == 3
    page.close()
    assert asked == [(tmp_path / "progress.html").as_uri()]
    assert not wrong

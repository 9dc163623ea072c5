"""The command: what A and B may be, what it says of what they are not, and the page, as text and in a browser."""

from __future__ import annotations

import hashlib
import json
import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result
from comparison_example import AFTER, BEFORE, alone, example, judged, side
from report_example import HOSTILE, hostile
from report_example import example as report

from voiceprep import meaning, pipeline
from voiceprep.cli import cli
from voiceprep.comparison import Change as Became
from voiceprep.comparison import Comparison, Side, compare_answers
from voiceprep.correcting import Change, Correction
from voiceprep.errors import InputError, VoiceprepError
from voiceprep.history import History
from voiceprep.history.correcting import revise
from voiceprep.model import Question, QuestionKind, WordKind
from voiceprep.practice import Take
from voiceprep.report import comparison_text
from voiceprep.report.comparison_html import render
from voiceprep.testing import spoken, typed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

QUESTION = Question("late-project", "Tell me about a late project.", QuestionKind.BEHAVIOURAL)
MONDAY, FRIDAY = "2026-05-01-093012", "2026-05-08-180000"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of data with two sessions of three answers, and one answer that was saved by itself."""
    monkeypatch.setenv("VOICEPREP_CONFIG_DIR", str(tmp_path / "config"))
    folder = tmp_path / "data"
    with History(folder / "history.db") as history:
        for number, (session, said) in enumerate([(MONDAY, BEFORE)] * 3 + [(FRIDAY, AFTER)] * 3):
            at = f"{session[:10]}T09:3{number}:00"
            made = judged(spoken(said, a_word=0.4), QUESTION)
            made = replace(
                made, at=at, recording=replace(made.recording, name=f"{number}.wav", sha256=str(number) * 64)
            )
            history.save(made, take=Take(session, number % 3 + 1, at, QUESTION, 60.0))
        made = judged(spoken(AFTER, a_word=0.4))
        history.save(replace(made, at="2026-06-01T10:00:00", recording=replace(made.recording, sha256="f" * 64)))
    return folder


def run(data: Path, *arguments: str) -> Result:
    result = CliRunner().invoke(cli, ["compare", *arguments, "--data", str(data)])
    if isinstance(result.exception, VoiceprepError):
        raise result.exception
    return result


def fails(data: Path, *arguments: str) -> str:
    with pytest.raises(InputError) as caught:
        run(data, *arguments)
    return f"{caught.value.message} | {caught.value.hint}"


# What A and B may be


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (("1", "4"), (f"A  answer 1 ({MONDAY}/1)", f"B  answer 4 ({FRIDAY}/1)")),
        ((f"{MONDAY}/2", f"{FRIDAY}/3"), ("A  answer 2", "B  answer 6")),
        (("4", "last"), ("A  answer 4", "B  answer 7")),
        (("2026-06-01/1", "1"), ("A  answer 7", "B  answer 1")),
        (("--last", "2"), ("A  answer 6", "B  answer 7")),
        (("--last", "4", "--question", "late-project"), ("A  answer 3", "B  answer 6")),
        (("last", "2026-06-01"), ("A  answer 7", "B  answer 7")),
        ((MONDAY, "2026-06-01"), ("A  session", "B  session 2026-06-01")),
        (("last", FRIDAY), ("A  session 2026-06-01", "B  session")),
        ((MONDAY, FRIDAY), (f"A  session {MONDAY} · 2026-05-01 09:30 · 3 answers", "B  session")),
    ],
    ids=["ids", "takes", "last", "day", "newest", "question", "alone", "one-in-day", "one-in-last", "sessions"],
)
def test_a_side_is_an_answer_a_take_a_session_or_a_day(
    data: Path, arguments: tuple[str, ...], shown: tuple[str, str]
) -> None:
    text = run(data, *arguments).output
    for part in shown:
        assert part in text


def test_what_changed_comes_first(data: Path) -> None:
    lines = run(data, "1", "4").output.splitlines()
    assert lines.index("What changed") < lines.index("Held against chance") < lines.index("The words")
    assert any("That is better." in line for line in lines)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("99", "1"), "the history has no answer 99 | The newest answer is 7."),
        (("9" * 20, "1"), f"the history has no answer {'9' * 20} | The newest answer is 7."),
        (("1", "9" * 5000), "the history has no answer 999"),
        (("2026-05-01-0930", "1"), f"no id of an answer | Did you mean {MONDAY!r}"),
        (("nothing-like-it-at-all", "1"), "See what there is with: voiceprep sessions"),
        (("gone.m4a", "1"), "there is no file 'gone.m4a'"),
        ((f"{MONDAY}/9", "1"), f"session {MONDAY} has no answer '9' | It has: 1, 2, 3."),
        ((MONDAY, "1"), f"{MONDAY} is a session and 1 one answer | Give two sessions, or an answer of it: {MONDAY}/1"),
        (("1",), "compare needs two answers or two sessions"),
        ((), "compare needs two answers or two sessions"),
        (("1", "2", "--last", "2"), "compare needs two answers"),
        (("--last", "9"), "the history has 7 answers"),
        (
            ("--last", "2", "--question", "late-projects"),
            "no answers to 'late-projects' | Did you mean 'late-project'?",
        ),
        (("1", "4", "-o", "out.md"), "'out.md' does not end in a known format"),
        (("1", "4", "-o", "no/such/out.html"), "its folder does not exist"),
    ],
)
def test_what_cannot_be_compared_is_said_with_what_to_do(data: Path, arguments: tuple[str, ...], said: str) -> None:
    assert said in fails(data, *arguments)


def test_nothing_is_kept_yet(tmp_path: Path) -> None:
    assert "there is no history in" in fails(tmp_path / "new", "1", "2")
    assert not (tmp_path / "new").exists()
    History(tmp_path / "new" / "history.db").close()
    assert "voiceprep practice" in fails(tmp_path / "new", "1", "2")
    assert "the history is empty" in fails(tmp_path / "new", "last", "last")


def test_texts_and_reports_are_compared_on_the_spot(data: Path, tmp_path: Path) -> None:
    for name, said in (("a.txt", BEFORE), ("b.txt", AFTER)):
        (tmp_path / name).write_text(re.sub(r"<.*?>", "", said), encoding="utf-8")
    text = run(data, str(tmp_path / "a.txt"), str(tmp_path / "b.txt")).output
    assert "Share of fillers" in text
    assert "typed text has no times" in text
    mixed = run(data, "1", str(tmp_path / "b.txt")).output
    assert "read from a text" in " ".join(mixed.split())


def test_last_is_the_newest_answer_beside_an_answer_and_the_newest_session_beside_one(
    data: Path, tmp_path: Path
) -> None:
    with History(data / "history.db") as history:
        history.delete([7])
        (tmp_path / "a.txt").write_text("We moved the date and told them so.", encoding="utf-8")
        made = judged(spoken(AFTER, a_word=0.4))
        history.save(replace(made, at="2026-04-01T10:00:00", recording=replace(made.recording, sha256="e" * 64)))
    for other in ("1", f"{MONDAY}/1", "2026-04-01", str(tmp_path / "a.txt")):
        assert f"B  answer 6 ({FRIDAY}/3)" in run(data, other, "last").output
    assert f"B  session {FRIDAY}" in run(data, MONDAY, "last").output


def test_parts_of_the_story_are_drawn_beside_each_other_only_on_one_scale() -> None:
    written = side(typed(re.sub(r"<.*?>", "", AFTER)))
    mixed, of_words = compare_answers(side(BEFORE), written), compare_answers(written, written)
    text, page = comparison_text.render(mixed), render(mixed)
    story = text[text.index("The story") : text.index("The words")]
    assert "% of the time" in story.replace("\N{NO-BREAK SPACE}", " ")
    assert "% of the words" in story.replace("\N{NO-BREAK SPACE}", " ")
    assert "\N{FULL BLOCK}" not in story
    assert 'class="bar"' not in page
    for told in (comparison_text.render(of_words), render(of_words)):
        assert "The story, by its share of the words" in told
        assert "share of the time" not in told


def test_where_little_could_be_tested_that_comes_first() -> None:
    (chance, *others) = example().tested
    little = replace(example(), differences=tuple(replace(one, change=Became.CHANCE) for one in (chance, others[0])))
    for told in (comparison_text.render(little), render(little)):
        assert "Only 2 measures could be held against chance" in told
        assert "None changed by more than that." in " ".join(told.split())
        assert "Nothing changed" not in told
        assert "another take tells more" not in told
    one = replace(little, differences=(replace(chance, change=Became.BETTER),))
    for told in (comparison_text.render(one), render(one)):
        assert "Only 1 measure could be held against chance" in told


# How it is told


def test_a_program_gets_json(data: Path) -> None:
    told = json.loads(run(data, "1", "4", "-f", "json").stdout)
    assert (told["a"]["id"], told["b"]["id"]) == (1, 4)
    assert next(one for one in told["differences"] if one["metric"] == "hesitations")["change"] == "better"
    assert told["parts"][0]["sentences_a"]


def test_a_file_gets_the_format_of_its_ending_and_is_its_owners(data: Path, tmp_path: Path) -> None:
    for name, begins in (("out.html", "<!doctype html>"), ("out.json", "{"), ("out.txt", "A  answer 1")):
        result = run(data, "1", "4", "-o", str(tmp_path / name))
        assert result.stdout == ""
        assert (tmp_path / name).read_text("utf-8").startswith(begins)
        assert (tmp_path / name).stat().st_mode & 0o077 == 0


def test_two_answers_of_the_history_load_no_model(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("the model of sentences was asked")

    monkeypatch.setattr(meaning, "vectors", never)
    assert "Held against chance" in run(data, "1", "4").output


def test_the_words_and_the_page_tell_the_same_changes(data: Path) -> None:
    text = run(data, "1", "4").output
    told = json.loads(run(data, "1", "4", "-f", "json").stdout)
    for one in told["differences"]:
        if one["change"] == "better":
            assert f"{one['label']}: from" in text


def test_what_the_user_corrected_counts(data: Path) -> None:
    with History(data / "history.db") as history:
        record = history.record(4)
        assert record
        measured = next(one for one in record.measurements if one.metric == "hesitations")
        history.put_counts("corrected", 4, [replace(measured, total=31.0)])
    told = json.loads(run(data, "1", "4", "-f", "json").stdout)
    fillers = next(one for one in told["differences"] if one["metric"] == "hesitations")
    assert fillers["b"] == pytest.approx(31.0 / measured.per)
    assert fillers["change"] != "better"


@pytest.mark.parametrize("older", [0, 7])
def test_what_was_corrected_is_counted_in_the_corrected_words_whatever_version_it_was_kept_in(
    data: Path, older: int
) -> None:
    with History(data / "history.db") as history:
        heard = history.known(1).transcript
        um = next(word for word in heard.words if word.kind is WordKind.FILLED_PAUSE)
        record = revise(
            history, 1, pipeline.recount, add=[Correction(Change.NOT_FILLER, um.span, um.text, at="2026-05-02")]
        )
        # As if it had been kept by a program that counted in another way.
        for table in ("corrected", "measurement"):
            history.connection.execute(f"UPDATE {table} SET version = version + ?", (older,))  # noqa: S608  (names of ours)
    (before,) = (one for one in record.measurements if one.metric == "filled_pauses")
    told = json.loads(run(data, "1", "2", "-f", "json").stdout)
    (row,) = (one for one in told["differences"] if one["metric"] == "filled_pauses")
    assert row["a"] == pytest.approx((before.total - 1) / before.per)
    assert row["b"] == pytest.approx(before.value)


def test_the_recordings_are_in_the_page_while_they_are_there(data: Path) -> None:
    folder = data / "sessions" / MONDAY
    folder.mkdir(parents=True)
    (folder / "01-late-project.wav").write_bytes(_wav(3.0))
    page = run(data, "1", "4", "-f", "html").stdout
    assert page.count("<audio") == 1
    assert page.count("The recording is not in this page.") == 1


def test_a_recording_that_became_another_is_not_in_the_page(data: Path, tmp_path: Path) -> None:
    sound = tmp_path / "mine.wav"
    sound.write_bytes(_wav(2.0))
    made = judged(spoken(AFTER, a_word=0.4))
    recording = replace(made.recording, sha256=hashlib.sha256(sound.read_bytes()).hexdigest())
    with History(data / "history.db") as history:
        answer = history.save(replace(made, recording=recording), place=str(sound))
    assert run(data, "1", str(answer), "-f", "html").stdout.count("<audio") == 1
    sound.write_bytes(_wav(2.5))
    assert "<audio" not in run(data, "1", str(answer), "-f", "html").stdout


def _wav(seconds: float) -> bytes:
    import io  # noqa: PLC0415  (of this test alone)
    import wave  # noqa: PLC0415  (same)

    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(b"\x00\x10\x00\xf0" * int(seconds * 8000))
    return out.getvalue()


# The page


def heard() -> Comparison:
    """Return the comparison with a sound on both sides."""
    sides = []
    for one in (example().a, example().b):
        assert one.assessment
        sides.append(replace(one, assessment=replace(one.assessment, playback=report().playback)))
    return compare_answers(*sides)


def hostile_pair() -> Comparison:
    """Return a comparison in which every text that comes from outside tries to break out."""
    bad = hostile()
    name = HOSTILE[0]
    return compare_answers(Side(name, question=name, assessment=bad), Side(name, question=name, assessment=report()))


def test_what_changed_stands_before_everything_else() -> None:
    page = render(example())
    titles = ("What changed", "Held against chance", "The story, by its share of the time", "The words")
    places = [page.index(f">{title}<") for title in titles]
    assert places == sorted(places)
    assert "<b>Better.</b>" in page


def test_what_was_cut_added_or_moved_is_told_by_an_element_and_in_words() -> None:
    page = render(example())
    assert re.search(r'<ins class="added">\s*<span class="unseen">added: </span>', page)
    assert re.search(r'<span class="moved" data-move="1">\s*<span class="unseen">moved: </span>', page)
    other = render(compare_answers(example().b, example().a))
    assert re.search(r'<del class="cut">\s*<span class="unseen">cut: </span>', other)
    assert 'class="w filled_pause"' in page
    assert 'class="gap' in page


def test_the_same_comparison_is_the_same_page() -> None:
    assert render(example()) == render(example())


@pytest.mark.parametrize(
    "made",
    [
        lambda: alone(side("One two three.")),
        lambda: alone(side("")),
        lambda: compare_answers(side(typed("We moved the date.")), side(AFTER)),
        hostile_pair,
    ],
    ids=["short", "silent", "typed", "hostile"],
)
def test_any_two_make_a_page(made: Any) -> None:
    page = render(made())
    assert page.startswith("<!doctype html>")
    assert "</script><script>window.hacked" not in page
    assert "<img src=x" not in page


class _Desk:
    """A page that was opened, with all that it asked for and complained of."""

    def __init__(self, browser: Browser, file: Path, page: str, **context: Any) -> None:
        file.write_text(page, "utf-8")
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | context)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(file.as_uri())

    def time(self, side: str) -> float:
        return float(self.page.evaluate(f"document.querySelector('.transport[data-side={side}] audio').currentTime"))

    def playing(self, side: str) -> bool:
        return bool(self.page.evaluate(f"!document.querySelector('.transport[data-side={side}] audio').paused"))


@pytest.fixture
def desk(browser: Browser, tmp_path: Path) -> Iterator[_Desk]:
    opened = _Desk(browser, tmp_path / "comparison.html", render(heard()))
    opened.page.wait_for_function("() => [...document.querySelectorAll('audio')].every((one) => one.readyState >= 1)")
    yield opened
    opened.context.close()


@pytest.mark.browser
def test_a_word_plays_on_its_own_side_and_the_other_one_stops(desk: _Desk) -> None:
    for side_of, other in (("A", "B"), ("B", "A")):
        word = desk.page.locator(f".rows [data-side={side_of}] .w", has_text="engineers").first
        start = float(word.get_attribute("data-from") or "nan")
        word.click()
        assert start <= desk.time(side_of) < start + 1.5
        assert desk.playing(side_of)
        assert not desk.playing(other)


@pytest.mark.browser
def test_a_key_goes_to_the_same_place_on_the_other_side(desk: _Desk) -> None:
    desk.page.locator(".rows [data-side=A] .w", has_text="engineers").first.click()
    desk.page.keyboard.press("b")
    row = desk.page.locator(".row", has_text="engineers").locator("[data-side=B] .w").first
    start = float(row.get_attribute("data-from") or "nan")
    assert start <= desk.time("B") < start + 1.5
    assert desk.playing("B")
    desk.page.keyboard.press("Space")
    assert not desk.playing("B")


@pytest.mark.browser
def test_a_phrase_that_moved_leads_to_its_other_place(desk: _Desk) -> None:
    desk.page.locator(".move").first.click()
    assert desk.page.locator(".moved.on").count() == 2


@pytest.mark.browser
def test_the_keys_step_from_change_to_change_and_the_page_asks_for_nothing(desk: _Desk) -> None:
    desk.page.keyboard.press("n")
    first = desk.page.locator(".row.here").text_content()
    desk.page.keyboard.press("n")
    assert desk.page.locator(".row.here").text_content() != first
    desk.page.keyboard.press("d")
    assert desk.page.evaluate("document.documentElement.dataset.theme") == "dark"
    desk.page.keyboard.press("?")
    assert desk.page.locator("#help").is_visible()
    assert [url for url in desk.requests if not url.startswith(("data:", "file:"))] == []
    assert desk.complaints == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("made", [example, hostile_pair], ids=["example", "hostile"])
def test_the_page_never_scrolls_sideways_and_obeys_no_text(
    browser: Browser, tmp_path: Path, width: int, made: Any
) -> None:
    viewport = {"width": width, "height": 800}
    opened = _Desk(browser, tmp_path / "page.html", render(made()), viewport=viewport)
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    assert opened.page.evaluate("window.hacked") is None
    assert opened.complaints == []
    opened.context.close()


def test_a_long_answer_is_laid_side_by_side_in_seconds() -> None:
    long = "A steady word um comes, <1.2> and another <0.4> sentence ends here. " * 150
    one, other = side(long), side(long.replace("another", "one more", 50))
    began = time.perf_counter()
    page = render(compare_answers(one, other))
    assert time.perf_counter() - began < 15
    assert len(page) < 2_000_000

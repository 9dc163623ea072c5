"""What the page holds and how it behaves in a browser: plays moments, obeys no text, asks for nothing."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_example import HOSTILE, empty, example, hostile

from voiceprep import assess, wording
from voiceprep.model import Assessment, Band, Part, Recording, Settings, Verdict, Voice, Waveform
from voiceprep.report import picture
from voiceprep.report.html import render, to_script
from voiceprep.report.marks import Label, Spoken, lines, stretches, tokens
from voiceprep.testing import spoken, typed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page


class _Outline(HTMLParser):
    """Collects the elements of a page, and the text of those of a class."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def of_class(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for _, attrs in self.elements if name in (attrs.get("class") or "").split()]


def _long(words: int) -> Assessment:
    base = spoken("A steady word um comes, <1.2> and another <0.4> sentence ends here. " * (words // 10))
    return replace(example(), transcript=base, sentences=(), star=None)


# The page as text


def test_pitch_and_loudness_are_drawn_where_they_are_known() -> None:
    pitch = (None, 0.0, 6.0, None, -6.0, -60.0, None, 1.0)
    voice = Voice(2, 140.0, pitch, (None, 0.0, 12.0, -90.0, None, None, None, None))
    drawn = picture.melody(voice)
    assert drawn is not None
    assert drawn.reach == 6
    # From the middle to the upper edge; then along the lower one, beyond which nothing goes; one value alone is none.
    assert drawn.pitch == "M0.75 50L1.25 2M2.25 98L2.75 98"
    assert drawn.loudness == "M0.50 100v-60h0.50v60zM1.00 100v-100h0.50v100zM1.50 100v-4h0.50v4z"
    page = render([replace(example(), transcript=replace(example().transcript, voice=voice))])
    assert 'class="lane pitch"' in page
    assert 'class="lane loudness"' in page


def test_a_voice_that_was_not_measured_is_not_drawn() -> None:
    assert picture.melody(Voice(20, reason="too noisy")) is None
    assert 'class="lane pitch"' not in render([example()])


def test_the_one_thing_to_try_comes_before_everything_else() -> None:
    page = render([example()])
    places = [page.index(f'class="{name}"') for name in ("focus", "question", "transport", "timeline", "transcript")]
    assert places == sorted(places)
    assert page.index('class="findings"') < page.index('class="pace"') < page.index('class="details"')


def test_same_assessments_same_bytes() -> None:
    assert render([example(), empty()]) == render([example(), empty()])


def test_every_word_is_on_the_page_once_and_in_order() -> None:
    outline = _Outline(render([example()]))
    shown = [attrs for attrs in outline.of_class("w") if "title" in attrs or attrs["class"] == "w"]
    times = json.loads(re.search(r'class="times">(.*?)</script>', render([example()]))[1])
    assert len(times["words"]) == len(example().transcript.words)
    assert len(shown) == len(times["words"])


def test_each_kind_of_mark_has_its_own_class_and_says_what_it_is() -> None:
    page = render([example()])
    for kind, title in [
        ("filled_pause", "Filled pause at 0:10"),
        ("filler", "Filler word at 0:56"),
        ("repetition", "Repetition at 0:42"),
        ("fragment", "Broken-off word at 0:52"),
        ("unsure", "Word at 1:08, heard with 38 % certainty"),
    ]:
        assert f'<span class="w {kind}" title="{title}">' in page
    assert "Long pause of 1.6 s at 0:22, inside a clause" in page
    assert "Very long pause of 2.4 s" in page


def test_each_finding_shows_verdict_source_and_reason() -> None:
    page = render([example()])
    for verdict in Verdict:
        assert wording.VERDICTS[verdict] in page
    assert 'Not measured: <span class="said">this question was typed' in page
    assert "primary source" in page
    assert "second-hand or custom" in page
    assert "Show all 23" in page


def test_the_outline_of_the_question_is_a_list() -> None:
    page = render([example()])
    assert '<li class="said">What was promised, and to whom</li>' in page
    assert page.index("What went well") < page.index("An outline for this question") < page.index('class="transport"')
    assert "An outline" not in render([replace(example(), question=None)])


def test_what_was_not_measured_for_one_reason_is_one_entry_without_a_source() -> None:
    *_, last = example().findings
    gone = replace(last, verdict=Verdict.UNKNOWN, measurement=replace(last.measurement, reason="no result was heard"))
    page = render([replace(example(), findings=(replace(gone, label="One"), replace(gone, label="Two")))])
    assert page.count("no result was heard") == 1
    assert ">One, Two</h5>" in page
    assert 'class="source"' not in page


def test_advice_is_given_only_where_something_may_change() -> None:
    first, *rest = example().findings
    good = replace(first, verdict=Verdict.GOOD, advice="Change this at once.")
    assert "Change this at once." not in render([replace(example(), findings=(good, *rest))])
    assert "Change this at once." in render([replace(example(), findings=(replace(good, verdict=Verdict.HIGH), *rest))])


def test_without_sound_the_page_says_so() -> None:
    page = render([replace(example(), playback=None)])
    assert "The sound is not in this page" in page
    assert "<audio preload" in page
    assert 'src="data:audio' not in page


def test_sound_of_an_odd_kind_is_left_out() -> None:
    assert "RIFF" not in render([hostile()])
    assert "The sound is not in this page" in render([hostile()])


def test_no_speech_is_said_plainly() -> None:
    page = render([empty()])
    assert "No speech was heard" in page
    assert 'class="lines"' not in page
    assert "no speech was heard</span>." in page


def test_several_answers_have_an_index_that_leads_to_each() -> None:
    elements = _Outline(render([example(), empty(), hostile()])).elements
    links = {attrs.get("href") for tag, attrs in elements if tag == "a"}
    assert {"#answer-1", "#answer-2", "#answer-3"} <= links
    assert {attrs.get("id") for tag, attrs in elements if tag == "article"} == {"answer-1", "answer-2", "answer-3"}


def test_nothing_to_report_is_a_page_too() -> None:
    assert "There is nothing in this report." in render([])


def test_the_page_names_no_place_outside_itself() -> None:
    page = render([example(), hostile()])
    assert "default-src 'none'" in page
    for tag, attrs in _Outline(page).elements:
        for name in ("src", "href", "action", "data", "srcset"):
            value = attrs.get(name) or "#"
            assert value.startswith(("data:", "#")), f"<{tag} {name}={value}>"


def test_hostile_text_makes_no_elements_of_its_own() -> None:
    page = render([hostile()])
    outline = _Outline(page)
    assert sum(tag == "script" for tag, _ in outline.elements) == 2
    assert not any(tag == "img" for tag, _ in outline.elements)
    assert not any(name.startswith("on") for _, attrs in outline.elements for name in attrs)
    assert HOSTILE[0] in "".join(outline.text)


@pytest.mark.parametrize("text", ["</script>", "<!--", "\u2028", "&", "it's"])
def test_json_in_a_script_is_escaped_and_reads_back(text: str) -> None:
    written = str(to_script([text]))
    assert not set(written) & set("<>&'\u2028\u2029")
    assert json.loads(written) == [text]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=20), min_size=1, max_size=6), st.text(max_size=40))
def test_any_transcript_and_question_render_and_can_be_written(texts: list[str], asked: str) -> None:
    transcript = spoken("word <1.3> " * len(texts))
    words = tuple(replace(word, text=text) for word, text in zip(transcript.words, texts, strict=True))
    question = replace(example().question, text=asked)
    page = render([replace(empty(), transcript=replace(transcript, words=words), question=question)])
    outline = _Outline(page)
    assert page.encode("utf-8")
    assert sum(tag == "script" for tag, _ in outline.elements) == 2
    assert len(outline.of_class("at")) >= 1


def test_a_name_in_a_broken_encoding_can_be_written() -> None:
    page = render([replace(empty(), recording=replace(empty().recording, name="caf\udce9.wav"))])
    assert "caf\N{REPLACEMENT CHARACTER}.wav" in page.encode("utf-8").decode("utf-8")


@pytest.mark.parametrize(
    ("duration", "count", "last"), [(4.0, 5, "0:04"), (99.0, 10, "1:30"), (3600.0, 361, "1:00:00"), (0.0, 1, "0:00")]
)
def test_the_time_axis_has_round_steps(duration: float, count: int, last: str) -> None:
    ticks = picture.times(duration)
    assert len(ticks) == count
    assert ticks[-1].text == last


def test_an_hour_of_words_renders_within_two_seconds() -> None:
    assessment = _long(9000)
    render([example()])
    began = time.perf_counter()
    page = render([assessment])
    assert time.perf_counter() - began < 2
    assert len(page) < 4_000_000


# Lines, labels and pictures


def test_each_word_stands_in_one_line_even_where_sentences_leave_gaps_or_overlap() -> None:
    told = example()
    first, second, third, *rest = told.sentences
    torn = (
        replace(first, last=first.last - 2),
        replace(second, first=second.first - 4),
        replace(third, last=9999),
        *rest,
    )
    shown = [token.index for token in tokens(replace(told, sentences=torn)) if isinstance(token, Spoken)]
    assert shown == list(range(len(told.transcript.words)))


def test_a_reading_of_other_sentences_gives_no_labels() -> None:
    told = example()
    assert not any(isinstance(token, Label) for token in tokens(replace(told, sentences=told.sentences[:3])))


def test_words_outside_sentences_are_cut_where_a_sentence_seems_to_end() -> None:
    assessment = replace(empty(), transcript=spoken("One two. Three? " + "and " * 70))
    assert [len(line.tokens) for line in lines(assessment)] == [2, 1, 60, 10]


def test_a_pause_stands_after_the_word_it_follows() -> None:
    assessment = replace(empty(), transcript=spoken("one <1.5> two three"))
    kinds = [type(token).__name__ for line in lines(assessment) for token in line.tokens]
    assert kinds == ["Spoken", "Silence", "Spoken", "Spoken"]


def test_neighbours_of_one_part_are_one_stretch() -> None:
    assert [part for part, _ in stretches(example())] == [Part.SITUATION, Part.TASK, Part.ACTION, Part.RESULT]


@pytest.mark.parametrize(
    ("band", "value", "kinds"),
    [
        (Band(120, 170, 100, 190), 140, ["act", "watch", "good", "watch", "act"]),
        (Band(None, 5, None, 12), 3, ["good", "watch", "act"]),
        (Band(None, 5), 3, ["good", "act"]),
        (Band(4, None, 3), 5, ["act", "watch", "good"]),
    ],
)
def test_a_gauge_is_cut_where_the_band_says(band: Band, value: float, kinds: list[str]) -> None:
    pace = next(one for one in example().findings if one.measurement.metric == "pace")
    shown = picture.gauge(
        replace(pace, band=band, measurement=replace(pace.measurement, total=value, per=1.0, interval=None))
    )
    assert [zone.kind for zone in shown.zones] == kinds
    assert sum(zone.width for zone in shown.zones) == pytest.approx(100, abs=0.1)
    needle = next(zone for zone in shown.zones if zone.start <= shown.place <= zone.start + zone.width)
    assert needle.kind == "good"


def test_what_has_no_value_or_no_band_has_no_gauge() -> None:
    findings = {one.measurement.metric: one for one in example().findings}
    assert picture.gauge(findings["relevance"]) is None
    assert picture.gauge(findings["longest_pause"]) is None


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (65.9, "1:05"), (3599.99, "59:59"), (3665, "1:01:05"), (-1, "0:00")]
)
def test_a_clock_shows_minutes_and_seconds(seconds: float, text: str) -> None:
    assert wording.clock(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.44, "0.4 s"),
        (9.95, "10 s"),
        (59.6, "1 min"),
        (92, "1 min 32 s"),
        (3599, "59 min 59 s"),
        (3600, "1 h"),
        (7170, "2 h"),
        (35081, "9 h 45 min"),
    ],
)
def test_lengths_of_time_are_said_in_words_and_long_ones_without_seconds(seconds: float, text: str) -> None:
    assert wording.duration_text(seconds) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0 %"), (0.004, "under 1 %"), (0.344, "34 %"), (0.999, "over 99 %"), (1, "100 %")]
)
def test_nothing_and_everything_are_said_only_where_true(share: float, text: str) -> None:
    assert wording.percent_text(share) == text


def test_quiet_speech_stays_in_sight_beside_a_loud_knock() -> None:
    bars = picture.waves(Waveform(2.0, (255, 16, 0)), 1.5)
    assert [float(height) for height in re.findall(r"v([\d.]+)", bars)] == [96.0, 24.0, 2.0]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (4, "of 4", "4"),
        (4, "a minute", "4.0"),
        (0, "a minute", "0"),
        (141.2, "words a minute", "141"),
        (2.44, "s", "2.4 s"),
        (90, "s", "1 min 30 s"),
    ],
)
def test_a_number_has_the_digits_that_it_deserves(value: float, unit: str, text: str) -> None:
    assert wording.number_text(value, unit) == text


# The page in a browser


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

    def ready(self) -> _Desk:
        self.until("document.querySelector('audio').readyState >= 1")
        return self

    def until(self, holds: str) -> None:
        """Wait until the JavaScript expression holds, in a loop of our own: the page forbids `eval`."""
        held = self.page.evaluate(
            "() => new Promise((resolve) => { const began = performance.now(); const look = () => {"
            f" if ({holds}) resolve(true); else if (performance.now() - began > 8000) resolve(false);"
            " else requestAnimationFrame(look); }; look(); })"
        )
        assert held, holds

    def now(self) -> float:
        return self.page.evaluate("document.querySelector('audio').currentTime")

    def playing(self) -> bool:
        return self.page.evaluate("!document.querySelector('audio').paused")


@pytest.fixture
def desk(browser: Browser, tmp_path: Path) -> Iterator[_Desk]:
    opened = _Desk(browser, tmp_path / "report.html", render([example()])).ready()
    yield opened
    opened.context.close()


@pytest.mark.browser
def test_a_word_plays_from_where_it_was_said(desk: _Desk) -> None:
    words = example().transcript.words
    at = next(index for index, word in enumerate(words) if word.text == "engineers")
    desk.page.locator(".lines .w").nth(at).click()
    assert words[at].span.start - 1e-5 <= desk.now() < words[at].span.start + 1
    assert desk.playing()
    desk.until("document.querySelector('.now-said')?.textContent === 'engineers'")


@pytest.mark.browser
def test_a_number_plays_its_evidence_from_a_little_before(desk: _Desk) -> None:
    moment = example().findings[7].measurement.evidence[0].span
    desk.page.locator(".finding", has_text="Filled pauses (um").locator("button.value").click()
    # A browser keeps whole microseconds.
    assert max(0, moment.start - 0.4) - 1e-5 <= desk.now() < moment.end


@pytest.mark.browser
def test_a_number_goes_on_to_its_next_moment_and_shows_which(desk: _Desk) -> None:
    row = desk.page.locator(".finding", has_text="Filled pauses (um")
    second = example().findings[7].measurement.evidence[1].span
    row.locator("button.value").click()
    desk.until("document.querySelectorAll('.finding')[7].querySelectorAll('.moment')[1].classList.contains('on')")
    assert second.start - 0.5 <= desk.now() <= second.end + 0.4
    assert row.locator(".moment.on").count() == 1
    row.locator("button.value").click()
    assert not desk.playing()


@pytest.mark.browser
def test_a_moment_stops_after_its_end(desk: _Desk) -> None:
    span = example().focus.evidence[1].span
    desk.page.locator(".focus .moment").nth(1).click()
    assert span.start - 0.5 <= desk.now() < span.start + 0.3
    desk.until("document.querySelector('audio').paused")
    assert span.end + 0.2 <= desk.now() <= span.end + 0.8


@pytest.mark.browser
def test_the_timeline_and_the_pace_picture_seek(desk: _Desk) -> None:
    half = example().transcript.duration / 2
    for place in (".lane.sound .bed", ".field"):
        box = desk.page.locator(place).bounding_box()
        desk.page.locator(place).click(position={"x": box["width"] / 2, "y": 4})
        assert desk.now() == pytest.approx(half, abs=1.5)


@pytest.mark.browser
def test_the_keys_play_seek_and_step_from_mark_to_mark(desk: _Desk) -> None:
    press = desk.page.keyboard.press
    press("ArrowRight")
    assert desk.now() == pytest.approx(5, abs=0.1)
    press("Shift+ArrowRight")
    assert desk.now() in [pytest.approx(word.span.start, abs=0.01) for word in example().transcript.words]
    press("Home")
    press("n")
    assert desk.playing()
    first = desk.now()
    press("n")
    assert desk.now() > first
    press("Space")
    assert not desk.playing()
    press("p")
    press("d")
    assert desk.page.evaluate("document.documentElement.dataset.theme") == "dark"
    press("?")
    assert desk.page.locator("#help").is_visible()
    press("Escape")
    assert not desk.page.locator("#help").is_visible()


@pytest.mark.browser
def test_the_page_asks_for_nothing_and_complains_of_nothing(desk: _Desk) -> None:
    desk.page.locator(".play").click()
    desk.until("document.querySelector('audio').currentTime > 0")
    assert [url for url in desk.requests if not url.startswith(("data:", "file:"))] == []
    assert sum(url.startswith("file:") for url in desk.requests) == 1
    assert desk.complaints == []


@pytest.mark.browser
def test_what_cannot_be_seen_can_be_named(desk: _Desk) -> None:
    nameless = desk.page.evaluate(
        "[...document.querySelectorAll('button, input, select, audio[controls], [role=img], section')]"
        ".filter(e => !(e.textContent.trim() || e.ariaLabel || e.labels?.length)).map(e => e.outerHTML)"
    )
    assert nameless == []


@pytest.mark.browser
def test_hostile_text_stays_text_in_a_browser(browser: Browser, tmp_path: Path) -> None:
    opened = _Desk(browser, tmp_path / "hostile.html", render([hostile()]))
    assert opened.page.evaluate("window.hacked") is None
    assert opened.page.locator(".lines .w").nth(0).text_content() == HOSTILE[0]
    assert opened.page.locator(".focus h2").text_content().startswith(HOSTILE[0])
    assert opened.complaints == []
    assert len(opened.requests) == 1
    opened.context.close()


@pytest.mark.browser
def test_without_sound_clicks_still_move_the_cursor(browser: Browser, tmp_path: Path) -> None:
    opened = _Desk(browser, tmp_path / "silent.html", render([replace(example(), playback=None)]))
    opened.page.locator(".lines .w").nth(60).click()
    assert opened.page.locator(".now-said").count() == 1
    assert opened.page.locator(".now").text_content() == wording.clock(example().transcript.words[60].span.start)
    assert opened.complaints == []
    opened.context.close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", ["example", "hostile", "empty", "long", "typed"])
def test_the_page_never_scrolls_sideways(browser: Browser, tmp_path: Path, width: int, name: str) -> None:
    makers = {"example": example, "hostile": hostile, "empty": empty, "long": lambda: _long(2000), "typed": _typed}
    made = makers[name]()
    opened = _Desk(browser, tmp_path / "page.html", render([made]), viewport={"width": width, "height": 800})
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    opened.context.close()


@pytest.mark.browser
def test_a_place_in_typed_text_leads_to_its_line(browser: Browser, tmp_path: Path) -> None:
    opened = _Desk(browser, tmp_path / "typed.html", render([_typed()]))
    opened.page.locator(".findings a.moment", has_text="you know").first.click()
    assert "you know" in (opened.page.locator(".line:target").text_content() or "")
    opened.page.keyboard.press("?")
    assert opened.page.locator("#help dt").all_text_contents() == ["d", "?"]
    assert opened.complaints == []
    opened.context.close()


def _typed() -> Assessment:
    """Return the report on an answer that was typed."""
    text = "Last year I led a team of five. We cut the cost by forty percent, you know, and I wrote it down. " * 20
    prepared = assess.prepare(typed(text), None, Settings())
    return assess.assess(prepared, Recording("typed.txt", "0" * 64, 0.0), Settings(), version="0")


@pytest.mark.browser
def test_starting_one_answer_stops_the_other(browser: Browser, tmp_path: Path) -> None:
    opened = _Desk(browser, tmp_path / "two.html", render([example(), example()]))
    for number in (0, 1):
        opened.page.locator(".play").nth(number).click()
        opened.until(f"!document.querySelectorAll('audio')[{number}].paused")
    assert opened.page.evaluate("document.querySelectorAll('audio')[0].paused")
    opened.context.close()


@pytest.mark.browser
def test_the_system_chooses_dark_and_paper_is_light(browser: Browser, tmp_path: Path) -> None:
    opened = _Desk(browser, tmp_path / "dark.html", render([empty()]), color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert opened.page.evaluate(ground) == "rgb(21, 24, 27)"
    opened.page.emulate_media(media="print")
    assert opened.page.evaluate(ground) == "rgb(255, 255, 255)"
    opened.context.close()


@pytest.mark.browser
def test_an_hour_of_words_follows_the_sound_without_stumbling(browser: Browser, tmp_path: Path) -> None:
    opened = _Desk(browser, tmp_path / "long.html", render([replace(_long(9000), playback=None)]))
    took = opened.page.evaluate(
        "() => { const words = document.querySelectorAll('.lines .w'); document.body.getBoundingClientRect();"
        " const began = performance.now(); for (let at = 0; at < 9000; at += 450) { words[at].click();"
        " document.body.getBoundingClientRect(); } return (performance.now() - began) / 20; }"
    )
    assert took < 60, f"{took:.0f} ms a word"
    opened.context.close()

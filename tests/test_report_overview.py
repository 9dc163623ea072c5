from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceprep import assess
from voiceprep.codec import from_data, to_data
from voiceprep.config import built_in_pack, find_question
from voiceprep.model import Recording, Settings
from voiceprep.report import overview
from voiceprep.report.overview import Entry, Missing, Value
from voiceprep.testing import spoken

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

STORY = (
    "Last year I worked at a bank on the payments team . <0.5> My task was to cut failed payments . <1.5> "
    "First I read the logs , and um <0.4> I found that old phones timed out . <0.6> "
    "I rewrote the retry and I tested it with two users . <0.5> As a result failures fell by forty percent ."
)
HOSTILE = "</script><img src=x onerror=alert(1)>\"'&\u2028\u202e"
QUESTIONS = ("scope-decision", "about-yourself")


def an_entry(number: int = 0, text: str = STORY, **changes: Any) -> Entry:
    question = find_question(QUESTIONS[number % 2], [built_in_pack()])
    transcript = spoken(text, a_word=0.2 + 0.02 * number)
    answer = assess.prepare(transcript, question, Settings())
    recording = Recording(f"answer-{number}.wav", "0" * 64, transcript.duration)
    made = overview.entry(assess.assess(answer, recording, Settings(), version="1"))
    return replace(made, **{"candidate": f"person {number}", "report": f"reports/{number}.html"} | changes)


ENTRIES = [an_entry(number) for number in range(6)]


def embedded(page: str) -> Any:
    match = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert match
    return json.loads(match[1])


def test_an_entry_has_what_the_report_says_and_where_the_parts_are() -> None:
    entry = ENTRIES[0]
    assert entry.values["pace"].text.endswith("words a minute")
    assert {mark.kind for mark in entry.marks} >= {"S", "A", "R", "filled", "pause"}
    assert all(0 <= mark.start <= 100 for mark in entry.marks)


def test_an_entry_can_be_kept_as_data() -> None:
    assert from_data(Entry, json.loads(json.dumps(to_data(ENTRIES[0])))) == ENTRIES[0]


def test_the_page_has_a_row_and_a_link_for_each_answer() -> None:
    page = overview.render(ENTRIES, files=("answers.csv",))
    assert page.count("<tr data-at=") == 6
    assert all(f'href="reports/{number}.html"' in page for number in range(6))
    assert 'href="answers.csv"' in page


def test_what_has_no_result_stands_on_the_page_with_its_reason() -> None:
    page = overview.render([], [Missing("a.wav", "it is empty")], waiting=3)
    assert "a.wav" in page
    assert "it is empty" in page
    assert "3 recordings were not heard yet" in page


def test_the_page_is_the_same_each_time_and_asks_the_network_for_nothing() -> None:
    page = overview.render(ENTRIES)
    assert page == overview.render(ENTRIES)
    assert not re.findall(r'(?:src|href)="(?:https?:|//)', page)
    assert "default-src 'none'" in page


def test_hostile_names_are_text_everywhere() -> None:
    entry = an_entry(candidate=HOSTILE, name=HOSTILE, asked=HOSTILE, question=HOSTILE, todo=HOSTILE, caveats=(HOSTILE,))
    values = {**entry.values, "pace": replace(entry.values["pace"], text=HOSTILE)}
    page = overview.render([replace(entry, values=values), an_entry(1)], [Missing(HOSTILE, HOSTILE)])
    assert "<img" not in page
    assert page.count("</script>") == 2
    assert embedded(page)["texts"]["pace"][0][0] == HOSTILE


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40))
def test_every_value_is_in_one_bin(numbers: list[float]) -> None:
    entries = [replace(ENTRIES[0], values={"pace": Value(number, "", "", "plain")}) for number in numbers]
    spread = overview.spread_of("pace", overview.gathered(entries))
    assert spread
    assert sum(spread.bins) == len(numbers)
    assert spread.low <= min(numbers)
    assert spread.high >= max(numbers)
    assert max(spread.heights) == 100


def test_good_is_drawn_only_where_all_have_the_same_band() -> None:
    one, other = (Value(number, "", "", "good", "", 120.0, high) for number, high in ((100.0, 160.0), (200.0, 160.0)))
    entries = [replace(ENTRIES[0], values={"pace": value}) for value in (one, other)]
    spread = overview.spread_of("pace", overview.gathered(entries))
    assert spread
    assert spread.good == (20.0, 40.0)
    mixed = [entries[0], replace(entries[1], values={"pace": replace(other, high=170.0)})]
    assert overview.spread_of("pace", overview.gathered(mixed)).good is None  # type: ignore[union-attr]


def test_a_measure_that_fewer_than_two_have_is_not_spread() -> None:
    unknown = replace(ENTRIES[0], values={"pace": Value(None, "not measured: why", "", "unknown")})
    assert overview.spread_of("pace", overview.gathered([unknown, ENTRIES[0]])) is None


def test_a_group_is_known_after_one_look_and_what_an_answer_lacks_is_not_known() -> None:
    lacking = replace(ENTRIES[1], values={"length": ENTRIES[1].values["length"]}, candidate="10", todo="")
    group = overview.gathered(iter([replace(lacking, candidate="9"), *ENTRIES[:2], lacking]))
    assert (group.count, group.numbers["pace"][0], group.numbers["pace"][3]) == (4, None, None)
    assert group.numbers["pace"][1] == ENTRIES[0].values["pace"].number
    assert {len(known) for known in (*group.numbers.values(), *group.texts.values())} == {4}
    assert list(group.candidates) == ["9", "10", "person 0", "person 1"]
    assert sum(count for _, count in group.firsts) == 2


def test_the_page_leads_with_what_most_may_try_first() -> None:
    todos = ["Let the silence stand"] * 3 + ["Say what came of it"] * 2 + [""]
    page = overview.render([an_entry(number, todo=todo) for number, todo in enumerate(todos)])
    told = re.findall(r'class="rank".*?<b>(\d+)</b> <span class="said">(.*?)</span>', page)
    assert told == [("3", "Let the silence stand"), ("2", "Say what came of it")]


def test_pieces_are_the_page_and_entries_may_be_read_from_somewhere_each_time() -> None:
    class Read(list[Entry]):
        times = 0

        def __iter__(self) -> Iterator[Entry]:
            self.times += 1
            return super().__iter__()

    read = Read(ENTRIES)
    pieces = list(overview.pieces(read))
    assert "".join(pieces) == overview.render(ENTRIES)
    assert max(map(len, pieces)) < len("".join(pieces)) / 2
    assert read.times == 2


# In a browser


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    entries = [*ENTRIES, an_entry(7, candidate=HOSTILE, name=HOSTILE, todo=HOSTILE)]
    (tmp_path / "index.html").write_text(overview.render(entries, [Missing(HOSTILE, "why")]), "utf-8")
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    complaints: list[str] = []
    requests: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda request: requests.append(request.url))
    opened.on("dialog", lambda dialog: complaints.append(dialog.message))
    opened.goto((tmp_path / "index.html").as_uri())
    yield opened
    assert complaints == []
    assert len(requests) == 1
    opened.close()


def column(page: Page, number: int) -> list[str]:
    return page.locator(f"tbody tr[data-at]:visible td:nth-child({number})").all_inner_texts()


@pytest.mark.browser
def test_the_table_sorts_by_number_both_ways(page: Page) -> None:
    page.click("th.number:has-text('Pace') button")
    down = [float(text) for text in column(page, 5)]
    page.click("th.number:has-text('Pace') button")
    up = [float(text) for text in column(page, 5)]
    assert down == sorted(down, reverse=True)
    assert up == sorted(up)
    assert len(set(up)) > 3


@pytest.mark.browser
def test_filters_by_candidate_question_and_measure(page: Page) -> None:
    page.select_option("#candidate", "person 3")
    assert (column(page, 2), page.inner_text("#count")) == (["person 3"], "1")
    page.click("#reset")
    page.select_option("#question", index=1)
    assert page.inner_text("#count") in {"3", "4"}
    page.click("#reset")
    page.fill("#find", "answer-4")
    assert column(page, 2) == ["person 4"]
    page.click("#reset")
    page.select_option("#measure", "pace")
    page.select_option("#tone", "good")
    shown = int(page.inner_text("#count"))
    assert shown == sum(entry.values["pace"].tone == "good" for entry in [*ENTRIES, an_entry(7)])


@pytest.mark.browser
def test_what_to_try_first_is_chosen_at_the_top_and_in_the_filters(page: Page) -> None:
    first = page.locator(".rank").first
    title, count = first.locator(".said").inner_text(), int(first.locator("b").inner_text())
    first.click()
    assert set(page.locator("td.todo:visible").all_inner_texts()) == {title}
    assert page.inner_text("#count") == str(count)
    assert page.input_value("#first") == title
    first.press("Enter")
    assert page.inner_text("#count") == "7"
    page.select_option("#first", title)
    assert first.get_attribute("aria-pressed") == "true"


@pytest.mark.browser
def test_a_measure_is_chosen_at_its_picture_and_gets_a_column(page: Page) -> None:
    assert page.locator("th.chosen").is_hidden()
    page.click('.card[data-metric="articulation_rate"]')
    assert "Articulation rate" in page.inner_text("th.chosen")
    assert all("syllables" in text for text in page.locator("td.chosen").all_inner_texts())
    page.click('.card[data-metric="articulation_rate"]')
    assert page.locator("th.chosen").is_hidden()


@pytest.mark.browser
def test_a_measure_that_has_a_column_is_lit_there_and_not_shown_twice(page: Page) -> None:
    page.click('.card[data-metric="pace"]')
    assert page.locator("th:visible:has-text('Pace')").count() == 1
    assert "lit" in (page.locator("th:has-text('Pace')").first.get_attribute("class") or "")
    page.click("#reset")
    assert page.locator(".lit").count() == 0


@pytest.mark.browser
def test_without_scripts_nothing_is_offered_that_needs_them(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(overview.render(ENTRIES), "utf-8")
    opened = browser.new_page(java_script_enabled=False)
    opened.goto((tmp_path / "index.html").as_uri())
    assert opened.locator("tbody tr:visible").count() == len(ENTRIES)
    assert opened.locator(".filters").is_hidden()
    assert opened.locator("#theme").is_hidden()
    opened.close()


@pytest.mark.browser
def test_the_table_fits_on_paper(page: Page) -> None:
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") <= 718


@pytest.mark.browser
def test_the_pictures_follow_the_filters(page: Page) -> None:
    def height() -> float:
        bars = page.locator('.card[data-metric="pace"] .bars b').all()
        return sum(float(bar.evaluate("one => parseFloat(one.style.height)")) for bar in bars)

    everyone = height()
    page.select_option("#candidate", "person 3")
    assert 0 < height() < everyone

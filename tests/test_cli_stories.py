"""`voiceprep stories`: kept, shown in 80 columns and as data, matched on confirmation, and refused with a hint."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from test_history import assessment
from test_stories import INVOICE, QUEUE, RETOLD

from voiceprep import config, meaning
from voiceprep.cli import main
from voiceprep.cli.bank import heard_in
from voiceprep.history import History, stories
from voiceprep.testing import spoken

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from voiceprep.model import Transcript

    Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for kind in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"VOICEPREP_{kind}_DIR", str(tmp_path / kind.lower()))
    # What texts mean has tests of its own.
    monkeypatch.setattr(meaning, "vectors", lambda _: None)
    return tmp_path / "data"


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:  # noqa: ARG001  (no folder of the user is touched)
    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(["stories", *arguments])
        out, err = capsys.readouterr()
        return int(left.value.code or 0), out, err

    return run


def answered(
    folder: Path, name: str | None = "scope-decision", transcript: Transcript = RETOLD, at: str = "2026-05-01"
) -> int:
    """Save an answer with the words of `transcript` to the question `name`, and return its number."""
    question = config.find_question(name, config.load_packs()) if name else None
    with History(folder / "history.db") as book:
        saved = assessment(sound=f"{len(book):064}", question=question, at=at)
        return book.save(replace(saved, transcript=transcript))


def data(run: Run, *arguments: str) -> Any:
    code, out, _ = run(*arguments, "--json")
    assert code == 0
    return json.loads(out)


# Kept


def test_a_story_from_an_answer_has_the_words_that_are_right_and_is_found_by_them(run: Run, folder: Path) -> None:
    number = answered(folder)
    wrong = next(word for word in RETOLD.words if len(word.text) > 4)
    with History(folder / "history.db") as book:
        book.connection.execute(
            "INSERT INTO correction (answer, at, kind, start, end, was, now) VALUES (?, '', 'word', ?, ?, ?, 'Wilma')",
            (number, wrong.span.start, wrong.span.end, wrong.text),
        )
        heard = heard_in(book, book.entries()[0])
        assert "Wilma" in " ".join(word.text for word in heard.words)  # type: ignore[union-attr]
    run("add", "--from", "last")
    assert "Wilma" in data(run, "list")[0]["text"]


def test_with_no_story_it_says_how_to_begin(run: Run) -> None:
    code, out, err = run()
    assert (code, out) == (0, "")
    assert "voiceprep stories add --from last" in err


def test_a_typed_story_is_kept_with_what_it_shows(run: Run) -> None:
    code, out, err = run("add", "--text", INVOICE, "--competency", "customer-focus", "--competency", "customer-focus")
    assert (code, out) == (0, "")
    assert "Kept as story 1: Last May our invoice page broke for three large customers a\N{HORIZONTAL ELLIPSIS}" in err
    (one,) = data(run, "list")
    assert (one["text"], one["competencies"], one["from_answer"]) == (INVOICE, ["customer-focus"], None)
    assert (one["told_in"], one["overused"]) == ([], False)


def test_a_story_is_read_from_a_file_or_standard_input(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "story.txt"
    file.write_bytes(b"\xef\xbb\xbfWe were late.\n\n\x1b[31mThen we shipped.\n")
    run("add", "--file", str(file), "--title", "Late")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"From a pipe.")))
    run("add", "--file", "-")
    assert [(one["title"], one["text"]) for one in data(run, "list")] == [
        ("Late", "We were late.\n\n\N{REPLACEMENT CHARACTER}[31mThen we shipped."),
        ("From a pipe", "From a pipe."),
    ]


def test_a_story_made_from_an_answer_has_no_fillers_and_shows_what_was_asked_for(run: Run, folder: Path) -> None:
    number = answered(folder)
    _, _, err = run("add", "--from", "last")
    (one,) = data(run, "list")
    assert one["text"].startswith("It was last May and the invoice page broke for our three large customers before")
    asked = config.find_question("scope-decision", config.load_packs())
    assert one["competencies"] == list(asked.competencies)
    assert "It shows risk and decisions, leadership and influence." in err
    assert (one["from_answer"], [told["answer"] for told in one["told_in"]]) == (number, [number])


def test_an_edit_changes_what_is_given_and_nothing_else(run: Run) -> None:
    run("add", "--text", INVOICE, "--title", "Old")
    run("edit", "1", "--title", "New", "--competency", "adaptability")
    (one,) = data(run, "list")
    assert (one["title"], one["text"], one["competencies"]) == ("New", INVOICE, ["adaptability"])
    run("edit", "1", "--text", QUEUE)
    (one,) = data(run, "list")
    assert (one["title"], one["text"], one["competencies"]) == ("New", QUEUE, ["adaptability"])


def test_deleting_asks_first(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("add", "--text", INVOICE)
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))
    assert run("delete", "1")[0] != 0
    assert len(data(run, "list")) == 1
    assert run("delete", "1", "--yes")[0] == 0
    assert data(run, "list") == []


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (("add",), "it is not said what the story is", "--text, --file and --from"),
        (("add", "--text", "a", "--from", "1"), "it is not said what the story is", "Give one of"),
        (("add", "--text", " "), "the story is empty", ""),
        (("add", "--text", "We won.", "--title", " "), "the title is empty", ""),
        (("add", "--text", "We won.", "--competency", "adaptabilty"), "no competency 'adaptabilty'", "adaptability?"),
        (("add", "--text", "We won.", "--competency", "xyz"), "no competency 'xyz'", "Known are: adaptability,"),
        (("add", "--file", "nowhere.txt"), "cannot read 'nowhere.txt'", ""),
        (("add", "--from", "last"), "the history is empty", "voiceprep practice"),
        (("edit", "1"), "it is not said what to change", "--title"),
        (("edit", "1", "--text", "a", "--file", "b"), "the story is given twice", ""),
        (("edit", "7", "--title", "New"), "there is no story 7", "voiceprep stories"),
        (("show", "7"), "there is no story 7", "voiceprep stories"),
        (("delete", "7", "--yes"), "there is no story 7", ""),
        (("tell", "7", "last"), "there is no story 7", ""),
        (("for", "no-such"), "there is no question 'no-such'", "voiceprep questions"),
    ],
)
def test_what_cannot_be_is_refused_with_a_hint(run: Run, arguments: tuple[str, ...], message: str, hint: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert hint in err


def test_an_answer_that_is_not_there_or_says_nothing_is_refused(run: Run, folder: Path) -> None:
    answered(folder, transcript=spoken(""))
    assert "there is no answer '9'" in run("add", "--from", "9")[2]
    assert "no words were heard in answer 1" in run("add", "--from", "1")[2]


# Looked at


@pytest.fixture
def bank(run: Run, folder: Path) -> Run:
    """Keep two stories, the first told for three questions."""
    run("add", "--text", INVOICE, "--title", "The invoice page", "--competency", "customer-focus")
    run("add", "--text", QUEUE, "--title", "The queue at night")
    for day, name in enumerate(("scope-decision", "backlog-rescue", "said-and-did"), 1):
        run("tell", "1", str(answered(folder, name, at=f"2026-05-0{day}")))
    return run


def test_the_list_says_what_stories_show_and_how_often_they_were_told(bank: Run) -> None:
    assert bank()[1].splitlines() == [
        "1  The invoice page",
        "   Shows customer focus.",
        "   Overused: told 3 times, for 3 of the 3 questions that you told any story for.",
        "",
        "2  The queue at night",
        "   No competency yet.",
        "   Never told.",
        "",
        "Without a story: technical proficiency, business and market insight, leadership",
        "and influence, project management, risk and decisions, adaptability.",
    ]


def test_a_story_is_shown_with_its_questions_and_where_it_was_told(bank: Run) -> None:
    _, out, _ = bank("show", "1", "--count", "2")
    lines = out.splitlines()
    assert lines[0] == "1  The invoice page"
    assert "Shows: customer focus" in lines
    assert sum(line.startswith("    Shows customer focus") for line in lines) == 2
    assert "  answer 1, 2026-05-01: Tell me about a hard decision you had to make about the" in lines
    assert max(map(len, lines)) <= 80
    found = data(bank, "show", "1")
    assert len(found["fits"]) == 5
    assert [told["question"] for told in found["told_in"]] == ["scope-decision", "backlog-rescue", "said-and-did"]


def test_for_a_question_the_stories_that_fit_come_with_the_reason(bank: Run) -> None:
    questions = [one for one in config.load_packs()[0].questions if "customer-focus" in one.competencies]
    code, out, _ = bank("for", questions[0].id)
    assert code == 0
    assert "1  The invoice page\n   Shows customer focus" in out
    found = data(bank, "for", questions[0].id)
    assert (found[0]["story"], found[0]["competencies"], found[0]["meaning"]) == (1, ["customer-focus"], None)


def test_for_a_question_of_ones_own_only_words_count(bank: Run) -> None:
    _, out, _ = bank("for", "Tell me about a night on call.")
    assert out.splitlines() == [
        "Tell me about a night on call.",
        "",
        "2  The queue at night",
        "   Shares “night”, “call” with the question.",
        "   Never told.",
        "",
        "1  The invoice page",
        "   Shares “called” with the question.",
        "   Overused: told 3 times, for 3 of the 3 questions that you told any story for.",
    ]
    _, out, _ = bank("for", "Why do you want to leave?")
    assert "None of your stories fits" in out


def test_gaps_name_what_has_no_story_what_is_overused_and_what_was_never_told(bank: Run) -> None:
    lines = bank("gaps")[1].splitlines()
    assert "Adaptability: no story; 14 questions ask for it" in lines
    assert lines[lines.index("Customer focus: 1 story") + 1] == "  1 The invoice page"
    assert "Never told: 2 The queue at night" in lines
    assert any(line.startswith("Overused: 1 The invoice page") for line in lines)
    found = data(bank, "gaps")
    assert (found["competencies"]["customer-focus"], found["competencies"]["adaptability"]) == ([1], [])
    assert (found["overused"], found["never_told"]) == ([1], [2])


def test_what_was_told_is_taken_back(bank: Run) -> None:
    bank("untell", "1", "1")
    assert [told["answer"] for told in data(bank, "list")[0]["told_in"]] == [2, 3]
    code, _, err = bank("untell", "1", "1")
    assert code == 2
    assert "answer 1 was not noted to tell story 1" in err


# Matched


def test_a_match_is_a_proposal_that_notes_nothing(run: Run, folder: Path) -> None:
    run("add", "--text", INVOICE, "--title", "The invoice page")
    answered(folder)
    code, out, err = run("match")
    assert (code, err) == (0, "")
    assert "may tell 1 The invoice page: " in out
    assert "    If so: voiceprep stories tell 1 1" in out.splitlines()
    assert data(run, "list")[0]["told_in"] == []
    (found,) = data(run, "match", "last")
    assert (found["answer"], found["tells"], found["may_tell"][0]["story"]) == (1, [], 1)
    assert "invoice" in found["may_tell"][0]["words"]


@pytest.mark.parametrize(("said", "told"), [("y\n", [1]), ("n\n", [])])
def test_what_the_user_confirms_is_noted(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, said: str, told: list[int]
) -> None:
    run("add", "--text", INVOICE)
    answered(folder)
    monkeypatch.setattr(sys, "stdin", io.StringIO(said))
    assert run("match", "--note")[0] == 0
    with History(folder / "history.db") as book:
        assert [one.answer for one in stories.tellings(book)] == told


def test_what_is_noted_is_not_proposed_again(run: Run, folder: Path) -> None:
    run("add", "--text", INVOICE, "--title", "The invoice page")
    answered(folder)
    answered(folder, transcript=spoken("I do not know ."))
    run("tell", "1", "1")
    _, out, _ = run("match")
    assert "  tells 1 The invoice page" in out.splitlines()
    assert "may tell" not in out
    assert "  tells none of your stories, as far as its words show" in out.splitlines()


@pytest.mark.parametrize(("saved", "message"), [(False, "Nothing is in your history yet"), (True, "No story yet")])
def test_with_nothing_to_match_it_says_what_to_do(run: Run, folder: Path, *, saved: bool, message: str) -> None:
    if saved:
        answered(folder)
    code, _, err = run("match")
    assert code == 0
    assert message in err

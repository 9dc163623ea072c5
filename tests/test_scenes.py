"""What the stages of a round look like, in colours or in plain lines: every state is told in words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from voiceprep.cli.scenes import View, draw, header, plain
from voiceprep.meter import Meter, heard
from voiceprep.model import Question, QuestionKind, Span
from voiceprep.ports import Level
from voiceprep.practice import Round, Rules, Stage, aimed, rehearsal

QUESTION = Question(
    "scope", "Tell me about the scope.", QuestionKind.BEHAVIOURAL, target=Span(60, 150), role="engineer"
)
RULES = Rules(target=Span(60, 120))
VOICE = Level(-24, -9, clipped=False)


def recording(at: float, level: Level = VOICE, rules: Rules = RULES) -> View:
    meter = Meter()
    for second in range(int(at) + 1):
        meter = heard(meter, level, second)
    return View(Round(rules, Stage.RECORDING, 0.0, began=0.0, meter=meter), at)


def shown(view: View, width: int = 80, *, ascii: bool = False) -> str:  # noqa: A002  (as in the reports)
    return "\n".join(line.plain for line in draw(view, width, ascii=ascii))


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (View(Round(RULES, Stage.ASKING, 0), 1), "The question is being read aloud."),
        (View(Round(RULES, Stage.THINKING, 0), 0.0), "0:30"),
        (View(Round(RULES, Stage.THINKING, 0), 29.5), "0:01"),
        (recording(5), "0:05 of 3:00"),
        (recording(5), "Aim for 1:00 to 2:00."),
        (recording(60), "A good length from here on, up to 2:00."),
        (recording(120), "Past the length to aim for: come to the end."),
        (recording(166), "0:14 left: come to the end."),
        (recording(5), "good"),
        (recording(5, Level(-48, -40, clipped=False)), "Too quiet: come nearer, or turn the microphone up."),
        (recording(5, Level(-5, 0, clipped=True)), "Too loud: move back a little"),
        (recording(5, Level(-99, -90, clipped=False)), "Nothing is heard: is the microphone muted?"),
        (replace(recording(5), words=12), "12 words so far"),
        (View(Round(RULES, Stage.READING, 0), 1, 0.4), "Reading your answer: 40%"),
        (View(Round(RULES, Stage.LISTENING, 0), 1), "Playing your answer."),
        (View(Round(RULES, Stage.REVIEW, 0), 1), "a again   n next   o open page"),
        (View(Round(RULES, Stage.REVIEW, 0, sure=False), 1), "Press d again to delete this answer for good"),
    ],
)
def test_every_state_is_told_in_words(view: View, said: str) -> None:
    assert said in shown(view)


def test_the_calm_screen_counts_no_words() -> None:
    assert "words" not in shown(recording(5))


@given(
    at=some.floats(0, 200),
    width=some.integers(40, 110),
    stage=some.sampled_from(list(Stage)),
    rms=some.floats(-120, 0),
    ascii=some.booleans(),
)
def test_no_line_is_wider_than_the_terminal(*, at: float, width: int, stage: Stage, rms: float, ascii: bool) -> None:  # noqa: A002
    view = recording(at, Level(rms, rms, clipped=rms > -1))
    text = shown(replace(view, round=replace(view.round, stage=stage), words=999), width, ascii=ascii)
    assert max(map(len, text.splitlines()), default=0) <= width
    # The dot between two keys is spelt by the screen.
    assert not ascii or text.replace("·", "").isascii()


def test_the_length_to_aim_for_stands_out_in_the_bar_without_colours() -> None:
    (line,) = [line for line in shown(recording(30), ascii=True).splitlines() if line.startswith(" Time")]
    bar = line.split()[1]
    assert bar == "#" * 5 + "-" * 6 + "=" * 10 + "-" * 11


def test_over_a_question_stands_what_to_aim_for() -> None:
    lines = [
        line.plain for line in header(QUESTION, "Question 2 of 5", Round(RULES, Stage.THINKING, 0), 60, shown=True)
    ]
    assert lines == [
        "Question 2 of 5 · scope",
        "",
        " Tell me about the scope.",
        "",
        " behavioural · aim for 1 min to 2 min",
        "",
    ]


def test_a_question_that_is_only_heard_does_not_give_itself_away() -> None:
    lines = header(QUESTION, "Question 1", Round(RULES, Stage.ASKING, 0), 60, shown=False)
    assert not [line for line in lines if "scope" in line.plain]


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (rehearsal(RULES), "behavioural · aim for 1 min to 2 min · 2 min at most · one take"),
        (replace(RULES, longest=30), "behavioural · 30 s at most"),
    ],
)
def test_nobody_aims_beyond_the_time_there_is(rules: Rules, said: str) -> None:
    fitted = aimed(rules, QUESTION.target)
    assert header(QUESTION, "", Round(fitted, Stage.THINKING, 0), 80, shown=True)[4].plain.strip() == said
    assert "Aim" not in shown(recording(5, rules=fitted)) or fitted.target.duration


def lines(*views: View) -> list[str]:
    before: list[View | None] = [None, *views]
    return [line for was, now in zip(before, views, strict=False) for line in plain(was, now) if line]


def test_plain_lines_come_once_and_only_for_what_is_new() -> None:
    thinking = Round(RULES, Stage.THINKING, 0.0)
    assert lines(*(View(thinking, at) for at in (0.0, 5.0, 19.9, 20.1, 25.0))) == [
        "Think: 30 s. Any key begins the answer, q quits.",
        "10 seconds left.",
    ]


def test_plain_lines_say_where_an_answer_stands_and_disturb_it_little() -> None:
    steps = [recording(at / 2) for at in range(360)]
    assert lines(*steps) == [
        "Recording. Enter or space stops.",
        "1 min: a good length from here on.",
        "2 min: past the length to aim for: come to the end.",
        "15 seconds left.",
    ]


def test_a_warning_in_plain_lines_comes_once() -> None:
    quiet = Level(-48, -40, clipped=False)
    assert lines(*(recording(at, quiet) for at in range(9)))[1:] == [
        "Too quiet: come nearer, or turn the microphone up."
    ]


def test_the_second_key_of_a_deletion_is_asked_for_in_plain_lines_too() -> None:
    review = Round(RULES, Stage.REVIEW, 0.0)
    views = [View(review, 1), View(replace(review, sure=False), 2), View(replace(review, deleted=True), 3)]
    assert lines(*views)[1:] == [
        "Press d again to delete this answer for good; any other key keeps it.",
        "Keys: a again, n next, q quit.",
    ]

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from voiceprep.batch.plan import Plan, plan
from voiceprep.config import built_in_pack
from voiceprep.errors import InputError
from voiceprep.model import Question

if TYPE_CHECKING:
    from collections.abc import Callable

PACK = built_in_pack()


def put(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"sound")


def planned(*sources: Path, **how: object) -> Plan:
    return plan(sources, [PACK], **how)  # type: ignore[arg-type]


def shown(made: Plan) -> list[tuple[str, str, str]]:
    return [(job.name, job.candidate, job.question.id if job.question else "") for job in made.jobs]


def test_a_folder_gives_its_recordings_in_order_and_nothing_else(tmp_path: Path) -> None:
    put(tmp_path, "b.wav", "a.M4A", "notes.txt", "report.html", ".hidden.wav", "sub/c.wav")
    assert shown(planned(tmp_path)) == [("a", "", ""), ("b", "", "")]


def test_recursive_looks_into_folders_and_keeps_them_in_the_names(tmp_path: Path) -> None:
    put(tmp_path, "b.wav", "monday/b.wav", "monday/late/c.ogg")
    assert [name for name, _, _ in shown(planned(tmp_path, recursive=True))] == ["b", "monday/b", "monday/late/c"]


@pytest.mark.parametrize(
    ("name", "pattern", "candidate", "question"),
    [
        ("anna_scope-decision.wav", "{candidate}_{question}.wav", "anna", "scope-decision"),
        ("anna_scope-decision.m4a", "{candidate}_{question}.wav", "anna", "scope-decision"),
        ("anna_scope-decision.wav", "{candidate}_{question}", "anna", "scope-decision"),
        ("Anna Smith_SCOPE_DECISION.wav", "{candidate}_{question}.wav", "Anna Smith", "scope-decision"),
        ("anna_lee_scope-decision-2.wav", "{candidate}_{question}-{take}.wav", "anna_lee", "scope-decision"),
        ("2026-05-01 anna scope-decision.wav", "{day} {candidate} {question}.wav", "anna", "scope-decision"),
        ("q1+anna.wav", "*+{candidate}.wav", "anna", ""),
        ("[7] anna.wav", "[*] {candidate}.wav", "anna", ""),
    ],
)
def test_a_pattern_reads_candidate_and_question_from_the_name(
    tmp_path: Path, name: str, pattern: str, candidate: str, question: str
) -> None:
    put(tmp_path, name)
    made = planned(tmp_path, pattern=pattern)
    assert [row[1:] for row in shown(made)] == [(candidate, question)]
    assert made.notes == ()


def test_a_pattern_with_folders_reads_them_too(tmp_path: Path) -> None:
    put(tmp_path, "class/anna/scope-decision.wav", "class/ben/about-yourself.wav")
    made = planned(tmp_path, pattern="{candidate}/{question}.wav", recursive=True)
    assert [row[1:] for row in shown(made)] == [("anna", "scope-decision"), ("ben", "about-yourself")]


def test_what_does_not_fit_the_pattern_is_said_and_heard_without_a_question(tmp_path: Path) -> None:
    put(tmp_path, "anna_scope-decision.wav", "memo.wav")
    made = planned(tmp_path, pattern="{candidate}_{question}.wav")
    assert shown(made)[1] == ("memo", "", "")
    assert [note for note in made.notes if note.startswith("memo.wav does not fit")] == list(made.notes)


@pytest.mark.parametrize("pattern", ["answers.wav", "{name}.wav", "{candidate}_{candidate}.wav", "{}_{question}"])
def test_a_pattern_that_says_nothing_is_refused(tmp_path: Path, pattern: str) -> None:
    put(tmp_path, "a.wav")
    with pytest.raises(InputError, match="pattern"):
        planned(tmp_path, pattern=pattern)


def test_a_question_that_no_pack_knows_is_the_problem_of_its_recording_alone(tmp_path: Path) -> None:
    put(tmp_path, "anna_scope-decison.wav", "ben_scope-decision.wav")
    first, second = planned(tmp_path, pattern="{candidate}_{question}.wav").jobs
    assert "there is no question 'scope-decison'" in first.problem
    assert "scope-decision" in first.hint
    assert not second.problem


def test_a_side_file_has_the_question_and_goes_before_the_pattern(tmp_path: Path) -> None:
    put(tmp_path, "anna_scope-decision.wav")
    (tmp_path / "anna_scope-decision.question.txt").write_text("Why do you\nwant this job?\n", "utf-8")
    (job,) = planned(tmp_path, pattern="{candidate}_{question}.wav").jobs
    assert job.question == Question("typed", "Why do you want this job?")
    assert job.candidate == "anna"


def test_one_question_for_all_that_have_none(tmp_path: Path) -> None:
    put(tmp_path, "a.wav", "b.wav")
    (tmp_path / "b.question.txt").write_text("about-yourself", "utf-8")
    made = planned(tmp_path, otherwise=Question("x", "Why?"))
    assert [row[2] for row in shown(made)] == ["x", "about-yourself"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("m.csv", "file,question,candidate,question_end\nin/a.wav,scope-decision,Anna,2.5\nb.wav,,,\n"),
        ("m.csv", "\ufefffile;question;candidate;question_end\r\nin/a.wav;scope-decision;Anna;2.5\r\nb.wav;;;\r\n"),
        (
            "m.jsonl",
            '{"file":"in/a.wav","question":"scope-decision","candidate":"Anna","question_end":2.5}\n\n{"file":"b.wav"}\n',
        ),
    ],
    ids=["csv", "csv of a spreadsheet", "json lines"],
)
def test_a_manifest_lists_recordings_beside_it(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    made = planned(tmp_path / name)
    assert shown(made) == [("in/a", "Anna", "scope-decision"), ("b", "", "")]
    assert [job.question_end for job in made.jobs] == [2.5, None]
    assert [Path(job.path) for job in made.jobs] == [tmp_path / "in" / "a.wav", tmp_path / "b.wav"]


def test_columns_of_a_manifest_that_are_not_used_are_said_once(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("file,grade\na.wav,1\nb.wav,2\n", "utf-8")
    assert len(planned(tmp_path / "m.csv").notes) == 1


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("m.csv", "name,question\na.wav,x\n", "no column 'file'"),
        ("m.jsonl", "[1]\n", "line 1: not an object"),
        ("m.jsonl", '{"file": "a.wav"}\n{"file": \n', "line 2: not JSON"),
        ("m.jsonl", '{"file": 7}\n', "line 1: names no file"),
        ("m.jsonl", '{"file": "a\\u0000.wav"}\n', "line 1: names no file"),
    ],
)
def test_a_manifest_that_cannot_be_read_is_refused_with_its_line(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(InputError, match=said):
        planned(tmp_path / name)


@pytest.mark.parametrize("end", ["soon", "-1", "inf", "nan"])
def test_a_time_in_a_manifest_that_is_none_is_the_problem_of_its_line(tmp_path: Path, end: str) -> None:
    (tmp_path / "m.csv").write_text(f"file,question_end\na.wav,{end}\nb.wav,1\n", "utf-8")
    assert [bool(job.problem) for job in planned(tmp_path / "m.csv").jobs] == [True, False]


def test_reports_never_share_a_name(tmp_path: Path) -> None:
    put(tmp_path, "in/a.wav", "in/A.mp3", "in/b.wav", "other/b.wav")
    made = planned(tmp_path / "in", tmp_path / "other" / "b.wav", tmp_path / "in" / "b.wav")
    names = [job.name.casefold() for job in made.jobs]
    assert len(set(names)) == len(names) == 4


def test_names_that_cannot_be_printed_give_reports_that_can_be(tmp_path: Path) -> None:
    names = ["new\nline_scope-decision.wav", "new\tline_scope-decision.wav"]
    if sys.platform == "linux":
        names.append(os.fsdecode(b"bad\xff_scope-decision.wav"))
    put(tmp_path, *names)
    made = planned(tmp_path, pattern="{candidate}_{question}.wav")
    assert len({job.name for job in made.jobs}) == len(names)
    assert all(f"{job.name}{job.candidate}".isprintable() for job in made.jobs)
    assert {job.question.id for job in made.jobs if job.question} == {"scope-decision"}
    assert {Path(job.path).name for job in made.jobs} == set(names)


def test_a_manifest_may_hold_halves_of_characters(tmp_path: Path) -> None:
    row = '{"file": "a.wav", "candidate": "A\\ud800", "question": "Why\\ud800 this job?"}'
    (tmp_path / "m.jsonl").write_text(row + "\n", "utf-8")
    (job,) = planned(tmp_path / "m.jsonl").jobs
    assert job.question
    assert f"{job.candidate}{job.question.text}".isprintable()


def test_hidden_folders_are_left_alone(tmp_path: Path) -> None:
    put(tmp_path / ".class", "a.wav", ".trash/b.wav", "sub/.old/deep/c.wav", "sub/d.wav")
    assert [name for name, _, _ in shown(planned(tmp_path / ".class", recursive=True))] == ["a", "sub/d"]


@pytest.mark.parametrize(
    "sources",
    [lambda here: (here / "m.csv", here), lambda here: (here, here / "m.csv")],
    ids=["manifest first", "folder first"],
)
def test_one_recording_under_two_candidates_is_two_answers_and_is_said(
    tmp_path: Path, sources: Callable[[Path], tuple[Path, Path]]
) -> None:
    put(tmp_path, "a.wav")
    rows = ["file,candidate", "a.wav,Anna", "a.wav,Ben", "a.wav,Anna", "a.wav,"]
    (tmp_path / "m.csv").write_text("\n".join(rows), "utf-8")
    made = planned(*sources(tmp_path))
    assert [job.candidate for job in made.jobs] == ["Anna", "Ben"]
    assert list(made.notes) == ["a.wav is listed for Anna and for Ben: it is in the results of both."]


def test_a_name_from_a_manifest_never_leaves_the_folder_of_reports(tmp_path: Path) -> None:
    rows = [{"file": "../../x.wav"}, {"file": str(tmp_path / "y.wav")}]
    (tmp_path / "m.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    assert [job.name for job in planned(tmp_path / "m.jsonl").jobs] == ["x", "y"]


def test_anonymous_candidates_are_numbers_and_nothing_tells_their_names(tmp_path: Path) -> None:
    put(tmp_path, *(f"{name}_{question}.wav" for name in ("anna", "ben", "cleo") for question in ("x", "y")))
    made = planned(tmp_path, pattern="{candidate}_*.wav", anonymous=True)
    assert sorted({job.candidate for job in made.jobs}) == ["1", "2", "3"]
    assert {job.name for job in made.jobs} == {f"candidate-{n}-answer-{m}" for n in (1, 2, 3) for m in (1, 2)}
    again = planned(tmp_path, pattern="{candidate}_*.wav", anonymous=True)
    assert made == again


def test_nothing_to_hear_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no recording"):
        planned(tmp_path)

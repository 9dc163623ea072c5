"""The pack that comes with the program, `voiceprep questions`, and the page that explains both."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest
from click.testing import CliRunner, Result

from voiceprep import config
from voiceprep.cli import cli, main
from voiceprep.cli.questions import draw_table
from voiceprep.codec import from_data, to_data
from voiceprep.errors import InputError
from voiceprep.model import Question, QuestionKind, Span

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
SCHEMA = json.loads((files("voiceprep") / "schemas" / "questions.schema.json").read_text(encoding="utf-8"))
PACK = config.built_in_pack()
IDS = [question.id for question in PACK.questions]
GROUND = {
    "feasible-and-wanted",
    "backlog-and-sprints",
    "sharing-the-vision",
    "user-feedback",
    "hard-decisions",
    "dependencies",
    "conflicting-stakeholders",
    "data-in-decisions",
    "technical-debt",
    "setbacks",
    "problem-solving",
}
# How a question begins that asks for a past episode.
PAST = (
    "Tell me about ",
    "Describe a ",
    "Give me an example of ",
    "Walk me through the last time",
    "What is the most complicated problem that you have solved",
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test a config folder of its own."""
    monkeypatch.setenv("VOICEPREP_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path / "config"


@pytest.fixture
def run() -> Callable[..., Result]:
    """Return a function that runs `voiceprep questions` with arguments."""
    return lambda *arguments: CliRunner().invoke(cli, ["questions", *arguments], catch_exceptions=False)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """Return a small pack with marks in it that a terminal or Markdown could take for its own."""
    data = {
        "id": "nurse",
        "title": "Nurse [red]",
        "questions": [{"id": "own-one", "text": "Is [bold]this[/bold] shown as :smile: it is?"}],
        "ask_the_interviewer": [{"title": "The ward", "questions": ["How many beds?"]}],
        "preparation": [{"text": "Read *this*", "how": "Look at <b>it</b> with `less`."}],
    }
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


# The pack that comes with the program


def test_pack_fits_its_schema() -> None:
    data = json.loads((ROOT / "questions.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(data)
    assert config.check_pack(ROOT / "questions.json") == ()


def test_pack_covers_every_kind_and_topic_several_times() -> None:
    assert len(PACK.questions) >= 60
    kinds = Counter(question.kind for question in PACK.questions)
    topics = Counter(topic for question in PACK.questions for topic in question.topics)
    competencies = Counter(name for question in PACK.questions for name in question.competencies)
    assert min(kinds[kind] for kind in QuestionKind) >= 2
    assert min(topics[topic] for topic in GROUND) >= 4
    assert min(competencies[one.id] for one in PACK.competencies) >= 10
    assert 0.4 <= kinds[QuestionKind.BEHAVIOURAL] / len(PACK.questions) <= 0.6


@pytest.mark.parametrize("question", PACK.questions, ids=IDS)
def test_question_is_whole(question: Question) -> None:
    assert 3 <= len(question.points) <= 6
    assert all(3 <= len(point.cues) <= 12 for point in question.points)
    assert 2 <= len(question.follow_ups) <= 3
    assert 3 <= len(question.outline) <= 5
    assert question.shows
    assert question.competencies
    assert question.topics
    assert question.role == "IT product manager"
    assert question.target is not None
    assert 30 <= question.target.start < question.target.end <= 180


@pytest.mark.parametrize("question", PACK.questions, ids=IDS)
def test_question_can_be_said_in_one_breath_or_two(question: Question) -> None:
    assert len(question.text.split()) <= 35
    assert question.text[-1] in "?."
    assert question.text.isascii()


@pytest.mark.parametrize("question", PACK.questions, ids=IDS)
def test_star_is_for_past_episodes_only(question: Question) -> None:
    assert question.star is (question.text.startswith(PAST) and question.id != "about-yourself")
    if question.kind is QuestionKind.BEHAVIOURAL:
        assert question.star
        assert question.target == Span(60, 150)


def test_cues_are_words_as_they_are_heard() -> None:
    cues = [cue for question in PACK.questions for point in question.points for cue in point.cues]
    assert [cue for cue in cues if not re.fullmatch(r"[a-z0-9' -]+", cue) or len(cue.split()) > 5] == []


def test_no_text_stands_twice() -> None:
    texts = Counter(question.text for question in PACK.questions)
    assert [text for text, count in texts.items() if count > 1] == []


def test_pack_has_questions_to_ask_and_a_preparation_list() -> None:
    asked = [question for group in PACK.ask_the_interviewer for question in group.questions]
    assert 10 <= len(asked) <= 14
    assert all(question.endswith("?") for question in asked)
    assert 12 <= len(PACK.preparation) <= 18
    assert [step.text for step in PACK.preparation if "30-60-90" in step.text] == ["Draft a 30-60-90 day plan"]


# The command


def test_no_subcommand_lists_all(run: Callable[..., Result]) -> None:
    lines = run().stdout.splitlines()
    assert [line.split()[0] for line in lines] == IDS
    assert run("list").stdout.splitlines() == lines


def test_list_in_a_pipe_has_one_plain_line_for_each_question(run: Callable[..., Result]) -> None:
    out = run("--kind", "technical").stdout
    assert "\x1b" not in out
    assert re.fullmatch(r"(?:[a-z0-9-]+ +technical +\S.*[?.]\n)+", out)


FILTERS = {
    "kind": (["--kind", "data"], lambda one: one.kind is QuestionKind.DATA),
    "competency": (["--competency", "customer-focus"], lambda one: "customer-focus" in one.competencies),
    "topic": (["list", "--topic", "technical-debt"], lambda one: "technical-debt" in one.topics),
    "two": (
        ["--kind", "behavioural", "--topic", "setbacks"],
        lambda one: one.kind is QuestionKind.BEHAVIOURAL and "setbacks" in one.topics,
    ),
    "pack": (["--pack", "it-product-manager"], lambda _: True),
}


@pytest.mark.parametrize("case", FILTERS)
def test_list_is_narrowed(case: str, run: Callable[..., Result]) -> None:
    arguments, fits = FILTERS[case]
    expected = [one.id for one in PACK.questions if fits(one)]
    assert expected
    assert [line.split()[0] for line in run(*arguments).stdout.splitlines()] == expected


def test_search_wants_all_words_in_any_case(run: Callable[..., Result]) -> None:
    found = run("search", "HARD", "scope").stdout
    assert "scope-decision" in found
    assert run("list", "--search", "hard SCOPE").stdout == found
    assert len(found.splitlines()) < 10


def test_search_looks_beyond_the_text(run: Callable[..., Result]) -> None:
    assert "debt-before-feature" in run("search", "who was against it").stdout


def test_nothing_found_is_said_on_stderr(run: Callable[..., Result]) -> None:
    result = run("search", "xylophone")
    assert (result.stdout, result.stderr, result.exit_code) == ("", "No question fits.\n", 0)
    assert json.loads(run("search", "xylophone", "--json").stdout) == []


def test_json_reads_back_as_questions(run: Callable[..., Result]) -> None:
    data = json.loads(run("list", "--json").stdout)
    assert tuple(from_data(Question, one) for one in data) == PACK.questions
    assert json.loads(run("show", "scope-decision", "--json").stdout) == to_data(
        config.find_question("scope-decision", [PACK])
    )


def test_show_has_every_field_within_80_columns(run: Callable[..., Result]) -> None:
    out = run("show", "scope-decision").stdout
    shown = " ".join(out.split())
    question = config.find_question("scope-decision", [PACK])
    cues = [cue for point in question.points for cue in point.cues]
    points = [point.text for point in question.points]
    for text in [question.text, question.shows, *points, *cues, *question.outline, *question.follow_ups]:
        assert text in shown
    for text in ["behavioural", "60 to 150 seconds", "IT product manager", "Risk and decisions", "hard-decisions"]:
        assert text in shown
    assert max(map(len, out.splitlines())) <= 80
    assert "\x1b" not in out


def test_show_of_a_bare_question_leaves_empty_fields_out(run: Callable[..., Result], mine: Path) -> None:
    assert run("show", "own-one", "--questions", str(mine)).stdout == (
        "own-one\nIs [bold]this[/bold] shown as :smile: it is?\n\n"
        "Kind:         open\nSTAR:         if the answer tells a past episode\n"
    )


@pytest.mark.parametrize(
    ("kind", "star", "shown"),
    [
        ("behavioural", None, "yes: it asks for a past episode"),
        ("behavioural", False, "no"),
        ("data", True, "yes: it asks for a past episode"),
        ("data", None, "no"),
        ("open", None, "if the answer tells a past episode"),
    ],
)
def test_show_says_whether_star_applies(
    kind: str, star: bool | None, shown: str, run: Callable[..., Result], mine: Path
) -> None:
    question = {"id": "own-one", "text": "What then?", "kind": kind, "star": star}
    mine.write_text(json.dumps({"id": "nurse", "title": "Nurse", "questions": [question]}), encoding="utf-8")
    assert f"STAR:         {shown}\n" in run("show", "own-one", "--questions", str(mine)).stdout


def test_random_is_the_same_for_the_same_seed(run: Callable[..., Result]) -> None:
    picked = {run("random", "--seed", str(seed)).stdout for seed in range(8)}
    assert len(picked) > 3
    assert run("random", "--seed", "7").stdout == run("random", "--seed", "7").stdout


def test_random_shows_the_question_and_not_its_hints(run: Callable[..., Result]) -> None:
    result = run("random", "--topic", "technical-debt", "--kind", "situational")
    assert result.stdout == (
        "Your engineers ask for three months to rewrite a core service. How do you\ndecide?\n\n"
        "rewrite-request (situational, 60 to 120 seconds)\n"
    )
    assert result.stderr == "Record your answer, then: voiceprep analyze RECORDING --question rewrite-request\n"


def test_random_in_json_is_one_question(run: Callable[..., Result]) -> None:
    question = from_data(Question, json.loads(run("random", "--kind", "culture", "--json").stdout))
    assert question.kind is QuestionKind.CULTURE


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["show", "scope-decison"], "there is no question 'scope-decison'", "Did you mean scope-decision"),
        (["show", "Why do you ask?"], "there is no question 'Why do you ask?'", "Look for it with"),
        (["--topic", "technical-dept"], "there is no topic 'technical-dept'", "Did you mean technical-de"),
        (["--competency", "zzz"], "there is no competency 'zzz'", "Known are: adaptability, business-and-market"),
        (["ask", "--pack", "zzz"], "there is no pack 'zzz'", "Known are: it-product-manager."),
        (["random", "--kind", "open", "--topic", "setbacks"], "no question fits", "Ask for less at once"),
        (["--questions", "/no/such.json"], "cannot read '/no/such.json'", ""),
    ],
)
def test_wrong_wish_is_answered_in_words(
    arguments: list[str], message: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["questions", *arguments])
    said = capsys.readouterr()
    assert caught.value.code == 2
    assert said.out == ""
    assert said.err.startswith(f"voiceprep: {message}")
    assert hint in said.err


def test_validate_counts_what_is_in_a_sound_pack(run: Callable[..., Result], mine: Path) -> None:
    result = run("validate", str(mine))
    assert result.stdout == "OK: mine.json: 1 question (1 open), 1 to ask the interviewer, 1 preparation step\n"
    assert (result.stderr, result.exit_code) == ("", 0)


def test_validate_prints_every_problem_of_every_file(run: Callable[..., Result], mine: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"id": "A", "title": "", "questions": []}', encoding="utf-8")
    (tmp_path / "torn.json").write_text('{"id": ', encoding="utf-8")
    result = run("validate", str(broken), str(mine), str(tmp_path / "torn.json"))
    assert result.exit_code == 2
    assert [line[:60] for line in result.stdout.splitlines()] == [
        "broken.json: $.title: is empty",
        "broken.json: $.questions: is empty",
        "broken.json: $.id: 'A' is not an id: use small letters, digi",
        "OK: mine.json: 1 question (1 open), 1 to ask the interviewer"[:60],
        "torn.json: line 1, column 8: not JSON: Expecting value",
    ]
    assert result.stderr == "broken.json: 3 problems\ntorn.json: 1 problem\n"


def test_ask_prints_every_question_for_the_interviewer(run: Callable[..., Result]) -> None:
    out = run("ask").stdout
    shown = " ".join(out.split())
    for group in PACK.ask_the_interviewer:
        assert f"{group.title} - {' - '.join(group.questions)}" in shown
    assert max(map(len, out.splitlines())) <= 80


def test_ask_keeps_packs_apart(run: Callable[..., Result], mine: Path) -> None:
    assert "IT PRODUCT MANAGER\n" in run("ask", "--questions", str(mine)).stdout
    assert run("ask", "--questions", str(mine), "--pack", "nurse").stdout == "The ward\n  - How many beds?\n\n"


def test_checklist_is_markdown(run: Callable[..., Result]) -> None:
    out = run("checklist").stdout
    assert out.startswith("# Preparation: IT product manager\n\n- [ ] **")
    assert out.count("\n- [ ] **") == len(PACK.preparation)


def test_checklist_keeps_text_as_text(run: Callable[..., Result], mine: Path) -> None:
    assert run("checklist", "--pack", "nurse", "--questions", str(mine)).stdout == (
        "# Preparation: Nurse \\[red\\]\n\n- [ ] **Read \\*this\\***\n  Look at \\<b\\>it\\</b\\> with `less`.\n"
    )


def test_checklist_is_written_to_a_file(run: Callable[..., Result], tmp_path: Path) -> None:
    target = tmp_path / "list.md"
    result = run("checklist", "-o", str(target))
    assert (result.stdout, result.stderr) == ("", f"Wrote {target}\n")
    assert target.read_text(encoding="utf-8") == run("checklist").stdout


def test_settings_name_packs(run: Callable[..., Result], home: Path, mine: Path) -> None:
    home.mkdir()
    (home / "settings.toml").write_text(f"questions = ['{mine}']", encoding="utf-8")
    assert "own-one" in run().stdout


def test_broken_settings_are_named(run: Callable[..., Result], home: Path) -> None:
    home.mkdir()
    (home / "settings.toml").write_text("beam = 0", encoding="utf-8")
    with pytest.raises(InputError, match=r"settings\.toml: \$\.beam: 0 is less than 1"):
        run()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_table_fits_the_terminal_and_cuts_nothing(width: int) -> None:
    table = draw_table(PACK.questions, width)
    assert max(map(len, table.splitlines())) <= width
    # With the columns of id and kind taken away, the texts stand there one after the other.
    start = table.splitlines()[0].index("question")
    folded = " ".join(" ".join(line[start:] for line in table.splitlines()[1:]).split())
    assert folded == " ".join(question.text for question in PACK.questions)


def test_table_shows_brackets_as_they_are(mine: Path) -> None:
    table = draw_table(config.load_pack(mine).questions, 100)
    assert "Is [bold]this[/bold] shown as :smile: it is?" in table


SUBCOMMANDS = ["list", "search", "show", "random", "validate", "ask", "checklist"]


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_help_has_an_example(name: str, run: Callable[..., Result]) -> None:
    assert f"\n    voiceprep questions {name}" in run(name, "--help").stdout


def test_help_names_the_subcommands_in_order(run: Callable[..., Result]) -> None:
    out = run("-h").stdout
    assert re.findall(r"^  ([a-z]+)  ", out.partition("Commands:")[2], re.MULTILINE) == SUBCOMMANDS
    assert "..." not in out.partition("Commands:")[2]


def test_ids_are_completed() -> None:
    result = CliRunner().invoke(
        cli,
        prog_name="voiceprep",
        env={
            "_VOICEPREP_COMPLETE": "bash_complete",
            "COMP_WORDS": "voiceprep questions show scope",
            "COMP_CWORD": "3",
        },
    )
    assert result.output.split() == ["plain,scope-decision"]


def test_list_in_a_pipe_imports_nothing_heavy() -> None:
    code = (
        "import sys; from voiceprep.cli import cli; cli(['questions', 'list'], standalone_mode=False); "
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"rich", "numpy", "librosa", "faster_whisper", "sounddevice", "sqlite3", "jinja2", "av", "difflib"}
    assert set(done.stderr.split()) & heavy == set()


# The page


def block(language: str) -> str:
    page = (ROOT / "docs" / "questions.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)[0]


def test_pack_on_the_page_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "ward-nurse.json"
    path.write_text(block("json"), encoding="utf-8")
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(block("json")))
    assert config.check_pack(path) == ()
    assert [question.id for question in config.load_packs([path])[-1].questions] == ["nearly-missed", "two-bells"]


def test_settings_on_the_page_are_the_defaults_and_all_of_them(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(block("toml"), encoding="utf-8")
    shown = to_data(config.load_settings(path))
    default = to_data(config.Settings())
    assert tomllib.loads(block("toml")).keys() == default.keys()
    assert {**shown, "bands": {}} == default


def test_commands_on_the_page_run(run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("ward-nurse.json").write_text(block("json"), encoding="utf-8")
    page = (ROOT / "docs" / "questions.md").read_text(encoding="utf-8")
    lines = re.findall(r"^(?:\* for one call: `)?voiceprep questions ?(.*?)(?:  .*|`)?$", page, re.MULTILINE)
    assert len(lines) >= 9
    for line in lines:
        assert run(*line.split()).exit_code == 0, line

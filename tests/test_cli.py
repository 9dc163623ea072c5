"""The command line as a whole: help, mistakes, exit codes, pipes, interruptions and completion."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

import voiceprep
from voiceprep import config
from voiceprep.cli import COMMANDS, cli, completion, main
from voiceprep.errors import DeviceError, EngineError, HistoryError, InputError, VoiceprepError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test folders of its own."""
    for kind in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"VOICEPREP_{kind}_DIR", str(tmp_path / kind.lower()))
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(list(arguments))
        out, err = capsys.readouterr()
        return int(left.value.code or 0), out, err

    return run


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Return a function that makes `voiceprep doctor` raise an error."""

    def fail(error: BaseException) -> None:
        @click.command()
        def command() -> None:
            raise error

        monkeypatch.setattr("voiceprep.cli.doctor.command", command)

    return fail


def paths(group: click.Group, before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    context = click.Context(group)
    found = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        found.append((*before, name))
        if isinstance(command, click.Group):
            found += paths(command, (*before, name))
    return found


PATHS = paths(cli)


# Help


def test_alone_it_shows_its_help_and_all_is_well(run: Run) -> None:
    code, out, err = run()
    assert (code, err) == (0, "")
    assert out == run("--help")[1] == run("-h")[1]
    assert all(f"\n  {name}  " in out for name in COMMANDS)


def test_the_version_is_that_of_the_package(run: Run) -> None:
    assert run("--version") == (0, f"voiceprep {voiceprep.__version__}\n", "")


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_every_command_has_help_with_an_example_of_itself(run: Run, path: tuple[str, ...]) -> None:
    code, out, err = run(*path, "-h")
    assert (code, err) == (0, "")
    assert out == run(*path, "--help")[1]
    examples = [line.strip() for line in out.partition("Example")[2].splitlines()[1:]]
    assert any(line.startswith("voiceprep " + " ".join(path)) for line in examples)


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_every_option_says_what_it_does(path: tuple[str, ...]) -> None:
    command: click.Command = cli
    for name in path:
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), name) or pytest.fail(name)
    options = [one for one in command.params if isinstance(one, click.Option)]
    assert [one.name for one in options if not (one.help or "").endswith((".", ")"))] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_has_a_command_and_a_short_sentence_about_it(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert isinstance(command, click.Command)
    assert command.name in {name, "command"}
    assert COMMANDS[name].endswith(".")
    assert len(COMMANDS[name]) < 80


def test_it_runs_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "voiceprep"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: voiceprep ")


# Mistakes


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["analize"], "No such command 'analize'. Did you mean 'analyze'?"),
        (["Doctor"], "No such command 'Doctor'. Did you mean 'doctor'?"),
        (["question"], "No such command 'question'. Did you mean 'questions'?"),
        (["xyzzy"], "No such command 'xyzzy'."),
        (["--vresion"], "--version"),
        (["analyze", "--fromat", "json", "a.wav"], "--format"),
        (["analyze"], "Missing argument 'FILES...'"),
        (["analyze", "--threads", "many", "a.wav"], "'many' is not a valid integer"),
        (["completion", "csh"], "'csh' is not one of 'bash', 'zsh', 'fish'"),
    ],
)
def test_a_mistake_is_named_with_what_is_near_and_exits_with_2(run: Run, arguments: list[str], said: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("Usage: voiceprep")
    assert said in err.splitlines()[-1]
    assert err.count("Did you mean") <= 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (VoiceprepError("it broke", "Mend it."), 1),
        (InputError("it broke", "Mend it."), 2),
        (DeviceError("it broke", "Mend it."), 3),
        (EngineError("it broke", "Mend it."), 4),
        (HistoryError("it broke", "Mend it."), 5),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_is_two_lines_on_stderr_and_its_exit_code(
    run: Run, failing: Callable[[BaseException], None], error: VoiceprepError, code: int
) -> None:
    failing(error)
    assert run("doctor") == (code, "", "voiceprep: it broke\n  Mend it.\n")


def test_an_error_without_a_hint_is_one_line(run: Run, failing: Callable[[BaseException], None]) -> None:
    failing(InputError("it broke"))
    assert run("doctor") == (2, "", "voiceprep: it broke\n")


def test_a_bug_is_not_hidden(failing: Callable[[BaseException], None]) -> None:
    failing(RuntimeError("a bug"))
    with pytest.raises(RuntimeError, match="a bug"):
        main(["doctor"])


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()], ids=["interrupt", "abort"])
def test_an_interruption_says_so_and_exits_with_130(
    run: Run, failing: Callable[[BaseException], None], error: BaseException
) -> None:
    failing(error)
    code, out, err = run("doctor")
    assert (code, out, err.strip()) == (130, "", "Stopped.")


# Pipes and terminals


@pytest.mark.parametrize("arguments", [["--help"], ["questions", "list"], ["questions", "show", "scope-decision"]])
def test_a_pipe_whose_reader_is_gone_is_no_error(arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    line = [sys.executable, "-m", "voiceprep", *arguments]
    try:
        done = subprocess.run(line, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_terminal_that_lacks_a_character_gets_its_number(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack = home / "mine.json"
    pack.write_text('{"id": "mine", "title": "M", "questions": [{"id": "own", "text": "Why \\u2192 now?"}]}')
    stream = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr(sys, "stdout", stream)
    with pytest.raises(SystemExit) as left:
        main(["questions", "show", "own", "--questions", str(pack)])
    stream.seek(0)
    assert not left.value.code
    assert r"Why \u2192 now?" in stream.read()


def test_a_pipe_of_windows_gets_utf_8(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.delenv("PYTHONIOENCODING", raising=False)
    monkeypatch.setattr("voiceprep.cli.os.name", "nt")
    voiceprep.cli._settle_streams()  # type: ignore[attr-defined]
    monkeypatch.setattr("voiceprep.cli.os.name", "posix")
    assert (stream.encoding, stream.errors) == ("utf-8", "backslashreplace")


# Completion


def completed(*words: str) -> list[str]:
    wanted = {"_VOICEPREP_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)}
    output = CliRunner().invoke(cli, prog_name="voiceprep", env=wanted).output
    return [line.partition(",")[2] for line in output.splitlines() if line]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["voiceprep", "d"], ["demo", "due", "devices", "doctor"]),
        (["voiceprep", "--v"], ["--version"]),
        (["voiceprep", "questions", "s"], ["search", "show"]),
        (["voiceprep", "analyze", "--qu"], ["--question", "--question-end", "--questions", "--quiet"]),
        (["voiceprep", "analyze", "--question", "scope-d"], ["scope-decision"]),
        (["voiceprep", "questions", "show", "scope-d"], ["scope-decision"]),
        (["voiceprep", "completion", ""], ["bash", "zsh", "fish"]),
        (["voiceprep", "xyzzy"], []),
    ],
    ids=" ".join,
)
def test_the_tab_key_completes(words: list[str], found: list[str]) -> None:
    assert completed(*words) == found


def test_questions_of_your_own_are_completed_and_a_broken_pack_is_not_in_the_way() -> None:
    folder = config.config_dir() / "questions"
    folder.mkdir(parents=True)
    (folder / "mine.json").write_text('{"id": "mine", "title": "M", "questions": [{"id": "my-own", "text": "Why?"}]}')
    assert completed("voiceprep", "analyze", "--question", "my-") == ["my-own"]
    (folder / "mine.json").write_text("{")
    assert completed("voiceprep", "analyze", "--question", "my-") == []


@pytest.mark.parametrize("shell", completion.SHELLS)
def test_the_script_is_for_the_shell_that_is_named(run: Run, shell: str) -> None:
    code, out, _ = run("completion", shell)
    assert code == 0
    assert f"_VOICEPREP_COMPLETE={shell}_complete" in out


@pytest.mark.parametrize(("own", "shell"), [("/bin/bash", "bash"), ("/usr/bin/zsh", "zsh"), ("/opt/fish", "fish")])
def test_the_script_is_for_your_own_shell_if_none_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, own: str, shell: str
) -> None:
    monkeypatch.setenv("SHELL", own)
    assert run("completion")[1] == run("completion", shell)[1]


@pytest.mark.parametrize("own", ["/bin/tcsh", ""])
def test_another_shell_is_told_which_there_are(run: Run, monkeypatch: pytest.MonkeyPatch, own: str) -> None:
    monkeypatch.setenv("SHELL", own)
    code, out, err = run("completion")
    assert (code, out) == (2, "")
    assert "Name one of bash, zsh, fish." in err


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
def test_bash_itself_completes_with_the_script(run: Run, home: Path) -> None:
    script = home / "complete.bash"
    script.write_text(run("completion", "bash")[1], encoding="utf-8")
    program = home / "voiceprep"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m voiceprep "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    asked = "COMP_WORDS=(voiceprep que); COMP_CWORD=1; _voiceprep_completion voiceprep; echo ${COMPREPLY[@]}"
    line = ["bash", "--norc", "-c", f"source '{script}'; {asked}"]
    path = f"{home}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(line, capture_output=True, text=True, env=os.environ | {"PATH": path}, check=True)
    assert done.stdout == "questions\n"

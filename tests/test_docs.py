"""The documents: help in docs/cli.md is that of the program, every command in them works, every link leads somewhere.

`UPDATE_DOCS=1 pytest tests/test_docs.py` writes docs/cli.md anew.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from voiceprep.cli import COMMANDS, cli

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "cli.md"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
HEAD = """\
# The command line

What each command prints with `--help`. This page is made from the program and compared with it by the tests;
`UPDATE_DOCS=1 make test` writes it anew.

What you asked for goes to stdout, talk and progress go to stderr. The exit code says how it went:

| code | meaning |
| ---: | --- |
| 0 | all went well |
| 1 | something else is wrong |
| 2 | a file, a question, a setting or the command itself cannot be used |
| 3 | there is no microphone, no loudspeaker or no PortAudio |
| 4 | speech-to-text is missing or failed |
| 5 | the history cannot be used |
| 130 | stopped with Ctrl-C |

With several recordings, one that cannot be used is named and the others go on; the exit code is then 2.

These variables are heeded: `VOICEPREP_OFFLINE=1` forbids the network, `NO_COLOR` forbids colours, `SOURCE_DATE_EPOCH`
is the time that reports are stamped with, and `VOICEPREP_CONFIG_DIR`, `VOICEPREP_DATA_DIR` and `VOICEPREP_CACHE_DIR`
name other folders for settings, history and models.
"""


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words of each command of `group`, parents first."""
    context = click.Context(group)
    for name in group.list_commands(context):
        yield (*path, name)
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


def page() -> str:
    """Return docs/cli.md as it should be."""
    return HEAD + "".join(section(path) for path in ((), *commands(cli)))


def section(path: tuple[str, ...]) -> str:
    """Return the part of docs/cli.md about the command `path`."""
    name = " ".join(("voiceprep", *path))
    text = CliRunner().invoke(cli, [*path, "--help"], prog_name="voiceprep", env={"COLUMNS": "80"}).output
    return f"\n{'#' * (2 + max(0, len(path) - 1))} {name}\n\n```text\n{text.rstrip()}\n```\n"


def test_the_page_of_the_command_line_is_what_the_program_says() -> None:
    if os.environ.get("UPDATE_DOCS") == "1":
        PAGE.write_text(page(), encoding="utf-8", newline="\n")
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_command_has_a_section() -> None:
    sections = re.findall(r"^#+ voiceprep (.+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sections == [" ".join(path) for path in commands(cli)]
    assert set(COMMANDS) <= set(sections)


def said_lines() -> list[tuple[str, str]]:
    """Return each line of a block in a document that calls the program, with the document's name."""
    found = []
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        for block in re.findall(r"^```[a-z]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
            found += [(document.name, line) for line in re.findall(r"^ *(?:\$ )?(voiceprep .+)$", block, re.MULTILINE)]
        found += [(document.name, line) for line in re.findall(r"^ {4,}(?:\$ )?(voiceprep .+)$", text, re.MULTILINE)]
        found += [(document.name, line) for line in re.findall(r"`(voiceprep [^`\n]+)`", text)]
    return list(dict.fromkeys(found))


@pytest.mark.parametrize(("document", "line"), said_lines(), ids=lambda value: value)
def test_every_command_in_a_document_is_one_that_the_program_knows(document: str, line: str) -> None:
    # Beside a command may stand what it is for.
    words = shlex.split(re.split(" {3,}", line)[0], comments=True)[1:]
    context, command = click.Context(cli), cli
    while words and isinstance(command, click.Group) and (found := command.get_command(context, words[0])):
        command = found
        words.pop(0)
    assert not isinstance(command, click.Group) or not words or words[0].startswith("-"), f"{document}: {line}"
    known = {name for one in command.get_params(context) for name in (*one.opts, *one.secondary_opts)}
    if command.name == "questions":
        known |= {"--kind", "--search", "--competency", "--topic", "--pack", "--questions", "--json"}
    said = list(options(words))
    assert [word for word in said if word not in known] == [], f"{document}: {line}"


def options(words: list[str]) -> Iterator[str]:
    """Yield the options among `words`, up to a pipe or to where the shell takes over."""
    for word in words:
        if word in {"|", ">", ">>", "<", "&&", "--"}:
            return
        if re.match(r"--?[a-z]", word):
            yield word.partition("=")[0]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_to_one(document: Path) -> None:
    text = re.sub(r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    files = [link.partition("#")[0] for link in links if not re.match(r"[a-z]+:", link)]
    assert [file for file in files if file and not (document.parent / file).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_heading_leads_to_one(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    headings = {
        re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }
    assert [link for link in re.findall(r"\]\(#([^)\s]+)\)", text) if link not in headings] == []

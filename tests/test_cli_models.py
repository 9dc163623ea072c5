"""`voiceprep models` tells what is there, in a terminal, in a pipe and as JSON, and exits by what it found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from toy_model import FILES, World, flip, install

from voiceprep import models
from voiceprep.cli import main
from voiceprep.cli.models import table
from voiceprep.models import KNOWN, Known, ModelInfo, State

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = install(tmp_path)
    monkeypatch.syspath_prepend(str(made.packages))
    for name in list(KNOWN):
        monkeypatch.delitem(cast("dict[str, Known]", KNOWN), name)
    monkeypatch.setitem(cast("dict[str, Known]", KNOWN), "toy", made.known["toy"])
    monkeypatch.setenv("VOICEPREP_CACHE_DIR", str(made.cache))
    monkeypatch.setenv("VOICEPREP_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("VOICEPREP_OFFLINE", "1")
    return made


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(["models", *arguments])
        out, err = capsys.readouterr()
        return int(left.value.code or 0), out, err

    return run


def test_the_list_has_a_line_for_each_model_and_keeps_talk_out_of_the_pipe(world: World, run: Run) -> None:
    code, out, err = run()
    head, row = out.splitlines()
    assert code == 0
    assert head.split() == ["MODEL", "FROM", "SIZE", "STATE", "PATH"]
    place = str(world.packages / "toy_part_a" / "data")
    assert row.split() == ["toy", "package", "1", "MB", "not", "joined", "yet", place]
    assert "voiceprep models verify" in err


def test_json_is_one_list_and_nothing_else(world: World, run: Run) -> None:
    world.find()
    code, out, err = run("--json")
    assert (code, err) == (0, "")
    assert json.loads(out) == [
        {
            "name": "toy",
            "source": "package",
            "path": str(world.find().path),
            "size": sum(map(len, FILES.values())),
            "state": "verified",
        }
    ]


def test_fetching_makes_a_model_ready_and_shows_it(world: World, run: Run) -> None:
    code, out, _ = run("fetch", "toy")
    assert code == 0
    assert "verified" in out
    assert world.states() == {"toy": State.VERIFIED}


@pytest.mark.parametrize(("name", "code"), [("someone/far", 4), ("nonsense", 2), ("./nowhere", 2)])
@pytest.mark.usefixtures("world")
def test_fetching_what_cannot_be_had_exits_by_the_error_tree(run: Run, name: str, code: int) -> None:
    left, out, err = run("fetch", name)
    assert (left, out) == (code, "")
    assert len(err.splitlines()) == 2


def test_verifying_finds_damage_and_says_what_to_do(world: World, run: Run) -> None:
    path = world.find().path / "model.bin"
    assert run("verify")[0] == 0
    flip(path, 11)
    code, out, err = run("verify")
    assert code == 4
    assert "damaged" in out
    assert err == "voiceprep: toy is damaged\n  Run: voiceprep models fetch toy\n"
    assert run("fetch", "toy")[0] == run("verify")[0] == 0


def test_verifying_a_damaged_package_asks_to_install_it_anew(world: World, run: Run) -> None:
    flip(world.part, 11)
    code, _, err = run("verify")
    assert code == 4
    assert "pip install --force-reinstall --no-cache-dir 'toy-parts'" in err


def test_without_a_model_listing_is_well_and_verifying_is_not(
    world: World, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(cast("dict[str, Known]", KNOWN), "toy")
    code, out, err = run()
    assert (code, out) == (0, "")
    assert "No speech model" in err
    assert "pip install 'voiceprep[offline]'" in err
    assert run("verify")[0] == 4
    assert not world.cache.exists()


def test_removing_says_what_it_freed_and_twice_is_an_error(world: World, run: Run) -> None:
    world.find()
    assert run("remove", "toy") == (0, "", "Removed toy: 1 MB freed.\n")
    assert run("remove", "toy")[0] == 2


@pytest.mark.parametrize("width", [80, 60])
def test_a_narrow_terminal_has_the_paths_on_lines_of_their_own(width: int) -> None:
    place = Path("/home/someone/.cache/voiceprep/models/base-d01c3014881c")
    shown = table([ModelInfo("base", "package", place, 147_882_941, State.NOT_JOINED)], width)
    *rows, path = shown.splitlines()
    assert path == f"  {place}"
    assert max(map(len, rows)) <= width


def test_json_before_a_subcommand_is_a_mistake(run: Run) -> None:
    code, _, err = run("--json", "verify")
    assert code == 2
    assert "after the subcommand" in err


def test_the_default_table_is_the_projects_own() -> None:
    assert {"base", "small", "tiny.en"} <= set(models.KNOWN)

"""What is installed: the wheel holds all that the program opens, and requires all that it imports."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest

import voiceprep

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MODULES = sorted((ROOT / "voiceprep").rglob("*.py"))
# What faster-whisper and Jinja cannot do without, and names for type checkers only.
THROUGH_OTHERS = {"ctranslate2", "huggingface-hub", "markupsafe", "onnxruntime", "-typeshed"}
# Packages of extras that are imported by another name than they are required by.
OTHER_NAMES = {"piper": "piper-tts"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy of what belongs to it, so that no folder of the checkout is written to."""
    if not find_spec("hatchling"):
        pytest.skip("hatchling is not installed, which builds the wheel: pip install --group test")
    source = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "LICENSE", "questions.json"):
        shutil.copy(ROOT / name, source)
    for name in ("voiceprep", "samples"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    line = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(source / "dist")]
    done = subprocess.run(line, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (made,) = (source / "dist").glob("*.whl")
    return made


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_has_every_module_and_every_file_beside_them(names: set[str]) -> None:
    kept = {path for path in (ROOT / "voiceprep").rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert {path.relative_to(ROOT).as_posix() for path in kept} <= names


@pytest.mark.parametrize(
    "name",
    [
        "py.typed",
        "data/questions.json",
        "data/demo.mp3",
        "data/demo.json",
        "data/rambling.mp3",
        "data/rambling.json",
        "data/no-result.ogg",
        "data/no-result.json",
        "data/export.md",
        "schemas/export.schema.json",
        "schemas/questions.schema.json",
        "schemas/report.schema.json",
        "report/page.html.j2",
        "report/correct.css",
        "report/correct.js",
        "report/page.css",
        "report/page.js",
    ],
)
def test_the_wheel_has_what_the_program_opens(names: set[str], name: str) -> None:
    assert f"voiceprep/{name}" in names


def test_the_wheel_has_nothing_but_the_package_and_is_small(wheel: Path, names: set[str]) -> None:
    assert {name.partition("/")[0] for name in names} == {"voiceprep", f"voiceprep-{voiceprep.__version__}.dist-info"}
    assert wheel.name == f"voiceprep-{voiceprep.__version__}-py3-none-any.whl"
    assert wheel.stat().st_size < 2_200_000


def test_the_wheel_works_from_where_it_is_unpacked(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    code = f"""
import sys; sys.path.insert(0, {str(tmp_path)!r})
from voiceprep import config
from voiceprep.cli import samples
print(config.built_in_pack().path); print(samples.sample("demo.mp3")); print(samples.sample("no-result.json"))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    folder = tmp_path / "voiceprep" / "data"
    names = ("questions.json", "demo.mp3", "no-result.json")
    assert done.stdout.splitlines() == [str(folder / name) for name in names]


def test_the_version_stands_in_one_way_everywhere() -> None:
    assert PROJECT["version"] == voiceprep.__version__
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[Unreleased\]$|^## \[{re.escape(voiceprep.__version__)}\]", changes, re.MULTILINE)


def test_what_the_package_imports_is_what_it_requires() -> None:
    homes = packages_distributions()
    used = {one for module in MODULES for one in imported(module)} - sys.stdlib_module_names - {"voiceprep"}
    known = {plain(need) for need in PROJECT["dependencies"]}
    extras = {plain(need) for needs in PROJECT["optional-dependencies"].values() for need in needs}
    missing = {name for name in used if name not in homes}
    needed = {plain(homes[name][0]) for name in used - missing}
    needed |= {plain(OTHER_NAMES.get(name, name)) for name in missing}
    assert needed - known - extras - THROUGH_OTHERS == set()
    assert known - needed == set()


def imported(module: Path) -> set[str]:
    """Return the packages that `module` imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def plain(need: str) -> str:
    """Return the name in the requirement `need` as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", need)[0]).lower()


def test_every_requirement_has_a_lower_bound_or_a_pin() -> None:
    needs = [*PROJECT["dependencies"], *(n for needs in PROJECT["optional-dependencies"].values() for n in needs)]
    assert [need for need in needs if not re.search(r">=|==", need) and not need.startswith("voiceprep[")] == []


def test_the_extra_named_all_is_all_of_them() -> None:
    extras = PROJECT["optional-dependencies"]
    (everything,) = extras["all"]
    assert everything == f"voiceprep[{','.join(name for name in extras if name != 'all')}]"

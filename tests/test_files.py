"""A file is written whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from voiceprep.errors import InputError
from voiceprep.files import write_text

if TYPE_CHECKING:
    from collections.abc import Iterator

POSIX = pytest.mark.skipif(os.name != "posix", reason="permissions and devices of POSIX")


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[Path]:
    """Put a small disk of its own at `folder`."""
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if not mount or not umount or os.geteuid() != 0:
        pytest.skip("only root may mount a disk")
    folder.mkdir()
    if subprocess.run(
        [mount, "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, check=False
    ).returncode:
        pytest.skip("this machine lets nobody mount a disk")
    try:
        yield folder
    finally:
        subprocess.run([umount, folder], check=True)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def refusal(path: Path, text: str = "new") -> InputError:
    with pytest.raises(InputError) as caught:
        write_text(path, text)
    assert repr(str(path)) in caught.value.message
    assert caught.value.hint
    return caught.value


def test_a_text_in_pieces_arrives_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_text(path, (f"{number}\n" for number in range(3)))
    assert path.read_text("utf-8") == "0\n1\n2\n"

    def broken() -> Iterator[str]:
        yield "new"
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError):
        write_text(path, broken())
    assert path.read_text("utf-8") == "0\n1\n2\n"
    assert names(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("text", ["", "one line\n", "Å😀\r\n\t", "x" * 1_000_000])
def test_the_text_arrives_byte_for_byte(tmp_path: Path, text: str) -> None:
    write_text(tmp_path / "a.txt", text)
    assert (tmp_path / "a.txt").read_bytes() == text.encode()
    assert names(tmp_path) == ["a.txt"]


def test_half_a_character_is_written_as_its_number(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "a\udcff")
    assert (tmp_path / "a.txt").read_text() == "a\\udcff"


@pytest.mark.parametrize(
    "name", ["with space.html", "quote'\".html", "new\nline.html", "😀.html", "-o.html", "n" * 250]
)
@POSIX
def test_any_name_is_good_that_the_disk_takes(tmp_path: Path, name: str) -> None:
    write_text(tmp_path / name, "x")
    assert names(tmp_path) == [name]


def test_an_old_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("something longer")
    write_text(path, "new")
    assert path.read_text() == "new"


@POSIX
def test_a_new_file_has_the_usual_permissions(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        write_text(tmp_path / "a.txt", "x")
    finally:
        os.umask(old)
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o640


@POSIX
def test_an_old_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.touch()
    path.chmod(0o600)
    write_text(path, "x")
    assert path.stat().st_mode & 0o777 == 0o600


@POSIX
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to("real.txt")
    write_text(tmp_path / "link.txt", "new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text() == "new"


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ("missing/a.txt", "its folder does not exist"),
        ("file/a.txt", "its folder is a file"),
        ("folder", "it is a folder"),
        (".", "it is a folder"),
        ("n" * 300, "the name is too long"),
        ("a\x00b", "null"),
    ],
)
@POSIX
def test_a_bad_place_is_refused_with_its_reason(tmp_path: Path, where: str, reason: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("old")
    assert reason in refusal(tmp_path / where).message
    assert names(tmp_path) == ["file", "folder"]
    assert (tmp_path / "file").read_text() == "old"


@POSIX
def test_a_full_disk_keeps_the_old_file_and_no_half_one(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "size=64k") as disk:
        write_text(disk / "a.txt", "old")
        error = refusal(disk / "a.txt", "x" * 200_000)
        assert error.message.endswith("the disk is full")
        assert names(disk) == ["a.txt"]
        assert (disk / "a.txt").read_text() == "old"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_device_is_said_to_be_full() -> None:
    assert refusal(Path("/dev/full")).message.endswith("the disk is full")


@POSIX
def test_a_read_only_disk_is_refused(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "ro") as disk:
        assert refusal(disk / "a.txt").message.endswith("the disk is read-only")


@POSIX
def test_a_read_only_folder_is_refused(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write in any folder; a read-only disk is tested instead")
    tmp_path.chmod(0o500)
    try:
        assert refusal(tmp_path / "a.txt").message.endswith("you may not write there")
    finally:
        tmp_path.chmod(0o700)


def test_a_read_only_file_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    # Root may write to any file, so the system's answer is given by hand.
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert refusal(path).message.endswith("you may not write there")
    assert path.read_text() == "old"


@POSIX
def test_a_limit_on_the_size_of_files_is_named(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
    try:
        error = refusal(tmp_path / "a.txt", "x" * 20_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert error.message.endswith("a file may not be as large as that")
    assert names(tmp_path) == []


@pytest.mark.parametrize("name", ["fsync", "chmod"])
def test_an_interruption_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    path = tmp_path / "a.txt"
    path.write_text("old")
    monkeypatch.setattr(os, name, interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_text(path, "new")
    assert names(tmp_path) == ["a.txt"]
    assert path.read_text() == "old"


def test_an_error_without_a_name_of_ours_is_said_in_the_words_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    assert refusal(tmp_path / "a.txt").message.endswith("Input/output error")
    assert names(tmp_path) == []


@POSIX
def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen([sys.executable, "-c", f"print(open({str(pipe)!r}).read())"], stdout=subprocess.PIPE)
    write_text(pipe, "through")
    assert reader.communicate(timeout=60)[0].strip() == b"through"
    assert pipe.is_fifo()

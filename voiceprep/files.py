"""Writes a report to a file, whole or not at all. May not know what is in it."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from voiceprep.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DENIED = "Give a folder of your own with -o, or close the program that has the file open."
# What went wrong, and what to do; anything else is said in the system's own words.
_REASONS = {
    errno.ENOENT: ("its folder does not exist", "Make the folder first, or give another with -o."),
    errno.ENOTDIR: ("its folder is a file", "Give another name with -o."),
    errno.EISDIR: ("it is a folder", "Give the name of a file inside it with -o."),
    errno.EACCES: ("you may not write there", _DENIED),
    errno.EPERM: ("you may not write there", _DENIED),
    errno.EROFS: ("the disk is read-only", "Give a folder on another disk with -o."),
    errno.ENOSPC: ("the disk is full", "Make room, or give a folder on another disk with -o."),
    errno.EDQUOT: ("your share of the disk is used up", "Make room, or give a folder on another disk with -o."),
    errno.EFBIG: ("a file may not be as large as that", "Give a folder on another disk with -o."),
    errno.ENAMETOOLONG: ("the name is too long", "Give a shorter name with -o."),
}
_OTHER_HINT = "Give another place with -o."


def write_text(path: str | os.PathLike[str], text: str | Iterable[str], *, durable: bool = True) -> None:
    """Write `text`, whole or in pieces, to `path` in UTF-8: all of it, or `InputError` and the file as it was before.

    `durable` waits for the disk, so that not even a power cut can take the text away.
    """
    with writing(Path(path)) as target:
        pieces = (text,) if isinstance(text, str) else text
        _replace(target, (piece.encode("utf-8", "backslashreplace") for piece in pieces), durable=durable)


def check_writable(path: str | os.PathLike[str]) -> None:
    """Raise the `InputError` of `write_text` if it is plain beforehand that it will fail; make nothing."""
    with writing(Path(path)) as target:
        _refuse(target)
        if not target.exists():
            target.parent.stat()
            if not target.parent.is_dir():
                raise _failure(errno.ENOTDIR)
            if not os.access(target.parent, os.W_OK):
                raise _failure(errno.EACCES)


@contextlib.contextmanager
def writing(path: Path) -> Iterator[Path]:
    """Give what `path` leads to, and turn what can go wrong with writing it into an `InputError`."""
    try:
        # A link stays a link, and what it points at is replaced.
        yield Path(os.path.realpath(path))
    except ValueError as error:
        raise InputError(f"cannot write {str(path)!r}: {error}", _OTHER_HINT) from error
    except OSError as error:
        reason, hint = _REASONS.get(error.errno or 0, (error.strerror or str(error), _OTHER_HINT))
        raise InputError(f"cannot write {str(path)!r}: {reason}", hint) from error


def _failure(number: int) -> OSError:
    return OSError(number, os.strerror(number))


def _refuse(target: Path) -> None:
    if target.is_dir():
        raise _failure(errno.EISDIR)
    if target.exists() and not os.access(target, os.W_OK):
        raise _failure(errno.EACCES)


def _replace(target: Path, content: Iterable[bytes], *, durable: bool) -> None:
    _refuse(target)
    if target.exists() and not target.is_file():
        # A pipe or a device, such as /dev/stdout, cannot be replaced.
        with target.open("wb") as file:
            file.writelines(content)
        return
    # Not by tempfile: its files are for the owner alone, and a report has the user's usual permissions.
    beside = target.with_name(f".voiceprep-{secrets.token_hex(4)}.tmp")
    try:
        _write_new(beside, content, durable=durable)
        _keep_mode(target, beside)
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _write_new(path: Path, content: Iterable[bytes], *, durable: bool) -> None:
    with path.open("xb") as file:
        file.writelines(content)
        if durable:
            file.flush()
            os.fsync(file.fileno())


def _keep_mode(old: Path, new: Path) -> None:
    """Give `new` the permissions of `old`, if there is one and its disk knows permissions."""
    with contextlib.suppress(OSError):
        new.chmod(old.stat().st_mode & 0o777)

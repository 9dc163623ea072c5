"""Keys have the same names on every system, and a terminal is left as it was."""

from __future__ import annotations

import io
import os
import sys

import pytest

from voiceprep.keys import Keyboard, Lines, UnixTerminal, WindowsConsole, keyboard, named

NAMES = [("\r", "enter"), ("\n", "enter"), (" ", "space"), ("Q", "q"), ("ä", "ä"), ("\t", "other"), ("\x7f", "other")]


def read_all(keys: Keyboard) -> list[str]:
    """Return the keys up to the end of all."""
    found: list[str] = []
    while not keys.closed:
        if key := keys.read(1.0):
            found.append(key)
    return found


@pytest.mark.parametrize(("char", "name"), NAMES)
def test_a_key_has_one_name(char: str, name: str) -> None:
    assert named(char) == [name]


@pytest.mark.parametrize("sequence", ["\x1b", "\x1b[A", "\x1bOP", "\x1b[15~"])
def test_arrows_and_function_keys_are_one_other_key(sequence: str) -> None:
    assert named(sequence) == ["other"]


def test_without_a_terminal_each_line_is_a_key() -> None:
    with Lines(io.StringIO("next\n\n q \nA\n")) as keys:
        assert read_all(keys) == ["n", "enter", "q", "a"]


@pytest.mark.parametrize("stream", [None, io.StringIO("")])
def test_where_nothing_can_be_typed_nobody_is_there(stream: io.StringIO | None) -> None:
    with Lines(stream) as keys:
        assert read_all(keys) == []
        assert keys.read(0.0) is None


def test_an_input_that_is_no_terminal_is_read_by_lines() -> None:
    assert isinstance(keyboard(io.StringIO("x")), Lines)


class Msvcrt:
    """The console of Windows, as Python gives it."""

    def __init__(self, *codes: str) -> None:
        self.codes = list(codes)

    def kbhit(self) -> bool:
        return bool(self.codes)

    def getwch(self) -> str:
        return self.codes.pop(0)


def test_windows_gives_the_same_names() -> None:
    with WindowsConsole(Msvcrt("\r", " ", "L", "\xe0", "H", "\x00", ";", "q")) as keys:
        assert [keys.read(1.0) for _ in range(6)] == ["enter", "space", "l", "other", "other", "q"]


def test_ctrl_c_is_an_interruption_on_windows_too() -> None:
    with WindowsConsole(Msvcrt("\x03")) as keys, pytest.raises(KeyboardInterrupt):
        keys.read(1.0)


def test_windows_waits_as_long_as_it_is_told() -> None:
    slept: list[float] = []
    with WindowsConsole(Msvcrt(), slept.append) as keys:
        assert keys.read(0.1) is None
    assert sum(slept) == pytest.approx(0.1, abs=0.03)


def test_what_was_typed_too_early_can_be_forgotten() -> None:
    with WindowsConsole(Msvcrt("\r", "\r")) as keys:
        keys.forget()
        assert keys.read(0.0) is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo terminals")
def test_a_terminal_gives_keys_at_once_and_is_left_as_it_was() -> None:
    import pty  # noqa: PLC0415  (not on Windows)
    import termios  # noqa: PLC0415  (same)

    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)
    try:
        with UnixTerminal(slave) as keys:
            os.write(master, b"aN")
            assert [keys.read(5.0), keys.read(5.0)] == ["a", "n"]
            os.write(master, b"xyz")
            assert keys.read(5.0) == "x"
            keys.forget()
            assert keys.read(0.0) is None
        assert termios.tcgetattr(slave) == before
    finally:
        os.close(slave)
        os.close(master)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo terminals")
def test_a_terminal_whose_window_was_closed_gives_no_key_any_more() -> None:
    import pty  # noqa: PLC0415  (not on Windows)

    master, slave = pty.openpty()
    with UnixTerminal(slave) as keys:
        os.close(master)
        assert keys.read(5.0) is None
        assert keys.closed
    os.close(slave)

"""Keys as they are pressed: from a terminal of Linux, macOS or Windows, or line by line from anything else.

Knows no meaning of a key. Ctrl-C stays what it is everywhere.
"""

from __future__ import annotations

import contextlib
import os
import queue
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self, TextIO

_NAMES = {"\r": "enter", "\n": "enter", " ": "space"}
# Windows gives arrows and function keys as one of these and a second code.
_TWO_CODES = ("\x00", "\xe0")
_STEP = 0.02


class Keyboard(Protocol):
    """Whatever keys come from."""

    @property
    def closed(self) -> bool:
        """Whether no key will ever come again."""
        ...

    def __enter__(self) -> Self:
        """Make keys come one by one, without Enter and without an echo."""
        ...

    def __exit__(self, *_: object) -> None:
        """Leave the terminal as it was."""
        ...

    def read(self, timeout: float) -> str | None:
        """Return the next key (a letter, `enter`, `space`, `other`), or None after `timeout` seconds."""
        ...

    def forget(self) -> None:
        """Throw away what was pressed and not read."""
        ...


def keyboard(stream: TextIO | None = None) -> Keyboard:
    """Return the keyboard behind `stream`, standard input by default."""
    given = sys.stdin if stream is None else stream
    if given is None or not given.isatty():
        return Lines(given)
    return WindowsConsole() if os.name == "nt" else UnixTerminal(given.fileno())


def named(text: str) -> list[str]:
    """Return the names of the keys in `text`, which a terminal sent at once; what begins with ESC is one key."""
    if text.startswith("\x1b"):
        return ["other"]
    return [name_of(char) for char in text]


def name_of(char: str) -> str:
    """Return the name of the key that sends `char`."""
    return _NAMES.get(char) or (char.lower() if char.isprintable() and char else "other")


class _Waiting:
    """Keys that were read and not yet asked for."""

    closed = False

    def __init__(self) -> None:
        self._keys: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing was changed."""

    def read(self, timeout: float) -> str | None:
        """Return the next key, or None after `timeout`."""
        if not self._keys:
            self._keys = self._more(timeout)
        return self._keys.pop(0) if self._keys else None

    def forget(self) -> None:
        """Throw away what was pressed."""
        while self._more(0):
            pass
        self._keys = []

    def _more(self, timeout: float) -> list[str]:
        raise NotImplementedError


class UnixTerminal(_Waiting):
    """A terminal of Linux or macOS, by termios."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._before: Any = None

    def __enter__(self) -> Self:
        import termios  # noqa: PLC0415  (not on Windows)
        import tty  # noqa: PLC0415  (same)

        self._before = termios.tcgetattr(self._descriptor)
        # Not raw: Ctrl-C is to stay a signal.
        tty.setcbreak(self._descriptor)
        return self

    def __exit__(self, *_: object) -> None:
        import termios  # noqa: PLC0415  (not on Windows)

        # The terminal may be gone: somebody closed its window.
        with contextlib.suppress(termios.error):
            termios.tcsetattr(self._descriptor, termios.TCSADRAIN, self._before)

    def _more(self, timeout: float) -> list[str]:
        import select  # noqa: PLC0415  (does not take a console of Windows)

        if self.closed:
            time.sleep(timeout)
            return []
        ready, _, _ = select.select([self._descriptor], [], [], timeout)
        if not ready:
            return []
        try:
            data = os.read(self._descriptor, 64)
        except OSError:
            data = b""
        self.closed = not data
        return named(data.decode("utf-8", "replace"))


class WindowsConsole(_Waiting):
    """A console of Windows, by msvcrt; `console` stands in for it in tests."""

    def __init__(self, console: Any = None, sleep: Callable[[float], None] = time.sleep) -> None:  # noqa: ANN401
        super().__init__()
        self._console = console
        self._sleep = sleep

    def __enter__(self) -> Self:
        if self._console is None:
            import msvcrt  # noqa: PLC0415  (only on Windows)

            self._console = msvcrt
        return self

    def _more(self, timeout: float) -> list[str]:
        waited = 0.0
        while not self._console.kbhit():
            if waited >= timeout:
                return []
            self._sleep(_STEP)
            waited += _STEP
        char = self._console.getwch()
        if char in _TWO_CODES:
            self._console.getwch()
            return ["other"]
        if char == "\x03":
            raise KeyboardInterrupt
        return [name_of(char)]


class Lines(_Waiting):
    """No terminal: each line is a key, its first letter; an empty line is Enter. At the end nobody is there."""

    def __init__(self, stream: TextIO | None) -> None:
        super().__init__()
        self._stream = stream
        self._queue: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def __enter__(self) -> Self:
        threading.Thread(target=self._follow, daemon=True).start()
        return self

    def _follow(self) -> None:
        # A closed or unreadable input is one at its end.
        with contextlib.suppress(OSError, ValueError):
            for line in self._stream or ():
                self._queue.put(name_of(line.strip()[:1] or "\n"))
        self._queue.put(None)

    def _more(self, timeout: float) -> list[str]:
        if self.closed:
            time.sleep(timeout)
            return []
        try:
            key = self._queue.get(timeout=timeout) if timeout else self._queue.get_nowait()
        except queue.Empty:
            return []
        self.closed = key is None
        return [] if key is None else [key]

    def forget(self) -> None:
        """Keep what was written: a script knows what it wants."""

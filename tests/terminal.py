"""A real terminal for tests: a program runs in a pseudo terminal, keys go in, and what it shows is waited for."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import signal
    from collections.abc import Mapping, Sequence

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\x1b[=>()][A-Z0-9]?")


class Terminal:
    """A program in a terminal of so many `columns`."""

    def __init__(self, line: Sequence[str], environment: Mapping[str, str], *, columns: int = 80) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        self.mode = termios.tcgetattr(slave)
        self._slave = slave
        self._seen = 0
        self.raw = ""
        self.process = subprocess.Popen(
            line,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={"TERM": "xterm-256color", **environment},
            start_new_session=True,
            # Ctrl-C is a signal only to those whose controlling terminal this is.
            preexec_fn=lambda: fcntl.ioctl(slave, termios.TIOCSCTTY, 0),  # noqa: PLW1509  (one call of the system)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._slave)
        os.close(self._master)

    @property
    def text(self) -> str:
        """All that was shown so far, without what moves the cursor or colours."""
        return _ESCAPES.sub("", self.raw).replace("\r", "")

    def press(self, keys: str) -> None:
        """Type `keys`."""
        os.write(self._master, keys.encode())

    def see(self, wanted: str, timeout: float = 30.0) -> str:
        """Wait until `wanted` is shown after what was seen last, and return what was shown up to there."""
        end = time.monotonic() + timeout
        while (at := self.text.find(wanted, self._seen)) < 0:
            if not self._read(end - time.monotonic()):
                raise AssertionError(f"{wanted!r} did not come; shown was:\n{self.text[self._seen :]}")
        shown = self.text[self._seen : at + len(wanted)]
        self._seen = at + len(wanted)
        return shown

    def end(self, timeout: float = 30.0) -> int:
        """Wait for the end, and return the exit code."""
        end = time.monotonic() + timeout
        while self.process.poll() is None and time.monotonic() < end:
            self._read(0.05)
        while self._read(0.05):
            pass
        return self.process.wait(1)

    def kill(self, number: signal.Signals) -> None:
        """Send the signal `number`."""
        self.process.send_signal(number)

    def mode_now(self) -> list[Any]:
        """Return how the terminal is set now."""
        return termios.tcgetattr(self._slave)

    def _read(self, timeout: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], max(0.0, timeout))
        if ready:
            self.raw += os.read(self._master, 65536).decode("utf-8", "replace")
        return bool(ready)

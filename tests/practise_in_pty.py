"""The program with fake sound, for tests that drive it in a terminal: `python practise_in_pty.py practice --plain`."""

from __future__ import annotations

import os
import time

from fake_desk import QUESTION_SOUND, Analyst, Sound, copied

from voiceprep.cli import main, sound
from voiceprep.ports import Level

KINDS = {
    "good": lambda at: Level(-24.0 - 8 * (int(at * 10) % 3), -9.0, clipped=False),
    "quiet": lambda _: Level(-48.0, -40.0, clipped=False),
    "muted": lambda _: Level(-96.0, -90.0, clipped=False),
    "clipped": lambda _: Level(-6.0, 0.0, clipped=True),
}
PORT = Sound(time.monotonic, KINDS[os.environ.get("FAKE_LEVEL", "good")], in_time=True)
PORT.voice = QUESTION_SOUND if "FAKE_VOICE" in os.environ else None
PORT.loudspeakers = () if "FAKE_DEAF" in os.environ else PORT.loudspeakers
PORT.microphones = () if "FAKE_MUTE" in os.environ else PORT.microphones
ANALYST = Analyst(slow=float(os.environ.get("FAKE_SLOW", "0")))

sound.port = lambda: PORT  # type: ignore[return-value]
sound.analyst = lambda *_, counted, **__: setattr(ANALYST, "counted", 57 if counted else None) or ANALYST  # type: ignore[func-returns-value]
sound.compress = copied
sound.how_to_get_a_voice = lambda: "No voice is installed. For one: pip install 'voiceprep[voice]'"

main()

"""Speech-to-text engines: each turns sound into words with times and maps foreign errors to ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from voiceprep.hesitation import Track
    from voiceprep.model import Audio, Engine, Span, Word

    Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Hearing:
    """What an engine heard: words in order of time, the language, and what to know about both.

    `track` is how much the sound is like a filled pause at each moment, where the engine can tell.
    """

    words: tuple[Word, ...]
    language: str
    language_probability: float
    engine: Engine
    caveats: tuple[str, ...] = ()
    track: Track | None = None


class Recogniser(Protocol):
    """The port of an engine."""

    def transcribe(self, audio: Audio, stretches: Sequence[Span], progress: Progress | None = None) -> Hearing:
        """Return the words of `audio` within `stretches` (where a voice is).

        The same sound gives the same words each time. `progress` is called with the seconds of sound that are done.
        Raise `EngineError` when the engine fails.
        """
        ...

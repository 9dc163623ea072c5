"""An ear for filled pauses: the encoder's states of each window put down at their times in the recording. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from voiceprep import hesitation
from voiceprep.engines.verbatim import is_hesitation
from voiceprep.model import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy.typing as npt

    from voiceprep.engines.windows import Window
    from voiceprep.hesitation import Probe
    from voiceprep.model import Word


class Ear:
    """Listens for filled pauses in the encoder's states, window after window of one recording."""

    def __init__(self, probe: Probe, duration: float) -> None:
        count = int(duration / hesitation.STEP) + 1
        self._probe = probe
        self._score = np.full(count, hesitation.NOWHERE, np.float32)
        self._nasal = np.zeros(count, np.float32)
        self._evidence: list[tuple[Span, float]] = []

    def hear(self, states: npt.NDArray[np.float32], window: Window) -> None:
        """Put down the scores of the `states` of `window` at their times in the recording."""
        score, nasal = hesitation.scores(states, self._probe)
        for at, step in places(window, len(states)):
            if step < len(self._score):
                self._score[step], self._nasal[step] = score[at], nasal[at]

    def doubt(self, words: Sequence[Word], window: Window, ask: Callable[[Span], float]) -> None:
        """Put down what `ask` says of each sound in `window` that none of its `words` writes."""
        start, end = (round(at / hesitation.STEP) for at in (window.pieces[0].span.start, window.pieces[-1].span.end))
        late = start * hesitation.STEP
        heard = [Span(a.start + late, a.end + late) for a, _ in hesitation.sounds(self._score[start : end + 1])]
        written = [word.span for word in words if is_hesitation(word.text)]
        self._evidence += [(sound, ask(sound)) for sound in hesitation.unwritten(heard, written)]

    def track(self) -> hesitation.Track:
        """Return what was put down."""
        return hesitation.Track(self._score, self._nasal, self._probe, tuple(self._evidence))


def places(window: Window, count: int) -> Iterator[tuple[int, int]]:
    """Yield each of the `count` states of `window` that lies in a piece: its number, and that of its 20 ms of time."""
    for piece in window.pieces:
        for at in range(math.ceil(piece.at / hesitation.STEP), min(count, math.ceil(piece.end / hesitation.STEP))):
            yield at, int((piece.span.start + at * hesitation.STEP - piece.at) / hesitation.STEP + 0.5)

"""Where a voice is: Silero's detector, which faster-whisper carries. Imports it only when asked; judges nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voiceprep.errors import EngineError
from voiceprep.model import Span

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from voiceprep.model import Audio

    Probabilities = npt.NDArray[np.float32]

# The detector's own step at 16 kHz: 512 samples.
STEP = 0.032
RATE = 16000
SIZE = 512
# What the detector keeps of the step before, in samples, and of all that was.
CONTEXT = 64
STATE = 128
# Ten minutes are heard at a time, which keeps memory small, after ten seconds in which the detector forgets its start.
BLOCK = 18_750
LEAD = 313
# Lower than Silero's .5: losing a faint word costs more than handing the recogniser a breath.
THRESHOLD = 0.35
RELEASE = 0.2
SHORTEST_SILENCE = 0.25
PADDING = 0.15


def probabilities(audio: Audio) -> Probabilities:
    """Return the probability of a voice in `audio` (at 16 kHz) for every step of 32 ms. Shape: (steps,)."""
    import numpy as np  # noqa: PLC0415  (heavy)

    model = _model()
    steps = max(1, -(-len(audio.samples) // SIZE))
    blocks = (range(start, min(start + BLOCK, steps)) for start in range(0, steps, BLOCK))
    return np.concatenate([_heard(model, audio.samples, block) for block in blocks])


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """Hears a sound as it comes: what it says of a step is what `probabilities` says of it, up to ten minutes.

    What it keeps of what was heard: the detector's `state`, and the end of the last step `before`; None at first.
    """

    state: Probabilities | None = None
    before: Probabilities | None = None

    def next(self, samples: npt.NDArray[np.float32]) -> tuple[Stream, Probabilities]:
        """Return what hears on after `samples`, whole steps, and their probabilities. Shape: (steps,)."""
        import numpy as np  # noqa: PLC0415  (heavy)

        if not len(samples):
            return self, np.zeros(0, np.float32)
        state = np.zeros((2, 1, 1, STATE), np.float32) if self.state is None else self.state
        before = np.zeros(CONTEXT, np.float32) if self.before is None else self.before
        steps = samples.reshape(-1, SIZE)
        context = np.concatenate([before[None], steps[:-1, -CONTEXT:]])
        try:
            asked = {"input": np.concatenate([context, steps], 1), "h": state[0], "c": state[1]}
            heard, *kept = _model().session.run(None, asked)
            after = Stream(np.stack(kept), steps[-1, -CONTEXT:].copy())
        except Exception as error:
            raise EngineError(f"the voice detector cannot hear sound as it comes: {error}") from error
        return after, np.asarray(heard, np.float32).reshape(-1)


def _model() -> Any:  # noqa: ANN401  (untyped package)
    try:
        from faster_whisper.vad import get_vad_model  # noqa: PLC0415  (heavy)

        return get_vad_model()
    except Exception as error:
        raise EngineError(
            f"the voice detector cannot be loaded: {error}",
            hint="Reinstall: pip install --force-reinstall faster-whisper",
        ) from error


def _heard(model: Any, samples: npt.NDArray[np.float32], block: range) -> Probabilities:  # noqa: ANN401  (untyped package)
    """Return the probabilities of the steps of `block`, heard with some sound before and a step after.

    The model blanks the end of the last step that it is given.
    """
    import numpy as np  # noqa: PLC0415  (heavy)

    first = max(0, block.start - LEAD)
    piece = samples[first * SIZE : (block.stop + 1) * SIZE]
    padded = np.pad(piece, (0, max(-len(piece) % SIZE, (block.stop - first) * SIZE - len(piece))))
    return np.asarray(model(padded), np.float32).reshape(-1)[block.start - first : block.stop - first]


def stretches(voice: Probabilities, duration: float) -> tuple[Span, ...]:
    """Return the spans of `duration` in which `voice` says that somebody speaks, padded by 150 ms on both sides."""
    spans: list[Span] = []
    start = quiet = None
    for step, probability in enumerate(voice.tolist()):
        at = step * STEP
        if probability >= THRESHOLD:
            quiet = None
            start = at if start is None else start
        elif start is not None and probability < RELEASE:
            quiet = at if quiet is None else quiet
            if at - quiet >= SHORTEST_SILENCE:
                spans.append(Span(start, quiet))
                start = quiet = None
    if start is not None:
        spans.append(Span(start, quiet if quiet is not None else duration))
    return _padded(spans, duration)


def _padded(spans: list[Span], duration: float) -> tuple[Span, ...]:
    out: list[Span] = []
    for span in spans:
        start, end = max(0.0, span.start - PADDING), min(duration, span.end + PADDING)
        if out and start <= out[-1].end:
            out[-1] = Span(out[-1].start, end)
        elif end > start:
            out.append(Span(start, end))
    return tuple(out)

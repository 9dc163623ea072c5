"""What the decoder thinks of a sound that its text leaves out: would it write a hesitation there? Opens nothing.

The words before the sound are put into the decoder's mouth, after a prompt full of hesitations, and the probability of
*um* or *uh* as the next word is read off. It is asked about doubtful sounds only, for it takes two passes each time.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from voiceprep import hesitation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from voiceprep.model import Span, Word

    # What says how likely, as a logarithm, a hesitation is written after words.
    Ask = Callable[[tuple[str, ...]], float]

SOUNDS = ("um", "uh")
ENDS = (".", "?", "!")


def asked(model: Any, tokenizer: Any, state: Any, prompt: str, before: Sequence[str]) -> float:  # noqa: ANN401  (untyped package)
    """Return the log probability that the decoder of `model` goes on with a hesitation after the words `before`.

    `state` is the encoder's of the window. The probability is that of the text without time stamps, after `prompt`.
    """
    known = tokenizer.encode(" " + " ".join(before)) if before else []
    start = [tokenizer.sot_prev, *tokenizer.encode(" " + prompt), *tokenizer.sot_sequence, tokenizer.no_timestamps]
    opening = not before or before[-1].endswith(ENDS)
    chance = 0.0
    for sound in SOUNDS:
        tokens = [*known, *tokenizer.encode(" " + (sound.capitalize() if opening else sound))]
        if len(start) + len(tokens) > model.max_length:
            return hesitation.FLOOR
        aligned = model.model.align(state.encoded, start, [tokens], state.frames)[0]
        chance += math.prod(aligned.text_token_probs[len(known) :])
    return min(hesitation.WRITTEN, max(hesitation.FLOOR, math.log(max(chance, 1e-9))))


def strongest(ask: Ask, words: Sequence[Word], sound: Span) -> float:
    """Return the most that `ask` says of any place among `words` where the `sound` may be; without words `FLOOR`."""
    if not words:
        return hesitation.FLOOR
    texts = tuple(word.text for word in words)
    return max(ask(texts[:count]) for count in hesitation.between(sound, [word.span for word in words]))

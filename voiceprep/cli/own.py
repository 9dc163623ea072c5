"""What `voiceprep selftest --mine` says: how right a user's own answers were heard, as far as the user checked them."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voiceprep import __version__, scoring
from voiceprep.cli.folder import history_file, opened
from voiceprep.wording import duration_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from voiceprep.scoring import OwnVoice, Tally

NONE = (
    "You have not checked any answer yet. Go through one, correct what was heard wrongly, and say that you did: "
    "voiceprep correct last --checked"
)
NOTE = (
    "Right is precision: the share of what was counted that is there. Heard is recall: the share of what is there that "
    "was counted. The intervals take each one for itself, though those of one answer are alike: they are a little too "
    "narrow. Other people's voices may be heard better or worse."
)


@dataclass(frozen=True, slots=True)
class Own:
    """How right the `model` of this `sha256` heard the answers that were checked."""

    model: str
    sha256: str
    voice: OwnVoice


def measure(data: Path | None) -> tuple[Own, ...]:
    """Return what the history in the folder `data` knows, for each model; nothing where there is no history."""
    if not history_file(data).exists():
        return ()
    from voiceprep.history import correcting  # noqa: PLC0415  (sqlite3)

    with opened(data, reading=True) as history, history.mapped():
        known = correcting.models(history)
        return tuple(Own(*model, correcting.own_voice(history.connection, model[1])) for model in known)


def as_data(known: Sequence[Own]) -> dict[str, Any]:
    """Return `known` ready for JSON: shares in 0..1, each with its interval, None where too little is known."""
    return {
        "voiceprep": __version__,
        "needed": {"answers": scoring.ENOUGH_ANSWERS, "events": scoring.ENOUGH},
        "models": [
            {
                "model": one.model,
                "sha256": one.sha256,
                "answers": one.voice.answers,
                "seconds": one.voice.seconds,
                **{name.replace(" ", "_"): _figures(one.voice, tally) for name, tally in _tallies(one.voice)},
            }
            for one in known
        ],
        "note": NOTE,
    }


def as_text(known: Sequence[Own], width: int) -> str:
    """Return `known` for a terminal of `width` columns."""
    if not known:
        return textwrap.fill(NONE, width)
    out: list[str] = []
    for one in known:
        count = f"{one.voice.answers} answer{'' if one.voice.answers == 1 else 's'} that you checked"
        out += [f"{count}, {duration_text(one.voice.seconds)}, heard with the model {one.model}"]
        for name, tally in _tallies(one.voice):
            out += _lines(name, one.voice, tally, width)
        out.append("")
    return "\n".join([*out, *textwrap.wrap(NOTE, width)])


def _tallies(voice: OwnVoice) -> Iterator[tuple[str, Tally]]:
    yield "filled pauses", voice.filled_pauses
    yield "filler words", voice.filler_words
    yield "both together", voice.filled_pauses + voice.filler_words


def _lines(name: str, voice: OwnVoice, tally: Tally, width: int) -> list[str]:
    said = [f"{tally.heard} heard, {tally.there} there"]
    if voice.enough(tally):
        said = [f"right in {scoring.share_text(tally.hits, tally.heard)}"]
        said.append(f"heard {scoring.share_text(tally.hits, tally.there)}")
    else:
        said.append(f"not enough yet to tell: {scoring.ENOUGH} of each in {scoring.ENOUGH_ANSWERS} answers are needed")
    heads = [name, ""]
    return [
        line
        for head, text in zip(heads, said, strict=True)
        for line in textwrap.wrap(text, width, initial_indent=f"  {head:13}  ", subsequent_indent=" " * 17)
    ]


def _figures(voice: OwnVoice, tally: Tally) -> dict[str, Any]:
    enough = voice.enough(tally)
    return {
        "found": tally.hits,
        "false": tally.false,
        "missed": tally.missed,
        "precision": tally.hits / tally.heard if enough else None,
        "precision_interval": list(scoring.interval(tally.hits, tally.heard)) if enough else None,
        "recall": tally.hits / tally.there if enough else None,
        "recall_interval": list(scoring.interval(tally.hits, tally.there)) if enough else None,
    }

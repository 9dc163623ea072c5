"""Pauses under noise and breath, and syllables from the sound: voiceprep beside de Jong & Wempe's method in Praat.

    pip install praat-parselmouth
    python benchmarks/praat.py FOLDER

FOLDER is one that benchmarks/hearing.py takes; recordings without labelled `pauses` count for syllables only. Pink
and white noise is added at levels in dB below full scale, the same every time; apart from that, a breath of 150 to
400 ms and -45 to -35 dB in each pause of 350 ms or more. Reference syllables are those of the reference text,
hesitations and all.
"""

from __future__ import annotations

import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from voiceprep import nuclei, sound, spectrum, voice
from voiceprep.audio import decode
from voiceprep.model import Audio, Span
from voiceprep.scoring import match_pauses, precision_recall_f1, spans, spoken_syllables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

FLOORS = (None, -60, -50, -40, -30, -20)
SHORTEST = 0.25
NEAR = 0.05
RATE = 16000


def our_pauses(audio: Audio) -> list[Span]:
    """Return the pauses of `audio` as voiceprep hears them."""
    speech = sound.speech(spectrum.frames(audio), voice.probabilities(audio), voice.STEP)
    return list(sound.silences(speech, SHORTEST))


def our_nuclei(audio: Audio) -> int:
    """Return the number of syllable nuclei of `audio` that voiceprep hears."""
    frames = spectrum.frames(audio)
    return len(nuclei.nuclei(frames, sound.speech(frames, voice.probabilities(audio), voice.STEP)))


def praat_pauses(audio: Audio) -> list[Span]:
    """Return the pauses of `audio` as de Jong & Wempe's script (2010, its defaults) has them from Praat."""
    intensity, floor = _intensity(audio)
    quiet = floor - float(intensity.values.max())
    grid = _call(intensity, "To TextGrid (silences)", quiet, SHORTEST, 0.1, "silent", "sounding")
    numbers = range(1, int(_call(grid, "Get number of intervals", 1)) + 1)
    sounding = [_interval(grid, i) for i in numbers if _call(grid, "Get label of interval", 1, i) == "sounding"]
    return list(sound.silences(sounding, SHORTEST))


def praat_nuclei(audio: Audio) -> int:
    """Return the number of syllable nuclei of `audio` by the same script."""
    intensity, floor = _intensity(audio)
    level, times = intensity.values[0], intensity.xs()
    tops = [i for i in range(1, len(level) - 1) if level[i - 1] < level[i] >= level[i + 1] and level[i] > floor]
    dips = [a for a, b in pairwise(tops) if level[a] - level[a:b].min() > 2]
    pitch = _heard(audio).to_pitch_ac(0.02, 30, 4, False, 0.03, 0.25, 0.01, 0.35, 0.25, 450)  # noqa: FBT003  (its own order)
    return sum(not np.isnan(pitch.get_value_at_time(times[top])) for top in dips)


def _heard(audio: Audio) -> Any:  # noqa: ANN401  (untyped package)
    import parselmouth  # noqa: PLC0415  (an oracle of the benchmark, never needed by the package)

    return parselmouth.Sound(audio.samples.astype(float), audio.rate)


def _call(thing: Any, *command: Any) -> Any:  # noqa: ANN401  (untyped package)
    from parselmouth.praat import call  # noqa: PLC0415

    return call(thing, *command)


def _intensity(audio: Audio) -> tuple[Any, float]:
    """Return the intensity of `audio` and the level that syllables must reach: 25 dB under its 99th percentile."""
    intensity = _heard(audio).to_intensity(50)
    level = intensity.values[0]
    return intensity, max(float(np.quantile(level, 0.99)) - 25, float(level.min()))


def _interval(grid: Any, number: int) -> Span:  # noqa: ANN401  (untyped package)
    ends = (_call(grid, f"Get {edge} time of interval", 1, number) for edge in ("start", "end"))
    return Span(*ends)


PAUSES: dict[str, Callable[[Audio], list[Span]]] = {"voiceprep": our_pauses, "praat": praat_pauses}
NUCLEI: dict[str, Callable[[Audio], int]] = {"voiceprep": our_nuclei, "praat": praat_nuclei}


def labelled(folder: Path) -> Iterator[tuple[dict[str, Any], Audio]]:
    """Yield the label and the sound of each recording in `folder`."""
    for path in sorted(folder.glob("*.json")):
        label = json.loads(path.read_text(encoding="utf-8"))
        if "recording" in label:
            yield label, decode(folder / label["recording"], RATE).audio


def noisy(audio: Audio, colour: str, floor: float | None) -> Audio:
    """Return `audio` with "pink" or "white" noise of `floor` dB (root mean square), the same every time."""
    if floor is None:
        return audio
    noise = _noise(len(audio.samples), (lambda hertz: hertz**-0.5) if colour == "pink" else np.ones_like)
    return Audio((audio.samples + noise * 10 ** (floor / 20)).astype(np.float32), audio.rate)


def _noise(size: int, shape: Callable[[Floats], Floats], seed: int = 1) -> Floats:
    spectrum_ = np.fft.rfft(np.random.default_rng(seed).standard_normal(size))
    spectrum_ *= shape(np.maximum(np.fft.rfftfreq(size, 1 / RATE), 50))
    noise = np.fft.irfft(spectrum_, size)
    return np.asarray(noise / noise.std())


def breathing(audio: Audio, pauses: list[Span]) -> tuple[Audio, list[Span]]:
    """Return `audio` with a breath in each of the `pauses` with room for one, and where they are."""
    random = np.random.default_rng(2)
    samples, breaths = audio.samples.copy(), []
    for number, pause in enumerate(span for span in pauses if span.duration >= 0.35):
        length = min(random.uniform(0.15, 0.4), pause.duration - 0.15)
        start = random.uniform(pause.start + 0.05, pause.end - 0.05 - length)
        size, first = round(length * RATE), round(start * RATE)
        breath = _noise(size, lambda hertz: np.exp(-0.5 * np.log2(hertz / 1400) ** 2), number)
        breath *= np.sin(np.pi * np.arange(size) / size) * 10 ** (random.uniform(-45, -35) / 20)
        samples[first : first + size] += breath.astype(np.float32)
        breaths.append(Span(start, start + length))
    return Audio(samples, audio.rate), breaths


def noise_table(folder: Path) -> list[dict[str, Any]]:
    """Return a row for each method, colour and level of noise: F1 of pauses, errors of boundaries in seconds."""
    known = [(list(spans(label["pauses"])), audio) for label, audio in labelled(folder) if "pauses" in label]
    rows = []
    for colour in ("pink", "white"):
        for floor in FLOORS[colour == "white" :]:
            heard = [(truth, noisy(audio, colour, floor)) for truth, audio in known]
            rows += [{"noise": f"{colour} {floor}", **_pauses(method, heard)} for method in PAUSES] if heard else []
    if known:
        breathed = [(truth, breathing(audio, truth)[0]) for truth, audio in known]
        rows += [{"noise": "breath", **_pauses(method, breathed)} for method in PAUSES]
    return rows


def _pauses(method: str, heard: list[tuple[list[Span], Audio]]) -> dict[str, Any]:
    scored = [match_pauses(truth, PAUSES[method](audio)) for truth, audio in heard]
    pairs = [pair for one in scored for pair in one.hits]
    errors = np.array([error for a, b in pairs for error in (abs(a.start - b.start), abs(a.end - b.end))])
    precision, recall, both = precision_recall_f1([one.counts for one in scored])
    row: dict[str, Any] = {"method": method, "precision": precision, "recall": recall, "f1": both}
    if len(errors):
        row |= {"median": float(np.median(errors)), "p90": float(np.quantile(errors, 0.9))}
        row["within_50_ms"] = float(np.mean(errors <= NEAR))
    return row


def nuclei_errors(folder: Path) -> list[dict[str, Any]]:
    """Return a row for each recording with a reference: its syllables, and the error of each method as a share."""
    rows = []
    for label, audio in labelled(folder):
        truth = spoken_syllables((label.get("reference") or "").split())
        if truth:
            errors = {method: hear(audio) / truth - 1 for method, hear in NUCLEI.items()}
            rows.append({"recording": label["recording"], "syllables": truth, **errors})
    return rows


def main() -> None:
    """Print both tables for the folder that is named on the command line."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = Path(sys.argv[1])
    print("noise        method     precision recall    F1  median     p90  within 50 ms")
    for row in noise_table(folder):
        print(
            f"{row['noise']:12} {row['method']:10} {row['precision']:9.3f} {row['recall']:6.3f} {row['f1']:5.3f} "
            f"{1000 * row.get('median', np.nan):4.0f} ms {1000 * row.get('p90', np.nan):4.0f} ms "
            f"{row.get('within_50_ms', np.nan):8.0%}"
        )
    print("\nrecording                syllables  voiceprep      praat")
    rows = nuclei_errors(folder)
    for row in rows:
        errors = f"{row['voiceprep']:+9.1%}  {row['praat']:+9.1%}"
        print(f"{row['recording'][:24]:24} {row['syllables']:9}  {errors}")
    for method in NUCLEI if rows else ():
        print(f"median error of {method}: {np.median([abs(row[method]) for row in rows]):.1%}")


if __name__ == "__main__":
    main()

"""Compare the pitch that voiceprep hears with Praat's, and print what it costs: `python benchmarks/pitch.py FOLDER...`.

Both look every 10 ms. Praat (praat-parselmouth, an oracle here and never a dependency) tracks by autocorrelation,
twice, with the floor and the ceiling of De Looze & Hirst 2008. Gross errors are the share of frames voiced in both that
differ by more than 20 %; voicing is the share of frames of speech on which both agree.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import parselmouth

from voiceprep import pitch, sound, voice
from voiceprep.audio import decode
from voiceprep.errors import VoiceprepError

ENDINGS = {".flac", ".wav", ".mp3", ".m4a", ".ogg"}
COLUMNS = (
    f"{'recording':24} {'s':>6} {'both s':>6} {'gross %':>7} {'voicing %':>9} {'diff st':>7} {'IQR':>5} {'Praat':>5}"
)


def praat(audio, count: int):  # noqa: ANN001, ANN201  (arrays)
    """Return Praat's pitch in Hz at the middle of each of `count` steps of 10 ms, NaN where unvoiced."""
    heard = parselmouth.Sound(audio.samples.astype(np.float64), audio.rate)
    values = heard.to_pitch_ac(0.01, pitch.LOWEST, pitch_ceiling=pitch.HIGHEST).selected_array["frequency"]
    if not (values > 0).any():
        return np.full(count, np.nan)
    low, high = np.percentile(values[values > 0], [25, 75])
    found = heard.to_pitch_ac(0.01, pitch.FLOOR * low, pitch_ceiling=min(pitch.HIGHEST, pitch.CEILING * high))
    return np.array([found.get_value_at_time((step + 0.5) * 0.01) for step in range(count)])


def compare(path: Path):  # noqa: ANN201  (arrays and times)
    """Return the name, both contours, which steps are speech, the seconds of sound and those that tracking took."""
    audio = decode(path, voice.RATE).audio
    level = sound.levels(audio)
    speech = sound.speech(level, voice.probabilities(audio), voice.STEP)
    talking = pitch.spoken(len(level), speech)
    began = time.perf_counter()
    pitch.track(audio, level, speech)
    took = time.perf_counter() - began
    return path.stem, pitch.contour(audio, level, talking), praat(audio, len(level)), talking, audio.duration, took


def line(name: str, ours, theirs, talking, seconds: float) -> str:  # noqa: ANN001  (arrays)
    """Return the row of `name`: agreement of both contours in speech."""
    one, other = np.isfinite(ours), np.isfinite(theirs) & talking
    both = one & other
    if both.sum() < 10:
        return f"{name:24} {seconds:6.1f} {both.sum() / 100:6.1f}  (hardly any pitch)"
    off = 12 * np.log2(ours[both] / theirs[both])
    gross = np.mean(np.abs(ours[both] / theirs[both] - 1) > 0.2)
    agreed = np.mean(one[talking] == other[talking])
    spreads = [np.subtract(*np.percentile(12 * np.log2(values), [75, 25])) for values in (ours[one], theirs[other])]
    return (
        f"{name:24} {seconds:6.1f} {both.sum() / 100:6.1f} {100 * gross:7.2f} {100 * agreed:9.1f} "
        f"{np.median(off):+7.3f} {spreads[0]:5.2f} {spreads[1]:5.2f}"
    )


def main(folders: list[str]) -> None:
    """Print a row for each recording in `folders`, and all of each folder as one."""
    for folder in folders:
        print(f"\n{COLUMNS}")
        rows = []
        for path in sorted(path for path in Path(folder).iterdir() if path.suffix in ENDINGS):
            try:
                rows.append(compare(path))
            except VoiceprepError as error:
                print(f"{path.stem:24} {error.message}")
                continue
            print(line(*rows[-1][:5]))
        ours, theirs, talking = (np.concatenate([row[at] for row in rows]) for at in (1, 2, 3))
        seconds, took = sum(row[4] for row in rows), sum(row[5] for row in rows)
        # Spreads of several speakers together mean nothing: only the rest of this row does.
        print(line("ALL (not its spreads)", ours, theirs, talking, seconds))
        print(f"pitch and loudness: {took / seconds:.4f} of real time")


if __name__ == "__main__":
    main(sys.argv[1:])

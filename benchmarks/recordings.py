"""How right `voiceprep analyze` is on labelled recordings: words, pace, pauses, filled pauses.

    python benchmarks/recordings.py FOLDER [--json FILE]

FOLDER holds NAME.json beside each recording: `recording` (its file name), `reference` (what was said, with its
fillers), and where they are known `filled_pauses` and `pauses` (each with `start` and `end` in seconds) and `words`
(with `start`, `end`). Words are compared without case, punctuation and filled pauses. A filled pause is found when it
overlaps a labelled one or its middle is within 0.4 s of it; what meets an `uncertain` label is left out. A pause is
found when it covers half of a labelled one and is half covered by it.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jiwer

from voiceprep import analyze
from voiceprep.model import Settings, Span, WordKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceprep.model import Assessment

HESITATION = re.compile(r"^(u+h+|u+m+|u+h+m+|e+r+m*|h+m+|m+|m+-?h+m+|a+h+|e+h+|o+h+|u+h+-hu+h+)$")
NEAR = 0.4


def plain(text: str) -> list[str]:
    """Return the words of `text` in lower case without punctuation and hesitation sounds."""
    words = (re.sub(r"[^\w']", "", word.lower()).strip("'") for word in text.split())
    return [word for word in words if word and not HESITATION.match(word)]


def spans(items: Sequence[dict[str, Any]]) -> list[Span]:
    """Return `items` of a label file as spans."""
    return [Span(item["start"], item["end"]) for item in items]


def found(truth: Sequence[Span], heard: Sequence[Span], uncertain: Sequence[Span]) -> tuple[int, int, int]:
    """Return hits, false alarms and misses of `heard` filled pauses against `truth`."""
    left, hits, false = list(truth), 0, 0
    for span in heard:
        near = [one for one in left if one.overlap(span) > 0 or abs(one.middle - span.middle) <= NEAR]
        if near:
            left.remove(min(near, key=lambda one: abs(one.middle - span.middle)))
            hits += 1
        elif not any(max(span.start - one.end, one.start - span.end) < NEAR for one in uncertain):
            false += 1
    return hits, false, len(left)


def pauses_found(truth: Sequence[Span], heard: Sequence[Span]) -> tuple[int, int, int, list[float]]:
    """Return hits, false alarms, misses and the errors of the boundaries in seconds."""
    left, errors = list(truth), []
    hits = 0
    for span in heard:
        same = [one for one in left if one.overlap(span) > 0.5 * max(one.duration, span.duration)]
        if same:
            one = same[0]
            left.remove(one)
            hits += 1
            errors += [abs(one.start - span.start), abs(one.end - span.end)]
    return hits, len(heard) - hits, len(left), errors


def row(label: dict[str, Any], assessment: Assessment, seconds: float) -> dict[str, Any]:
    """Return the figures of one recording."""
    transcript = assessment.transcript
    said = plain(label.get("reference") or "")
    kept = plain(" ".join(word.text for word in transcript.words if word.kind is not WordKind.FILLED_PAUSE))
    filled = [word.span for word in transcript.words if word.kind is WordKind.FILLED_PAUSE]
    out: dict[str, Any] = {"recording": label["recording"], "times_real_time": transcript.duration / seconds}
    if said:
        measure = jiwer.process_words(" ".join(said), " ".join(kept) or "-")
        errors = measure.substitutions + measure.deletions + measure.insertions
        pace = len(kept) / len(said) - 1
        out |= {"words": len(said), "word_errors": errors, "kept": measure.hits, "pace_error": pace}
    out["filled"] = found(spans(label["filled_pauses"]), filled, spans(label.get("uncertain", [])))
    out["pause_count"] = len(transcript.pauses)
    out["onset_errors"] = onset_errors(label.get("words", []), [pause.span for pause in transcript.pauses])
    if "pauses" in label:
        *counts, errors = pauses_found(spans(label["pauses"]), [pause.span for pause in transcript.pauses])
        out["pauses"], out["boundaries"] = tuple(counts), errors
    return out


def onset_errors(words: Sequence[dict[str, Any]], pauses: Sequence[Span]) -> list[float]:
    """Return for each pause how far its end is from the nearest labelled start of a word.

    For corpora whose word ends are stretched over the silence that follows them: only the starts can be trusted.
    """
    starts = [word["start"] for word in words]
    return [min(abs(pause.end - start) for start in starts) for pause in pauses] if starts else []


def f1(counts: Sequence[tuple[int, int, int]]) -> tuple[float, float, float]:
    """Return precision, recall and F1 of summed hits, false alarms and misses."""
    hits, false, missed = (sum(part) for part in zip(*counts, strict=True))
    return hits / max(1, hits + false), hits / max(1, hits + missed), 2 * hits / max(1, 2 * hits + false + missed)


def main() -> None:
    """Print a line a recording and the totals."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = []
    print(f"{'recording':22} {'words':>5} {'WER':>6} {'kept':>6} {'pace':>7} {'filled hit/false/missed':>24}  pauses")
    for path in sorted(options.folder.glob("*.json")):
        label = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(label, dict) or "recording" not in label:
            continue
        began = time.perf_counter()
        assessment = analyze(path.parent / label["recording"], settings=Settings(), sound_in_page=False)
        one = row(label, assessment, time.perf_counter() - began)
        rows.append(one)
        show(one)
    if not rows:
        sys.exit(f"no labelled recordings in {options.folder}")
    totals(rows)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


def show(one: dict[str, Any]) -> None:
    """Print the line of one recording."""
    words = one.get("words", 0)
    text = (
        f"{words:5} {one['word_errors'] / words:6.3f} {one['kept'] / words:6.3f} {one['pace_error']:+7.1%}"
        if words
        else f"{'-':>5} {'-':>6} {'-':>6} {'-':>7}"
    )
    pauses = "/".join(map(str, one["pauses"])) if "pauses" in one else f"{one['pause_count']} found"
    filled = "/".join(map(str, one["filled"]))
    print(f"{one['recording'][:22]:22} {text} {filled:>24}  {pauses}", flush=True)


def totals(rows: Sequence[dict[str, Any]]) -> None:
    """Print what all recordings give together."""
    worded = [one for one in rows if "words" in one]
    if worded:
        words = sum(one["words"] for one in worded)
        paces = [abs(one["pace_error"]) for one in worded if one["words"] >= 20]
        print(
            f"\nword error rate {sum(one['word_errors'] for one in worded) / words:.3f} over {words} words, kept "
            f"{sum(one['kept'] for one in worded) / words:.3f}; pace error median {statistics.median(paces):.1%}, "
            f"largest {max(paces):.1%} (recordings of 20 words or more)"
        )
    print("filled pauses: precision {:.3f}, recall {:.3f}, F1 {:.3f}".format(*f1([one["filled"] for one in rows])))
    labelled = [one for one in rows if "pauses" in one]
    if labelled:
        errors = sorted(error for one in labelled for error in one["boundaries"])
        print(
            "pauses: precision {:.3f}, recall {:.3f}, F1 {:.3f}; ".format(*f1([one["pauses"] for one in labelled]))
            + f"boundaries median {statistics.median(errors) * 1000:.0f} ms, 90 % within "
            f"{errors[int(0.9 * (len(errors) - 1))] * 1000:.0f} ms"
        )
    onsets = sorted(error for one in rows for error in one["onset_errors"])
    if onsets:
        print(
            f"ends of {len(onsets)} pauses against the nearest labelled start of a word: median "
            f"{statistics.median(onsets) * 1000:.0f} ms, within 100 ms "
            f"{sum(e <= 0.1 for e in onsets) / len(onsets):.0%}"
        )
    print(f"speed: {statistics.median(one['times_real_time'] for one in rows):.1f} times real time (median)")


if __name__ == "__main__":
    main()

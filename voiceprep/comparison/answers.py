"""Two answers compared: measures, words, parts of the story. Takes assessments and makes none. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceprep.comparison.measures import Told, tested, told, unlike
from voiceprep.comparison.order import corrected, out_of_order
from voiceprep.comparison.values import Change, Comparison, Difference, PartBeside, Side
from voiceprep.comparison.verdicts import Held, judged
from voiceprep.comparison.words import aligned
from voiceprep.model import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voiceprep.model import Assessment, Finding

PARTS = {Part.SITUATION: "situation", Part.TASK: "task", Part.ACTION: "action", Part.RESULT: "result"}
# A recording that is this much noisier than the other (dB) hides more of what was said.
NOISIER = 10.0


def compare_answers(a: Side, b: Side) -> Comparison:
    """Compare the answers `a` and `b`, each with its assessment; `a` is the one before."""
    if a.assessment is None or b.assessment is None:
        raise ValueError("an answer is compared by its assessment")
    one, other = a.assessment, b.assessment
    return Comparison(
        a,
        b,
        judged(tuple(_measures(one, other))),
        aligned(one.transcript.words, other.transcript.words),
        tuple(_parts(one, other)),
        (*out_of_order(a, b), *corrected(a, b), *_caveats(one, other)),
    )


def _measures(a: Assessment, b: Assessment) -> Iterator[Held]:
    """Yield what was measured in either, in the order of the report."""
    before = {finding.measurement.metric: finding for finding in a.findings}
    after = {finding.measurement.metric: finding for finding in b.findings}
    heard = told(a.transcript, a.question), told(b.transcript, b.question)
    for name in dict.fromkeys((*before, *after)):
        one, other = before.get(name), after.get(name)
        if one and other:
            yield _both(one, other, *heard)
        else:
            yield Held(_shown(one, other, Change.INCOMPARABLE, f"it is measured in {'A' if one else 'B'} alone"))


def _both(one: Finding, other: Finding, a: Told, b: Told) -> Held:
    missing = [(side, each.measurement) for side, each in (("A", one), ("B", other)) if each.measurement.value is None]
    if missing:
        reason = "; ".join(
            f"not measured in {side}: {each.reason or 'nothing to count over'}" for side, each in missing
        )
        if len(missing) == 2 and one.measurement.reason == other.measurement.reason:
            reason = f"not measured: {one.measurement.reason}"
        return Held(_shown(one, other, Change.INCOMPARABLE, reason))
    if reason := unlike(one.measurement, other.measurement, a, b):
        return Held(_shown(one, other, Change.INCOMPARABLE, reason))
    found = tested(one, other, a, b)
    if found.reason:
        return Held(_shown(one, other, Change.INCOMPARABLE, found.reason))
    change = Change.CHANCE if found.test else Change.UNTESTED
    return Held(_shown(one, other, change, of=found.of, method=found.method), found.test, (one.band, other.band))


def _shown(
    one: Finding | None, other: Finding | None, change: Change, reason: str = "", *, of: str = "", method: str = ""
) -> Difference:
    """Return the row of a measure that A has as `one` and B as `other`, before its verdict."""
    known = other or one
    assert known is not None  # noqa: S101  (for the type checker: one of them is there)
    return Difference(
        known.measurement.metric,
        known.label,
        known.unit,
        known.group,
        one.measurement.value if one else None,
        other.measurement.value if other else None,
        change,
        of=of,
        method=method,
        reason=reason,
    )


def _parts(a: Assessment, b: Assessment) -> Iterator[PartBeside]:
    """Yield the parts of the story that either has, with their sentences where these are known."""
    shares = [
        {each.measurement.metric: (each.measurement.value, each.unit) for each in side.findings} for side in (a, b)
    ]
    for part, name in PARTS.items():
        (before, unit), (after, other) = (share.get(name, (None, "")) for share in shares)
        if before is not None or after is not None:
            units = "" if before is None else unit, "" if after is None else other
            yield PartBeside(part, before, after, _sentences(a, part, before), _sentences(b, part, after), *units)


def _sentences(answer: Assessment, part: Part, share: float | None) -> tuple[str, ...]:
    star = answer.star
    if not share or star is None or len(star.parts) != len(answer.sentences):
        return ()
    return tuple(said.text for said, told in zip(answer.sentences, star.parts, strict=True) if told is part)


def _caveats(a: Assessment, b: Assessment) -> Iterator[str]:
    """Yield what makes the comparison as a whole doubtful."""
    one, other = a.transcript, b.transcript
    if a.recording.sha256 and a.recording.sha256 == b.recording.sha256:
        yield "Both are the same recording: what differs is how it was heard, or what was asked."
    if one.timing is not other.timing:
        yield "One was heard from its sound and the other read from a text: their words do not compare well."
    elif (one.engine.name, one.engine.model) != (other.engine.name, other.engine.model):
        named = " and ".join(f"{each.engine.name} {each.engine.model}".strip() for each in (one, other))
        yield f"They were heard by different models ({named}): a part of any difference may be theirs."
    if one.quality and other.quality and abs(one.quality.snr - other.quality.snr) > NOISIER:
        noisy = "A" if one.quality.snr < other.quality.snr else "B"
        yield f"{noisy} is much noisier than the other: words, fillers and pauses in it are less certain."
    if a.question and b.question and a.question.text != b.question.text:
        yield "They answer different questions, and a part of any difference may be the question's."

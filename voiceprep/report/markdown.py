"""The report as plain Markdown, for notes and pull requests. Text from outside is escaped; no HTML is written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voiceprep import wording
from voiceprep.model import Part, PausePlace, Timing, Verdict, WordKind
from voiceprep.report.groups import groups
from voiceprep.report.marks import Silence, lines, places

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from voiceprep.model import Assessment, Evidence, Finding, Focus, Span, Word
    from voiceprep.report.marks import Line

    Where = Callable[[Span], str]

# How many moments are listed for a measure; the data formats have all of them.
_SHOWN = 12
_MARKUP = re.compile(r"([\\`*_{}\[\]<>|~&#$])")
_BLOCK_START = re.compile(r"^(\d+)([.)])(?=\s|$)|^([-+=])")
_WRAPPED: Mapping[WordKind, tuple[str, str]] = {
    WordKind.WORD: ("", ""),
    WordKind.FILLED_PAUSE: ("**", "**"),
    WordKind.FILLER: ("*", "*"),
    WordKind.REPETITION: ("~~", "~~"),
    WordKind.FRAGMENT: ("{", "}"),
}
_LEGEND = "**um** filled pause, *like* filler word, ~~the~~ repetition, {nee-} broken-off word"
_ACTED_ON = frozenset({Verdict.LOW, Verdict.HIGH, Verdict.VERY_LOW, Verdict.VERY_HIGH})


def render(assessments: Sequence[Assessment]) -> str:
    """Return `assessments` as one Markdown document, each under a heading of its own."""
    reports = ["\n\n".join(_sections(assessment)) for assessment in assessments]
    return wording.legible("\n\n---\n\n".join(reports) or "There is nothing in this report.") + "\n"


def escape(text: str) -> str:
    """Return `text` on one line, so that Markdown shows it as it is, wherever it stands."""
    line = " ".join(text.split())
    return _BLOCK_START.sub(r"\1\\\2\3", _MARKUP.sub(r"\\\1", line)) if line else ""


def _sections(assessment: Assessment) -> Iterator[str]:
    where = places(assessment)
    yield _opening(assessment, where)
    yield from _question(assessment)
    caveats = dict.fromkeys((*assessment.caveats, *assessment.transcript.caveats))
    if caveats:
        yield "Keep in mind:\n\n" + _list(caveats)
    if assessment.findings:
        shown = [finding for _, some in groups(assessment.findings) for finding in some]
        yield "## What was measured\n\n" + _table(shown)
        yield from _notes(shown, where)
    if assessment.transcript.words:
        yield f"## {wording.SAID[assessment.transcript.timing]}\n\n{_LEGEND}{_pauses(assessment)}."
        yield "\n".join(_line(line, where) for line in lines(assessment))
    yield "## How this was made\n\n" + _made(assessment)


def _pauses(assessment: Assessment) -> str:
    return ", (1.4 s) long pause" if assessment.transcript.timing is Timing.SOUND else ""


def _opening(assessment: Assessment, where: Where) -> str:
    if assessment.focus:
        return _focus(assessment.focus, "Listen at" if assessment.transcript.timing is Timing.SOUND else "See", where)
    if not assessment.transcript.words:
        return "# No speech was heard\n\nCheck the microphone, then record the answer again."
    return "# Nothing needs changing first\n\nNothing in this answer stands outside its range."


def _focus(focus: Focus, listen: str, where: Where) -> str:
    parts = [f"# {escape(focus.title)}", f"**One thing to try:** {escape(focus.advice)}", escape(focus.why)]
    if focus.evidence:
        parts.append(f"{listen} {_moments(focus.evidence, where)}")
    return "\n\n".join(part for part in parts if part)


def _question(assessment: Assessment) -> Iterator[str]:
    if assessment.question:
        yield f"> {escape(assessment.question.text)}"
    length = wording.length_text(assessment, assessment.recording.duration)
    yield f"{escape(assessment.recording.name)}, {length}"
    if assessment.strengths:
        yield "What went well:\n\n" + _list(assessment.strengths)
    if assessment.question and assessment.question.outline:
        yield "An outline for this question:\n\n" + _numbered(assessment.question.outline)


def _list(texts: Sequence[str] | Mapping[str, None]) -> str:
    return "\n".join(f"- {escape(text)}" for text in texts)


def _numbered(texts: Sequence[str]) -> str:
    return "\n".join(f"{number}. {escape(text)}" for number, text in enumerate(texts, 1))


def _moments(evidence: Sequence[Evidence], where: Where) -> str:
    named = [f"{where(item.span)} {escape(item.label)}".strip() for item in evidence[:_SHOWN]]
    more = len(evidence) - _SHOWN
    return "; ".join(named) + (f"; and {more} more" if more > 0 else "")


def _table(findings: Sequence[Finding]) -> str:
    rows = [("Measure", "Value", "Verdict", "Band"), ("---", "---:", "---", "---")]
    rows += [
        (
            escape(finding.label),
            escape(wording.value_text(finding)),
            wording.VERDICTS[finding.verdict],
            "" if finding.verdict is Verdict.UNKNOWN else wording.band_text(finding),
        )
        for finding in findings
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _notes(findings: Sequence[Finding], where: Where) -> Iterator[str]:
    """Give what there is to say about each finding: one item a finding, one line a note."""
    items = []
    for finding in findings:
        notes = list(_note(finding, where))
        if notes:
            items.append("\n".join([f"- **{escape(finding.label)}**", *(f"  - {note}" for note in notes)]))
    if items:
        yield "\n".join(items)


def _note(finding: Finding, where: Where) -> Iterator[str]:
    measurement = finding.measurement
    if measurement.value is None:
        yield f"Not measured: {escape(measurement.reason) or 'there was nothing to count over'}."
    if finding.detail:
        yield escape(finding.detail)
    if finding.advice and finding.verdict in _ACTED_ON:
        yield f"Try: {escape(finding.advice)}"
    if measurement.evidence:
        yield f"At {_moments(measurement.evidence, where)}"
    if measurement.interval:
        yield wording.interval_text(finding).capitalize()
    yield from (escape(caveat) for caveat in measurement.caveats)
    if finding.source:
        yield f"Source: {escape(wording.source_text(finding.source))}"


def _line(line: Line, where: Where) -> str:
    part = f"**{line.label.part.value}** " if line.label and line.label.part is not Part.OTHER else ""
    said = [_silence(token) if isinstance(token, Silence) else _word(token.word) for token in line.tokens]
    return f"- {where(line.span)} {part}{' '.join(text for text in said if text)}"


def _word(word: Word) -> str:
    before, after = _WRAPPED[word.kind]
    text = escape(word.text)
    return f"{before}{text}{after}" if text else ""


def _silence(silence: Silence) -> str:
    if not silence.long:
        return ""
    inside = ", inside a clause" if silence.pause.place is PausePlace.WITHIN_CLAUSE else ""
    return f"({wording.duration_text(silence.pause.span.duration)}{inside})"


def _made(assessment: Assessment) -> str:
    engine = assessment.transcript.engine
    settings = ", ".join(f"{name} {value}" for name, value in sorted(engine.settings.items()))
    facts = [
        *_read_from(assessment),
        f"Settings: {settings or 'none'}",
        f"Made by voiceprep {assessment.voiceprep}" + (f" at {assessment.at}" if assessment.at else ""),
    ]
    return _list(facts)


def _read_from(assessment: Assessment) -> list[str]:
    transcript, sha256 = assessment.transcript, assessment.recording.sha256
    if transcript.timing is not Timing.SOUND:
        return [f"Text: SHA-256 {sha256}", f"Read as {wording.engine_text(transcript)}"]
    engine = f"Transcribed by {wording.engine_text(transcript)}, SHA-256 {transcript.engine.sha256}"
    return [f"Recording: SHA-256 {sha256}", engine]

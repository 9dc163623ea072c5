"""The page: one self-contained HTML file with sound and every number's evidence. Asks the network for nothing."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from voiceprep import correcting, wording
from voiceprep.disfluency import events
from voiceprep.model import Timing, Verdict, WordKind
from voiceprep.redaction import MASKED
from voiceprep.report import picture
from voiceprep.report.groups import groups
from voiceprep.report.marks import Silence, lines, places, stretches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jinja2 import Environment, Template

    from voiceprep.model import Assessment, Finding, Pause, Playback, Span, Word

# How many moments a finding shows before the rest is folded away.
_SHOWN = 12
_MIME = re.compile(r"[a-z]+/[a-z0-9.+-]+")
# Characters that end a script, start a comment or break a line in JavaScript, wherever they stand in JSON.
_UNSAFE = {ord(char): f"\\u{ord(char):04x}" for char in "<>&'\u2028\u2029"}
_LANES = (
    ("filled_pause", "Filled pauses", "u"),
    ("filler", "Filler words", "f"),
    ("repetition", "Repeats", "r"),
    ("fragment", "Broken-off words", "b"),
    ("pause", "Long pauses", "p"),
)
_TONES = {
    Verdict.GOOD: ("good", "\N{BLACK CIRCLE}"),
    Verdict.LOW: ("watch", "\N{WHITE DOWN-POINTING TRIANGLE}"),
    Verdict.HIGH: ("watch", "\N{WHITE UP-POINTING TRIANGLE}"),
    Verdict.VERY_LOW: ("act", "\N{BLACK DOWN-POINTING TRIANGLE}"),
    Verdict.VERY_HIGH: ("act", "\N{BLACK UP-POINTING TRIANGLE}"),
    Verdict.UNJUDGED: ("plain", "\N{WHITE CIRCLE}"),
    Verdict.UNKNOWN: ("unknown", "\N{EN DASH}"),
}


def render(assessments: Sequence[Assessment]) -> str:
    """Return `assessments` as one HTML page that needs nothing but itself."""
    script = resource("page.js") + resource("correct.js")
    page = _template().render(
        answers=[_answer(number, assessment) for number, assessment in enumerate(assessments, 1)],
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        style=resource("page.css") + resource("correct.css"),
    )
    return wording.legible(page)


def resource(name: str) -> str:
    """Return the text of the file `name` beside this module."""
    return files("voiceprep.report").joinpath(name).read_text("utf-8")


@cache
def _template() -> Template:
    made = environment()
    made.globals |= {"w": wording, "long_pause": Silence, "pause_name": pause_name, "word_class": word_class}
    return made.get_template("page.html.j2")


def environment() -> Environment:
    """Return what templates of pages are made in: everything is escaped, and a name that is not known fails."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415  (only a page pays for it)

    made = Environment(
        loader=PackageLoader("voiceprep.report", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "clock": wording.clock,
        "json": to_script,
        "tight": _tight,
        "seconds": lambda time: f"{time:.3f}",
    }
    return made


def to_script(value: object) -> Any:  # noqa: ANN401  (markupsafe has no place in a signature of ours)
    """Return `value` as JSON that may stand inside a script element, whatever its texts are."""
    from markupsafe import Markup  # noqa: PLC0415  (comes with jinja2)

    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Markup(text.translate(_UNSAFE))  # noqa: S704  (every character that HTML knows is escaped a line above)


def _answer(number: int, assessment: Assessment) -> dict[str, Any]:
    """Return all that the template shows of `assessment`."""
    duration = assessment.transcript.duration or assessment.recording.duration
    timing = assessment.transcript.timing
    return {
        "number": number,
        "a": assessment,
        "title": assessment.question.text if assessment.question else assessment.recording.name,
        "duration": duration,
        "timed": assessment.transcript.timed,
        # Who reads a report with its names masked did not say it, and a list without a recording corrects nothing.
        "mended": assessment.transcript.timed and assessment.recording.sha256 != MASKED,
        "heard": timing is Timing.SOUND,
        "where": places(assessment),
        "length": wording.length_text(assessment, duration),
        "sound": sound_of(assessment.playback),
        "times": _times(assessment, duration),
        "lines": lines(assessment),
        "timeline": _timeline(assessment, duration),
        "groups": _groups(assessment.findings),
        "tally": _tally(assessment.findings),
        "pace": _pace(assessment, duration),
        "caveats": tuple(dict.fromkeys((*assessment.caveats, *assessment.transcript.caveats))),
        "details": tuple(_details(assessment)),
    }


def sound_of(playback: Playback | None) -> str:
    """Return `playback` as a data URI, or nothing where there is none that a page may carry."""
    if playback is None or not _MIME.fullmatch(playback.mime):
        return ""
    return f"data:{playback.mime};base64,{base64.b64encode(playback.data).decode()}"


def _times(assessment: Assessment, duration: float) -> dict[str, Any]:
    """Return what the script needs: when each word is said, in order of the page, and where the marks are."""
    words = assessment.transcript.words
    marks = sorted((span.start, span.end, text) for _, span, text, _ in _marks(assessment))
    return {
        "duration": round(duration, 3),
        "words": [[round(word.span.start, 3), round(word.span.end, 3)] for word in words],
        "marks": [[round(start, 3), round(end, 3), text] for start, end, text in marks],
        **_correctable(assessment),
    }


def _correctable(assessment: Assessment) -> dict[str, Any]:
    """Return what corrections are about: which recording and words, hesitations, and sentences with their parts."""
    words = assessment.transcript.words
    found = [event for event in events(words) if event.kind in correcting.HESITATIONS]
    return {
        "sound": assessment.recording.sha256,
        "name": assessment.recording.name,
        "print": correcting.fingerprint(assessment.transcript),
        "events": [[event.first, event.last, event.label] for event in found],
        "lines": [
            [round(line.span.start, 3), round(line.span.end, 3), line.label.part.value if line.label else None]
            for line in lines(assessment)
        ],
    }


def _marks(assessment: Assessment) -> Iterator[tuple[str, Span, str, str]]:
    """Give every mark of `assessment`: its lane, its span, its name and what was said."""
    for word in assessment.transcript.words:
        if word.kind is not WordKind.WORD:
            yield word.kind.value, word.span, wording.word_text(word), word.text
    for pause in assessment.transcript.pauses:
        if pause.span.duration > wording.LONG_PAUSE:
            yield "pause", pause.span, pause_name(pause), ""


def pause_name(pause: Pause) -> str:
    """Return what there is to say about `pause`: how long, when, and where it stands."""
    return (
        f"{wording.pause_text(pause.span.duration)} at {wording.clock(pause.span.start)}, {wording.PLACES[pause.place]}"
    )


def _timeline(assessment: Assessment, duration: float) -> dict[str, Any]:
    """Return the lanes of the timeline, each with its marks at their places in per cent."""
    marks = list(_marks(assessment))
    lanes = []
    for kind, name, letter in _LANES:
        here = [
            (picture.percent(span.middle, duration), span, text, said)
            for lane, span, text, said in marks
            if lane == kind
        ]
        lanes.append({"kind": kind, "name": name, "letter": letter, "marks": here})
    return {
        "waves": picture.waves(assessment.waveform, duration)
        if assessment.waveform and assessment.waveform.peaks
        else "",
        "melody": picture.melody(assessment.transcript.voice) if assessment.transcript.voice else None,
        "words": picture.blocks(word.span for word in assessment.transcript.words if word.kind is WordKind.WORD),
        "pauses": picture.blocks(pause.span for pause in assessment.transcript.pauses),
        "lanes": lanes,
        "parts": [
            (part, span, picture.percent(span.start, duration), picture.percent(span.duration, duration))
            for part, span in stretches(assessment)
        ],
        "ticks": picture.times(duration),
    }


def _groups(findings: Sequence[Finding]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return `findings` by group, in the order in which groups first appear."""
    return [(group, [_finding(one) for one in some]) for group, some in groups(findings)]


def _finding(finding: Finding) -> dict[str, Any]:
    tone, shape = _TONES[finding.verdict]
    evidence = finding.measurement.evidence
    return {
        "f": finding,
        "m": finding.measurement,
        "tone": tone,
        "shape": shape,
        "gauge": picture.gauge(finding),
        "shown": evidence[:_SHOWN],
        "folded": evidence[_SHOWN:],
    }


def _tally(findings: Sequence[Finding]) -> str:
    """Return how many findings ask for what: "1 to act on, 2 to watch, 6 good"."""
    tones = [_TONES[finding.verdict][0] for finding in findings]
    named = (("act", "to act on"), ("watch", "to watch"), ("good", "good"), ("unknown", "not measured"))
    return ", ".join(f"{tones.count(tone)} {text}" for tone, text in named if tones.count(tone))


def _pace(assessment: Assessment, duration: float) -> dict[str, Any] | None:
    finding = next((finding for finding in assessment.findings if finding.measurement.metric == "pace"), None)
    drawn = finding and picture.chart(finding, duration)
    return {"f": finding, "chart": drawn, "ticks": picture.times(duration)} if drawn else None


def _details(assessment: Assessment) -> Iterator[tuple[str, str]]:
    """Give names and values of everything that the report depends on."""
    recording, transcript, engine = assessment.recording, assessment.transcript, assessment.transcript.engine
    stored = [
        recording.container,
        recording.codec,
        recording.rate and f"{recording.rate} Hz",
        _channels(recording.channels),
    ]
    what = "Recording" if transcript.timing is Timing.SOUND else "Text"
    yield what, recording.name
    yield f"SHA-256 of the {what.lower()}", recording.sha256
    yield "Stored as", ", ".join(part for part in stored if part)
    yield "Length", wording.length_text(assessment, recording.duration)
    yield "Speech over noise", f"{transcript.quality.snr:.0f} dB" if transcript.quality else ""
    if transcript.language:
        yield "Language", wording.language_text(transcript)
    yield "Transcribed by" if transcript.timing is Timing.SOUND else "Read as", wording.engine_text(transcript)
    yield "SHA-256 of the model", engine.sha256
    yield "Settings", ", ".join(f"{name} {value}" for name, value in sorted(engine.settings.items()))
    yield "Made by", f"voiceprep {assessment.voiceprep}"
    if assessment.at:
        yield "Made at", assessment.at


def _channels(count: int) -> str:
    return {0: "", 1: "mono", 2: "stereo"}.get(count, f"{count} channels")


def _tight(text: str) -> str:
    """Return `text` with each number held to its unit."""
    return re.sub(r"(?<=\d) (?=(s|min|%)\b|%)", "\N{NO-BREAK SPACE}", text)


def word_class(word: Word) -> str:
    """Return the classes of `word` in the transcript."""
    kind = "" if word.kind is WordKind.WORD else f" {word.kind.value}"
    return f"w{kind}" + (" unsure" if word.probability < wording.UNSURE else "")

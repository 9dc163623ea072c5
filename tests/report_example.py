"""Whole reports as values, built by hand, for the tests of every renderer. Measures nothing."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from voiceprep.model import (
    Assessment,
    Band,
    Engine,
    Evidence,
    Finding,
    Focus,
    Interval,
    Measurement,
    Part,
    Pause,
    Playback,
    Point,
    Quality,
    Question,
    QuestionKind,
    Recording,
    Sample,
    Sentence,
    Source,
    Span,
    StarReading,
    Transcript,
    Verdict,
    Waveform,
    WordKind,
)
from voiceprep.testing import spoken

if TYPE_CHECKING:
    from collections.abc import Sequence

# `/f` marks a filler, `/r` a repetition, `/x` a broken-off word, `/d` a word that was hard to hear; the letter in front
# of a line is its STAR part.
_SCRIPT = """
O So/f um <0.4> let me think of a good example. <1.3>
S Last spring I looked after the billing part of our product, <0.3> and we had, uh, promised a new invoice page <0.5>
 to our three largest customers. <0.6>
S Four weeks before the date the team found that the old tax module could not be reused, <0.4> and um <1.6> nobody had
 planned for that. <0.7>
T It was my job to decide what we would ship on the day and, you/f know,/f to tell the customers what they
 would not get. <0.5>
A So I sat down with the two engineers and we wrote every piece of the page on a card. <0.4>
A Then I/r I called all three customers and asked which of the, um, cards they would pay for in the first month. <0.8>
A It turned out that nobody nee/x needed the exports on day one, <0.35> but all of them, like,/f needed the tax column
 to be right. <0.45>
A I wrote down two options with the cost of each, uh <0.9> and I proposed to move the exports to June. <0.3>
A My director did not/d like that at all, <0.4> so we went through the numbers together and he agreed to it. <1.1>
O Um <2.4> yeah,/f basically/f that is what I did. <0.5>
R In the end we shipped on the day with the tax column, <0.4> and two of the three customers signed for another year.
 <0.6>
R Support tickets about invoices went from forty a week to eleven within, uh, two months. <0.5>
O So/f yeah,/f I/r I think that <0.6> that/r is it.
"""
_KINDS = {"f": WordKind.FILLER, "r": WordKind.REPETITION, "x": WordKind.FRAGMENT}
_LASKE = Source("Laske & DiGennaro Reed 2024, doi 10.1002/jaba.1093", primary=True)
_CUSTOM = Source("Coaching custom, not measured", primary=False)
_PACE = Source("Microsoft Speaker Coach: 100 to 165; Read.ai: 130 to 175", primary=True)
_KAHNG = Source("Kahng 2018: pauses inside clauses go with low fluency ratings", primary=True)
QUESTION = Question(
    "scope-decision",
    "Tell me about a time when you had to cut the scope of something you had already promised.",
    QuestionKind.BEHAVIOURAL,
    shows="Judgement under pressure",
    points=(Point("the options and the criterion", ("option", "criterion")), Point("the consequence", ("customers",))),
    star=True,
    target=Span(60.0, 150.0),
    outline=("What was promised, and to whom", "The options and what decided", "What you did", "What came of it"),
    role="IT product manager",
)


def _told() -> tuple[Transcript, tuple[Sentence, ...], tuple[Part, ...]]:
    """Return the script as it was said, its sentences, and their parts."""
    spoken_lines = [line.strip() for line in _SCRIPT.strip().replace("\n ", " ").splitlines()]
    tokens = [line[2:].split() for line in spoken_lines]
    transcript = spoken(" ".join(token.split("/")[0] for line in tokens for token in line), a_word=0.31, gap=0.035)
    flags = [token.partition("/")[2] for line in tokens for token in line if not token.startswith("<")]
    words = tuple(
        replace(
            word,
            text=word.text + "-" if flag == "x" else word.text,
            kind=_KINDS.get(flag, word.kind),
            probability=0.38 if flag == "d" else 0.97,
        )
        for word, flag in zip(transcript.words, flags, strict=True)
    )
    sentences, at = [], 0
    for line in tokens:
        count = sum(not token.startswith("<") for token in line)
        inside = words[at : at + count]
        text = " ".join(word.text for word in inside if word.kind is WordKind.WORD)
        sentences.append(Sentence(text, Span(inside[0].span.start, inside[-1].span.end), at, at + count))
        at += count
    engine = Engine("faster-whisper", "1.1.1", "base", "ab12" * 16, {"beam": 5, "temperature": 0, "language": "auto"})
    heard = replace(transcript, words=words, engine=engine, quality=Quality(-21.4, -57.9, 0.0))
    return heard, tuple(sentences), tuple(Part(line[0]) for line in spoken_lines)


def _where(transcript: Transcript, *kinds: WordKind) -> tuple[Evidence, ...]:
    return tuple(Evidence(word.text.strip(",."), word.span) for word in transcript.words if word.kind in kinds)


def _finding(  # noqa: PLR0913, PLR0917  (a finding has this many fields)
    name: str,
    group: str,
    label: str,
    unit: str,
    counts: tuple[float, float],
    band: Band | None,
    source: Source | None,
    detail: str = "",
    advice: str = "",
    evidence: Sequence[Evidence] = (),
    *,
    caveats: tuple[str, ...] = (),
    interval: Interval | None = None,
    series: tuple[Sample, ...] = (),
    reason: str = "",
) -> Finding:
    measurement = Measurement(name, 1, *counts, tuple(evidence), caveats, interval, series, reason)
    verdict = band.judge(measurement.value) if band else Verdict.UNJUDGED
    return Finding(
        label, unit, group, measurement, Verdict.UNKNOWN if reason else verdict, band, source, detail, advice
    )


def _timing(transcript: Transcript) -> list[Finding]:
    length = transcript.words[-1].span.end - transcript.words[0].span.start
    count = sum(word.kind is WordKind.WORD for word in transcript.words)
    series = tuple(Sample(at, round(140 + 38 * math.sin(at / 9.0) - at / 4, 1)) for at in range(10, int(length) - 9, 5))
    return [
        _finding(
            "length", "Timing", "Length of the answer", "s", (length, 1.0), Band(60.0, 150.0, 45.0, 180.0),
            Source("University career centres: one to two minutes", primary=True),
            "From the first word to the last.",
        ),
        _finding(
            "pace", "Timing", "Pace", "words a minute", (count, length / 60), Band(120.0, 170.0, 100.0, 190.0), _PACE,
            "Quickest around 0:14, slowest around 0:44.", "", (), interval=Interval(131.0, 154.0), series=series,
        ),
        _finding(
            "articulation_rate", "Timing", "Articulation rate", "syllables a second", (388.0, 77.6), None,
            Source("de Jong & Wempe 2009, doi 10.3758/BRM.41.2.385", primary=True),
            "Syllables over the time in which you speak. Compare it with your own answers of like length only.",
            caveats=("Phrase length is its largest driver.",),
        ),
    ]  # fmt: skip


def _pauses(transcript: Transcript) -> list[Finding]:
    silent = sum(pause.span.duration for pause in transcript.pauses)
    within = [pause for pause in transcript.pauses if pause.place == "within_clause" and pause.span.duration > 1.0]
    longest = max(transcript.pauses, key=lambda pause: pause.span.duration)
    return [
        _finding(
            "silent_pauses", "Pauses", "Silent pauses", "a minute", (len(transcript.pauses), transcript.duration / 60),
            None, Source("Goldman-Eisler 1968: 250 ms or more", primary=True), "",
            "", [_silence(pause) for pause in transcript.pauses],
        ),
        _finding(
            "pause_share", "Pauses", "Time in silence", "% of the time", (silent, transcript.duration),
            Band(0.10, 0.25, None, 0.35), Source("Speech to pause 3.3:1 to 4:1", primary=False),
        ),
        _finding(
            "longest_pause", "Pauses", "Longest pause", "s", (longest.span.duration, 1.0), None, None, "", "",
            [_silence(longest)],
        ),
        _finding(
            "long_pauses_within", "Pauses", "Long pauses inside a clause", "a minute",
            (len(within), transcript.duration / 60), Band(None, 1.0), _KAHNG,
            "Silences over a second that break a clause.",
            "Finish the clause first, then take the pause: between clauses it costs nothing.",
            [_silence(pause) for pause in within],
        ),
    ]  # fmt: skip


def _silence(pause: Pause) -> Evidence:
    return Evidence(f"{pause.span.duration:.1f} s", pause.span)


def _fillers(transcript: Transcript) -> list[Finding]:
    minutes = transcript.duration / 60
    filled, fillers = _where(transcript, WordKind.FILLED_PAUSE), _where(transcript, WordKind.FILLER)
    repeats = _where(transcript, WordKind.REPETITION, WordKind.FRAGMENT)
    both = tuple(sorted(filled + fillers, key=lambda item: item.span))
    return [
        _finding(
            "filled_pauses", "Fillers", "Filled pauses (um, uh)", "a minute", (len(filled), minutes),
            Band(None, 5.0, None, 12.0), _LASKE, "um 5, uh 4.",
            "When you feel an um coming, close your mouth and let the silence stand for a second.", filled,
            caveats=("Some filled pauses are left out by the recogniser; the true number may be higher.",),
        ),
        _finding(
            "filler_words", "Fillers", "Filler words", "a minute", (len(fillers), minutes),
            Band(None, 5.0, None, 12.0), _LASKE, "yeah 2, so 2, basically 1, like 1, you know 1.",
            "", fillers,
        ),
        _finding(
            "hesitations", "Fillers", "Both together", "a minute", (len(both), minutes),
            Band(None, 5.0, None, 12.0), _LASKE, "", "Say the first clause of each part in your head before aloud.",
            both,
        ),
        _finding(
            "repetitions", "Fillers", "Repetitions and broken-off words", "a minute", (len(repeats), minutes), None,
            None, "", "", repeats,
        ),
    ]  # fmt: skip


def _content(sentences: Sequence[Sentence], parts: Sequence[Part]) -> list[Finding]:
    spoken_for = {part: [s for s, p in zip(sentences, parts, strict=True) if p is part] for part in Part}
    total = sum(sentence.span.duration for sentence in sentences)

    def share(part: Part) -> tuple[float, float]:
        return sum(sentence.span.duration for sentence in spoken_for[part]), total

    def said(part: Part) -> list[Evidence]:
        return [Evidence(sentence.text[:24].rsplit(" ", 1)[0] + " …", sentence.span) for sentence in spoken_for[part]]

    return [
        _finding(
            "star_parts", "Story", "STAR parts present", "of 4", (4.0, 1.0), Band(4.0, None, 3.0, None), _CUSTOM,
            "Situation, task, action and result are all there.",
        ),
        _finding(
            "situation", "Story", "Situation", "% of the story", share(Part.SITUATION), Band(0.05, 0.20, None, 0.30),
            _CUSTOM, "Two sentences set the scene.", "Try the same scene in one sentence.", said(Part.SITUATION),
        ),
        _finding(
            "action", "Story", "Action", "% of the story", share(Part.ACTION), Band(0.6, None, 0.45, None), _CUSTOM,
            "", "Add what you weighed when you chose between the two options.", said(Part.ACTION),
        ),
        _finding(
            "result", "Story", "Result", "% of the story", share(Part.RESULT), Band(0.15, None, 0.10, None), _CUSTOM,
            "", "", said(Part.RESULT),
        ),
        _finding(
            "i_share", "Words", "I against we", "% I", (9.0, 15.0), None, None,
            "You said I 9 times and we 6 times. Career centres ask for I; one study found we rated better.",
        ),
        _finding(
            "relevance", "Words", "Answer to the question", "of 2", (0.0, 0.0), None, None,
            reason="this question was typed, so there is nothing to look for",
        ),
    ]  # fmt: skip


@cache
def _sound(duration: float) -> tuple[Playback, Waveform]:
    """Return tones that come and go for `duration`, as a page carries them, and their picture."""
    import av  # noqa: PLC0415  (only the tests that look at sound pay for it)

    rate, now = 16_000, np.arange(int(duration * 16_000)) / 16_000
    loud = np.abs(np.sin(now * 2.1)) * (0.55 + 0.45 * np.sin(now / 3.7) ** 2)
    samples = (0.3 * loud * np.sin(2 * np.pi * (180 + 40 * np.sin(now)) * now)).astype(np.float32)
    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as container:
        stream = container.add_stream("mp3", rate=rate, layout="mono", bit_rate=24_000)
        frame = av.AudioFrame.from_ndarray((samples * 32767).astype(np.int16)[None], format="s16", layout="mono")
        frame.sample_rate = rate
        resampler = av.AudioResampler(format=stream.format, layout="mono", rate=rate, frame_size=stream.frame_size)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    peaks = tuple(int(255 * level) for level in loud[:: rate // 20])
    return Playback("audio/mpeg", file.getvalue()), Waveform(20.0, peaks)


def example() -> Assessment:
    """Return a report on 90 s of a good answer with something of everything in it."""
    transcript, sentences, parts = _told()
    playback, waveform = _sound(transcript.duration)
    findings = (
        *_timing(transcript), *_pauses(transcript), *_fillers(transcript), *_content(sentences, parts),
    )  # fmt: skip
    filled = next(finding for finding in findings if finding.measurement.metric == "filled_pauses")
    present = {letter: letter in parts for letter in "STAR"}
    probability = {"S": 0.97, "T": 0.83, "A": 0.99, "R": 0.91}
    confidence = tuple(round(0.95 - 0.06 * (index % 5), 2) for index in range(len(parts)))
    return Assessment(
        recording=Recording("answer 3.m4a", "c0ffee" + "42" * 29, transcript.duration, "mov,mp4", "aac", 48_000, 1),
        transcript=transcript,
        findings=findings,
        voiceprep="0.1.0",
        at="2025-03-04T18:20:00+00:00",
        question=QUESTION,
        sentences=sentences,
        star=StarReading(parts, confidence, present, probability, 0.94),
        focus=Focus(
            "hesitations",
            "Let the silence stand",
            "You fill a silence 9 times a minute. A study found no harm up to 5; most of yours come before a pause.",
            "Record the answer once more. When you feel an um coming, close your mouth and count one.",
            filled.measurement.evidence[2:5],
        ),
        strengths=("The story has all four STAR parts.", "The result has two numbers in it."),
        caveats=("The question asks for one past event, and the answer is read that way.",),
        waveform=waveform,
        playback=playback,
    )


def empty() -> Assessment:
    """Return the report on a recording in which nobody speaks."""
    nobody = replace(spoken(""), duration=4.0, language="", language_probability=0.0)
    reason = "no speech was heard"
    return Assessment(
        recording=Recording("silence.wav", "0" * 64, 4.0, "wav", "pcm_s16le", 16_000, 1),
        transcript=replace(nobody, caveats=("No speech was heard in this recording.",)),
        findings=(
            _finding("pace", "Timing", "Pace", "words a minute", (0.0, 0.0), Band(120.0, 170.0, 100.0, 190.0), _PACE,
                     reason=reason),
            _finding("filled_pauses", "Fillers", "Filled pauses (um, uh)", "a minute", (0.0, 0.0), None, _LASKE,
                     reason=reason),
        ),
        voiceprep="0.1.0",
    )  # fmt: skip


HOSTILE = (
    "</script><script>window.hacked=1</script>", '"quoted"', "it's", "\N{GRINNING FACE}", "new\nline", "אבג",
    "\N{RIGHT-TO-LEFT OVERRIDE}abc", "<!--", "]]>", "{{ 7*7 }}", "|a|b|", "*star*", "`tick`", "[link](javascript:x)",
    "\N{LINE SEPARATOR}", "-->", "&amp;", "<img src=x onerror=window.hacked=1>", "\x00", "=1+1", "# head",
)  # fmt: skip


def hostile() -> Assessment:
    """Return a report in which every text that comes from outside tries to break out."""
    model = spoken(" ".join("x" for _ in HOSTILE) + " <1.5> um.")
    words = tuple(replace(word, text=text) for word, text in zip(model.words, HOSTILE, strict=False))
    transcript = replace(model, words=(*words, *model.words[len(words) :]), caveats=HOSTILE[:2])
    bad = " ".join(HOSTILE)
    return replace(
        example(),
        recording=Recording(f'a "b"\n{HOSTILE[0]} 😀.wav', "f" * 64, transcript.duration, bad, bad, 8000, 2),
        transcript=transcript,
        question=replace(QUESTION, text=f"Why {bad}?", id=HOSTILE[0], shows=bad),
        sentences=(Sentence(bad, Span(0.5, 2.0), 0, 5), Sentence(bad, Span(2.0, 9.0), 5, len(transcript.words))),
        star=StarReading((Part.ACTION, Part.RESULT), (0.8, 0.7), {}, {}, 0.5),
        focus=Focus("pace", bad, bad, bad, (Evidence(bad, Span(1.0, 2.0)),)),
        strengths=(bad,),
        findings=tuple(
            _finding("pace", bad, bad, bad, (300.0, 2.0), Band(None, 100.0, None, 120.0), Source(bad, primary=False),
                     bad, bad, (Evidence(bad, Span(0.5, 0.8)),), caveats=(bad,))
            for _ in range(2)
        ),
        waveform=None,
        playback=Playback('audio/wav";x="<script>', b"RIFF"),
    )  # fmt: skip

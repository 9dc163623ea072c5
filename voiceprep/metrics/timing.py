"""How soon, how long and how fast: latency, length, pace, articulation rate, length of runs, phonation time ratio."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from voiceprep.metrics import Metric, drowned, measured, not_measured, untimed, untrusted, whole
from voiceprep.metrics.coaching import lengthen
from voiceprep.model import Band, Evidence, Sample, Source, Span, Verdict, WordKind
from voiceprep.syllables import syllables
from voiceprep.wording import duration_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceprep.model import Answer, Measurement, Word

# A rate over less than this says nothing about a speaker.
LEAST_SECONDS = 3.0
LEAST_WORDS = 5
# Pace over time: words within a window of 15 s, every 5 s.
PACE_WINDOW = 15.0
PACE_STEP = 5.0
# Hincks 2005: a run ends at a silent pause longer than this.
RUN_PAUSE = 0.25
# Syllables of the words and of the sound may differ by this share of the words' before one of them is doubted (custom).
TOLERANCE = 0.2
# From this probability on an answer is taken for a story when no question says so.
STORY = 0.5

_LENGTH_BAND = Band(60, 150, 45, 180)
_PACE_BAND = Band(120, 170, 100, 190)
# Bangerter et al. 2014 define it; that a delay of 2 s lowers perceived sincerity is second-hand.
_LATENCY_BAND = Band(None, 3.0, None, 5.0)
_PHONATION_BAND = Band(0.75, 0.90, 0.65, 1.0)

_LENGTH_SOURCE = Source("career centres: 1 to 2 minutes; recorded interviews give 2 minutes to answer", primary=True)
_PACE_SOURCE = Source(
    "Microsoft Speaker Coach 100-165 and Read.ai 130-175 words a minute; Speech Away flags under 110 and over 190",
    primary=True,
)
_ARTICULATION_SOURCE = Source(
    "compare only with your own answers of this length: phrase length drives it (Tanner et al. 2024, arXiv 2408.06732)",
    primary=True,
)
_LATENCY_SOURCE = Source("a delay lowers perceived sincerity, yet gives time to find a story", primary=False)
_RUN_SOURCE = Source("syllables between silent pauses over 250 ms: Hincks 2005", primary=True)
_PHONATION_SOURCE = Source("speech to pause 3.3:1 to 4:1", primary=False)


def spoken_words(answer: Answer) -> tuple[Word, ...]:
    """Return the words of `answer` that count for pace: all but filled pauses."""
    return tuple(word for word in answer.transcript.words if word.kind is not WordKind.FILLED_PAUSE)


def too_little(answer: Answer) -> str:
    """Return why `answer` is too short for a rate, or an empty text."""
    if reason := untimed(answer):
        return reason
    stretch = whole(answer)
    if stretch is None or stretch.duration < LEAST_SECONDS or len(spoken_words(answer)) < LEAST_WORDS:
        return f"a rate needs at least {LEAST_SECONDS:.0f} seconds of speech and {LEAST_WORDS} words"
    return ""


def length(answer: Answer) -> Measurement:
    """Measure how long `answer` lasts from the first to the last sound of speech, in seconds for one answer."""
    stretch = whole(answer)
    if reason := untimed(answer):
        return not_measured("length", 1, f"{reason}; {_read_aloud(len(spoken_words(answer)))}")
    if stretch is None:
        return not_measured("length", 1, "no speech was heard")
    return measured("length", 1, stretch.duration, 1, [Evidence("the whole answer", stretch)])


def _read_aloud(words: int) -> str:
    """Say how long so many `words` would take at the ends of the good band of pace."""
    fast, slow = (duration_text(60 * words / rate) for rate in (_PACE_BAND.high or 0, _PACE_BAND.low or 0))
    return f"said at a good pace, its {words} words would take {fast} to {slow}"


def pace(answer: Answer) -> Measurement:
    """Measure speech rate: words (without filled pauses) over minutes from first to last sound, pauses included.

    de Jong & Wempe 2009, in words. Evidence: the fastest and the slowest 15 seconds, where the answer has two of them.
    """
    reason = untrusted(answer) or too_little(answer)
    stretch = whole(answer)
    if reason or stretch is None:
        return not_measured("pace", 1, reason)
    words = spoken_words(answer)
    series = _pace_over_time(words, stretch)
    return measured("pace", 1, len(words), stretch.duration / 60, _extremes(series, stretch), series=series)


def _pace_over_time(words: Sequence[Word], stretch: Span) -> list[Sample]:
    if stretch.duration < 2 * PACE_WINDOW:
        return []
    count = int((stretch.duration - PACE_WINDOW) // PACE_STEP) + 1
    starts = [stretch.start + i * PACE_STEP for i in range(count)]
    middles = sorted(word.span.middle for word in words)
    return [_pace_at(middles, Span(start, start + PACE_WINDOW)) for start in starts]


def _pace_at(middles: Sequence[float], window: Span) -> Sample:
    inside = bisect_left(middles, window.end) - bisect_left(middles, window.start)
    return Sample(round(window.middle, 3), round(inside / PACE_WINDOW * 60, 3))


def _extremes(series: Sequence[Sample], stretch: Span) -> list[Evidence]:
    """Return where the answer is slowest and where it is fastest."""
    if not series:
        return []
    ordered = sorted(series, key=lambda sample: sample.value)
    return [_stretch("slowest", ordered[0], stretch), _stretch("fastest", ordered[-1], stretch)]


def _stretch(name: str, sample: Sample, stretch: Span) -> Evidence:
    start = max(stretch.start, sample.at - PACE_WINDOW / 2)
    return Evidence(f"{name}: {sample.value:.0f} words a minute", Span(round(start, 3), round(start + PACE_WINDOW, 3)))


def phonation_time(answer: Answer) -> float:
    """Return the seconds of `answer` from first to last sound without its silent pauses."""
    stretch = whole(answer)
    silent = sum(pause.span.duration for pause in answer.transcript.pauses)
    return stretch.duration - silent if stretch else 0.0


def counted_syllables(answer: Answer) -> tuple[int, tuple[str, ...]]:
    """Return the syllables of `answer` without its filled pauses, and what makes the count doubtful.

    They are those of its words; in another language than English those heard in the sound. Each checks the other.
    """
    transcript = answer.transcript
    filled = [word.span for word in transcript.words if word.kind is WordKind.FILLED_PAUSE]
    heard = sum(not any(span.start <= time <= span.end for span in filled) for time in transcript.nuclei)
    if transcript.language != "en":
        return heard, ("Counted in the sound alone: the syllables of words are known in English only.",)
    words = spoken_words(answer)
    count = syllables(word.text for word in words)
    written = sum(count[word.text] for word in words)
    if heard and abs(heard - written) > TOLERANCE * written:
        return written, (f"The words have {written} syllables, but {heard} were heard in the sound.",)
    return written, ()


def _uncounted(answer: Answer) -> str:
    """Return why the syllables of `answer` cannot be counted over its time of speech, or an empty text."""
    by_sound = answer.transcript.words and answer.transcript.nuclei
    return ("" if by_sound else untrusted(answer)) or too_little(answer) or drowned(answer)


def articulation_rate(answer: Answer) -> Measurement:
    """Measure syllables over seconds of phonation (de Jong & Wempe 2009), filled pauses left out on both sides."""
    if reason := _uncounted(answer):
        return not_measured("articulation_rate", 1, reason)
    total, doubts = counted_syllables(answer)
    filled = sum(w.span.duration for w in answer.transcript.words if w.kind is WordKind.FILLED_PAUSE)
    return measured("articulation_rate", 1, total, max(phonation_time(answer) - filled, 0.1), _runs(answer), doubts)


def mean_length_of_run(answer: Answer) -> Measurement:
    """Measure syllables over runs: the stretches between silent pauses over 250 ms (Hincks 2005)."""
    if reason := _uncounted(answer):
        return not_measured("mean_length_of_run", 1, reason)
    total, doubts = counted_syllables(answer)
    count = 1 + sum(pause.span.duration > RUN_PAUSE for pause in answer.transcript.pauses)
    return measured("mean_length_of_run", 1, total, count, _runs(answer), doubts)


def response_latency(answer: Answer) -> Measurement:
    """Measure the seconds from the end of the question to the first word after it (Bangerter et al. 2014).

    A word that has begun by then has a latency of nothing.
    """
    if reason := untimed(answer):
        return not_measured("response_latency", 1, reason)
    end = answer.question_end
    if end is None:
        return not_measured("response_latency", 1, "it is not known when the question ends")
    first = next((word.span for word in answer.transcript.words if word.span.end > end), None)
    if first is None:
        return not_measured("response_latency", 1, "no word was heard after the question")
    # A question that was read aloud ends before the recording begins: what can be shown of the wait begins with it.
    shown = Span(max(0.0, end), first.start)
    wait = [Evidence("from the question to the first word", shown)] if shown.duration > 0 else []
    return measured("response_latency", 1, max(0.0, first.start - end), 1, wait)


def _asked(answer: Answer) -> bool:
    return answer.question_end is not None


def _latency_band(_: Answer) -> Band:
    return _LATENCY_BAND


def _latency_advice(_verdict: Verdict, _measurement: Measurement, _answer: Answer) -> str:
    return (
        "Say that you are thinking of an example, or begin with where and when it was; the rest comes while you speak."
    )


def _runs(answer: Answer) -> list[Evidence]:
    """Return the longest run of speech without a silent pause: where articulation can be heard best."""
    stretch = whole(answer)
    if stretch is None:
        return []
    edges = [stretch.start, *(t for p in answer.transcript.pauses for t in (p.span.start, p.span.end)), stretch.end]
    runs = [Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True)]
    longest = max(runs, key=lambda run: run.duration)
    return [Evidence("the longest run without a pause", longest)]


def phonation_ratio(answer: Answer) -> Measurement:
    """Measure phonation time over total time, from first to last sound (de Jong & Wempe 2009)."""
    stretch = whole(answer)
    if stretch is None or stretch.duration < LEAST_SECONDS:
        return not_measured("phonation_ratio", 1, too_little(answer))
    if reason := drowned(answer):
        return not_measured("phonation_ratio", 1, reason)
    return measured("phonation_ratio", 1, phonation_time(answer), stretch.duration, _runs(answer))


def _length_band(answer: Answer) -> Band | None:
    """Return the question's own target with a margin of a quarter, or the usual band for a story."""
    question = answer.question
    if question and question.target:
        low, high = question.target.start, question.target.end
        return Band(low, high, 0.75 * low, 1.25 * high)
    story = question.star if question else None
    if story is None:
        story = answer.star is not None and answer.star.episode >= STORY
    return _LENGTH_BAND if story else None


def _pace_band(_: Answer) -> Band:
    return _PACE_BAND


def _phonation_band(_: Answer) -> Band:
    return _PHONATION_BAND


def _length_detail(measurement: Measurement, answer: Answer) -> str:
    if measurement.value is not None and _length_band(answer) is None:
        return "No target is known for this question."
    return ""


def _length_advice(verdict: Verdict, _measurement: Measurement, answer: Answer) -> str:
    if verdict in {Verdict.LOW, Verdict.VERY_LOW}:
        return lengthen(answer)
    return "Cut the setting to two sentences, and stop after the result: say it, then close your mouth."


def _pace_detail(measurement: Measurement, _answer: Answer) -> str:
    values = [sample.value for sample in measurement.series]
    if not values:
        return ""
    return f"Between {min(values):.0f} and {max(values):.0f} over the answer, in windows of {PACE_WINDOW:.0f} s."


def _pace_advice(verdict: Verdict, _measurement: Measurement, _answer: Answer) -> str:
    if verdict in {Verdict.LOW, Verdict.VERY_LOW}:
        return "Say the same points with shorter pauses: note three keywords, then speak from those alone."
    return "Leave a full breath after each sentence; listen to the fastest stretch and say it once more, slower."


def _phonation_advice(verdict: Verdict, _measurement: Measurement, _answer: Answer) -> str:
    if verdict in {Verdict.LOW, Verdict.VERY_LOW}:
        return "A good part of the answer is silence: plan the first sentence of each part before you start."
    return "There is hardly a pause: end each part with a silence of a second, so that it can sink in."


LENGTH = Metric(
    "length",
    "Length",
    "seconds",
    "Timing",
    1,
    length,
    _length_band,
    _LENGTH_SOURCE,
    _length_detail,
    _length_advice,
    0.5,
    "Say more of what you did",
    "Say it in less time",
    "The answer has a good length.",
)
PACE = Metric(
    "pace",
    "Pace",
    "words a minute",
    "Timing",
    1,
    pace,
    _pace_band,
    _PACE_SOURCE,
    _pace_detail,
    _pace_advice,
    0.7,
    "Pick up the pace",
    "Slow down",
    "The pace is easy to follow.",
)
ARTICULATION_RATE = Metric(
    "articulation_rate",
    "Articulation rate",
    "syllables a second",
    "Timing",
    1,
    articulation_rate,
    source=_ARTICULATION_SOURCE,
)
MEAN_LENGTH_OF_RUN = Metric(
    "mean_length_of_run",
    "Mean length of run",
    "syllables",
    "Timing",
    1,
    mean_length_of_run,
    source=_RUN_SOURCE,
)
RESPONSE_LATENCY = Metric(
    "response_latency",
    "Time to the first word",
    "seconds",
    "Timing",
    1,
    response_latency,
    _latency_band,
    _LATENCY_SOURCE,
    advice=_latency_advice,
    weight=0.3,
    too_high="Start to answer sooner",
    praise="The answer starts soon after the question.",
    applies=_asked,
)
PHONATION_RATIO = Metric(
    "phonation_ratio",
    "Time spent speaking",
    "% of the time",
    "Timing",
    1,
    phonation_ratio,
    _phonation_band,
    _PHONATION_SOURCE,
    advice=_phonation_advice,
    weight=0.3,
    too_low="Plan the first sentence of each part",
    too_high="Leave room for pauses",
    praise="Speech and silence are well balanced.",
)

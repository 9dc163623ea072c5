"""The nouns: frozen dataclasses that travel between stages, and nothing else.

Times are seconds from the start of the recording. Nothing here opens a file, reads a clock or prints.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  (the codec reads the hints when it runs)
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of the recording: `start` and `end`."""

    start: float
    end: float

    @property
    def duration(self) -> float:
        """Length of the span."""
        return self.end - self.start

    @property
    def middle(self) -> float:
        """Time half-way through the span."""
        return (self.start + self.end) / 2

    def overlap(self, other: Span) -> float:
        """Return how long this span and `other` share."""
        return max(0.0, min(self.end, other.end) - max(self.start, other.start))


@dataclass(frozen=True, slots=True, eq=False)
class Audio:
    """Sound in memory: `samples` float32, mono, in [-1, 1], at `rate` a second. Never sent between processes."""

    samples: npt.NDArray[np.float32]
    rate: int

    @property
    def duration(self) -> float:
        """Length of the sound."""
        return len(self.samples) / self.rate


@dataclass(frozen=True, slots=True)
class Recording:
    """Where the sound came from: `name` of the file, `sha256` of its bytes, how it was stored."""

    name: str
    sha256: str
    duration: float
    container: str = ""
    codec: str = ""
    rate: int = 0
    channels: int = 0


class WordKind(StrEnum):
    """What a word is in the flow of speech."""

    WORD = "word"
    FILLED_PAUSE = "filled_pause"
    FILLER = "filler"
    REPETITION = "repetition"
    FRAGMENT = "fragment"


class Heard(StrEnum):
    """Which witness a word has: the decoder's text, the sound itself, or both."""

    TEXT = "text"
    SOUND = "sound"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Word:
    """One spoken word as written by the recogniser (with its punctuation), or a filled pause."""

    text: str
    span: Span
    probability: float = 1.0
    kind: WordKind = WordKind.WORD
    heard: Heard = Heard.TEXT


@dataclass(frozen=True, slots=True)
class Hesitation:
    """A sound that may be a filled pause: how likely it is one, and what it sounds like, *um* or *uh*."""

    span: Span
    probability: float
    label: str


@dataclass(frozen=True, slots=True)
class Detector:
    """What is known of a detector of filled pauses: the `model` it was trained for, by its SHA-256, and its measure.

    `hits`, `false` and `missed` are counted on recordings of speakers that it was not trained on; `unseen` of the
    missed gave not even a doubtful sound.
    """

    name: str
    model: str
    hits: int
    false: int
    missed: int
    unseen: int

    @property
    def precision(self) -> float:
        """Share of what it finds that is right."""
        return self.hits / max(1, self.hits + self.false)

    @property
    def recall(self) -> float:
        """Share of what is there that it finds."""
        return self.hits / max(1, self.hits + self.missed)


class PausePlace(StrEnum):
    """Where a silent pause stands: inside a clause it goes with low fluency ratings, between clauses not."""

    WITHIN_CLAUSE = "within_clause"
    BETWEEN_CLAUSES = "between_clauses"


@dataclass(frozen=True, slots=True)
class Pause:
    """A silent pause found in the sound, between two stretches of speech."""

    span: Span
    place: PausePlace


@dataclass(frozen=True, slots=True)
class Quality:
    """How well the recording can be heard: levels in dB below full scale, `clipped` as share of samples."""

    speech_db: float
    noise_db: float
    clipped: float

    @property
    def snr(self) -> float:
        """Speech over noise in dB."""
        return self.speech_db - self.noise_db


@dataclass(frozen=True, slots=True)
class Voice:
    """How the voice moves: `rate` values a second from the start of the recording, None where there is none.

    `pitch` in semitones from `reference` (the speaker's own median, in Hz), `loudness` in dB from the median of the
    speech in this recording. Where neither was measured, `reason` says why.
    """

    rate: int
    reference: float = 0.0
    pitch: tuple[float | None, ...] = ()
    loudness: tuple[float | None, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Engine:
    """What transcribed: `name`, its `version`, the `model` with its `sha256`, and every setting that matters."""

    name: str
    version: str
    model: str
    sha256: str
    settings: Mapping[str, str | int | float | bool] = field(default_factory=dict)


class Timing(StrEnum):
    """Where the times of a transcript are from: the sound, a file that tells them, or nowhere, as in typed text."""

    SOUND = "sound"
    FILE = "file"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was heard: words in order of time, silent pauses and stretches of speech from the sound.

    `language_probability` is the recogniser's, 1 where the language was told; `caveats` are plain sentences for the
    user. `doubtful` are sounds that were not counted as filled pauses, `detector` what found them (None: the words
    alone). `nuclei` are the times of syllables counted in the sound.

    Only with a `timing` of SOUND are there pauses and a `quality`. With FILE, `speech` is from the first word to the
    last. With NONE there is no `speech` and spans are no times: the n-th word stands from n - 1 to n, so that a span
    still points at words and lasts as long as it has words.
    """

    words: tuple[Word, ...]
    pauses: tuple[Pause, ...]
    speech: tuple[Span, ...]
    duration: float
    language: str
    language_probability: float
    quality: Quality | None
    engine: Engine
    caveats: tuple[str, ...] = ()
    doubtful: tuple[Hesitation, ...] = ()
    detector: Detector | None = None
    nuclei: tuple[float, ...] = ()
    voice: Voice | None = None
    timing: Timing = Timing.SOUND

    @property
    def timed(self) -> bool:
        """Whether spans are times."""
        return self.timing is not Timing.NONE


class QuestionKind(StrEnum):
    """What a question asks for. Only a behavioural one is judged on STAR."""

    BEHAVIOURAL = "behavioural"
    SITUATIONAL = "situational"
    TECHNICAL = "technical"
    PRODUCT = "product"
    DATA = "data"
    LEADERSHIP = "leadership"
    CULTURE = "culture"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Point:
    """Something a good answer brings, with `cues`: words or phrases that show it in a transcript."""

    text: str
    cues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a pack, or one that the user typed (then only `id` and `text` are known)."""

    id: str
    text: str
    kind: QuestionKind = QuestionKind.OPEN
    shows: str = ""
    points: tuple[Point, ...] = ()
    competencies: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    star: bool | None = None
    target: Span | None = None
    follow_ups: tuple[str, ...] = ()
    outline: tuple[str, ...] = ()
    role: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence or clause of the answer: words `first` to `last` (exclusive) of the transcript.

    `text` is what is read for meaning: filled pauses, fillers and repeats are left out of it.
    """

    text: str
    span: Span
    first: int
    last: int


class Part(StrEnum):
    """A part of an answer in the STAR scheme; O is anything else."""

    SITUATION = "S"
    TASK = "T"
    ACTION = "A"
    RESULT = "R"
    OTHER = "O"


@dataclass(frozen=True, slots=True)
class StarReading:
    """STAR read from sentences.

    `parts` has one label a sentence and `confidence` its probability; `present` and `probability` have the keys S, T,
    A, R; `episode` is the probability that the answer tells one specific past event. `by` is what it was read from:
    the wording alone, or the meaning too.
    """

    parts: tuple[Part, ...]
    confidence: tuple[float, ...]
    present: Mapping[str, bool]
    probability: Mapping[str, float]
    episode: float
    by: str = "wording"


@dataclass(frozen=True, slots=True)
class Answer:
    """All that a metric may look at; `question_end` is when the question ends in the recording, where that is known.

    `checked`: the user says that all of it is right. `notes` are caveats by the name of a metric: what is known of it.
    """

    transcript: Transcript
    question: Question | None = None
    sentences: tuple[Sentence, ...] = ()
    star: StarReading | None = None
    pause_threshold: float = 0.25
    question_end: float | None = None
    checked: bool = False
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place in the recording that a number came from."""

    label: str
    span: Span


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of a measure at a time, for a picture of how it went."""

    at: float
    value: float


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the true value likely lies, and how sure that is (`level`)."""

    low: float
    high: float
    level: float = 0.9


@dataclass(frozen=True, slots=True)
class Measurement:
    """A count: `total` over `per`, with the places it came from.

    `value` is None where it was not measured, and then `reason` says why. Two measurements of the same metric and
    version add up to the pooled one.
    """

    DERIVED: ClassVar[tuple[str, ...]] = ("value",)

    metric: str
    version: int
    total: float
    per: float
    evidence: tuple[Evidence, ...] = ()
    caveats: tuple[str, ...] = ()
    interval: Interval | None = None
    series: tuple[Sample, ...] = ()
    reason: str = ""

    @property
    def value(self) -> float | None:
        """Total over per, or None where nothing was measured."""
        return None if self.reason or self.per <= 0 else self.total / self.per


class Verdict(StrEnum):
    """How a value stands to its band. VERY_LOW and VERY_HIGH ask for action, LOW and HIGH for attention."""

    GOOD = "good"
    LOW = "low"
    HIGH = "high"
    VERY_LOW = "very_low"
    VERY_HIGH = "very_high"
    UNJUDGED = "unjudged"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Band:
    """Good is from `low` to `high`; to `watch_low` and `watch_high` it is worth watching; beyond, act. None is open."""

    low: float | None = None
    high: float | None = None
    watch_low: float | None = None
    watch_high: float | None = None

    def judge(self, value: float | None) -> Verdict:
        """Say where `value` lies; UNKNOWN where it is None."""
        if value is None:
            return Verdict.UNKNOWN
        if self.low is not None and value < self.low:
            return Verdict.LOW if self.watch_low is not None and value >= self.watch_low else Verdict.VERY_LOW
        if self.high is not None and value > self.high:
            return Verdict.HIGH if self.watch_high is not None and value <= self.watch_high else Verdict.VERY_HIGH
        return Verdict.GOOD


@dataclass(frozen=True, slots=True)
class Source:
    """Where a band is from; `primary` means a paper or the maker's own page, else second-hand or custom."""

    text: str
    primary: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """A measurement judged: what it is called, its band with source, and what to try."""

    label: str
    unit: str
    group: str
    measurement: Measurement
    verdict: Verdict
    band: Band | None = None
    source: Source | None = None
    detail: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Focus:
    """The one thing to try: from `metric`, why, and what to do, with the places to listen to."""

    metric: str
    title: str
    why: str
    advice: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Waveform:
    """Loudness over time for drawing: `peaks` in 0..255 at `rate` a second."""

    rate: float
    peaks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Playback:
    """The sound, compressed so that a page can carry it. Left out of the data formats."""

    mime: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Assessment:
    """The report as a value: every renderer is a function of this and nothing else.

    `at` is when it was made, in ISO 8601, or empty; `voiceprep` is the version that made it.
    """

    DERIVED: ClassVar[tuple[str, ...]] = ()

    recording: Recording
    transcript: Transcript
    findings: tuple[Finding, ...]
    voiceprep: str
    at: str = ""
    question: Question | None = None
    sentences: tuple[Sentence, ...] = ()
    star: StarReading | None = None
    focus: Focus | None = None
    strengths: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    waveform: Waveform | None = field(default=None, metadata={"data": False})
    playback: Playback | None = field(default=None, metadata={"data": False})


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user may change. Everything that alters a result is stamped in the report.

    Recordings of practice are deleted after `keep_days`; 0 keeps them until they are deleted by hand.
    """

    model: str = "base"
    language: str = "auto"
    beam: int = 5
    threads: int = 0
    offline: bool = False
    pause_threshold: float = 0.25
    questions: tuple[str, ...] = ()
    fillers: tuple[str, ...] = ()
    not_fillers: tuple[str, ...] = ()
    bands: Mapping[str, Band] = field(default_factory=dict)
    keep_days: int = 0

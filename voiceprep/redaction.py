"""An assessment without what tells who it is about: names, numbers and addresses masked, no sound, no file. Pure.

Goes by `identity`, so by how words are written and by lists, never by meaning. A word too many is masked rather than
one too few. docs/exchange.md says what is masked, and how right that is.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any

from voiceprep import correcting, identity
from voiceprep.metrics.quotes import retold
from voiceprep.model import Assessment, Source, WordKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from voiceprep.model import Finding, Focus, Question, Sentence, Transcript, Word

NUMBER, ADDRESS, MASKED = "[number]", "[address]", "[masked]"
# What is called by the name of its file: a sound, or a text.
RECORDING, ANSWER = "[recording]", "[answer]"
TOLD = (
    "Names, numbers and addresses are masked in this report: the same name has the same number throughout. The sound "
    "was left out."
)
_QUOTED = re.compile('\u201c[^\u201c\u201d]*\u201d|"[^"]*"')
# Texts that are the program's own and the same for everybody.
_OURS = frozenset(
    ("metric", "unit", "group", "language", "voiceprep", "kind", "timing", "heard", "label", "title", "reason")
)
# Their details name what was said without quotation marks: um 7, uh 4.
_TALLIED = frozenset(
    ("filled_pauses", "filler_words", "hesitations", "hesitation_share", "repetitions", "hedges", "pet_phrases")
)


@dataclass(frozen=True, slots=True)
class Mask:
    """What is masked: words and phrases in small letters with what stands for them, and numbers that were said.

    `ordinary` are those of the names that are words too: they are masked only where they have a capital.
    """

    names: Mapping[str, str]
    ordinary: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    keep: frozenset[str] = frozenset()

    @property
    def labels(self) -> int:
        """How many different names it masks."""
        return len(set(self.names.values()))


def redact(assessment: Assessment, *, mask: Iterable[str] = (), keep: Iterable[str] = ()) -> Assessment:
    """Return `assessment` with names, numbers and addresses masked, without sound and without its file.

    Words and phrases to `mask` are masked wherever they stand, those to `keep` nowhere. Measurements, times and bands
    stay: they are those of the answer as it was.
    """
    return redacted(assessment, mask_of(assessment, mask=mask, keep=keep))


def mask_of(assessment: Assessment, *, mask: Iterable[str] = (), keep: Iterable[str] = ()) -> Mask:
    """Return what is to be masked in `assessment`."""
    kept = frozenset(word.strip().lower() for word in keep)
    names: dict[str, str] = {}
    for phrase in mask:
        if phrase.strip():
            names.setdefault(phrase.strip().lower(), f"[name {len(set(names.values())) + 1}]")
    words = assessment.transcript.words
    said, question = [word.text for word in words], assessment.question
    _collect(said, {at for at, word in enumerate(words) if word.kind is WordKind.FILLED_PAUSE}, names, kept)
    # A question of a pack names nobody.
    if question and not _of_pack(question):
        _collect(question.text.split(), set(), names, kept)
    common = frozenset(name for name in names if identity.is_word_too(name)) - {
        phrase.strip().lower() for phrase in mask
    }
    # Little words within a number stand everywhere else too.
    numbers = {identity.bare(said[at]).lower() for at in identity.numbers(said)} - {"and", "point", "one"}
    return Mask(names, common, frozenset(numbers), kept)


def redacted(assessment: Assessment, mask: Mask) -> Assessment:
    """Return `assessment` with all that `mask` says masked."""
    words, moved = _words(assessment.transcript.words, mask)
    sentences = tuple(_sentence(one, moved, mask) for one in assessment.sentences)
    transcript = _transcript(assessment.transcript, words, mask)
    own = _Own(mask, tuple(filter(None, (retold(one.text) for one in assessment.sentences))))
    return replace(
        assessment,
        recording=replace(assessment.recording, name=RECORDING if transcript.timed else ANSWER, sha256=MASKED),
        transcript=replace(_walked(replace(transcript, words=()), mask), words=words),
        findings=tuple(map(own.finding, assessment.findings)),
        at=assessment.at[:10],
        question=_question(assessment.question, mask),
        sentences=sentences,
        focus=own.focus(assessment.focus, assessment.findings),
        caveats=(TOLD, *_caveats(assessment.caveats, mask)),
        waveform=None,
        playback=None,
    )


@dataclass(frozen=True, slots=True)
class _Own:
    """Tells the speaker's own words in what the program says from the program's: they are quoted, or `retold`."""

    mask: Mask
    retold: tuple[str, ...]

    def finding(self, finding: Finding) -> Finding:
        """Return `finding` masked."""
        measurement = finding.measurement
        return replace(
            finding,
            measurement=replace(
                measurement,
                evidence=tuple(replace(one, label=told(one.label, self.mask)) for one in measurement.evidence),
                caveats=tuple(map(self.about, measurement.caveats)),
            ),
            detail=self.detail(measurement.metric, finding.detail),
            advice=self.about(finding.advice),
        )

    def focus(self, focus: Focus | None, findings: Sequence[Finding]) -> Focus | None:
        """Return `focus`, which is on one of `findings`, masked; its reason ends with the detail of that."""
        if focus is None:
            return None
        details = [one.detail for one in findings if one.measurement.metric == focus.metric]
        detail = next((one for one in details if one and focus.why.endswith(one)), "")
        return replace(
            focus,
            why=self.about(focus.why.removesuffix(detail)) + self.detail(focus.metric, detail),
            advice=self.about(focus.advice),
            evidence=tuple(replace(one, label=told(one.label, self.mask)) for one in focus.evidence),
        )

    def detail(self, metric: str, text: str) -> str:
        """Return `text`, the detail on a `metric`, masked."""
        return told(text, self.mask) if metric in _TALLIED else self.about(text)

    def about(self, text: str) -> str:
        """Return `text` with what is quoted and what is retold in it masked, and nothing else."""
        for one in self.retold:
            text = text.replace(one, told(one, self.mask))
        return _once(_quoted(text, self.mask))


def _question(question: Question | None, mask: Mask) -> Question | None:
    """Return `question` masked if the user typed it; one of a pack is the program's own text."""
    if question is None or _of_pack(question):
        return question
    return replace(question, text=told(question.text, mask))


def _of_pack(question: Question) -> bool:
    return bool(question.points or question.outline)


def _caveats(caveats: Iterable[str], mask: Mask) -> Iterator[str]:
    """Yield `caveats` masked; of corrections only how many there are, for they name what was heard wrongly."""
    for one in caveats:
        counted = correcting.told_to_others(one)
        if counted is None:
            yield told(one, mask)
        elif counted:
            yield counted


def _collect(texts: Sequence[str], hesitations: set[int], names: dict[str, str], keep: frozenset[str]) -> None:
    """Put each name in `texts` into `names`, with what stands for it; neighbours are one name."""
    found = [at for at in identity.names(texts, hesitations) if identity.bare(texts[at]).lower() not in keep]
    runs: list[list[int]] = []
    for at in found:
        joined = runs and runs[-1][-1] == at - 1 and not texts[at - 1].rstrip().endswith((",", ";", *identity.ENDS))
        if joined and not identity.POSSESSIVE.search(texts[at - 1].strip(identity.EDGES)):
            runs[-1].append(at)
        else:
            runs.append([at])
    for run in runs:
        words = [identity.bare(texts[at]).lower() for at in run]
        label = next((names[word] for word in words if word in names), f"[name {len(set(names.values())) + 1}]")
        for word in words:
            names.setdefault(word, label)


def _words(words: Sequence[Word], mask: Mask) -> tuple[tuple[Word, ...], list[int]]:
    """Return `words` masked, neighbours under one mask as one word, and where each word has gone."""
    shown = _masked([word.text for word in words], mask)
    made: list[Word] = []
    moved, last = [], None
    for word, (text, label) in zip(words, shown, strict=True):
        if label and label == last and made[-1].kind is word.kind:
            span = replace(made[-1].span, end=max(made[-1].span.end, word.span.end))
            made[-1] = replace(made[-1], text=text, span=span, probability=min(made[-1].probability, word.probability))
        else:
            made.append(replace(word, text=text))
        moved.append(len(made) - 1)
        # A word that ends a sentence or a clause ends what is one mask.
        last = None if text.rstrip().endswith((",", ";", *identity.ENDS)) else label
    return tuple(made), [*moved, len(made)]


def _sentence(sentence: Sentence, moved: Sequence[int], mask: Mask) -> Sentence:
    """Return `sentence` masked, over words that have `moved`."""
    most = len(moved) - 1
    first, last = moved[min(sentence.first, most)], moved[min(max(sentence.last - 1, 0), most)] + 1
    return replace(sentence, text=speech(sentence.text, mask), first=first, last=min(last, moved[-1]))


def _masked(texts: Sequence[str], mask: Mask) -> list[tuple[str, str]]:
    """Return each of `texts` as it is shown, and what masks it, or "" for nothing."""
    numbers, addresses = set(identity.numbers(texts)), identity.addresses(texts)
    phrases = _phrases(texts, mask)
    out = []
    for at, text in enumerate(texts):
        bare = identity.bare(text)
        label = ""
        if bare.lower() in mask.keep:
            label = ""
        elif at in addresses:
            label = ADDRESS
        elif at in phrases or _hides(bare, mask):
            label = phrases.get(at) or mask.names[bare.lower()]
        elif at in numbers:
            label = NUMBER
        out.append((_put(text, label) if label else text, label))
    return out


def _hides(bare: str, mask: Mask) -> bool:
    low = bare.lower()
    return low in mask.names and (low not in mask.ordinary or bare != low)


def _phrases(texts: Sequence[str], mask: Mask) -> dict[int, str]:
    """Return which of `texts` belong to a phrase of several words that is masked."""
    low = [identity.bare(text).lower() for text in texts]
    found: dict[int, str] = {}
    for phrase, label in mask.names.items():
        parts = phrase.split()
        for at in range(len(low) - len(parts) + 1) if len(parts) > 1 else ():
            if low[at : at + len(parts)] == parts:
                found |= dict.fromkeys(range(at, at + len(parts)), label)
    return found


def speech(text: str, mask: Mask) -> str:
    """Return `text`, which somebody said, masked."""
    shown = [part for part, _ in _masked(text.split(), mask)]
    return _once(" ".join(shown))


def told(text: str, mask: Mask) -> str:
    """Return `text`, which the program says about an answer, masked: what it quotes as speech, the rest by its names.

    Of numbers outside of quotation marks those are masked that were said in the answer.
    """
    quoted, said = _quoted(text, mask), _said(mask)
    return _once(said.sub(lambda match: _stands_for(match[0], mask), quoted) if said else quoted)


def _quoted(text: str, mask: Mask) -> str:
    """Return `text` with what it quotes masked."""
    return _QUOTED.sub(lambda match: match[0][0] + speech(match[0][1:-1], mask) + match[0][-1], text)


def _stands_for(text: str, mask: Mask) -> str:
    low = " ".join(text.lower().split())
    if low in mask.keep:
        return text
    if low in mask.names:
        return mask.names[low] if low not in mask.ordinary or text != text.lower() else text
    return NUMBER


@cache
def _pattern(words: frozenset[str]) -> re.Pattern[str] | None:
    longest = sorted(words, key=len, reverse=True)
    any_of = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in longest if word)
    # Not inside what stands for something already: "[name 1]".
    return re.compile(rf"(?i)(?<![\w\[.,])(?:{any_of})(?![\w\]]|[.,]\d)(?! \d+\])") if any_of else None


def _said(mask: Mask) -> re.Pattern[str] | None:
    return _pattern(frozenset((*mask.names, *mask.numbers)))


def _once(text: str) -> str:
    """Return `text` with a mask that follows itself written once."""
    return re.sub(r"(\[(?:name \d+|number|address)\])(?:[ -]\1)+", r"\1", text)


def _put(text: str, label: str) -> str:
    """Return `label` with the punctuation that stands around the word `text`, and its possessive."""
    bare = text.strip(identity.EDGES)
    start = text.index(bare) if bare else 0
    owner = identity.POSSESSIVE.search(bare)
    return text[:start] + label + (owner[0] if owner else "") + text[start + len(bare) :]


def _transcript(transcript: Transcript, words: tuple[Word, ...], mask: Mask) -> Transcript:
    engine = transcript.engine
    folder = "/" in engine.model or "\\" in engine.model
    settings = {name: told(value, mask) if isinstance(value, str) else value for name, value in engine.settings.items()}
    return replace(
        transcript, words=words, engine=replace(engine, model="[folder]" if folder else engine.model, settings=settings)
    )


def _walked(value: Any, mask: Mask) -> Any:  # noqa: ANN401  (any noun)
    """Return `value` with every text in it masked but those that are the program's own."""
    if isinstance(value, str) and not isinstance(value, Enum):
        return told(value, mask)
    if isinstance(value, tuple):
        return tuple(_walked(item, mask) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type | Source):
        return replace(value, **dict(_fields(value, mask)))
    return value


def _fields(value: Any, mask: Mask) -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    for field in dataclasses.fields(value):
        item = getattr(value, field.name)
        if field.name not in _OURS and not isinstance(item, Mapping):
            yield field.name, _walked(item, mask)

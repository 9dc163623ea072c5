"""How an answer opens and how it ends: words that only clear the throat, and words that only fade out.

Looks at wordings; knows English only. The lists are our own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voiceprep.disfluency.lexicon import AUXILIARIES
from voiceprep.metrics import Metric, measured, not_measured, too_poor
from voiceprep.metrics.event import facts
from voiceprep.metrics.line import Line, bare, evidence, joined
from voiceprep.metrics.question import asked_for
from voiceprep.metrics.quotes import quote, quote_end
from voiceprep.metrics.reading import heard, tells_story
from voiceprep.metrics.stems import carries_content, is_past_form, stem
from voiceprep.model import Band, Part, Source, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceprep.model import Answer, Measurement, Sentence, Word

GROUP = "Wording"
# So many words of an opening or an ending nobody minds (custom).
OPENING_WORDS = 4
ENDING_WORDS = 3
_CUSTOM = Source("custom: what people say before they start, and when they fade out", primary=False)
# What is said of the question again, as a headline, is not longer than this.
_HEADLINE = 9

_CLEARING = (
    r"(?:(?:so|um|okay|ok|well|yeah|yes|sure|right|alright|all right|hi|hello|hmm|oh|basically|now|i mean|you know"
    r"|let's see"
    r"|let me (?:just )?(?:see|think)(?: (?:about|of) (?:that|it|this|(?:an?|one)(?: good)? (?:example|one|story"
    r"|time|case)))?"
    r"|(?:that(?:'s| is) )?(?:an? )?(?:really |very )?(?:good|great|nice|interesting|tough|difficult|hard"
    r"|tricky) (?:question|one)"
    r"(?! (?:was|is|for)\b)|(?:thank you|thanks)(?: (?:so|very) much)?(?: for (?:the|this|that|your|having"
    r"|asking)(?: \w+)?)?"
    r"|(?:i think )?(?:(?:the|an?|one|a good) )?(?:good |best )?(?:example|one|story|time|situation)(?: that| which)?"
    r" (?:comes? to (?:my )?mind|i can think of|i(?:'d| would) like to (?:share|talk about))(?: (?:is|was|would be))?"
    r"|i(?:'d| would) say|i guess|to answer (?:your|the|that) question"
    r"|where (?:do|should|can) i (?:start|begin)|i(?:'m| am) (?:not sure|trying to think)(?: (?:if|whether|how|where"
    r"|of) (?:\w+ ){0,4}\w+)?"
    r"|how (?:do|can|should) i (?:put|say) (?:this|it)|i don't know)(?: \|)? ?)+"
)
_EMPTY_END = (
    r"(?:so|and|yeah|yes|yep|okay|ok|well|anyway|right|but|basically|i mean|you know|i guess|i think|i suppose"
    r"|i don't know"
    r"|more or less|or something(?: like that)?|and so on|and stuff(?: like that)?|and things like that"
    r"|if that makes sense"
    r"|does that make sense|sorry|thank you|thanks|i hope (?:that|this) (?:answers|answered) (?:your|the) question"
    r"|(?:that|this)(?:'s| is| was| would be)(?: (?:about|basically|pretty much|kind of|sort of|more or less|really"
    r"|just))*"
    r" (?:it|all|about it|all i (?:have|can say|wanted to say)|what (?:i|we) did|how (?:i|we) did it"
    r"|(?:my|the|an?|one) (?:\w+ )?(?:story|answer|example|experience)|how it (?:went|was)|what happened))"
)
_HOW_I = r"(?:(?:so|and|yeah|yes|well) (?:\| )?)+(?:that|this)(?:'s| is| was) (?:basically )?how i (?:\w+ ?){1,8}"
_FADING = rf"(?<![\w'])(?:{_EMPTY_END}(?: \|)? )*(?:{_EMPTY_END}|{_HOW_I})(?: \|)?$"
# One of these alone at the end may belong to the sentence before it.
_LAST_WORD = re.compile(r"(?:right|well|so|too|thanks|thank you|and|but|basically|i mean|i think)(?: \|)?")


def clearing(answer: Answer) -> tuple[Word, ...]:
    """Return the first words of *answer* that only clear the throat, or say the question again as a headline."""
    line = joined(answer.transcript.words, fillers=True)
    match = re.compile(_CLEARING).match(line.text)
    count = line.text[: match.end()].replace("|", " ").split() if match else []
    return line.words[: _with_headline(answer, line, _whole_words(line, len(count)))]


def _whole_words(line: Line, tokens: int) -> int:
    """Return how many words of *line* hold its first *tokens*."""
    seen = 0
    for at, word in enumerate(line.words):
        if seen >= tokens:
            return at
        seen += len(bare(word).split())
    return len(line.words)


def _with_headline(answer: Answer, line: Line, at: int) -> int:
    """Return where *answer* starts after *at*: after a first fragment that only says its question again."""
    ends = next(
        (i + 1 for i, word in enumerate(line.words[at:], at) if word.text.strip().endswith((".", "?", "\u2026"))), at
    )
    first = [bare(word) for word in line.words[at:ends]]
    content = {stem(word) for word in first if carries_content(word)}
    told = any(is_past_form(word) or word in AUXILIARIES for word in first)
    asked = asked_for(answer.question) if answer.question else {}
    return ends if content and len(first) <= _HEADLINE and not told and content <= asked.keys() else at


def fading(answer: Answer) -> tuple[Word, ...]:
    """Return the last words of *answer* that say nothing more."""
    line = joined(answer.transcript.words, fillers=True)
    match = re.compile(_FADING).search(line.text)
    if match is None or _LAST_WORD.fullmatch(match[0]):
        return ()
    first, _ = line.place(match)
    return line.words[first:]


def _sentence_of(answer: Answer, word: Word) -> Sentence | None:
    return next((one for one in answer.sentences if one.span.start <= word.span.start < one.span.end), None)


def _measure_opening(answer: Answer) -> Measurement:
    if reason := too_poor(answer):
        return not_measured("opening", 1, reason)
    said = clearing(answer)
    return measured("opening", 1, len(said), 1, [evidence(said)] if said else [])


def _begins(answer: Answer) -> tuple[str, tuple[str, ...]]:
    """Return the quoted first sentence of *answer* after its throat-clearing, and what kinds of facts are in it."""
    words = joined(answer.transcript.words, fillers=True).words[len(clearing(answer)) :]
    told = _sentence_of(answer, words[0]) if words else None
    if told is None:
        return "", ()
    inside = [word for word in words if word.span.start < told.span.end]
    kinds = [kind for kind, _ in facts(inside)]
    return quote(" ".join(word.text.strip() for word in inside)), tuple(dict.fromkeys(kinds))


def _detail_opening(_measurement: Measurement, answer: Answer) -> str:
    begins, kinds = _begins(answer)
    if not begins:
        return ""
    if not tells_story(answer):
        return f"It begins with {begins}."
    said = {"time": "when", "place": "where", "name": "who or what by name"}
    told = " and ".join(said[kind] for kind in kinds)
    return (
        f"The first sentence, {begins}, says {told}." if told else f"The first sentence is {begins}: no time or place."
    )


def _advise_opening(_verdict: Verdict, _measurement: Measurement, answer: Answer) -> str:
    begins, _ = _begins(answer)
    said = quote(" ".join(word.text.strip() for word in clearing(answer)), opened=False)
    return f"Leave out {said} and begin with {begins}." if begins else f"Leave out {said}."


def _measure_ending(answer: Answer) -> Measurement:
    if reason := too_poor(answer):
        return not_measured("ending", 1, reason)
    said = fading(answer)
    return measured("ending", 1, len(said), 1, [evidence(said)] if said else [])


def _last_point(answer: Answer) -> str:
    words = joined(answer.transcript.words, fillers=True).words
    kept = words[: len(words) - len(fading(answer))]
    told = _sentence_of(answer, kept[-1]) if kept else None
    if told is None:
        return ""
    inside: Sequence[Word] = joined([word for word in kept if word.span.start >= told.span.start]).words
    return quote_end(" ".join(word.text.strip() for word in inside)) if inside else ""


def _detail_ending(measurement: Measurement, answer: Answer) -> str:
    last = _last_point(answer)
    return f"It ends on {last}." if last and not measurement.total else ""


def _advise_ending(_verdict: Verdict, _measurement: Measurement, answer: Answer) -> str:
    if tells_story(answer) and not heard(answer, Part.RESULT):
        said = quote(" ".join(word.text.strip() for word in fading(answer)), opened=False)
        return f"End on what came of it, not on {said}."
    last = _last_point(answer)
    if not last:
        return "Stop after your last point."
    return f"Stop after {last}. Then be quiet: the silence says that you are done."


OPENING = Metric(
    name="opening",
    label="Words before the start",
    unit="in all",
    group=GROUP,
    version=1,
    measure=_measure_opening,
    band=lambda _: Band(high=OPENING_WORDS, watch_high=30),
    source=_CUSTOM,
    detail=_detail_opening,
    advice=_advise_opening,
    weight=0.25,
    too_high="Begin with the story itself",
)
ENDING = Metric(
    name="ending",
    label="Words after the last point",
    unit="in all",
    group=GROUP,
    version=1,
    measure=_measure_ending,
    band=lambda _: Band(high=ENDING_WORDS, watch_high=30),
    source=_CUSTOM,
    detail=_detail_ending,
    advice=_advise_ending,
    weight=0.35,
    too_high="End on your last point",
)

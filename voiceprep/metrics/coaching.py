"""Questions that bring out what is missing, tied to the speaker's own words. Templates: no wording is made up.

May not judge: it is told what is missing. Which question is asked depends on what was said just before the gap.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voiceprep.metrics.quotes import SHORTEST, quote, retold
from voiceprep.metrics.reading import heard, sentences_of, tells_story
from voiceprep.metrics.stems import is_past_form
from voiceprep.model import Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceprep.model import Answer, Sentence

# An anchor stands at most so many sentences from the gap.
_NEAR = 3
_TELL = "Tell that one time: when and where it was, what you did, what came of it."
_WITH_NUMBER = "End there, with a number if you have one."
_STEPS = "Tell the two or three steps that mattered, beginning with the first."
_FIRST = "Begin with \u201cThe first thing I did was\u201d."
_HABIT = re.compile(
    r"(?i)\b(?:i|we)(?:'m| am| are|'re)? (?:always|usually|often|generally|normally|typically|tend to|try to|make sure)"
    r" (?P<deed>[\w']+)"
)
# "I'd been there" is no plan, and "I would describe myself" tells nothing that could be done once.
_IMAGINED = re.compile(
    r"(?i)\bi(?:'d| would)(?! (?:say|like|love|prefer|describe|need|have|been|had|never|just)\b) (?P<deed>[\w']+)"
)
_NEVER = re.compile(
    r"(?i)\bi (?:have never|haven't|never had|don't have|didn't have|can't (?:think|remember|recall)"
    r"|don't (?:remember|recall))\b"
)
_TROUBLE = re.compile(
    r"(?i)\b(?:slipped|failed|failing|broke|broken|crashed|late|delay\w*|behind|lost|losing|left|quit|problem\w*"
    r"|issue\w*|trouble"
    r"|complain\w*|wrong|angry|upset|unhappy|never happy|frustrat\w*|missed|missing|stuck|stopped|down|conflict\w*"
    r"|bug\w*|error\w*"
    r"|mess|chaos|slow|too long|overloaded|sick|cancel\w*|disagree\w*)\b"
)
_OWN = re.compile(r"(?i)\b(?:i|we)\b")
# Such a sentence leans on the one before it.
_HANGS = re.compile(r"(?i)^(?:which|because|that|instead)\b")
# Out of its place nobody knows who or what is meant.
_UNCLEAR = re.compile(r"(?i)\b(?:them|they|it|this|that|him|he|her|she)\b")
_OFFERED = re.compile(
    r"(?i)\b(?:i|we) (?:\w+ly )?(?:suggested|proposed|recommended|presented|pitched|offered|asked|argued)\b"
)
_MADE = re.compile(
    r"(?i)\b(?:i|we) (?:\w+ly )?(?:built|made|fixed|changed|rewrote|automated|moved|replaced|created|designed"
    r"|introduced"
    r"|launched|started|organi[sz]ed|trained|taught|set up|set|put|cut|added|removed|split|simplified|reorgani[sz]ed"
    r"|tested)\b"
)


def elicit(part: Part, answer: Answer) -> str:
    """Return the question that brings out the missing *part* of *answer*."""
    asked = {
        Part.SITUATION: _elicit_situation,
        Part.TASK: _elicit_task,
        Part.ACTION: _elicit_action,
        Part.RESULT: _elicit_result,
    }[part]
    return asked(answer)


def _elicit_result(answer: Answer) -> str:
    if done := _nearest(answer, Part.ACTION, last=True):
        if _OFFERED.search(done.text):
            return f"{_said(done)} What was the reply, and what changed after that? {_WITH_NUMBER}"
        if _MADE.search(done.text):
            return f"{_said(done)} Did it work, and what was different afterwards? {_WITH_NUMBER}"
        return f"{_said(done)} What came of that? {_WITH_NUMBER}"
    if task := _nearest(answer, Part.TASK, last=True):
        return f"{_said(task)} Did you get there? End with how it turned out, and how you could tell."
    if scene := _nearest(answer, Part.SITUATION, last=True):
        return f"{_said(scene)} How did that end, and what was different afterwards? {_WITH_NUMBER}"
    return f"How did it end, and what was different afterwards? {_WITH_NUMBER}"


def _elicit_action(answer: Answer) -> str:
    if task := _nearest(answer, Part.TASK, last=True):
        return f"{_said(task)} How did you go about it? {_STEPS}"
    if scene := _nearest(answer, Part.SITUATION, last=True):
        if _TROUBLE.search(scene.text):
            return f"{_said(scene)} What was your part in putting that right? {_FIRST}"
        return f"{_said(scene)} What was your own part in what came next? {_FIRST}"
    if end := _nearest(answer, Part.RESULT, last=False):
        return f"{_said(end)} What did you do to get there? {_STEPS}"
    return f"What did you do yourself? {_STEPS}"


def _elicit_situation(answer: Answer) -> str:
    first = next((one for one in answer.sentences if len(one.text.split()) >= SHORTEST), None)
    scene = "when and where it was, and what was wrong"
    if first is None:
        return f"Say in one or two sentences {scene}."
    if first in sentences_of(answer, Part.RESULT):
        return f"You begin with how it ended. Keep that, and go on with one or two sentences on {scene}."
    return f"You begin with {quote(first.text)}. Before that, say in one or two sentences {scene}."


def _elicit_task(answer: Answer) -> str:
    asks = "What exactly was asked of you, or what did you have to reach? One sentence is enough."
    scene = _nearest(answer, Part.SITUATION, last=True)
    return f"{_said(scene)} {asks}" if scene else asks


def tell_one_event(answer: Answer) -> str:
    """Return how to get from *answer*, which tells no event, to one: by what it told instead."""
    if any(_NEVER.search(one.text) for one in answer.sentences):
        return (
            "If it never happened to you, say so in one sentence and take the nearest thing that did, at work, at "
            "school or "
            "at home. Tell that one time: when it was, what you did, what came of it."
        )
    for pattern, asks in (
        (_IMAGINED, "is a plan. When did you do just that?"),
        (_HABIT, "is a habit. When did you last do it?"),
    ):
        said = next((one for one in answer.sentences if _general(pattern, one.text)), None)
        if said:
            return f"{quote(said.text)} {asks} {_TELL}"
    return (
        "Choose one time when this happened to you, and tell it: when and where it was, what you did, what came of it."
    )


def _general(pattern: re.Pattern[str], text: str) -> bool:
    """Say whether *text* tells a plan or a habit by *pattern*; "I always told them" is past, and so perhaps a story."""
    found = pattern.search(text)
    return found is not None and not is_past_form(found["deed"].lower())


def tell_more_action(answer: Answer) -> str:
    """Return how to say more of the action of *answer*."""
    told = sentences_of(answer, Part.ACTION)
    if len(told) == 1:
        return f"Your part is one sentence: {quote(told[0].text)}. What were the two or three steps, and why those?"
    own = [one for one in told if _OWN.search(one.text) and _worth(one)]
    step = max(own[::-1], key=_worth, default=None) or _last(told, answer)
    return f"Say more about {quote(step.text)}: how did you do it, and why that way?"


def tell_more_result(answer: Answer) -> str:
    """Return how to say more of the result of *answer*."""
    end = _last(sentences_of(answer, Part.RESULT), answer)
    return f"Stay a moment with {quote(end.text)}. Who felt the difference, and what did it make possible?"


def lengthen(answer: Answer) -> str:
    """Return what to add to *answer*, which is short: to its story if it tells one, or else an example."""
    if not tells_story(answer):
        return "Add one example from your own work, and say what it shows."
    for part in (Part.RESULT, Part.ACTION):
        if not heard(answer, part):
            return elicit(part, answer)
    step = _nearest(answer, Part.ACTION, last=True)
    if step is None:
        return "Take the step that mattered most, and say how you did it and why that way."
    return f"Take the step that mattered most, perhaps {quote(step.text)}, and tell how you did it, and why that way."


def shorten_situation(answer: Answer) -> str:
    """Return how to shorten the background of *answer*."""
    ahead = _nearest(answer, Part.TASK, last=False) or _nearest(answer, Part.ACTION, last=False)
    if ahead is None:
        return "Keep the background to two sentences, then say what had to be done and what you did."
    return f"Keep the background to two sentences, then go to {quote(ahead.text)}."


def put_a_number(answer: Answer) -> str:
    """Return how to get a number into the result of *answer*."""
    end = _last(sentences_of(answer, Part.RESULT), answer)
    return (
        f"You say {quote(end.text)}. How much, how many, how soon, or from what to what? If there is no number, "
        f"say who "
        "noticed and what they said."
    )


def _last(told: Sequence[Sentence], answer: Answer) -> Sentence:
    """Return the last of *told* that is long enough to quote; without any, the first sentence of *answer*."""
    long = [one for one in told if len(one.text.split()) >= SHORTEST]
    return (long or list(told) or list(answer.sentences[:1]))[-1]


def _nearest(answer: Answer, part: Part, *, last: bool) -> Sentence | None:
    """Return the sentence of *part* near its end (or its start) that is most worth naming, or None without any."""
    told = [one for one in sentences_of(answer, part) if len(one.text.split()) >= SHORTEST and _worth(one)]
    ends = (told[::-1] if last else told)[:_NEAR]
    return max(ends, key=_worth, default=None)


def _worth(sentence: Sentence) -> int:
    """Rate how well *sentence* can be named in advice: best what can be retold, then what the speaker did."""
    text = sentence.text
    if _HANGS.search(text):
        return 0
    if _OFFERED.search(text):
        return 4
    if said := retold(text):
        return 3 if _UNCLEAR.search(said) else 4
    return 2 if _OWN.search(text) else 1


def _said(sentence: Sentence) -> str:
    """Return what *sentence* says, as one says it to the speaker, or quoted."""
    return retold(sentence.text) or f"You said {quote(sentence.text)}."

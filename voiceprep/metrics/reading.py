"""What the STAR reading of an answer says, asked in plain questions. Reads labels, never words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceprep.metrics import doubtful
from voiceprep.model import QuestionKind

if TYPE_CHECKING:
    from voiceprep.model import Answer, Part, Sentence

NO_STORY = "this answer doesn't tell one past event"
_STORY = 0.5
# Vague talk in the past tense has the wording of a story; what is praised must be there beyond doubt.
_PLAIN = 0.9


def unjudged(answer: Answer) -> str:
    """Return why *answer* is not judged on STAR, or an empty text if it is."""
    if reason := doubtful(answer):
        return reason
    if answer.star is None or not answer.sentences:
        return "no sentences were read"
    asked = asks_for_story(answer)
    if asked is False and answer.question:
        return f"a {answer.question.kind.value} question is not judged on STAR"
    return "" if asked or tells_story(answer) else NO_STORY


def asks_for_story(answer: Answer) -> bool | None:
    """Say whether the question of *answer* asks for one past event; None where that is not known."""
    question = answer.question
    if question is None:
        return None
    if question.star is not None:
        return question.star
    return None if question.kind is QuestionKind.OPEN else question.kind is QuestionKind.BEHAVIOURAL


def tells_story(answer: Answer) -> bool:
    """Say whether *answer* more likely than not tells one past event."""
    return answer.star is not None and answer.star.episode >= _STORY


def plainly_told(answer: Answer) -> bool:
    """Say whether *answer* tells one past event beyond much doubt, so that its parts may be praised."""
    return answer.star is not None and answer.star.episode >= _PLAIN


def sentences_of(answer: Answer, part: Part) -> tuple[Sentence, ...]:
    """Return the sentences of *answer* that tell *part*."""
    if answer.star is None:
        return ()
    return tuple(s for s, p in zip(answer.sentences, answer.star.parts, strict=True) if p is part)


def heard(answer: Answer, part: Part) -> bool:
    """Say whether *part* was heard in *answer*."""
    return answer.star is not None and bool(answer.star.present.get(part.value))

"""Answers with STAR labels set by hand, for the tests of what is advised. Measures nothing."""

from __future__ import annotations

from voiceprep.model import Answer, Part, Question, QuestionKind, Sentence, Span, StarReading
from voiceprep.testing import spoken

STORY = Question("q", "Tell me about a time", QuestionKind.BEHAVIOURAL, star=True)


def told(
    *parts: tuple[str, str], episode: float = 0.95, present: str | None = None, question: Question | None = STORY
) -> Answer:
    """Make an answer of (part, text); *present* defaults to the parts that are there."""
    transcript = spoken(" ".join(text for _, text in parts))
    sentences, first = [], 0
    for _, text in parts:
        last = first + len(text.split())
        span = Span(transcript.words[first].span.start, transcript.words[last - 1].span.end)
        sentences.append(Sentence(text, span, first, last))
        first = last
    there = {part for part, _ in parts} if present is None else set(present)
    star = StarReading(
        parts=tuple(Part(part) for part, _ in parts),
        confidence=(0.8,) * len(parts),
        present={part: part in there for part in "STAR"},
        probability={part: 0.9 if part in there else 0.1 for part in "STAR"},
        episode=episode,
    )
    return Answer(transcript, question, tuple(sentences), star)

"""The user's own stories: which answers which question, which an answer tells, which is told too often, what lacks one.

Pure. What is proposed here the user confirms: words that two texts share are a hint, and no proof.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceprep.metrics.line import bare, joined
from voiceprep.metrics.question import asked_for, cues_of, shared
from voiceprep.metrics.stems import carries_content, stem
from voiceprep.model import Answer, Engine, QuestionKind, Timing, Transcript
from voiceprep.transcripts import prose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy as np
    import numpy.typing as npt

    from voiceprep.model import Question, Word

    # What texts mean: a vector of length 1 for each, or None where no model for it is there (`meaning.vectors`).
    Reader = Callable[[Sequence[str]], npt.NDArray[np.float64] | None]

# Of 1,773,786 pairs of different answers in corpus/star with LEAST words or more, 752 share so much: 4.2 in 10,000
# (benchmarks/repeat.py).
ALIKE = 0.4
# Cosines of 250 answers in corpus/star with their 250 questions: with its own question 41 % are CLOSE and 70 % RELATED,
# with the others 4 % and 20 % (the same).
CLOSE = 0.35
RELATED = 0.25
# With fewer different words that say something of a subject there is too little to compare (custom).
LEAST = 12
# Told for so many questions, and for so large a share of all questions that a story was told for, it is overused; only
# the newest tellings count, for what was told a year ago nobody remembers. All three custom.
QUESTIONS = 3
SHARE = 0.5
LATEST = 20
# A title is cut at a word to be no longer.
TITLE = 60
_TOKENS = re.compile(r"[^\W_]+(?:[.'-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Story:
    """Something that the user can tell: `competencies` are ids of what it shows, `answer` the take it was made from."""

    id: int
    at: str
    title: str
    text: str
    competencies: tuple[str, ...] = ()
    answer: int | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """That the answer of this id, said at `at` to `question`, tells the `story` of this id."""

    story: int
    answer: int
    at: str
    question: Question | None


@dataclass(frozen=True, slots=True)
class Fit:
    """How a story fits a question: the `competencies` and `words` that both have, and the `points` that it brings.

    A point comes with the words that show it. `meaning` is how near both are by their meaning (a cosine, none below 0),
    or None where no model for that is there.
    """

    story: Story
    question: Question
    competencies: tuple[str, ...]
    points: tuple[tuple[str, str], ...]
    words: tuple[str, ...]
    meaning: float | None

    @property
    def closeness(self) -> float:
        """How near both are, 0 to 1: by meaning, or else the share of the question's words that the story has."""
        return len(self.words) / max(1, len(asked_for(self.question))) if self.meaning is None else self.meaning

    @property
    def score(self) -> float:
        """What fits are ordered by: the shares of competencies and of points, and the closeness, added up."""
        shown = len(self.competencies) / max(1, len(self.question.competencies))
        return shown + len(self.points) / max(1, len(self.question.points)) + self.closeness

    @property
    def holds(self) -> bool:
        """Whether anything speaks for it."""
        return bool(self.competencies or self.points or self.words or (self.meaning or 0.0) >= RELATED)


@dataclass(frozen=True, slots=True)
class Proposal:
    """That an answer may tell `story`: the `share` of words that both have, 0 to 1, and these `words`."""

    story: Story
    share: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """How often a story was told: in so many `answers`, for so many `questions`, of `of` that any story was told for.

    Counted in the newest tellings alone.
    """

    answers: int
    questions: int
    of: int

    @property
    def overused(self) -> bool:
        """Whether it is told for too many questions."""
        return self.questions >= QUESTIONS and self.questions >= SHARE * self.of


def no_meaning(_: Sequence[str]) -> None:
    """Know nothing of what texts mean."""
    return


def asks_for_story(question: Question) -> bool:
    """Say whether `question` asks, or may ask, for something that happened."""
    if question.star is not None:
        return question.star
    return question.kind in {QuestionKind.BEHAVIOURAL, QuestionKind.OPEN}


def fits(stories: Sequence[Story], questions: Sequence[Question], read: Reader = no_meaning) -> tuple[Fit, ...]:
    """Return how `stories` answer `questions`, the best first; what ties keeps the order of both.

    A story answers a question if both have a competency in common; where one of them has none, if the story brings a
    point of the question, a word of it, or by the meaning that `read` gives is `RELATED` to it.
    """
    pairs = [(story, question) for story in stories for question in questions if _may(story, question)]
    near = _nearness(pairs, read)
    said = {story.id: _told(story.text) for story, _ in pairs}
    found = [_fit(story, question, said[story.id], near.get((story.id, question.text))) for story, question in pairs]
    return tuple(sorted((one for one in found if one.holds), key=lambda one: -one.score))


def _may(story: Story, question: Question) -> bool:
    if not story.competencies or not question.competencies:
        return True
    return bool(set(story.competencies) & set(question.competencies))


def _fit(story: Story, question: Question, said: Answer, meaning: float | None) -> Fit:
    both = tuple(one for one in question.competencies if one in story.competencies)
    points = tuple((point.text, cues[0].label) for point in question.points if (cues := cues_of(point, said)))
    words = tuple(one.label for one in shared(question, said.transcript.words))
    return Fit(story, question, both, points, words, meaning)


def _nearness(pairs: Sequence[tuple[Story, Question]], read: Reader) -> dict[tuple[int, str], float]:
    """Return how near each story is to each question of `pairs` in meaning, by its id and the question's text.

    Empty where there is no model. What a question asks for is its text, and what a good answer brings.
    """
    told = {story.id: story.text for story, _ in pairs}
    asked = {one.text: " ".join((one.text, *(point.text for point in one.points))) for _, one in pairs}
    vectors = read([*told.values(), *asked.values()]) if pairs else None
    if vectors is None:
        return {}
    stories, questions = dict(zip(told, vectors, strict=False)), dict(zip(asked, vectors[len(told) :], strict=True))
    # Rounded, so that the last bits of a sum put nothing in another order.
    return {
        (story.id, one.text): round(max(0.0, float(stories[story.id] @ questions[one.text])), 6) for story, one in pairs
    }


def _told(text: str) -> Answer:
    """Return `text` as an answer in which words can be looked for."""
    engine = Engine("typed text", "", "", "")
    return Answer(Transcript(prose.words(text), (), (), 0.0, "en", 1.0, None, engine, timing=Timing.NONE))


def content(words: Sequence[Word]) -> dict[str, str]:
    """Return the words among `words` that say something of a subject, in order, by their stems."""
    found: dict[str, str] = {}
    for word in joined(words).words:
        for part in _TOKENS.findall(bare(word)):
            if carries_content(part):
                found.setdefault(stem(part), part)
    return found


def proposals(words: Sequence[Word], stories: Sequence[Story]) -> tuple[Proposal, ...]:
    """Return which of `stories` an answer with these `words` may tell, the likeliest first.

    By the share of different words with a subject that both have, of those of the shorter one (`ALIKE` at least).
    """
    said, told = content(words), {story.id: content(prose.words(story.text)) for story in stories}
    found = []
    for story in stories:
        own = told[story.id]
        fewest = min(len(said), len(own))
        both = [one for one in own if one in said]
        if fewest >= LEAST and len(both) >= ALIKE * fewest:
            # What other stories have too says little.
            rarest = sorted(both, key=lambda one: sum(one in other for other in told.values()))
            found.append(Proposal(story, round(len(both) / fewest, 6), tuple(own[one] for one in rarest)))
    return tuple(sorted(found, key=lambda one: -one.share))


def uses(tellings: Iterable[Telling]) -> dict[int, Use]:
    """Return how often each story was told in the newest of `tellings`, by its id; never told ones are not there.

    Answers to the same question again are practice, and no overuse: different questions count.
    """
    newest = sorted(tellings, key=lambda one: (one.at, one.answer))[-LATEST:]
    answers: dict[int, set[int]] = defaultdict(set)
    questions: dict[int, set[str]] = defaultdict(set)
    for one in newest:
        answers[one.story].add(one.answer)
        # An answer to no known question may have been to any.
        questions[one.story].add(one.question.text if one.question else f"{one.answer}")
    every = set().union(*questions.values())
    return {name: Use(len(answers[name]), len(questions[name]), len(every)) for name in answers}


def covered(stories: Iterable[Story], competencies: Iterable[str]) -> dict[str, tuple[Story, ...]]:
    """Return the stories that show each of `competencies`, in its order."""
    several = tuple(stories)
    return {name: tuple(story for story in several if name in story.competencies) for name in competencies}


def title_of(text: str) -> str:
    """Return a title for the story `text`: the beginning of its first sentence."""
    words = re.split(r"(?<=[.!?])\s", " ".join(text.split()), maxsplit=1)[0].rstrip(".!? ").split()
    title = ""
    for word in words:
        if title and len(title) + 1 + len(word) > TITLE:
            return title.rstrip(",;:") + "\N{HORIZONTAL ELLIPSIS}"
        title = f"{title} {word}".strip()
    return title

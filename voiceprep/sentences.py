"""Sentences and clauses of a spoken transcript. May not judge what they mean, nor look at the sound."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING

from voiceprep.model import PausePlace, Sentence, Span, WordKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from voiceprep.model import Pause, Word

# A longer run has more than one clause of a story in it, so one label would not fit it.
LONG_RUN = 25
LONG_PAUSE = 0.7
# No piece is shorter: "so I did" by itself carries nothing to read.
SHORTEST_PIECE = 4

_APOSTROPHE = "\u2019"
_QUOTES = "\"')]\u201d" + _APOSTROPHE
_DASHES = "\u2013\u2014"
_AROUND = '.,;:?!\u2026"()[]\u201c\u201d-' + _DASHES
_END = re.compile(rf"[.!?\u2026]+[{re.escape(_QUOTES)}]*$")
_STOPS = tuple(",.;:?!\u2026" + _DASHES)
_INITIALS = re.compile(r"^(?:[a-z]\.)+$")
_NUMERAL = re.compile(r"^\d")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# After these a title or an example goes on, whatever the next word looks like.
_NEVER_LAST = _words("e.g. i.e. mr. mrs. ms. dr. prof. st. vs. cf. approx. ca. fig.")
_ABBREVIATIONS = _NEVER_LAST | _words("etc. jr. sr. inc. ltd. co. a.m. p.m. dept. min. max.")
_OPENERS = _words(
    "i i'm i'd i've we we'd he she it it's they you the a an this that these there so and but then my our his her in "
    "at on after when what well"
)

_PRONOUNS = _words("i we he she it they you there everyone everybody nobody someone people that this")
_NOMINATIVE = _words("i we he she they")
# Subject or object: what follows tells ("it was late", "gave it to her").
_EITHER = _words("it you there")
_FINITE = _words("was were is are had has have did does do will would can could")
_DETERMINERS = _words("the a an my our his her their its these those some most one")
_JOINERS = _words("and or then also")
# Followed by a noun these are prepositions ("before the meeting"); by a pronoun they open a clause.
_DOUBTFUL = _words("before after since until as like that")
_OPENING = _words("but so because cause 'cause when if although though while whereas unless once where")
_RELATIVE = _words("which who")
_CONJUNCTIONS = _JOINERS | _DOUBTFUL | _OPENING | _RELATIVE
# A speaker who stops after one of these has not finished the clause.
_DANGLING = _words(
    "the a an to of in on at for with from by my our his her their its your this these is was were are be been am "
    "has have had will would can could should do did not very really about into than or and but so because if that "
    "when which who how what we i he she they"
)
# A speaker who goes on with one of these has not begun a new clause.
_CONTINUING = _words("of to with than by for into")


def split(words: Sequence[Word], pauses: Sequence[Pause]) -> tuple[Sentence, ...]:
    """Cut *words* into sentences that tile them: at terminal punctuation, and long runs at connectives and *pauses*.

    Hesitations between two sentences belong to the later one. *words* must be in order of time.
    """
    if not words:
        return ()
    silence = _silences(words, pauses)
    starts = [start for first, last in _runs(words) for start in _pieces(words, silence, first, last)]
    return tuple(_sentence(words, a, b) for a, b in zip(starts, [*starts[1:], len(words)], strict=True))


def place(gap: Span, words: Sequence[Word]) -> PausePlace:
    """Say whether the silence *gap* stands inside a clause of *words* or between two, looking through filled pauses.

    *words* must be in order of time. A silence before the first or after the last word is between clauses.
    """
    at = bisect_right(words, gap.middle, key=lambda word: word.span.middle)
    before = next((words[i] for i in range(at - 1, -1, -1) if words[i].kind is not WordKind.FILLED_PAUSE), None)
    after = [_bare(word) for word in words[at : at + 8] if word.kind is not WordKind.FILLED_PAUSE]
    if before is None or not after:
        return PausePlace.BETWEEN_CLAUSES
    between = _closes_clause(before) or _opens_clause(after, _bare(before))
    return PausePlace.BETWEEN_CLAUSES if between else PausePlace.WITHIN_CLAUSE


def _bare(word: Word) -> str:
    return word.text.strip().strip(_AROUND).replace(_APOSTROPHE, "'").lower()


def _closes_clause(word: Word) -> bool:
    text = word.text.strip().rstrip(_QUOTES)
    # Recognisers set a comma before every "um": after "the," it is no end of a clause.
    unfinished = text.endswith(",") and _bare(word) in _DANGLING
    return text.endswith(_STOPS) and not unfinished and text.lower() not in _ABBREVIATIONS


def _opens_clause(after: Sequence[str], before: str) -> bool:
    lead = next((i for i, word in enumerate(after) if word not in _CONJUNCTIONS), len(after))
    chain, subject = after[:lead], _subject(after, lead)
    if not chain:
        begins = subject in _NOMINATIVE or (subject in _EITHER and _subject(after, 1) in _FINITE)
        return begins and before not in _DANGLING
    if chain[0] in _RELATIVE:
        return True
    opening = any(word in _OPENING for word in chain)
    # "that" ends a chain as often as it stands for a subject: "and that was", "so that worked".
    demonstrative = chain[-1] == "that" and len(chain) > 1
    return subject in _PRONOUNS or demonstrative or (opening and subject in _DETERMINERS)


def _subject(words: Sequence[str], at: int) -> str:
    return words[at].partition("'")[0] if at < len(words) else ""


def _silences(words: Sequence[Word], pauses: Sequence[Pause]) -> list[float]:
    """Return for each of *words* the longest silence right before it, and one more for the end."""
    middles = [word.span.middle for word in words]
    silence = [0.0] * (len(words) + 1)
    for pause in pauses:
        at = bisect_right(middles, pause.span.middle)
        silence[at] = max(silence[at], pause.span.duration)
    return silence


def _runs(words: Sequence[Word]) -> Iterable[tuple[int, int]]:
    """Yield first and last (exclusive) of what stands between terminal punctuation; none is of hesitations only."""
    cuts: list[int] = []
    says = False
    for at, word in enumerate(words):
        says = says or word.kind is WordKind.WORD
        if says and at + 1 < len(words) and _ends_sentence(word, words[at + 1]):
            cuts.append(at + 1)
            says = False
    if cuts and not says:
        cuts.pop()
    return zip([0, *cuts], [*cuts, len(words)], strict=True)


def _ends_sentence(word: Word, following: Word) -> bool:
    text = word.text.strip().lower().rstrip(_QUOTES)
    if not _END.search(text) or text in _NEVER_LAST:
        return False
    ahead = following.text.strip()
    if text == "no.":
        return not _NUMERAL.match(ahead)
    if text in _ABBREVIATIONS or _INITIALS.match(text):
        return ahead[:1].isupper() and _bare(following) in _OPENERS
    if text.endswith(("...", "\u2026")):
        return ahead[:1].isupper() and _bare(following).partition("'")[0] != "i"
    return True


def _pieces(words: Sequence[Word], silence: Sequence[float], first: int, last: int) -> list[int]:
    """Return where the pieces of one run start: strong seams are cut first, weak ones only in what is still long."""
    content = [at for at in range(first, last) if words[at].kind is WordKind.WORD]
    if len(content) <= LONG_RUN:
        return [first]
    seams = [_seam(words, silence, left, right) for left, right in pairwise(content)]
    cuts = [0, len(content)]
    for strength in (3, 2, 1):
        for i in (i for i, seam in enumerate(seams, start=1) if seam == strength):
            at = bisect_right(cuts, i)
            low, high = cuts[at - 1], cuts[at]
            room = min(i - low, high - i) >= SHORTEST_PIECE
            if room and (strength > 1 or high - low > LONG_RUN):
                cuts.insert(at, i)
    return [first, *(content[i - 1] + 1 for i in cuts[1:-1])]


def _seam(words: Sequence[Word], silence: Sequence[float], left: int, right: int) -> int:
    """Rate the seam between the content words *left* and *right*: 3 sure, 2 likely, 1 at need, 0 none."""
    quiet = max(silence[left + 1 : right + 1])
    ahead = [_bare(word) for word in words[left + 1 : right + 4] if word.kind is not WordKind.FILLED_PAUSE]
    before = _bare(words[left])
    opens = _opens_clause(ahead, before)
    connective = _connective(ahead) and before not in _DANGLING
    comma = words[left].text.rstrip().endswith((",", ";", ":"))
    if quiet > LONG_PAUSE and before not in _DANGLING and ahead[0] not in _CONTINUING:
        return 3
    if quiet and (connective or (comma and opens)):
        return 2
    return int(opens and ahead[0] in _CONJUNCTIONS)


def _connective(ahead: Sequence[str]) -> bool:
    return ahead[0] == "so" or (ahead[0] in ("and", "but") and ahead[1:2] in (["then"], ["so"]))


def _sentence(words: Sequence[Word], first: int, last: int) -> Sentence:
    span = Span(words[first].span.start, max(word.span.end for word in words[first:last]))
    return Sentence(_text(words[first:last]), span, first, last)


def _text(words: Sequence[Word]) -> str:
    kept = [word.text.strip() for word in words if word.kind is WordKind.WORD and word.text.strip()]
    text = re.sub(r"\s+([,.;:?!])", r"\1", " ".join(kept)).strip(" ,;:-" + _DASHES)
    if not text:
        return ""
    if words[0].kind is not WordKind.WORD and words[0].text.strip()[:1].isupper():
        text = text[:1].upper() + text[1:]
    closing = _END.search(words[-1].text.strip())
    return text if closing is None or _END.search(text) else text + closing.group()

"""The speaker's own words in advice: quoted, cut where a clause ends, or turned to "you" where that is surely right.

May not look at more than one sentence. Knows English only.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voiceprep.disfluency.lexicon import (
    ARTICLES,
    AUXILIARIES,
    CONJUNCTIONS,
    MODALS,
    POSSESSIVES,
    PREPOSITIONS,
    SUBJECTS,
    listed,
)
from voiceprep.metrics.stems import is_past_form

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LONGEST = 14
# Two words more are better said than cut off.
_WHOLE = LONGEST + 2
# A clause of fewer words seldom says what is meant.
SHORTEST = 4
_MARKS = " .,;:!?\u2026-\u2013\u2014"
_LEADING = re.compile(
    r"(?i)^(?:(?:so|and|but|well|okay|ok|yeah|yes|right|alright|basically|um|uh|er|erm|hmm|anyway|like|you know"
    r"|i mean"
    r"|actually|also)\b[, ]*)+"
)
_ORDER = re.compile(
    r"(?i)^(?:(?:then|first|firstly|first of all|next|after that|finally|in the end|eventually|at first),? )+"
)
_SMALL_I = re.compile(r"(?<![\w.'-])i(?=['\u2019 ,]|$)")
_UM = re.compile(r"(?i)\b(?:um|uh|er|erm|hmm)\b,? ?")
# "what I did, well, what we did, I mean, we had meetings": what comes after the last repair is what was meant.
_REPAIR = re.compile(
    r"(?i)^.*(?:, (?:well|i mean|or rather|sorry),? )(?=(?:i|we|he|she|they|it|the|my|our)\b(?: \S+){3})"
)
_RESULT = re.compile(r"(?i)as an? ")
_TRAILING = re.compile(
    r"(?i)(?:,? (?:i think|i guess|i suppose|you know|more or less|or something|basically|honestly|to be honest|yeah"
    r"|so|and|but)|,? (?:and|so),? yeah\b.*)+[.,!?\u2026]*$"
)
# A comma where a hesitation was taken out: "he was, um, fine".
_STRAY_COMMA = re.compile(r"(?i)\b(was|were|is|are|the|an?|to|of|in|my|our|his|her|had|have|that|and|but|so), ")
_SUBORDINATE = listed(
    "when if because while as after before since although though once until unless whereas which who that"
)
_OPENS_CLAUSE = listed("and but so because which who when while where although if then until unless whereas")
_DANGLING = (
    ARTICLES
    | POSSESSIVES
    | PREPOSITIONS
    | CONJUNCTIONS
    | AUXILIARIES
    | listed("i we he she they who which that when while if because very not than then also even just only no every")
)
_CUT_BEFORE = (PREPOSITIONS | CONJUNCTIONS) - {"of"}
_ADVERBS = listed(
    "also then just really even always never still first actually finally both all basically usually only"
)
_HAS_SUBJECT = SUBJECTS | ARTICLES | POSSESSIVES

_TO_YOU: Mapping[str, str] = {
    "i": "you",
    "we": "you",
    "i'd": "you'd",
    "we'd": "you'd",
    "me": "you",
    "us": "you",
    "my": "your",
    "our": "your",
    "mine": "yours",
    "ours": "yours",
    "myself": "yourself",
    "ourselves": "yourselves",
}
_AGREES: Mapping[str, str] = {"was": "were", "wasn't": "weren't"}
_FIRST = frozenset(("i", "i'd"))
_FIRST_PLURAL = frozenset(("we", "we'd"))
_STARTS = listed("i we the my our he she they it there nobody everybody everyone")
_UNTURNABLE = re.compile(
    r"(?i)[?!:;\"\u201c\u201d\u2026]|\b(?:you|your|yours|yourself|i'm|i've|i'll|we're|we've|we'll|am|let's|i think"
    r"|i mean)\b"
)


def quote(text: str, *, opened: bool = True) -> str:
    """Return the first clauses of *text* in quotation marks, with an ellipsis where a clause had to be cut.

    Unless told not to (*opened*), what people say before they start is left out.
    """
    words, cut = head(text) if opened else (text.split()[:LONGEST], len(text.split()) > LONGEST)
    kept = words if cut or not opened else _TRAILING.sub("", " ".join(words)).split()
    return _quoted(kept or words, "after" if cut else "")


def quote_end(text: str) -> str:
    """Return the last words of *text* in quotation marks, from where a clause begins if one does."""
    words = _without_start(text).split()
    if len(words) <= _WHOLE:
        return _quoted(words, "")
    ends = [at for at in _clause_ends(words) if SHORTEST <= len(words) - at <= LONGEST and _has_subject(words[at:])]
    kept = _LEADING.sub("", " ".join(words[ends[0] :])).split() if ends else words[-LONGEST:]
    return _quoted(kept, "" if ends else "before")


def _has_subject(words: Sequence[str]) -> bool:
    """Say whether *words* can stand as a sentence: a subject comes first, or after "and" or the like."""
    first = next((_bare(word) for word in words if _bare(word) not in _OPENS_CLAUSE | _ADVERBS), "")
    return first.partition("'")[0] in _HAS_SUBJECT - {"that", "who"} and _bare(words[0]) not in {"which", "because"}


def _quoted(words: Sequence[str], more: str) -> str:
    before, after = ("\u2026" if more == side else "" for side in ("before", "after"))
    # Some recognisers write all in small letters.
    said = _SMALL_I.sub("I", " ".join(words).strip(_MARKS))
    return f"\u201c{before}{said}{after}\u201d"


def head(text: str) -> tuple[list[str], bool]:
    """Return the first whole clauses of *text*, at most `LONGEST` words, and whether even the first had to be cut."""
    words = _without_start(text).split()
    if len(words) <= _WHOLE:
        return words, False
    ends = [at for at in _clause_ends(words) if at >= SHORTEST]
    if _bare(words[0]) in _SUBORDINATE and ends and not _RESULT.match(" ".join(words)):
        if len(ends) > 1 and ends[1] <= LONGEST:
            return words[: max(at for at in ends if at <= LONGEST)], False
        if len(words) - ends[0] >= SHORTEST:
            return head(" ".join(words[ends[0] :]))
    fitting = [at for at in ends if at <= LONGEST and not _breaks_list(words[:at])]
    if fitting:
        return words[: fitting[-1]], False
    return _cut(words), True


def _breaks_list(words: Sequence[str]) -> bool:
    """Say whether *words* end inside a list of deeds: "I moved the class, called the firm" wants its "and"."""
    commas = [at for at in range(1, len(words)) if words[at - 1].endswith(",") and is_past_form(_bare(words[at]))]
    return bool(commas) and "and" not in map(_bare, words[commas[-1] :])


def _without_start(text: str) -> str:
    opened = _LEADING.sub("", _REPAIR.sub("", _UM.sub("", text)))
    said = _TRAILING.sub("", _STRAY_COMMA.sub(r"\1 ", opened))
    return said if said.strip(_MARKS) else text


def _cut(words: Sequence[str]) -> list[str]:
    """Return as many of *words* as a quotation takes, cut before a small word, with no word left dangling."""
    small = [at for at in range(SHORTEST + 1, LONGEST + 1) if _bare(words[at]) in _CUT_BEFORE]
    kept = list(words[: small[-1] if small else LONGEST])
    while len(kept) > 1 and _bare(kept[-1]) in _DANGLING:
        kept.pop()
    return kept


def _clause_ends(words: Sequence[str]) -> list[int]:
    """Return after how many of *words* a clause ends, but for the last."""
    return [at for at in range(1, len(words)) if _closes(words, at)]


def _closes(words: Sequence[str], at: int) -> bool:
    before, after = words[at - 1], [_bare(word) for word in words[at : at + 3]]
    if _bare(before) in _DANGLING:
        return False
    subject = next((word for word in after if word not in _OPENS_CLAUSE | _ADVERBS), "").partition("'")[0]
    opens = after[0] in _OPENS_CLAUSE
    if opens and (subject in _HAS_SUBJECT or after[0] in {"which", "because"}):
        return True
    # "I moved two classes and called": the second verb starts a clause without a subject of its own.
    if after[0] in {"and", "but", "then"} and at >= SHORTEST and is_past_form(subject):
        return True
    comma = before.endswith((",", ";", ":"))
    return comma and (opens or at > SHORTEST or subject in SUBJECTS)


def retold(text: str) -> str:
    """Return the first clause of *text* as one says it to the speaker: "I called him" is "You called him.".

    What others did begins with "You said". Empty where turning it around might go wrong: then quoting is better.
    """
    words, cut = head(_ORDER.sub("", _without_start(text)))
    clause = " ".join(words).strip(_MARKS)
    bare = [_bare(word) for word in clause.split()]
    if cut or len(bare) < SHORTEST - 1 or bare[0] not in _STARTS or _UNTURNABLE.search(clause) or not _turns(bare):
        return ""
    turned = " ".join(_turned(bare, at, word) for at, word in enumerate(clause.split()))
    if bare[0] in _FIRST | _FIRST_PLURAL or bare[:3] == ["it", "was", "my"]:
        return f"{turned[0].upper()}{turned[1:]}."
    return f"You said {turned[0].lower()}{turned[1:]}."


def _turns(bare: Sequence[str]) -> bool:
    """Say whether *bare* words are a clause in the past whose persons can be turned without a doubt."""
    verb = next((word for word in bare[1:] if word not in _ADVERBS and not word.endswith("ly")), "")
    if bare[0] in _FIRST | _FIRST_PLURAL:
        if not (is_past_form(verb) or verb in MODALS):
            return False
    elif not any(is_past_form(word) for word in bare[1:]):
        return False
    both = bool(_FIRST & set(bare)) and bool(_FIRST_PLURAL & set(bare))
    apart = any(
        word in _AGREES
        and bare[at - 1] not in _FIRST
        and (bare[at - 1] in _DANGLING | _ADVERBS or bare[at - 1].endswith("ly"))
        for at, word in enumerate(bare)
    )
    inverted = any(
        word in _FIRST | _FIRST_PLURAL and at and bare[at - 1] in AUXILIARIES for at, word in enumerate(bare)
    )
    return not (both or (apart and bool(_FIRST & set(bare))) or inverted)


def _turned(bare: Sequence[str], at: int, word: str) -> str:
    after_i = at > 0 and bare[at - 1] in _FIRST
    new = (_AGREES if after_i and bare[at] in _AGREES else _TO_YOU).get(bare[at])
    return word if new is None else new + word[len(word.rstrip(",")) :]


def _bare(word: str) -> str:
    return word.strip(_MARKS + '"\u201c\u201d()').replace("\u2019", "'").lower()

"""Closed classes of English words that the rules look at. Lists only; they know no rule.

They stand in for a part-of-speech tagger: a closed class can be listed whole, so the rules need no model and give the
same answer everywhere.
"""

from __future__ import annotations

import re


def listed(words: str) -> frozenset[str]:
    """Return the `words` of a line as a set."""
    return frozenset(words.split())


SUBJECTS = listed("i you we they he she it that this there these those who someone everyone nobody everybody")
SINGULAR = listed("he she")
OBJECTS = listed("me him her us them it this that these those")
BE = listed("am is are was were be been being isn't aren't wasn't weren't")
HAVE = listed("have has had having haven't hasn't hadn't")
DO = listed("do does did don't doesn't didn't")
MODALS = listed("will would can could should shall may might must won't wouldn't can't cannot couldn't shouldn't")
AUXILIARIES = BE | HAVE | DO | MODALS
ARTICLES = listed("a an the")
POSSESSIVES = listed("my your his her its our their")
DETERMINERS = ARTICLES | POSSESSIVES | listed("this that these those some any every each all no another")
CONJUNCTIONS = listed("and but because so or")
PREPOSITIONS = listed(
    "in on at by for with from to of about into over under after before during through between without as up out"
)
QUESTION_WORDS = listed("what who whom whose which where when why how whether if")
INTENSIFIERS = listed("really very super so quite pretty totally completely extremely kind sort literally")
INTERJECTIONS = listed("yeah yes yep no oh okay wow hey")
NUMBERS = listed(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million half dozen"
)
FUNCTION_WORDS = (
    SUBJECTS
    | OBJECTS
    | AUXILIARIES
    | DETERMINERS
    | CONJUNCTIONS
    | PREPOSITIONS
    | QUESTION_WORDS
    | listed("not just than then")
)

_DIGITS = re.compile(r"[^\w\s]?\d")


def stem(word: str) -> str:
    """Return `word` without what an apostrophe joined to it: `i'm` is `i`."""
    return word if word.endswith("n't") else word.partition("'")[0]


def is_subject(word: str) -> bool:
    """Say whether `word` is a pronoun that can open a clause, alone or contracted (`it's`)."""
    return stem(word) in SUBJECTS


def is_be(word: str) -> bool:
    """Say whether `word` is a form of *be*, or a pronoun contracted with one."""
    return word in BE or (is_subject(word) and word.endswith(("'s", "'re", "'m")))


def is_number(word: str) -> bool:
    """Say whether `word` is a number in digits or in words."""
    return word in NUMBERS or bool(_DIGITS.match(word))


def is_function_word(word: str) -> bool:
    """Say whether `word` belongs to a closed class, alone or contracted."""
    return word in FUNCTION_WORDS or ("'" in word and stem(word) in SUBJECTS)

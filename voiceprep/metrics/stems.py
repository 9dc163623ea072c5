"""Words without their endings, and words that carry content. Knows English only; judges nothing.

Endings go by steps 1a and 1b of Porter 1980 (An algorithm for suffix stripping), irregular forms by a list of our own:
enough to find "users asked" in "a user was asking".
"""

from __future__ import annotations

import re

from voiceprep.disfluency.lexicon import (
    AUXILIARIES,
    CONJUNCTIONS,
    DETERMINERS,
    INTERJECTIONS,
    NUMBERS,
    OBJECTS,
    PREPOSITIONS,
    QUESTION_WORDS,
    SUBJECTS,
    listed,
)

# Each line: a base, then the forms that no ending explains.
_FORMS = """
be am is are was were been being; have has had having; do does did done; go went gone goes; get got gotten; say said
tell told; give gave given; take took taken; make made; come came; see saw seen; know knew known; think thought
find found; keep kept; leave left; lose lost; win won; meet met; run ran; sit sat; stand stood; send sent; spend spent
build built; buy bought; bring brought; catch caught; teach taught; seek sought; fight fought; feel felt; hear heard
hold held; lead led; pay paid; lay laid; sell sold; speak spoke spoken; break broke broken; choose chose chosen
write wrote written; rewrite rewrote rewritten; rebuild rebuilt; drive drove driven; rise rose risen; grow grew grown
show shown; draw drew drawn; fall fell fallen; begin began begun; become became; understand understood; deal dealt
mean meant; learn learnt; shrink shrank shrunk; stick stuck; wear wore worn; withdraw withdrew; undertake undertook
overcome overcame; person people; child children; man men; woman women
bite bit; throw threw thrown; ride rode; wake woke
forget forgot forgotten; forgive forgave; swim swam; sing sang; ring rang; agree agreed; use used using
"""
_BASES = {
    form: base
    for line in _FORMS.replace("\n", ";").split(";")
    if line.strip()
    for base, *forms in [line.split()]
    for form in forms
}
# Forms in the list that are no past, and pasts that look like their base.
_PAST = (frozenset(_BASES) - listed("am is are been being has having does people children men women using")) | listed(
    "put cut set let hit read quit shut wasn't weren't hadn't didn't could couldn't"
)
_HAS_VOWEL = re.compile(r"[aeiouy]")
_DOUBLED = re.compile(r"\w\w([^aeiouylsz])\1$")
# Function words, and words of questions and of talk that say nothing of a subject.
_EMPTY = (
    AUXILIARIES
    | CONJUNCTIONS
    | DETERMINERS
    | INTERJECTIONS
    | NUMBERS
    | OBJECTS
    | PREPOSITIONS
    | QUESTION_WORDS
    | SUBJECTS
    | listed(
        "not just than then there here also too very much many more most less least few lot lots bit kind sort "
        "thing things something anything nothing someone anyone own other another such same each both either as "
        "like well really actually basically only even still yet now ever never always often again soon once ago "
        "back tell told describe explain give gave example time times walk talk us me my your you get got go went "
        "come came make made take took say said know think thought want let put going recent recently last first "
        "next myself yourself can't one two way would will need did anyway maybe"
    )
)


def stem(word: str) -> str:
    """Return *word*, bare and in lower case, without what an apostrophe joined to it and without its ending."""
    plain = word.removesuffix("'s").removesuffix("'")
    base = _BASES.get(plain) or _without_tense(_without_plural(plain))
    # "decide" and "deciding" must meet, so no long stem keeps an e.
    return base[:-1] if base.endswith("e") and len(base) > 3 else base


def _without_plural(word: str) -> str:
    if word.endswith("sses"):
        return word[:-2]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return word[:-1]
    return word


def _without_tense(word: str) -> str:
    if word.endswith("ied") and len(word) > 4:
        return word[:-3] + "y"
    for ending in ("ed", "ing"):
        base = word.removesuffix(ending)
        if base != word and not word.endswith("eed") and len(base) > 1 and _HAS_VOWEL.search(base):
            return base[:-1] if _DOUBLED.search(base) else base
    return word


def carries_content(word: str) -> bool:
    """Say whether *word*, bare and in lower case, says something of a subject."""
    plain = word.partition("'")[0]
    return len(plain) > 1 and word not in _EMPTY and plain not in _EMPTY


def is_past_form(word: str) -> bool:
    """Say whether *word*, bare and in lower case, can be a verb in the past."""
    return word in _PAST or (word.endswith("ed") and len(word) > 4 and not word.endswith("eed"))
